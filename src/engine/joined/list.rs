//! Lists of literals whose elements a call joins with nothing between them.

/// Calls that join what is listed in them, written just before the first literal.
const CALLS: &[&[u8]] = &[
    b"concat!(",
    b"concat(",
    b"paste0(",
    b"\"\".join([",
    b"''.join([",
    b"\"\".join((",
    b"''.join((",
    b"join(\"\", [",
    b"join('', [",
    b"string.join(\"\", ",
    b"join([]string{",
    b"sprint(",
];
/// What joins a list when it stands behind it.
const ENDS: &[&[u8]] = &[
    b"].join(\"\")",
    b"].join('')",
    b"].join(``)",
    b"].concat()",
    b"].join\n",
    b"].join ",
    b"].joined()",
    b"].joinToString(\"\")",
];
/// How far behind its first element a list may end.
const LONGEST: usize = 1024;

/// Returns where the list begins whose first literal opens at `first`, if its elements are joined.
pub(super) fn opens(text: &[u8], first: usize) -> Option<usize> {
    let before = &text[first.saturating_sub(80)..first];
    let trimmed = before.trim_ascii_end();
    let end = first - (before.len() - trimmed.len());
    let call = CALLS.iter().find(|call| ends_with(trimmed, call));
    if let Some(call) = call {
        return Some(end - call.len());
    }
    let rest = &text[first..text.len().min(first + LONGEST)];
    let close = memchr::memchr(b']', rest)?;
    let is_joined = ENDS.iter().any(|joins| rest[close..].starts_with(joins));
    (trimmed.last() == Some(&b'[') && is_joined).then(|| end - 1)
}

fn ends_with(text: &[u8], call: &[u8]) -> bool {
    text.len() >= call.len() && text[text.len() - call.len()..].eq_ignore_ascii_case(call)
}
