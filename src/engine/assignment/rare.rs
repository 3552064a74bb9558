//! Links of single languages, each with a sign or a place of its own.

use std::ops::Range;

use crate::engine::assignment::{Link, Syntax};

/// Finds the link after a name in the syntaxes that write it like nobody else, and how far behind the name it ends.
pub(super) fn link(text: &[u8], key: &Range<usize>, syntax: Syntax) -> Option<(Link, usize)> {
    let rest = &text[key.end..];
    let before = key.start.checked_sub(1).map(|at| text[at]);
    match syntax {
        Syntax::Code => code(before, rest),
        Syntax::Data => directive(text, key).then_some((Link::Space, 0)),
        Syntax::Text | Syntax::Shell | Syntax::Json => property(&text[..key.start], rest),
    }
}

fn code(before: Option<u8>, rest: &[u8]) -> Option<(Link, usize)> {
    match rest {
        // C++ fills a variable from braces: `token{"value"}`.
        [b'{', b'"', ..] => Some((Link::Equals, 1)),
        // Erlang's pairs have atoms for names: `{token, "value"}`.
        [b',', b' ', b'"', ..] if before == Some(b'{') => Some((Link::Pair, 1)),
        // An attribute of an Elixir module: `@token "value"`.
        [b' ', b'"', ..] if before == Some(b'@') => Some((Link::Equals, 1)),
        _ => visual_basic(rest).map(|len| (Link::Equals, len)),
    }
}

/// Skips a type of Visual Basic: `token As String = "value"`.
fn visual_basic(rest: &[u8]) -> Option<usize> {
    let kind = rest.strip_prefix(b" As ")?;
    let word = kind
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    kind[word..].starts_with(b" = \"").then_some(4 + word + 3)
}

/// Tells whether a name opens its line and one word ends it, as in nginx, Redis and OpenVPN: `requirepass value`.
fn directive(text: &[u8], key: &Range<usize>) -> bool {
    let before = &text[..key.start];
    let opens = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    let rest = &text[key.end..text.len().min(key.end + 200)];
    let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
    let word = line.trim_ascii();
    let is_word = !word.is_empty()
        && !word
            .iter()
            .any(|byte| byte.is_ascii_whitespace() || b"=:{".contains(byte));
    opens.is_none_or(|&byte| byte == b'\n') && line.starts_with(b" ") && is_word
}

/// Finds the text beside a name in a property list of Apple's: `<key>token</key> <string>value</string>`.
fn property(before: &[u8], rest: &[u8]) -> Option<(Link, usize)> {
    let behind = rest.strip_prefix(b"</key>").filter(|_| before.ends_with(b"<key>"))?;
    let blanks = behind
        .iter()
        .take(80)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let value = behind[blanks..].strip_prefix(b"<string>")?;
    Some((Link::Element, rest.len() - value.len()))
}
