//! Floor 2: git hooks, put in, taken out and proved.
//!
//! What stood there before is kept and run; what belongs to another program is never overwritten; and where git would
//! run something else than keyfence, that is said instead of "installed".

mod canary;
mod chain;
mod entry;
mod error;
mod install;
mod manager;
mod place;
mod shim;
mod status;
mod uninstall;
mod write;
mod yaml;

pub use canary::{CANARY, prove};
pub use chain::{Chained, Input, run_kept};
pub use entry::Entry;
pub use error::HookError;
pub use install::{Installed, install};
pub use manager::Manager;
pub use place::{Found, Place, is_executable};
pub use shim::Shim;
pub use status::{Kept, Status};
pub use uninstall::{Uninstalled, uninstall};

/// A git hook that keyfence can stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Hook {
    /// Before a commit is made.
    PreCommit,
    /// When a commit has its message.
    CommitMsg,
    /// Before a push leaves.
    PrePush,
    /// On a server, before any ref of a push is moved.
    PreReceive,
    /// On a server, before each ref of a push is moved.
    Update,
}

impl Hook {
    /// Those of a repository in which people work.
    pub const CLIENT: &[Self] = &[Self::PreCommit, Self::CommitMsg, Self::PrePush];
    /// Those of a repository that others push to.
    pub const SERVER: &[Self] = &[Self::PreReceive, Self::Update];

    /// Returns git's name for it, which is its file's name too.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
        }
    }

    /// Returns what it can stop.
    pub fn act(self) -> &'static str {
        match self {
            Self::PreCommit | Self::CommitMsg => "commit",
            Self::PrePush | Self::PreReceive | Self::Update => "push",
        }
    }
}
