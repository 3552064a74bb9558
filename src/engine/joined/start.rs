//! Where a chain may begin, told by the few bytes around a quote or a backslash: behind nearly every one stands what
//! joins nothing. What is told here holds for a text in any syntax, and wherever a version of it copies those bytes.

use std::ops::Range;

use crate::engine::joined::sign;

/// How many bytes before a sign are looked at.
const BEFORE: usize = 32;
/// How many bytes behind it; none of them is the last that counts.
const BEHIND: usize = 96;
/// What is looked for at once in the search for what joins: the longest sign, or a prefix and a quote.
const AT_ONCE: usize = 8;

/// Finds the signs in a part of a text at which a chain may begin, ascending: quotes that end its first literal, those
/// that begin a literal in a template, and backslashes behind which a word goes on below.
pub(in crate::engine) fn starts_within(text: &[u8], part: Range<usize>) -> impl Iterator<Item = usize> {
    let signs = signs(&text[part.clone()]).map(move |at| part.start + at);
    signs.filter(|&at| may_start(text, at))
}

/// Finds all quotes and backslashes, among which the starts are.
pub(super) fn signs(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memchr3_iter(b'"', b'\'', b'\\', text)
}

/// Tells whether a chain may begin at the quote or backslash at `at`. Where one would have to look far to tell, it may.
fn may_start(text: &[u8], at: usize) -> bool {
    let (before, behind) = (&text[..at], &text[at + 1..]);
    match text[at] {
        b'\\' => goes_on_below(behind) && before.last().is_some_and(|byte| !byte.is_ascii_whitespace()),
        _ => before.ends_with(b"${") || before.ends_with(b"#{") || may_be_followed(text, at),
    }
}

fn goes_on_below(behind: &[u8]) -> bool {
    behind.starts_with(b"\n") || behind.starts_with(b"\r\n")
}

/// Tells whether the quote at `at` may end a literal that is joined to the next one.
fn may_be_followed(text: &[u8], at: usize) -> bool {
    let follows = text.get(at + 1).is_some_and(|&byte| sign::may_join(byte));
    if !follows {
        return false;
    }
    let window = &text[..text.len().min(at + BEHIND)];
    let gap = sign::Gap::read(window, at);
    // Whatever stands at the end of the window may go on behind it.
    if window.len() < text.len() && gap.opens.max(gap.sign_at) + AT_ONCE > window.len() {
        return true;
    }
    let opens = window.get(gap.opens);
    let joins = !gap.sign.is_empty() || gap.sign_at > at + 1 || opens != text.get(at);
    matches!(opens, Some(b'"' | b'\'')) && joins && (gap.sign != b"," || may_be_first(text, at))
}

/// Tells whether the literal that ends with the quote at `at` may be the first of a list: behind what opens one, or
/// behind an empty separator.
fn may_be_first(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(BEFORE)..at];
    let Some(opens) = memchr::memrchr(text[at], before) else {
        return true;
    };
    let before = before[..opens].trim_ascii_end();
    let is_listed = before.last() == Some(&b',') && !before.ends_with(b"\"\",");
    before.is_empty() || before.ends_with(b"\\") || !is_listed
}
