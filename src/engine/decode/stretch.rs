//! Finds the stretches of a text that may be base64 or hex: long rows of digits, over wrapped lines.
//!
//! This looks at every byte of every file. Where the processor can tell sixteen bytes apart at once, it does so in
//! [`blocks`](super::blocks), a third of a nanosecond each; elsewhere it leaps, for a row of [`SHORTEST`] digits cannot
//! hide between two probes that far apart.

use std::ops::Range;

use crate::engine::decode::blocks::{self, Run};
use crate::engine::decode::glance::{self, Opening};
use crate::engine::decode::map::Piece;

/// Shorter rows are not decoded: a secret and a name for it take this many digits.
pub(super) const SHORTEST: usize = 20;
/// Rows at least this long may go on in the next line.
const WRAPPED: usize = 40;
/// The most bytes between two lines of one row: a line end, an indent, quotes.
const WIDEST_JOINT: usize = 64;

const IS_DIGIT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    table
};

pub(in crate::engine) fn is_digit(byte: u8) -> bool {
    IS_DIGIT[usize::from(byte)]
}

/// A row of digits, on one line or over several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Its lines: never empty.
    lines: Vec<Range<usize>>,
    /// The bits of each digit.
    pub(super) width: usize,
}

impl Stretch {
    /// Returns where it begins.
    pub(super) fn start(&self) -> usize {
        self.lines.first().map_or(0, |line| line.start)
    }

    /// Returns where it ends.
    pub(super) fn end(&self) -> usize {
        self.lines.last().map_or(0, |line| line.end)
    }

    /// Returns the number of digits.
    pub(super) fn len(&self) -> usize {
        self.lines.iter().map(ExactSizeIterator::len).sum()
    }

    /// Returns the digits.
    pub(super) fn digits<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = u8> + use<'t, '_> {
        self.lines.iter().flat_map(|line| text[line.clone()].iter().copied())
    }

    /// Returns where each line begins, by the number of its first digit.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut decoded = 0;
        let mut piece = |line: &Range<usize>| {
            let piece = Piece {
                decoded,
                at: line.start,
            };
            decoded += line.len();
            piece
        };
        self.lines.iter().map(&mut piece).collect()
    }
}

/// The stretches of a text, in order.
#[derive(Debug)]
pub(in crate::engine) struct Stretches<'t> {
    text: &'t [u8],
    /// Everything before was looked at.
    from: usize,
    /// True when each byte is to be looked at.
    is_plain: bool,
    /// The rows that are left, where all that may begin a stretch are known.
    rows: Option<std::slice::Iter<'t, Range<u32>>>,
}

impl<'t> Stretches<'t> {
    /// Makes ready to look for them; `is_plain` when no byte may be leapt over.
    pub(in crate::engine) fn new(text: &'t [u8], is_plain: bool) -> Self {
        Self {
            text,
            from: 0,
            is_plain,
            rows: None,
        }
    }

    /// Looks in a part of the text that cuts no row of digits.
    pub(in crate::engine) fn within(text: &'t [u8], part: Range<usize>) -> Self {
        Self {
            from: part.start,
            ..Self::new(&text[..part.end], false)
        }
    }

    /// Looks at these rows only: all that [`Stretches::opening_row`] would give.
    pub(in crate::engine) fn among(text: &'t [u8], rows: &'t [Range<u32>]) -> Self {
        Self {
            rows: Some(rows.iter()),
            ..Self::new(text, false)
        }
    }

    /// Returns the text.
    pub(super) fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Finds the next row by which a stretch may begin, also where that row only goes on with the one before it.
    pub(in crate::engine) fn opening_row(&mut self) -> Option<Range<usize>> {
        loop {
            let row = self.row()?;
            if self.opening(&row).is_some() {
                return Some(row);
            }
        }
    }

    /// Finds the next stretch that may hold a text.
    pub(super) fn next(&mut self) -> Option<Stretch> {
        loop {
            let row = self.row()?;
            if let Some(Opening { skip, width }) = self.opening(&row) {
                let lines = self.lines(row.start + skip..row.end);
                return Some(Stretch { lines, width });
            }
        }
    }

    fn opening(&self, row: &Range<usize>) -> Option<Opening> {
        let before = row.start.checked_sub(1).map(|at| self.text[at]);
        glance::opening(&self.text[row.clone()], before)
    }

    /// Follows a row over wrapped lines.
    fn lines(&mut self, first: Range<usize>) -> Vec<Range<usize>> {
        let mut lines = vec![first.clone()];
        let mut last = first;
        while last.len() >= WRAPPED
            && let Some(next) = self.continued(&last)
        {
            self.from = next.end;
            let is_shorter = next.len() < last.len();
            lines.push(next.clone());
            last = next;
            if is_shorter {
                break;
            }
        }
        lines
    }

    /// Finds the next row of digits, at least [`SHORTEST`] of them.
    fn row(&mut self) -> Option<Range<usize>> {
        if let Some(rows) = &mut self.rows {
            let mut rows = rows.map(|row| row.start as usize..row.end as usize);
            let row = rows.find(|row| row.start >= self.from)?;
            self.from = row.end;
            return Some(row);
        }
        let row = match self.is_plain {
            true => self.row_by_bytes(),
            false => self.row_by_blocks(),
        };
        self.from = row.as_ref().map_or(self.text.len(), |row| row.end);
        row
    }

    fn row_by_bytes(&self) -> Option<Range<usize>> {
        let mut from = self.from;
        while from < self.text.len() {
            let end = self.end_of_row(from);
            if end - from >= SHORTEST {
                return Some(from..end);
            }
            from = end + 1;
        }
        None
    }

    /// Looks at blocks of bytes at once, and by leaps at what is left over at the end.
    fn row_by_blocks(&self) -> Option<Range<usize>> {
        match blocks::run(&self.text[self.from..]) {
            Run::At(start) => {
                let start = self.from + start;
                Some(start..self.end_of_row(start + SHORTEST))
            }
            Run::NotBefore(at) => self.row_by_leaps(self.from + at),
        }
    }

    /// Looks at the shortest possible row from its end: the first gap met is where the next row may begin, and what
    /// lies behind it is known. So of most rows few bytes are looked at.
    fn row_by_leaps(&self, mut from: usize) -> Option<Range<usize>> {
        // From `from` up to here are digits.
        let mut known = from;
        loop {
            let end = from + SHORTEST;
            let unknown = self.text.get(known..end)?;
            match unknown.iter().rposition(|&byte| !is_digit(byte)) {
                None => return Some(from..self.end_of_row(end)),
                Some(gap) => from = known + gap + 1,
            }
            known = end;
        }
    }

    fn end_of_row(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        start + rest.iter().position(|&byte| !is_digit(byte)).unwrap_or(rest.len())
    }

    /// Returns the row's next line: no longer than this one, with nothing but a joint between.
    fn continued(&self, line: &Range<usize>) -> Option<Range<usize>> {
        let start = line.end + joint(&self.text[line.end..])?;
        let end = self.end_of_row(start);
        let closes = matches!(
            self.text.get(end),
            None | Some(b'\n' | b'\r' | b'\\' | b'"' | b'\'' | b'`' | b'=' | b' ' | b'<')
        );
        (start < end && end - start <= line.len() && closes).then_some(start..end)
    }
}

/// Returns the length of what stands between two lines of one row: a line end as it is or as it is written in a
/// string, with blanks, quotes and a plus around it.
fn joint(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut has_line_end = false;
    while at < rest.len().min(WIDEST_JOINT) {
        match &rest[at..] {
            [b'\n', ..] => has_line_end = true,
            [b'\\', b'n' | b'r', ..] => {
                has_line_end = true;
                at += 1;
            }
            [b'\r' | b' ' | b'\t' | b'"' | b'\'' | b'\\', ..] => {}
            [b'+', b' ' | b'\n' | b'\r' | b'"' | b'\'', ..] => {}
            _ => break,
        }
        at += 1;
    }
    has_line_end.then_some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &[u8], is_plain: bool) -> Vec<Range<usize>> {
        let mut stretches = Stretches::new(text, is_plain);
        std::iter::from_fn(|| stretches.row()).collect()
    }

    proptest! {
        #[test]
        fn blocks_and_leaps_find_what_looking_at_every_byte_finds(
            parts in prop::collection::vec((0_usize..60, 1_usize..4), 0..12)
        ) {
            let text: Vec<u8> = parts
                .iter()
                .flat_map(|&(digits, gaps)| [vec![b'a'; digits], vec![b' '; gaps]].concat())
                .collect();
            prop_assert_eq!(rows(&text, false), rows(&text, true));
            let mut leaps = Vec::new();
            let mut stretches = Stretches::new(&text, true);
            while let Some(row) = stretches.row_by_leaps(stretches.from) {
                stretches.from = row.end;
                leaps.push(row);
            }
            prop_assert_eq!(leaps, rows(&text, true));
        }

        #[test]
        fn digits_are_traced_to_their_lines(text in "[a ]{0,30}[aB3]{40,50}(\n {0,4}[aB3]{1,50}){0,4}") {
            let mut stretches = Stretches::new(text.as_bytes(), false);
            while let Some(stretch) = stretches.next() {
                prop_assert_eq!(stretch.len(), stretch.digits(text.as_bytes()).count());
                prop_assert_eq!(stretch.pieces().len(), stretch.lines.len());
            }
        }
    }
}
