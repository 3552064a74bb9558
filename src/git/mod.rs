//! Floor 1: the only room that knows git.

mod batch;
mod change;
mod error;
mod hooks_path;
mod libgit;
mod listing;
mod look;
mod object;
mod objects;
mod oid;
mod plumbing;
mod range;
mod raw;
mod record;
mod remote;
mod repo;
mod scratch;

pub use change::{Before, Change, Entry, EntryKind, Now};
pub use error::GitError;
pub use hooks_path::{HooksPath, HooksSetting};
pub use object::{ObjectError, ObjectReader};
pub use oid::Oid;
pub use plumbing::Git;
pub use range::{Listed, News, Range, Refs};
pub use record::Record;
pub use repo::{Repo, Ways};
pub use scratch::Scratch;
