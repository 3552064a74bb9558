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
}

impl Hook {
    /// Each of them.
    pub const ALL: &[Self] = &[Self::PreCommit];

    /// Returns git's name for it, which is its file's name too.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
        }
    }
}
