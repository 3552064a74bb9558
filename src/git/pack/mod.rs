//! Git's objects as they stand on disk: packs, their indexes, deltas, and loose files.
//!
//! Asking git for every object of a history costs as much as reading them three times: each is made anew from its chain
//! of deltas. Read here, each entry is decompressed once, and what one version shares with another is known.

mod delta;
mod entry;
mod file;
mod forest;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
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
#[error("{what}")]
pub struct Broken {
    what: String,
    /// True where git must not be asked for it either: it would never end, or take all memory.
    pub(in crate::git) is_final: bool,
}

fn broken(what: impl Into<String>) -> Broken {
    Broken {
        what: what.into(),
        is_final: false,
    }
}

/// Says of an object that nobody can make it.
fn impossible(what: &str) -> Broken {
    Broken {
        is_final: true,
        ..broken(what)
    }
}

/// Nothing that is made on the way to an object may be larger: a few deltas of each other can make terabytes.
const LARGEST: usize = 1 << 30;
