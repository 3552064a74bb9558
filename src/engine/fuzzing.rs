//! The doors of the fuzz targets into this room; compiled for them only.

use crate::engine::decode::{self, Decoded, Layers, Stretches};
use crate::engine::lookalike;
use crate::engine::notebook::Notebook;
use crate::engine::reach::Reach;
use crate::engine::{opinion, sieve};

/// So much may come out of a text here.
const MOST: usize = 1 << 20;

/// Decodes all that a text holds; each decoded byte leads back to a place in the text.
pub fn layers(text: &[u8]) {
    let mut layers = Layers::new(Stretches::new(text, false), decode::marks(text), Vec::new());
    while let Some(Decoded::Text(layer)) = layers.next(MOST, &Reach::default()) {
        assert!(layer.bytes.len() <= MOST, "more came out than may");
        for at in [0, layer.bytes.len() / 2, layer.bytes.len().saturating_sub(1)] {
            let origin = layer.origin(&(at..(at + 1).min(layer.bytes.len())));
            assert!(origin.start <= origin.end && origin.end <= text.len(), "{origin:?}");
        }
    }
}

/// Reads a notebook.
pub fn notebook(text: &[u8]) {
    let notebook = Notebook::read(text);
    for (layer, _) in notebook.layers() {
        let origin = layer.origin(&(0..layer.bytes.len()));
        assert!(origin.start <= origin.end && origin.end <= text.len(), "{origin:?}");
    }
    let _ = notebook.cell(text.len() / 2);
}

/// Judges a value.
pub fn judge(value: &[u8]) {
    let _ = (
        sieve::unsaid(value),
        opinion::promise(value),
        opinion::is_placeholder(value),
    );
    let _ = (
        opinion::is_random(value),
        lookalike::name_of(value),
        lookalike::is_location(value),
    );
    let _ = (lookalike::is_encrypted(value), lookalike::is_uuid(value));
}
