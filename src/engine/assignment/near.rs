//! Values that no sign links to their name: `name is value`, `name,value`, and comparisons written from behind.
//! Only the strictest judgement makes these a finding, for prose is full of names.

use std::ops::Range;

use crate::engine::assignment::key::Kind;
use crate::engine::assignment::value::Quoting;
use crate::engine::assignment::{Assigned, Link, Syntax};

/// How far behind its name such a value may stand.
const FARTHEST: usize = 40;
/// The shortest such value.
const SHORTEST: usize = 16;
/// The longest such value.
const LONGEST: usize = 400;

/// Reads a value close behind a name: blanks and signs between them, or the few words that people write there.
pub(super) fn after(text: &[u8], key: &Range<usize>, kind: Kind, syntax: Syntax) -> Option<Assigned> {
    let is_prose = match syntax {
        Syntax::Text | Syntax::Data | Syntax::Shell => true,
        Syntax::Code => is_comment(text, key.start),
        Syntax::Json => false,
    };
    if is_prose && kind == Kind::Password {
        return said_to_be(text, key);
    }
    if !is_prose || kind == Kind::Minor {
        return None;
    }
    // The end of a path names what stands there: a package beside its version.
    if key.start > 0 && text[key.start - 1] == b'/' {
        return None;
    }
    let start = skip_glue(text, key.end)?;
    let rest = &text[start..text.len().min(start + LONGEST)];
    let len = rest.iter().take_while(|&&byte| is_token_byte(byte)).count();
    let ends = rest
        .get(len)
        .is_none_or(|byte| byte.is_ascii_whitespace() || b"\"'`,;)]}|<".contains(byte));
    let value = rest[..len].strip_suffix(b".").unwrap_or(&rest[..len]).len();
    (ends && value >= SHORTEST).then(|| Assigned {
        key: key.clone(),
        value: start..start + value,
        link: Link::Near,
        quoting: Quoting::Bare,
    })
}

/// Reads the first line of a YAML block: `name: >-` or `name: |`, and the value below.
pub(super) fn below(text: &[u8], key: &Range<usize>) -> Option<Assigned> {
    let rest = text[key.end..].strip_prefix(b":")?;
    let line = &rest[..rest.iter().take(16).position(|&byte| byte == b'\n')?];
    let sign = line.trim_ascii();
    let is_sign =
        matches!(sign.first(), Some(b'>' | b'|')) && sign[1..].iter().all(|byte| b"+-0123456789".contains(byte));
    let below = &rest[line.len() + 1..];
    let below = &below[..below
        .iter()
        .take(LONGEST)
        .position(|&byte| byte == b'\n')
        .unwrap_or(below.len().min(LONGEST))];
    let value = below.trim_ascii();
    let start = key.end + 1 + line.len() + 1 + (below.len() - below.trim_ascii_start().len());
    (is_sign && !value.is_empty()).then(|| Assigned {
        key: key.clone(),
        value: start..start + value.len(),
        link: Link::Colon,
        quoting: Quoting::Bare,
    })
}

/// Reads the literal in `the password is "value"` and in `password for the user "bob" is "value"`, and the last word of
/// `password for bob: value`.
fn said_to_be(text: &[u8], key: &Range<usize>) -> Option<Assigned> {
    let end = key.end + whose(&text[key.end..]);
    if end > key.end
        && let Some(word) = noted(text, end)
    {
        return Some(Assigned {
            key: key.clone(),
            value: word,
            link: Link::Near,
            quoting: Quoting::Bare,
        });
    }
    let rest = text[end..].strip_prefix(b" is ")?;
    let (&quote, body) = rest.split_first()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let len = body
        .iter()
        .take(64)
        .position(|&byte| byte == quote || byte.is_ascii_whitespace())?;
    let start = end + 5;
    (body[len] == quote && len > 0).then(|| Assigned {
        key: key.clone(),
        value: start..start + len,
        link: Link::Near,
        quoting: Quoting::Quoted,
    })
}

/// Returns the length of ` for` and the few words that say whose password it is; 0 when there are none.
fn whose(rest: &[u8]) -> usize {
    const MOST_WORDS: usize = 4;
    let mut at = match rest.strip_prefix(b" for ") {
        Some(_) => 5,
        None => return 0,
    };
    for _ in 0..MOST_WORDS {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.@'\"`".contains(byte);
        at += rest[at..].iter().take(40).take_while(|byte| is_part(byte)).count();
        if rest[at..].starts_with(b":") || rest[at..].starts_with(b" is ") || rest.get(at) != Some(&b' ') {
            break;
        }
        at += 1;
    }
    at
}

/// Reads what ends the line behind a colon, if it is one word with a digit in it: anything else is prose.
fn noted(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = text[at..].strip_prefix(b":")?;
    let line = &rest[..rest
        .iter()
        .take(80)
        .position(|&byte| byte == b'\n')
        .unwrap_or(rest.len().min(80))];
    let value = line.trim_ascii();
    let start = at + 1 + line.len() - line.trim_ascii_start().len();
    let is_word = !value.contains(&b' ') && value.iter().any(u8::is_ascii_digit);
    is_word.then(|| start..start + value.len())
}

/// Reads the literal of a comparison written from behind: `"value" == name`.
pub(super) fn before(text: &[u8], key: &Range<usize>) -> Option<Assigned> {
    let head = text[..key.start].trim_ascii_end();
    let signs: [&[u8]; 4] = [b"===", b"!==", b"==", b"!="];
    let head = signs.iter().find_map(|sign| head.strip_suffix(*sign))?.trim_ascii_end();
    let (&quote, body) = head.split_last()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let window = &body[body.len().saturating_sub(200)..];
    let len = window.iter().rev().position(|&byte| byte == quote || byte == b'\n')?;
    let opens = window[window.len() - len - 1] == quote;
    (opens && len > 0).then(|| Assigned {
        key: key.clone(),
        value: body.len() - len..body.len(),
        link: Link::Compare,
        quoting: Quoting::Quoted,
    })
}

/// Skips what may stand between a name and its value; at least one byte of it must.
fn skip_glue(text: &[u8], from: usize) -> Option<usize> {
    const WORDS: &[&[u8]] = &[b"is", b"was", b"to", b"value", b"as", b"of", b"with"];
    let mut at = from;
    while at < text.len() && at - from < FARTHEST {
        let rest = &text[at..];
        if b" \t,:=>|\"'`()-".contains(&rest[0]) {
            at += 1;
            continue;
        }
        let len = rest
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let is_glue = WORDS.iter().any(|word| rest[..len].eq_ignore_ascii_case(word));
        if !(is_glue && rest.get(len).is_some_and(|&byte| byte == b' ' || byte == b':')) {
            break;
        }
        at += len;
    }
    (at > from && at < text.len()).then_some(at)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~' | b'%')
}

/// Tells whether a line comment precedes the name.
fn is_comment(text: &[u8], key: usize) -> bool {
    let line = text[..key]
        .iter()
        .rev()
        .take(120)
        .take_while(|&&byte| byte != b'\n')
        .count();
    let before = text[key - line..key].trim_ascii_start();
    [&b"//"[..], b"#", b"*", b"--", b"/*", b";"]
        .iter()
        .any(|sign| before.starts_with(sign))
}

#[cfg(test)]
mod tests {
    use crate::engine::assignment::{Link, Syntax, around};

    fn near(text: &str, path: &str) -> Option<(String, Link)> {
        let at = text.to_lowercase().find("token").unwrap_or_default();
        let assigned = around(text.as_bytes(), &(at..at + 5), Syntax::of(path.into()))?;
        Some((text[assigned.value].to_owned(), assigned.link))
    }

    #[test]
    fn a_value_close_behind_its_name_is_read() {
        for text in [
            "acme_token v1v1v1v1v1v1v1v1",
            "acme_token,v1v1v1v1v1v1v1v1\n",
            "// the acme token is v1v1v1v1v1v1v1v1 for now",
            "Set `ACME_TOKEN` to `v1v1v1v1v1v1v1v1` and restart.",
            "acme token - 'v1v1v1v1v1v1v1v1'",
        ] {
            assert_eq!(
                near(text, "a.md"),
                Some(("v1v1v1v1v1v1v1v1".to_owned(), Link::Near)),
                "{text}"
            );
        }
    }

    #[test]
    fn prose_and_code_give_nothing() {
        for (text, path) in [
            ("The token must be kept safe.", "a.md"),
            ("token, v1v1v1v1v1v1v1v1", "a.go"),
            ("a token of appreciation1234567890", "a.go"),
        ] {
            assert_eq!(near(text, path), None, "{text}");
        }
    }

    #[test]
    fn a_comparison_may_be_written_from_behind() {
        assert_eq!(
            near("if (\"v-1\" == token) {", "a.js"),
            Some(("v-1".to_owned(), Link::Compare))
        );
        assert_eq!(
            near("if (\"v-1\" !== token) {", "a.js"),
            Some(("v-1".to_owned(), Link::Compare))
        );
        assert_eq!(near("if (name == token) {", "a.js"), None);
    }
}
