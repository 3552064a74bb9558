//! What can go wrong with git, in words that say what to do.

use std::io;

use crate::git::Oid;

/// Why git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no `git` program, or it could not be started.
    #[error("git could not be started: {0}.")]
    NotStarted(#[source] io::Error),
    /// Git ran and failed.
    #[error("git {command} failed: {message}")]
    Failed {
        /// The subcommand.
        command: String,
        /// The first line that git said, without its `fatal: `.
        message: String,
    },
    /// Git answered something that nobody expected.
    #[error("git {command} answered in a form that keyfence does not know: {message}.")]
    Unexpected {
        /// The subcommand.
        command: String,
        /// What was odd about it.
        message: String,
    },
    /// The copy of the index in which a staged change is tried out.
    #[error("A temporary index could not be made: {0}.")]
    Scratch(#[source] io::Error),
    /// The folder belongs to no repository.
    #[error("{0} is not inside a git repository.")]
    NoRepository(String),
    /// A revision that leads to nothing.
    #[error("`{0}` names no object of this repository.")]
    NoRevision(String),
    /// Git does not trust the repository's owner.
    #[error("git refuses this repository: {0}.")]
    Untrusted(String),
    /// A bare repository has no work tree and no index.
    #[error("{0} is a bare repository: nothing is ever staged there.")]
    Bare(String),
    /// A file of git's own could not be read.
    #[error("{path} could not be read: {source}.")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// An object that was asked for is not in the repository.
    #[error("The object {0} is not in this repository.")]
    Missing(Oid),
    /// Git lists more, or takes more memory for it, than any honest repository makes it.
    #[error("git {0} has no end here: some folders hold each other many times, or some deltas do.")]
    TooMuch(String),
    /// A pack that git would read for ever.
    #[error("{0} is forged: it holds deltas that are made of each other.")]
    Forged(String),
    /// What git would open as a file of its own and is none.
    #[error("{0} is no file but a fifo or a device: whoever reads it may wait for ever.")]
    Special(String),
    /// Libgit2's own words.
    #[error("libgit2 could not read the repository: {}.", .0.message())]
    Libgit(#[from] git2::Error),
}

impl GitError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotStarted(_) => "install git, or put it on the PATH.",
            Self::Scratch(_) => "look at the disk, and at what TMPDIR names.",
            Self::NoRevision(_) => {
                "check the spelling; a branch of a remote may have to be fetched first. A range such as A..B goes to --range."
            }
            Self::NoRepository(_) => "go to a repository, or make one with `git init`.",
            Self::Untrusted(_) => {
                "the folder belongs to another user; if you trust it, run `git config --global --add safe.directory <folder>`."
            }
            Self::Bare(_) => "run this in a work tree of the repository.",
            Self::Unreadable { .. } => "look at the file's permissions and at the disk.",
            Self::Missing(_) => "fetch it first; `git fsck` says what else is missing.",
            Self::TooMuch(_) => "look at what was pushed; `git ls-tree` shows one folder at a time.",
            Self::Forged(_) => "do not use this repository: git itself would take all memory over it.",
            Self::Special(_) => "remove it: git never makes one, and would wait for it, too.",
            // Only where there is no git does libgit2 have the last word.
            Self::Libgit(_) => "install git, which reads every repository; libgit2 alone does not.",
            Self::Failed { .. } | Self::Unexpected { .. } => {
                "run `git status` and `git fsck` here; what git says there comes first."
            }
        }
    }

    /// Tells whether there is simply no repository, which is no error to a plain folder.
    pub fn is_no_repository(&self) -> bool {
        matches!(self, Self::NoRepository(_))
    }
}
