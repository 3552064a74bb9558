//! Floor 1: the only room that knows git.

mod batch;
mod change;
mod disk;
mod error;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod head;
pub mod history;
mod hooks_path;
mod ignored;
mod index;
mod layout;
mod libgit;
mod listing;
mod look;
mod loose;
mod name;
mod object;
mod objects;
mod oid;
pub mod pack;
mod plumbing;
mod quick;
mod range;
mod raw;
mod record;
mod remote;
mod repo;
mod scratch;
pub mod special;
mod tree;
mod versions;

pub use change::{Before, Change, Entry, EntryKind, Now};
pub use error::GitError;
pub use hooks_path::{HooksPath, HooksSetting};
pub use ignored::IgnoredBy;
pub use name::{Mix, MixBuild, Name};
pub use object::{ObjectError, ObjectReader};
pub use oid::Oid;
pub use pack::ObjectKind;
pub use plumbing::Git;
pub use range::{Listed, News, Range, Refs};
pub use record::Record;
pub use repo::{Repo, Ways};
pub use scratch::{Scratch, scratch_prefix};
