//! Changes to a text, as spans that are replaced, and the lines that show them.

use std::ops::Range;

/// A span of a text that gives way to another text.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// What gives way; empty where something is added.
    pub(super) span: Range<usize>,
    /// What takes the place.
    pub(super) text: Vec<u8>,
}

impl Edit {
    /// Adds a text.
    pub(super) fn insert(at: usize, text: impl Into<Vec<u8>>) -> Self {
        Self {
            span: at..at,
            text: text.into(),
        }
    }
}

/// Makes the changes, which must not overlap.
pub(super) fn apply(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut changed = Vec::with_capacity(text.len() + 64 * sorted.len());
    let mut last = 0;
    for edit in sorted {
        let start = edit.span.start.clamp(last, text.len());
        changed.extend_from_slice(&text[last..start]);
        changed.extend_from_slice(&edit.text);
        last = edit.span.end.clamp(start, text.len());
    }
    changed.extend_from_slice(&text[last..]);
    changed
}

/// Returns the one change that makes `after` of `before`.
pub(super) fn difference(before: &[u8], after: &[u8]) -> Edit {
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let room = before.len().min(after.len()) - start;
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(room)
        .take_while(|(a, b)| a == b)
        .count();
    Edit {
        span: start..before.len() - end,
        text: after[start..after.len() - end].to_vec(),
    }
}

/// Returns where a span of the text before stands in the text after; `None` for one that a change touches.
pub(super) fn shifted(span: &Range<usize>, edits: &[Edit]) -> Option<Range<usize>> {
    if edits.iter().any(|edit| overlap(&edit.span, span)) {
        return None;
    }
    let before = edits.iter().filter(|edit| edit.span.end <= span.start);
    let shift: isize = before
        .map(|edit| edit.text.len().cast_signed() - edit.span.len().cast_signed())
        .sum();
    Some(span.start.saturating_add_signed(shift)..span.end.saturating_add_signed(shift))
}

/// Tells whether two changes are about the same bytes.
pub(super) fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Returns how the lines of a text end.
pub(super) fn line_end(text: &[u8]) -> &'static str {
    match memchr::memchr(b'\n', text) {
        Some(at) if at > 0 && text[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// A run of lines that a change replaces, as spans of the texts before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    /// The number of the first line, 1-based, before and after.
    pub(super) line: (usize, usize),
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// Finds the lines that the changes touch.
pub(super) fn hunks(before: &[u8], edits: &[Edit]) -> Vec<Hunk> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut hunks: Vec<Hunk> = Vec::new();
    let mut shift = 0_isize;
    for edit in sorted {
        let begins_line = edit.span.start == 0 || before[edit.span.start - 1] == b'\n';
        let adds_lines = edit.span.is_empty() && begins_line && edit.text.ends_with(b"\n");
        let lines = if adds_lines {
            edit.span.clone()
        } else {
            whole_lines(before, &edit.span)
        };
        let start = lines.start.saturating_add_signed(shift);
        shift += edit.text.len().cast_signed() - edit.span.len().cast_signed();
        let after = start..lines.end.saturating_add_signed(shift);
        match hunks.last_mut() {
            Some(last) if lines.start < last.before.end => {
                last.before.end = last.before.end.max(lines.end);
                last.after.end = last.before.end.saturating_add_signed(shift);
            }
            _ => hunks.push(Hunk {
                line: (0, 0),
                before: lines,
                after,
            }),
        }
    }
    let changed = apply(before, edits);
    for hunk in &mut hunks {
        let number = |text: &[u8], at: usize| memchr::memchr_iter(b'\n', &text[..at]).count() + 1;
        hunk.line = (number(before, hunk.before.start), number(&changed, hunk.after.start));
    }
    hunks
}

/// Widens a span to the ends of its lines.
fn whole_lines(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |at| span.end + at + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(span: Range<usize>, text: &str) -> Edit {
        Edit {
            span,
            text: text.into(),
        }
    }

    #[test]
    fn changes_are_made_in_the_order_of_the_text() {
        let edits = [edit(4..5, "XY"), edit(0..0, "head\n"), edit(1..2, "")];
        assert_eq!(apply(b"abcdef", &edits), b"head\nacdXYf");
    }

    #[test]
    fn the_difference_of_two_texts_leads_from_one_to_the_other() {
        for (before, after) in [
            ("", "a\n"),
            ("a\n", "a\nb\n"),
            ("a=\nb", "a=1\nb"),
            ("aa", "aaa"),
            ("x", "x"),
        ] {
            let edit = difference(before.as_bytes(), after.as_bytes());
            assert_eq!(apply(before.as_bytes(), &[edit]), after.as_bytes());
        }
    }

    #[test]
    fn a_span_moves_with_what_is_changed_before_it() {
        let edits = [edit(0..0, "four"), edit(2..4, "x")];
        assert_eq!(shifted(&(5..7), &edits), Some(8..10));
        assert_eq!(shifted(&(3..5), &edits), None);
    }

    #[test]
    fn touched_lines_are_found_in_both_texts() {
        let before = b"one\ntwo a b\nthree\nfour";
        let edits = [
            edit(0..0, "zero\n"),
            edit(8..9, "AAA"),
            edit(10..11, "BB"),
            edit(22..22, "\nfive\n"),
        ];
        let after = apply(before, &edits);
        let shown: Vec<_> = hunks(before, &edits)
            .into_iter()
            .map(|hunk| {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                (hunk.line, text(&before[hunk.before]), text(&after[hunk.after]))
            })
            .collect();
        let expected = [
            ((1, 1), "", "zero\n"),
            ((2, 3), "two a b\n", "two AAA BB\n"),
            ((4, 5), "four", "four\nfive\n"),
        ];
        let expected = expected.map(|(line, before, after)| (line, before.to_owned(), after.to_owned()));
        assert_eq!(shown, expected);
    }
}
