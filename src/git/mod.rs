//! Floor 1: the only room that knows git.

mod batch;
mod change;
mod error;
mod libgit;
mod listing;
mod object;
mod oid;
mod plumbing;
mod raw;
mod repo;

pub use change::{Before, Change, Entry, EntryKind, Now};
pub use error::GitError;
pub use object::{ObjectError, ObjectReader};
pub use oid::Oid;
pub use plumbing::Git;
pub use repo::{Repo, Ways};
