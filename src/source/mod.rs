//! Floor 2: where blobs come from.
//!
//! A source pushes blobs to its visitor, from as many threads as it likes: reading, matching and judging happen in
//! the same thread while the bytes are hot, and a buffer can serve the next file.

use crate::model::{Blob, Failed, Skipped, Tally};

/// One thing that a source has to say.
#[derive(Debug)]
pub enum Item<'b> {
    /// So much was listed and is to be read: counted here, where the work is listed, and nowhere else.
    Listed(Tally),
    /// A blob, with its size as it was stored (before decoding).
    Blob(Blob<'b>, u64),
    /// Something listed and passed over on purpose.
    Skipped(Skipped),
    /// Something listed that could not be read.
    Failed(Failed),
}

/// Where blobs come from.
pub trait Source: Sync {
    /// Calls `visit` for each item, from as many threads as it likes.
    ///
    /// Every file counted by a [`Item::Listed`] is followed by exactly one of the other three.
    ///
    /// # Errors
    /// When the listing itself fails, so that nobody knows what there was to read.
    fn visit(&self, visit: &(dyn for<'b> Fn(Item<'b>) + Sync)) -> Result<(), SourceError>;
}

/// Why there is nothing to scan: the listing failed.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct SourceError {
    /// One sentence: what could not be listed and why.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}
