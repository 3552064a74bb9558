//! Whether a word that a rule's matches hold comes soon enough behind a keyword.
//!
//! `print` stands in every file, and hardly ever is it followed by a word for a secret. Where those words stand is known
//! from the same search that found the keyword, so this costs a look at a list, each hit once for each such rule.

use std::ops::Range;

/// A keyword's number and where it ends.
type Hit = (u32, usize);

/// Looks ahead in a list of hits in ascending order of their ends.
#[derive(Debug)]
pub(super) struct Ahead<'i, I> {
    hits: I,
    /// For each keyword, of which rules it is a word, a bit each.
    held: &'i [u8],
    /// Where the text that was searched ends; what comes then is not known, unless nothing does.
    horizon: usize,
    /// For each rule the hits that are left, and where the last word ends that was taken from them.
    rules: [Option<(I, usize)>; u8::BITS as usize],
}

impl<'i, I: Iterator<Item = Hit> + Clone> Ahead<'i, I> {
    pub(super) fn new(hits: I, held: &'i [u8], horizon: usize) -> Self {
        Self {
            hits,
            held,
            horizon,
            rules: Default::default(),
        }
    }

    /// Tells whether a word of the rule with a bit ends within `longest` bytes of where a keyword begins, behind it.
    ///
    /// Keywords are asked about in ascending order of their ends.
    pub(super) fn comes(&mut self, bit: u8, keyword: &Range<usize>, longest: usize) -> bool {
        let (hits, end) = self.rules[bit.trailing_zeros() as usize].get_or_insert_with(|| (self.hits.clone(), 0));
        while *end <= keyword.end {
            let word = hits.find(|&(word, _)| self.held[word as usize] & bit != 0);
            *end = word.map_or(usize::MAX, |(_, end)| end);
        }
        let farthest = keyword.start.saturating_add(longest);
        *end <= farthest || farthest > self.horizon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keyword 0 is asked about, 1 is a word of the first rule, 2 one of the second.
    const HELD: [u8; 3] = [0, 1, 2];

    #[test]
    fn a_word_must_come_behind_the_keyword_and_soon() {
        let hits = [(1, 8), (0, 10), (1, 30), (2, 31), (0, 40), (0, 60)];
        let mut ahead = Ahead::new(hits.into_iter(), &HELD, usize::MAX);
        assert!(!ahead.comes(1, &(6..10), 23) && ahead.comes(1, &(6..10), 24));
        assert!(!ahead.comes(2, &(6..10), 24) && ahead.comes(2, &(6..10), 25));
        assert!(!ahead.comes(1, &(36..40), 1000) && !ahead.comes(2, &(56..60), 1000));
    }

    #[test]
    fn behind_the_horizon_anything_may_come() {
        let mut ahead = Ahead::new([(0, 10)].into_iter(), &HELD, 20);
        assert!(!ahead.comes(1, &(6..10), 14) && ahead.comes(1, &(6..10), 15));
    }
}
