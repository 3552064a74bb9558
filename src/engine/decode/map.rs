//! From decoded bytes back to where they stand in the text around.

use std::ops::Range;

/// Where some decoded bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// Their place in what was decoded: a digit's number, or a byte's offset.
    pub(super) decoded: usize,
    /// Their place in the text around.
    pub(super) at: usize,
}

/// How decoded bytes are traced.
#[derive(Debug)]
pub(super) enum Map {
    /// Digits of `width` bits, line by line; each decoded byte was `scale` bytes of what the digits say.
    Digits {
        /// The bits of a digit.
        width: usize,
        /// 2 where wide characters became bytes, otherwise 1.
        scale: usize,
        /// The lines, by their first digit.
        lines: Vec<Piece>,
    },
    /// Byte for byte from each piece on; the last piece is the end.
    Bytes(Vec<Piece>),
    /// Not at all: everything comes from the whole of it.
    Whole(Range<usize>),
}

impl Map {
    /// Returns where the decoded bytes at `span`, one or more, come from.
    pub(super) fn origin(&self, span: &Range<usize>) -> Range<usize> {
        match self {
            Self::Whole(all) => all.clone(),
            Self::Bytes(pieces) => place(pieces, span.start)..end(pieces, span.end),
            Self::Digits { width, scale, lines } => {
                let first = span.start * scale * 8 / width;
                let last = (span.end * scale * 8).saturating_sub(1) / width;
                place(lines, first)..place(lines, last.max(first)) + 1
            }
        }
    }
}

/// Returns where what ends at `decoded` ends: before what begins there, if that stands elsewhere.
fn end(pieces: &[Piece], decoded: usize) -> usize {
    let first = pieces.partition_point(|piece| piece.decoded < decoded);
    match pieces.get(first) {
        Some(piece) if piece.decoded == decoded => piece.at,
        _ => place(pieces, decoded),
    }
}

fn place(pieces: &[Piece], decoded: usize) -> usize {
    let next = pieces.partition_point(|piece| piece.decoded <= decoded);
    let Some(piece) = next.checked_sub(1).and_then(|at| pieces.get(at)) else {
        return 0;
    };
    let at = piece.at + (decoded - piece.decoded);
    // An escape may stand for fewer bytes than it is long, and for more.
    pieces.get(next).map_or(at, |next| at.min(next.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_comes_from_all_digits_that_hold_a_bit_of_it() {
        let lines = vec![Piece { decoded: 0, at: 10 }, Piece { decoded: 4, at: 20 }];
        let map = Map::Digits {
            width: 6,
            scale: 1,
            lines,
        };
        assert_eq!(map.origin(&(0..1)), 10..12);
        assert_eq!(map.origin(&(2..3)), 12..14);
        assert_eq!(map.origin(&(3..6)), 20..24);
        assert_eq!(map.origin(&(2..4)), 12..22);
    }

    #[test]
    fn a_byte_next_to_an_escape_comes_from_beside_it() {
        // `a%3Db`: three bytes become one.
        let pieces = vec![(0, 0), (1, 1), (2, 4), (3, 5)];
        let pieces = pieces.into_iter().map(|(decoded, at)| Piece { decoded, at });
        let map = Map::Bytes(pieces.collect());
        assert_eq!(
            [map.origin(&(0..1)), map.origin(&(1..2)), map.origin(&(2..3))],
            [0..1, 1..4, 4..5]
        );
    }
}
