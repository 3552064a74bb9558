//! Which lines a change adds, by libgit2's diff: git's own algorithm, exact to the byte and deaf to all configuration.

use std::borrow::Cow;
use std::ops::Range;

use git2::{DiffOptions, Patch};

use crate::model::Scope;

/// Returns the lines of `new` (1-based, half-open) that `old` has not; `None` when they cannot be compared.
///
/// Most changes touch one place: what is alike before and behind it is set aside first, and where nothing is left of the
/// old text, all that is left of the new one was added.
pub(super) fn lines(old: &[u8], new: &[u8]) -> Option<Vec<Range<u32>>> {
    let (old, new) = (terminated(old), terminated(new));
    let (before, behind) = alike(&old, &new);
    let (old, changed) = (&old[before..old.len() - behind], &new[before..new.len() - behind]);
    let count = |text: &[u8]| u32::try_from(memchr::memchr_iter(b'\n', text).count()).ok();
    let first = count(&new[..before])? + 1;
    if old.is_empty() {
        let lines = first..first + count(changed)?;
        return Some(Some(lines).filter(|lines| !lines.is_empty()).into_iter().collect());
    }
    let added = compared(old, changed)?;
    let shifted = |lines: Range<u32>| lines.start + first - 1..lines.end + first - 1;
    Some(added.into_iter().map(shifted).collect())
}

/// Returns how many bytes of whole lines two texts have in common at their beginnings, and at their ends behind those.
fn alike(old: &[u8], new: &[u8]) -> (usize, usize) {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let before = memchr::memrchr(b'\n', &old[..same]).map_or(0, |end| end + 1);
    let (old, new) = (&old[before..], &new[before..]);
    let same = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let begins_line = |text: &[u8]| same == text.len() || text[text.len() - same - 1] == b'\n';
    let cut = match begins_line(old) && begins_line(new) {
        true => 0,
        false => memchr::memchr(b'\n', &old[old.len() - same..]).map_or(same, |end| end + 1),
    };
    (before, same - cut)
}

fn compared(old: &[u8], new: &[u8]) -> Option<Vec<Range<u32>>> {
    let mut options = DiffOptions::new();
    options.context_lines(0).interhunk_lines(0).force_text(true);
    let patch = Patch::from_buffers(old, None, new, None, Some(&mut options)).ok()?;
    let mut added = Vec::new();
    for index in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(index).ok()?;
        if hunk.new_lines() > 0 {
            added.push(hunk.new_start()..hunk.new_start() + hunk.new_lines());
        }
    }
    Some(added)
}

/// Ends the last line: what was the last line is not changed by getting a line after it.
fn terminated(text: &[u8]) -> Cow<'_, [u8]> {
    match text.last() {
        None | Some(b'\n') => Cow::Borrowed(text),
        Some(_) => Cow::Owned([text, b"\n"].concat()),
    }
}

/// Returns what both scopes may report: only that is new to both parents.
pub(super) fn both(one: Scope, other: Scope) -> Scope {
    match (one, other) {
        (Scope::Whole, scope) | (scope, Scope::Whole) => scope,
        (
            Scope::Added { lines: one, path },
            Scope::Added {
                lines: other,
                path: too,
            },
        ) => Scope::Added {
            lines: overlap(&one, &other),
            path: path && too,
        },
    }
}

fn overlap(one: &[Range<u32>], other: &[Range<u32>]) -> Vec<Range<u32>> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut common = Vec::new();
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let range = a.start.max(b.start)..a.end.min(b.end);
        if !range.is_empty() {
            common.push(range);
        }
        if a.end < b.end {
            one.next();
        } else {
            other.next();
        }
    }
    common
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a list of line ranges often has one")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_lines_that_were_not_there_are_added() {
        assert_eq!(lines(b"a\nb\nc\n", b"a\nB\nc\nd\n").unwrap(), [2..3, 4..5]);
        assert_eq!(lines(b"a\nb\n", b"a\n").unwrap(), []);
        assert_eq!(lines(b"", b"a\nb").unwrap(), [1..3]);
    }

    #[test]
    fn a_line_end_added_to_the_last_line_adds_no_line() {
        assert_eq!(lines(b"a\nb", b"a\nb\n").unwrap(), []);
        assert_eq!(lines(b"a\nb", b"a\nb\nc").unwrap(), [3..4]);
    }

    #[test]
    fn whitespace_and_binary_content_count() {
        assert_eq!(lines(b"a\n", b"a \n").unwrap(), [1..2]);
        assert_eq!(lines(b"a\r\nb\n", b"a\nb\n").unwrap(), [1..2]);
        assert_eq!(lines(b"\0\x01\n\0\n", b"\0\x01\nx\0\n\0\n").unwrap(), [2..3]);
    }

    #[test]
    fn only_what_is_new_to_both_parents_is_new() {
        let added = |lines: &[Range<u32>]| Scope::Added {
            lines: lines.to_vec(),
            path: true,
        };
        assert_eq!(both(added(&[1..5, 8..9]), added(&[3..9])), added(&[3..5, 8..9]));
        assert_eq!(both(Scope::Whole, added(&[1..2])), added(&[1..2]));
        assert_eq!(both(Scope::Whole, Scope::Whole), Scope::Whole);
    }

    proptest! {
        #[test]
        fn what_is_not_added_stood_there_in_this_order(old in "[abc\n]{0,40}", new in "[abc\n]{0,40}") {
            let added = lines(old.as_bytes(), new.as_bytes()).unwrap();
            let mut left = old.lines();
            for (index, line) in new.lines().enumerate() {
                let number = u32::try_from(index).unwrap() + 1;
                if !added.iter().any(|range| range.contains(&number)) {
                    prop_assert!(left.any(|other| other == line), "line {number} of {new:?} from {old:?}");
                }
            }
        }
    }
}
