//! Which part of a blob a search need look at: where a change only adds lines, what cannot touch them is left alone.
//!
//! Matching still sees the whole blob around an added line; but a keyword from which no match could reach such a line
//! would only give findings that are not to be reported. In a commit that is nearly every keyword.

use std::ops::Range;

use crate::model::{Blob, Lines, Scope};

/// The bytes that may be reported; everything, or some ascending ranges.
#[derive(Debug, Default)]
pub(super) struct Reach(Option<Vec<Range<usize>>>);

impl Reach {
    /// Reads which bytes of the blob may be reported.
    pub(super) fn of(blob: &Blob<'_>) -> Self {
        match &blob.scope {
            Scope::Whole => Self(None),
            Scope::Added { lines: added, .. } => {
                let lines = Lines::new(&blob.bytes);
                let bytes = |range: &Range<u32>| lines.span(range.start).start..lines.span(range.end - 1).end;
                let ranges = added.iter().filter(|range| !range.is_empty()).map(bytes);
                Self(Some(ranges.collect()))
            }
        }
    }

    /// Tells whether something between the two offsets may be reported.
    pub(super) fn touches(&self, from: usize, to: usize) -> bool {
        let Some(ranges) = &self.0 else { return true };
        let next = ranges.partition_point(|range| range.end < from);
        ranges.get(next).is_some_and(|range| range.start <= to)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use crate::model::{Kind, Nature, Origin};

    #[test]
    fn only_what_can_touch_an_added_line_is_looked_at() {
        let blob = Blob {
            origin: Origin::Index,
            path: Cow::Borrowed("a".into()),
            bytes: Cow::Borrowed(b"one\ntwo\nthree\nfour\n"),
            scope: Scope::Added {
                lines: vec![2..3, 4..5],
                path: false,
            },
            kind: Kind::File,
            nature: Nature::Text,
        };
        let reach = Reach::of(&blob);
        assert!(reach.touches(0, 4) && reach.touches(5, 6) && reach.touches(9, 14) && reach.touches(0, 20));
        assert!(!reach.touches(0, 3) && !reach.touches(8, 13) && !reach.touches(19, 30));
        assert!(Reach::default().touches(0, 0));
    }
}
