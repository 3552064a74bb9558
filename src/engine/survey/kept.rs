//! Which part of a copied stretch reads as it did where it was copied from, and what lies between.
//!
//! Whether a keyword is a place is told by the bytes around it: at most [`BEFORE`] and [`BEHIND`] for a pattern, the
//! name that holds it for an assignment, one byte for a run of one letter. So a keyword is as it was when that much
//! around it was copied with it. The start and the end of a text are like any byte: what stands there stands there still
//! only when it stood at the start or the end of the base.

use std::ops::Range;

use crate::engine::assignment::{LONGEST_KEY, is_name};
use crate::engine::decode::is_digit;
use crate::engine::survey::{BEFORE, BEHIND};
use crate::model::Copied;

/// A copied stretch.
#[derive(Debug)]
pub(super) struct Kept {
    /// The stretch here.
    span: Range<usize>,
    /// Where it stands in the base.
    from: usize,
    /// Keywords within are as they were.
    pub(super) keywords: Range<usize>,
    /// Rows of digits within are as they were.
    pub(super) rows: Range<usize>,
}

impl Kept {
    /// Returns the stretches in which anything is kept, in order.
    pub(super) fn all(text: &[u8], base_len: usize, copies: &[Copied]) -> Vec<Self> {
        let joined = copies.chunk_by(|one, next| one.to + one.len == next.to && one.from + one.len == next.from);
        joined
            .map(|joined| {
                let len = joined.iter().map(|copy| copy.len).sum();
                Copied { len, ..joined[0] }
            })
            .map(|copy| Self::of(text, base_len, copy))
            .filter(|kept| !kept.keywords.is_empty())
            .collect()
    }

    fn of(text: &[u8], base_len: usize, copy: Copied) -> Self {
        let span = copy.to..copy.to + copy.len;
        let begins = copy.to == 0 && copy.from == 0;
        let ends = span.end == text.len() && copy.from + copy.len == base_len;
        let inside = &text[span.clone()];
        let (first, last) = (name_len(inside.iter()), name_len(inside.iter().rev()));
        let keywords = Range {
            start: span.start + if begins { 0 } else { first.max(BEFORE) + 1 },
            end: span.end.saturating_sub(if ends { 0 } else { last.max(BEHIND) + 1 }),
        };
        let rows = Range {
            start: span.start + usize::from(!begins),
            end: span.end - usize::from(!ends),
        };
        Self {
            span,
            from: copy.from,
            keywords,
            rows,
        }
    }

    /// Returns where an offset of the base stands here.
    pub(super) fn here(&self, there: usize) -> usize {
        there - self.from + self.span.start
    }

    /// Returns where an offset stands in the base.
    pub(super) fn there(&self, here: usize) -> usize {
        here - self.span.start + self.from
    }
}

/// Returns how many characters of a name follow each other; one more than a name can have means that it goes on.
fn name_len<'t>(bytes: impl Iterator<Item = &'t u8>) -> usize {
    bytes.take(LONGEST_KEY + 1).take_while(|&&byte| is_name(byte)).count()
}

/// What lies between two stretches, and is surveyed.
#[derive(Debug)]
pub(super) struct Gap {
    /// Keywords that reach into this are new, or may be.
    pub(super) keywords: Range<usize>,
    /// Whole rows of digits: all that touch what is new.
    pub(super) rows: Range<usize>,
}

impl Gap {
    /// Returns what lies between the stretches, and before and behind them.
    pub(super) fn between(text: &[u8], kept: &[Kept]) -> Vec<Self> {
        let start = [(0, 0)].into_iter();
        let starts = start.chain(kept.iter().map(|copy| (copy.keywords.end, copy.span.end)));
        let ends = kept.iter().map(|copy| (copy.keywords.start, copy.span.start));
        let ends = ends.chain([(text.len(), text.len())]);
        let gap = |((from, new_from), (to, new_to)): ((usize, usize), (usize, usize))| {
            let before = text[..new_from].iter().rev().take_while(|&&byte| is_digit(byte));
            let behind = text[new_to..].iter().take_while(|&&byte| is_digit(byte));
            Self {
                keywords: from..to,
                rows: new_from - before.count()..new_to + behind.count(),
            }
        };
        // Nothing lies before a stretch that begins both texts, nor behind one that ends both.
        let is_gap = |gap: &Self| gap.keywords.start < gap.keywords.end;
        starts.zip(ends).map(gap).filter(is_gap).collect()
    }
}
