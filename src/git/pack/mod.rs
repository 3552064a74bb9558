//! Git's objects as they stand on disk: packs, their indexes, deltas, and loose files.
//!
//! Asking git for every object of a history costs as much as reading them three times: each is made anew from its chain
//! of deltas. Read here, each entry is decompressed once, and what one version shares with another is known.

mod delta;
mod entry;
mod file;
mod forest;
mod index;
mod inflate;
mod loose;
mod map;
mod store;
mod sweep;

pub use entry::ObjectKind;
pub(super) use map::Map;
pub(super) use store::Reader;
pub use store::Store;
pub(super) use sweep::{Made, sweep, sweep_kinds};

/// Something on disk that does not read as it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(String);

fn broken(what: impl Into<String>) -> Broken {
    Broken(what.into())
}
