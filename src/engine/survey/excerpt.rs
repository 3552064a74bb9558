//! Parts of a text put side by side, so that one search sees them all.
//!
//! A version that changed in many places has many small parts to look at, and to search each by itself is slow: the
//! prefilter needs a few hundred bytes before it can walk four ways at once.

use std::ops::Range;

/// Parts of one text.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    /// What is around the parts, one after another; empty while there is but one, which stands in the text as it is.
    copied: Vec<u8>,
    parts: Vec<Part>,
}

/// A part with what is around it.
#[derive(Debug)]
pub(super) struct Part {
    /// What was asked for, by its place in the text.
    pub(super) asked: Range<usize>,
    /// Where the part begins in the text, with what is before it.
    pub(super) from: usize,
    /// Where it begins in the excerpt.
    pub(super) at: usize,
    len: usize,
}

impl Excerpt {
    /// Appends a part and what is `around` it.
    pub(super) fn add(&mut self, text: &[u8], asked: Range<usize>, around: Range<usize>) {
        if let [first] = self.parts.as_slice() {
            self.copied.extend_from_slice(&text[first.from..first.from + first.len]);
        }
        self.parts.push(Part {
            asked,
            from: around.start,
            at: self.len(),
            len: around.len(),
        });
        if self.parts.len() > 1 {
            self.copied.extend_from_slice(&text[around]);
        }
    }

    /// Returns the parts, ascending.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns the bytes of all parts.
    pub(super) fn bytes<'t>(&'t self, text: &'t [u8]) -> &'t [u8] {
        match self.parts.as_slice() {
            [only] => &text[only.from..only.from + only.len],
            _ => &self.copied,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.last().map_or(0, |last| last.at + last.len)
    }

    pub(super) fn clear(&mut self) {
        self.copied.clear();
        self.parts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_side_by_side_and_one_alone_is_not_copied() {
        let mut excerpt = Excerpt::default();
        let text = b"one two three";
        assert_eq!((excerpt.bytes(text), excerpt.len()), (&b""[..], 0));
        excerpt.add(text, 1..2, 0..3);
        assert_eq!(excerpt.bytes(text), b"one");
        assert!(excerpt.copied.is_empty());
        excerpt.add(text, 9..10, 8..13);
        assert_eq!(excerpt.bytes(text), b"onethree");
        let places: Vec<_> = excerpt.parts().iter().map(|part| (part.from, part.at)).collect();
        assert_eq!(places, [(0, 0), (8, 3)]);
        excerpt.clear();
        assert_eq!(excerpt.len(), 0);
    }
}
