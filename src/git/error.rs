//! What can go wrong with git, in words that say what to do.

use std::io;

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
    /// The folder belongs to no repository.
    #[error("{0} is not inside a git repository.")]
    NoRepository(String),
    /// Libgit2's own words.
    #[error("{0}.")]
    Libgit(#[from] git2::Error),
}
