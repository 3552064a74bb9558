//! Floor 1: the only room that knows git.

mod batch;
mod change;
mod disk;
mod error;
mod head;
pub mod history;
mod hooks_path;
mod index;
mod layout;
mod libgit;
mod listing;
mod loose;
mod name;
mod object;
mod oid;
pub mod pack;
mod plumbing;
mod quick;
mod raw;
mod repo;
mod scratch;
mod tree;

pub use change::{Before, Change, Entry, EntryKind, Now};
pub use error::GitError;
pub use hooks_path::{HooksPath, HooksSetting};
pub use name::{Mix, MixBuild, Name};
pub use object::{ObjectError, ObjectReader};
pub use oid::Oid;
pub use pack::ObjectKind;
pub use plumbing::Git;
pub use repo::{Repo, Ways};
pub use scratch::Scratch;
