//! From a byte span to lines and columns.
//! Counting lines is the one cost that grows with the whole blob, so it is paid only once something was found.

use std::ops::Range;

/// A place in a text: 1-based lines, 1-based columns in bytes, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// The line of the first byte.
    pub line: u32,
    /// The column of the first byte.
    pub column: u32,
    /// The line of the last byte.
    pub end_line: u32,
    /// The column just after the last byte.
    pub end_column: u32,
}

/// The starts of all lines of one text.
#[derive(Debug)]
pub struct Lines {
    starts: Vec<usize>,
    len: usize,
}

impl Lines {
    /// Finds the lines of `text`; a line ends with `\n`, and `\r\n` counts as one end.
    pub fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at + 1));
        Self {
            starts,
            len: text.len(),
        }
    }

    /// Returns the 1-based line that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> u32 {
        let line = self.starts.partition_point(|&start| start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// Returns the byte span of a 1-based line, its line end left out.
    pub fn span(&self, line: u32) -> Range<usize> {
        let index = (line as usize).clamp(1, self.starts.len());
        let start = self.starts[index - 1];
        let end = self.starts.get(index).map_or(self.len, |next| next - 1);
        start..end
    }

    /// Returns where the byte span stands.
    pub fn locate(&self, span: &Range<usize>) -> Location {
        let last = span.end.max(span.start + 1) - 1;
        let (line, end_line) = (self.line(span.start), self.line(last));
        Location {
            line,
            column: self.column(line, span.start),
            end_line,
            end_column: self.column(end_line, last) + 1,
        }
    }

    fn column(&self, line: u32, offset: usize) -> u32 {
        let start = self.starts[line as usize - 1];
        u32::try_from(offset - start + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_located_by_line_and_byte_column() {
        let lines = Lines::new(b"one\ntwo three\n");
        let expected = Location {
            line: 2,
            column: 5,
            end_line: 2,
            end_column: 10,
        };
        assert_eq!(lines.locate(&(8..13)), expected);
    }

    #[test]
    fn a_span_over_several_lines_ends_on_the_line_of_its_last_byte() {
        let lines = Lines::new(b"a\nbc\nd");
        let place = lines.locate(&(0..5));
        assert_eq!((place.line, place.end_line, place.end_column), (1, 2, 4));
    }

    #[test]
    fn an_empty_text_has_one_empty_line() {
        assert_eq!(Lines::new(b"").span(1), 0..0);
    }
}
