//! A text put together from pieces of another one, each byte traced to where it stands there.

use std::ops::Range;

use crate::engine::decode::Layer;
use crate::engine::decode::map::{Map, Piece};

/// A text in the making.
#[derive(Debug, Default)]
pub(in crate::engine) struct Collage {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

impl Collage {
    /// Returns what was put together so far.
    pub(in crate::engine) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends a stretch of the text around, byte for byte.
    pub(in crate::engine) fn copy(&mut self, text: &[u8], span: Range<usize>) {
        self.mark(span.start);
        self.bytes.extend_from_slice(&text[span.clone()]);
        self.mark(span.end);
    }

    /// Appends bytes for which something else stands at `at`.
    pub(in crate::engine) fn put(&mut self, bytes: &[u8], at: usize) {
        self.mark(at);
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends a stretch of another collage.
    pub(in crate::engine) fn append(&mut self, other: &Self, span: Range<usize>) {
        let base = self.bytes.len();
        self.mark(other.origin(span.start));
        let first = other.pieces.partition_point(|piece| piece.decoded <= span.start);
        let within = other.pieces[first..]
            .iter()
            .take_while(|piece| piece.decoded <= span.end);
        self.pieces.extend(within.map(|piece| Piece {
            decoded: base + piece.decoded - span.start,
            at: piece.at,
        }));
        self.bytes.extend_from_slice(&other.bytes[span]);
    }

    /// Returns where the byte at `decoded` stands in the text around.
    pub(in crate::engine) fn origin(&self, decoded: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.decoded <= decoded);
        let piece = next.checked_sub(1).map(|at| self.pieces[at]);
        piece.map_or(0, |piece| piece.at + (decoded - piece.decoded))
    }

    /// Ends the text; what follows in the text around stands at `at`.
    pub(in crate::engine) fn finish(mut self, at: usize) -> Layer {
        self.mark(at);
        Layer {
            bytes: self.bytes,
            map: Map::Bytes(self.pieces),
        }
    }

    fn mark(&mut self, at: usize) {
        let decoded = self.bytes.len();
        self.pieces.push(Piece { decoded, at });
    }
}
