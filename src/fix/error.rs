//! Why nothing was changed, or why it stopped: in a sentence, with what to do.

use std::io;
use std::path::PathBuf;

use crate::git::GitError;

/// Why `fix` did not do its work. What it had done by then is whole: see the order in `apply`.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// Git's ignore rules keep `.env` out of commits; without git nothing does.
    #[error("{0} is not in the work tree of a git repository.")]
    NoWorkTree(String),
    /// A tracked `.env` goes into the next commit.
    #[error("{0} is tracked by git, so a value written there would be committed.")]
    Tracked(String),
    /// `.gitignore` says one thing and git another.
    #[error("git does not ignore {0}, though .gitignore has a line for it.")]
    NotIgnored(String),
    /// A quote in `.env` that nothing closes.
    #[error("Line {line} of {path} opens a quote that is never closed.")]
    OpenQuote {
        /// The file.
        path: String,
        /// The line.
        line: u32,
    },
    /// A link can lead out of the repository.
    #[error("{0} is a symbolic link, or lies behind one, and links are not followed.")]
    Link(String),
    /// A second name of the same file would keep the old content.
    #[error("{0} is no plain file with one name.")]
    Odd(String),
    /// Something else changed the file.
    #[error("{0} has changed since it was read.")]
    Changed(String),
    /// What was written does not read back.
    #[error("{0} does not read back as it was written.")]
    Mismatch(String),
    /// Another run is at work.
    #[error("Another `keyfence fix` is at work in this repository.")]
    Busy,
    /// A file cannot be renamed into its place from where it is made.
    #[error("{0} lies on another file system than git's own folder, so no file there can be replaced in one step.")]
    Elsewhere(String),
    /// There is nothing to undo.
    #[error("No journal of an earlier run is here.")]
    NoJournal,
    /// The journal is broken.
    #[error("The journal {path} does not read: {why}.")]
    BrokenJournal {
        /// The file.
        path: String,
        /// Why.
        why: String,
    },
    /// Git did not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The file system refused.
    #[error("{path} could not be {done}: {source}.")]
    Io {
        /// `read`, `written`, …
        done: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl FixError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoWorkTree(_) => "go to a repository, or make one with `git init`; git is what keeps .env out of it.",
            Self::Tracked(_) => {
                "take it out with `git rm --cached`, and replace every value in it: those have been committed."
            }
            Self::NotIgnored(_) => "look for a line that begins with `!` in the .gitignore files on the way to it.",
            Self::OpenQuote { .. } => "close it: whatever is added below would be taken for a part of that value.",
            Self::Link(_) => "name the file itself, within this repository.",
            Self::Odd(_) => "replace it by a plain file of its own.",
            Self::Changed(_) => "run the command again; it looks at the file anew.",
            Self::Mismatch(_) => "look at the disk; the source was not changed, and still holds the value.",
            Self::Busy => "wait until it has ended.",
            Self::Elsewhere(_) => "move the value by hand, or work in a clone on one file system.",
            Self::NoJournal => "`git checkout -- FILE` takes back what was committed before.",
            Self::BrokenJournal { .. } => "delete it, and take the changes back with `git checkout -- FILE`.",
            Self::Git(error) => error.hint(),
            Self::Io { .. } => {
                "look at the permissions and the disk, and run the command again: it goes on where it stopped."
            }
        }
    }

    /// Wraps a refusal of the file system.
    pub(super) fn io(done: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into().display().to_string();
        move |source| Self::Io { done, path, source }
    }
}
