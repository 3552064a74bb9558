//! Reads a value: a quoted literal, or a bare word where the syntax has such.

use std::ops::Range;
use std::sync::LazyLock;

use crate::engine::assignment::Syntax;
use crate::engine::assignment::link::{Found, Link};
use crate::engine::wordlist::WordList;

/// How a value is quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Quoting {
    /// In quotes.
    Quoted,
    /// In quotes that are escaped: a literal inside a literal.
    Escaped,
    /// Not at all.
    Bare,
    /// Not itself, but inside a string of code, as in a connection string or a query.
    Inside,
}

/// A value as it was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) span: Range<usize>,
    pub(super) quoting: Quoting,
}

/// The longest value that is read as one.
const LONGEST: usize = 4096;

/// Reads the value after a link.
pub(super) fn read(text: &[u8], link: &Found, syntax: Syntax) -> Option<Read> {
    let start = skip_blanks(text, link.value, link.kind);
    if link.kind == Link::Element {
        return element(text, start);
    }
    let (opened, wrapped) = skip_wrappers(text, start);
    if let Some(read) = quoted(text, opened) {
        if !link.quoted_key
            && read.quoting == Quoting::Quoted
            && surroundings(text, link.key).0 == text.get(opened).copied()
        {
            // That quote closes the string in which the name stands: `"password=" + password`.
            return None;
        }
        let ends_well = match link.kind {
            Link::Call => follows(text, &read, b"),"),
            Link::Pair => follows(text, &read, b")]}") || ends_line(text, &read),
            _ => true,
        };
        return ends_well.then_some(read);
    }
    match link.kind {
        Link::Call | Link::Pair => None,
        _ if wrapped => None,
        _ => bare(text, start, link, syntax),
    }
}

/// Skips blanks, and a line break where the value is expected on the next line.
fn skip_blanks(text: &[u8], at: usize, kind: Link) -> usize {
    let blanks = |at: usize| {
        at + text[at.min(text.len())..]
            .iter()
            .take_while(|&&byte| matches!(byte, b' ' | b'\t'))
            .count()
    };
    let next = blanks(at);
    let rest = &text[next.min(text.len())..];
    let line_end = match rest {
        [b'\\', b'\r', b'\n', ..] => 3,
        [b'\r', b'\n', ..] | [b'\\', b'\n', ..] => 2,
        [b'\n', ..] => 1,
        _ => return next,
    };
    let below = blanks(next + line_end);
    let starts_literal = matches!(text.get(below), Some(b'"' | b'\'' | b'`'));
    let goes_on = rest.starts_with(b"\\") && kind == Link::Equals;
    if kind == Link::Element || goes_on || (kind != Link::Space && starts_literal) {
        below
    } else {
        next
    }
}

/// Skips what may stand around a literal: `(`, `[`, a string prefix, a constructor.
fn skip_wrappers(text: &[u8], start: usize) -> (usize, bool) {
    let mut at = start;
    for _ in 0..3 {
        let rest = &text[at.min(text.len())..];
        let word = rest
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:".contains(byte))
            .count();
        match rest.get(word) {
            Some(b'"' | b'\'' | b'`') if word <= 2 && is_prefix(&rest[..word]) => return (at + word, at > start),
            Some(b'(' | b'[' | b'{') if word == 0 => at += 1,
            Some(b'(') if makes_a_string(&rest[..word]) => at += word + 1,
            Some(b'@' | b'$') if word == 0 && matches!(rest.get(1), Some(b'"' | b'@' | b'$')) => at += 1,
            Some(b' ') if matches!(&rest[..word], b"new" | b"await" | b"const") => at += word + 1,
            _ => break,
        }
        at += text[at.min(text.len())..]
            .iter()
            .take(4)
            .take_while(|&&byte| byte == b' ')
            .count();
    }
    (at, at > start)
}

fn is_prefix(word: &[u8]) -> bool {
    word.iter().all(|byte| b"rRbBuUfFL".contains(byte))
}

/// Tells whether a call of this name only wraps its literal argument; a getter's argument is a name, not a value.
fn makes_a_string(word: &[u8]) -> bool {
    static MAKERS: LazyLock<WordList> = LazyLock::new(|| WordList::new(include_str!("../words/makers.txt")));
    let mut lower = [0; 40];
    let lower = &mut lower[..word.len().min(40)];
    lower.copy_from_slice(&word[..lower.len()]);
    lower.make_ascii_lowercase();
    MAKERS.contains(lower)
}

/// Reads a literal whose quote stands at `at`.
fn quoted(text: &[u8], at: usize) -> Option<Read> {
    let rest = &text[at.min(text.len())..];
    let (open, quoting): (&[u8], _) = match rest {
        [b'"', b'"', b'"', ..] => (b"\"\"\"", Quoting::Quoted),
        [b'\'', b'\'', b'\'', ..] => (b"'''", Quoting::Quoted),
        [b'\\', b'"', ..] => (b"\\\"", Quoting::Escaped),
        [b'\\', b'\'', ..] => (b"\\'", Quoting::Escaped),
        [b'"' | b'\'' | b'`', ..] => (&rest[..1], Quoting::Quoted),
        _ if rest.starts_with(b"&quot;") => (b"&quot;", Quoting::Escaped),
        _ if rest.starts_with(b"&#39;") => (b"&#39;", Quoting::Escaped),
        _ if rest.starts_with(b"&#34;") => (b"&#34;", Quoting::Escaped),
        _ => return None,
    };
    let body = &rest[open.len()..];
    let body = &body[..body.len().min(LONGEST)];
    let start = at + open.len();
    let end = match closing(body, open) {
        Some(end) => long_word(&body[..end]).unwrap_or(end),
        None => long_word(body)?,
    };
    Some(Read {
        span: start..start + end,
        quoting,
    })
}

/// Returns the length of the first line of a literal that goes on below, if one long word fills it: a key in lines.
fn long_word(body: &[u8]) -> Option<usize> {
    const SHORTEST: usize = 24;
    let line = &body[..memchr::memchr(b'\n', body)?];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let word = line.strip_suffix(b"\\").unwrap_or(line);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'-');
    (word.len() >= SHORTEST && word.iter().all(is_part)).then_some(word.len())
}

/// Finds the closing quote; a line end closes nothing but a triple quote or a backtick.
fn closing(body: &[u8], open: &[u8]) -> Option<usize> {
    let spans_lines = open.len() == 3 || open == b"`";
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at..];
        if rest.starts_with(open) {
            return Some(at);
        }
        match rest {
            [b'\n', ..] if !spans_lines => return None,
            [b'\\', _, ..] => at += 2,
            _ => at += 1,
        }
    }
    None
}

fn follows(text: &[u8], read: &Read, closers: &[u8]) -> bool {
    let after = &text[(read.span.end + 1).min(text.len())..];
    let next = after.iter().take(16).find(|byte| !byte.is_ascii_whitespace());
    next.is_some_and(|byte| closers.contains(byte))
}

fn ends_line(text: &[u8], read: &Read) -> bool {
    let after = &text[(read.span.end + 1).min(text.len())..];
    let next = after.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    next.is_none_or(|&byte| byte == b'\n')
}

/// Reads the text of an element, to the tag that closes it: what no tag closes is a hole, `<token>`, and no element.
fn element(text: &[u8], start: usize) -> Option<Read> {
    let rest = &text[start.min(text.len())..];
    let (skip, close): (usize, &[u8]) = if rest.starts_with(b"<![CDATA[") {
        (9, b"]]>")
    } else {
        (0, b"</")
    };
    let body = &rest[skip..rest.len().min(LONGEST)];
    let end = bstr::ByteSlice::find(body, close)?;
    let value = body[..end].trim_ascii_end();
    Some(Read {
        span: start + skip..start + skip + value.len(),
        quoting: Quoting::Bare,
    })
}

/// Reads a bare word.
fn bare(text: &[u8], start: usize, link: &Found, syntax: Syntax) -> Option<Read> {
    // The quote that opens the name itself opens no string around it.
    let own_quote = usize::from(link.quoted_key && link.key > 0);
    let (string, in_comment) = surroundings(text, link.key - own_quote);
    let in_string = string.is_some();
    let quoting = match syntax {
        Syntax::Code | Syntax::Json if in_string => Quoting::Inside,
        Syntax::Code if in_comment || is_no_code(text, start) => Quoting::Bare,
        Syntax::Code | Syntax::Json => return None,
        Syntax::Data | Syntax::Shell | Syntax::Text if in_string && !link.quoted_key => Quoting::Inside,
        Syntax::Data | Syntax::Shell | Syntax::Text => Quoting::Bare,
    };
    let rest = &text[start.min(text.len())..];
    let rest = &rest[..rest.len().min(LONGEST)];
    let in_query = link.key > 0 && matches!(text[link.key - 1], b'?' | b'&' | b';');
    let whole_line = syntax == Syntax::Data && quoting == Quoting::Bare && link.kind != Link::Space && !in_query;
    let len = if whole_line {
        line_value(rest)
    } else {
        word(rest, quoting, in_query)
    };
    let is_block = rest[..len].iter().all(|byte| b">|+-".contains(byte));
    (len > 0 && !is_block).then(|| Read {
        span: start..start + len,
        quoting,
    })
}

/// Tells whether a word is written in no language: its brackets do not match. That is a setting in a text within code.
fn is_no_code(text: &[u8], start: usize) -> bool {
    const LONGEST_WORD: usize = 80;
    let rest = &text[start.min(text.len())..text.len().min(start + LONGEST_WORD)];
    let len = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    let mut open = Vec::new();
    // A statement ends so, a setting does not.
    if rest[..len].ends_with(b";") {
        return false;
    }
    for &byte in &rest[..len] {
        match byte {
            b'"' | b'\'' | b'`' | b'/' | b';' => return false,
            b'(' => open.push(b')'),
            b'[' => open.push(b']'),
            b'{' => open.push(b'}'),
            b')' | b']' | b'}' if open.pop().is_some_and(|close| close != byte) => return true,
            _ => {}
        }
    }
    false
}

/// Returns the length of a value that runs to the end of its line, a comment left out.
fn line_value(rest: &[u8]) -> usize {
    let line = rest
        .iter()
        .position(|&byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(rest.len());
    let line = &rest[..line];
    let comment = line
        .windows(2)
        .position(|pair| matches!(pair, [b' ' | b'\t', b'#' | b';']))
        .unwrap_or(line.len());
    let value = line[..comment].trim_ascii_end();
    let value = value
        .strip_suffix(b",")
        .or_else(|| value.strip_suffix(b";"))
        .unwrap_or(value);
    value.len()
}

/// Returns the length of a value that ends with a blank or with what closes its surroundings.
fn word(rest: &[u8], quoting: Quoting, in_query: bool) -> usize {
    let ends = |byte: u8| match byte {
        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'<' => true,
        b'#' => in_query,
        b'&' => in_query || quoting == Quoting::Inside,
        b';' | b',' | b'\\' => true,
        _ => quoting == Quoting::Inside && matches!(byte, b'|' | b'>'),
    };
    // A closing bracket ends a value only where it ends a word: passwords hold brackets.
    let closes = |at: usize| {
        matches!(rest[at], b')' | b'}' | b']') && rest.get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric())
    };
    let len = (0..rest.len())
        .find(|&at| ends(rest[at]) || closes(at))
        .unwrap_or(rest.len());
    let value = &rest[..len];
    value.strip_suffix(b".").unwrap_or(value).len()
}

/// Returns the quote of the string in which a name stands, and whether it stands behind a comment sign, by what
/// precedes it on its line.
fn surroundings(text: &[u8], key: usize) -> (Option<u8>, bool) {
    let line = text[..key]
        .iter()
        .rev()
        .take(1000)
        .take_while(|&&byte| byte != b'\n')
        .count();
    let before = &text[key - line..key];
    let mut open: Option<u8> = None;
    let mut at = 0;
    while at < before.len() {
        let byte = before[at];
        match open {
            None if matches!(byte, b'"' | b'\'' | b'`') && !is_apostrophe(before, at) => open = Some(byte),
            Some(_) if byte == b'\\' => at += 1,
            Some(quote) if byte == quote => open = None,
            _ => {}
        }
        at += 1;
    }
    let trimmed = before.trim_ascii_start();
    let starts_comment = [&b"//"[..], b"#", b"*", b"/*", b"--", b"%", b";"]
        .iter()
        .any(|sign| trimmed.starts_with(sign));
    let has_comment = bstr::ByteSlice::contains_str(before, b" // ") || bstr::ByteSlice::contains_str(before, b" # ");
    (open, starts_comment || has_comment)
}

/// Tells a quote from the apostrophe in `don't`.
fn is_apostrophe(before: &[u8], at: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| before.get(at)).is_some_and(u8::is_ascii_alphabetic);
    before[at] == b'\'' && letter(at.checked_sub(1)) && letter(Some(at + 1))
}
