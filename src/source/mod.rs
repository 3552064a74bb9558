//! Floor 2: where blobs come from.
//!
//! A source pushes blobs to its visitor, from as many threads as it likes: reading, matching and judging happen in
//! the same thread while the bytes are hot, and a buffer can serve the next file.

mod added;
#[cfg(feature = "archives")]
mod archive;
mod attribute;
mod crew;
mod encoding;
mod file;
mod hand;
mod history;
mod limits;
mod message;
mod part;
mod place;
mod range;
mod share;
mod staged;
mod stdin;
pub mod text;
mod turn;
mod walk;
mod worktree;

pub use attribute::attribute;
pub use history::{Accept, History, Surveyor};
pub use limits::{Exclude, GlobError, Limits};
pub use message::Message;
pub use part::Part;
pub use range::Range;
pub use share::Share;
pub use staged::Staged;
pub use stdin::Stdin;
pub use worktree::Worktree;

use bstr::BString;

use crate::git::GitError;
use crate::model::{Blob, Failed, Places, Profile, SkipReason, Skipped, Tally};

/// One thing that a source has to say.
#[derive(Debug)]
pub enum Item<'b> {
    /// So much was listed and is to be read: counted here, where the work is listed, and nowhere else.
    ///
    /// A listing knows files and not their bytes; those are counted with the blob.
    Listed(Tally),
    /// A blob, with its size as it was stored (before decoding).
    Blob(Blob<'b>, u64),
    /// A blob of which all places are known at which something may be found, and its size.
    Version(Blob<'b>, u64, Version<'b>),
    /// So much was read and has nothing in it at which anything could be found; it was listed before, but for its bytes.
    Read(Tally),
    /// Something listed and passed over on purpose.
    Skipped(Skipped),
    /// Something listed that could not be read.
    Failed(Failed),
}

/// What is known of a blob before it is searched.
#[derive(Debug, Clone, Copy)]
pub struct Version<'v> {
    /// All places at which something may be found.
    pub places: &'v Places,
    /// The profile of its path, if it was asked for.
    pub profile: Option<Profile>,
}

impl Item<'_> {
    fn listed(files: usize) -> Self {
        Self::Listed(Tally {
            files: files as u64,
            ..Tally::default()
        })
    }

    fn skipped(path: impl Into<BString>, reason: SkipReason) -> Self {
        let path = path.into();
        Self::Skipped(Skipped { path, reason })
    }

    fn failed(path: impl Into<BString>, error: impl ToString) -> Self {
        Self::Failed(Failed {
            path: path.into(),
            error: error.to_string(),
        })
    }
}

/// Archives stay closed.
#[cfg(not(feature = "archives"))]
mod archive {
    pub(super) fn may_be(_: &[u8]) -> bool {
        false
    }

    pub(super) fn read(
        _: &bstr::BStr,
        _: &[u8],
        _: &crate::model::Origin,
        _: &crate::source::Limits,
        _: crate::source::Visitor<'_>,
    ) -> bool {
        false
    }
}

/// Takes the items of a source, from any thread.
pub type Visitor<'v> = &'v (dyn for<'b> Fn(Item<'b>) + Sync);

/// Where blobs come from.
pub trait Source: Sync {
    /// Calls `visit` for each item, from as many threads as it likes.
    ///
    /// Every file counted by a [`Item::Listed`] is followed by exactly one of the others.
    ///
    /// # Errors
    /// When the listing itself fails, so that nobody knows what there was to read.
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError>;

    /// Tells what is known of how much there is to read, before any of it is read.
    fn extent(&self) -> Extent {
        Extent::Unknown
    }
}

/// What is known of how much there is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Nothing.
    Unknown,
    /// About so many things, and not fewer than are listed.
    About(u64),
    /// As many as are listed: everything is, before anything is read.
    Listed,
    /// As many commits as are listed; what they hold is found on the way.
    Commits,
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

impl From<GitError> for SourceError {
    fn from(error: GitError) -> Self {
        Self {
            what: error.to_string(),
            hint: error.hint().to_owned(),
        }
    }
}
