//! Floor 2: keyfence.toml, as written and as it counts.
//!
//! One file at the repository's root and nothing else: a gate must answer alike on every machine, so there is no file
//! of a user's own. Whatever cannot be read to the letter is an error, for a guard that misreads its orders is none.

mod apply;
mod check;
mod committed;
mod describe;
mod file;
mod relaxed;
mod settings;
mod size;

pub use check::nearest;
pub use committed::Committed;
pub use file::FILE_NAMES;
pub use settings::{SetBy, Setting, Settings};

/// What is wrong with a configuration, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ConfigError {
    /// One sentence: file, line and what is wrong there.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl ConfigError {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
        }
    }
}
