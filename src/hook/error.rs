//! Why a hook could not be put in, taken out or proved: what happened, and what to do next.

use std::io;
use std::path::PathBuf;

use crate::git::GitError;
use crate::hook::Manager;

/// What can go wrong with hooks.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// Git did not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The file system refused.
    #[error("{} could not be {done}: {source}.", path.display())]
    Io {
        /// What was to be done, as a participle.
        done: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Other repositories may run the hooks of this folder too.
    #[error("Git reads the hooks of this repository from {}, which lies outside it: {told}.", folder.display())]
    Shared {
        /// The folder.
        folder: PathBuf,
        /// Who told git to look there.
        told: String,
        /// Where git would look otherwise.
        usual: PathBuf,
    },
    /// Another program writes this hook.
    #[error("{} belongs to {}; nothing was changed.", file.display(), manager.name())]
    Managed {
        /// The hook.
        file: PathBuf,
        /// The program.
        manager: Manager,
    },
    /// An earlier hook is kept already, and there is another one now.
    #[error("{} and {} both exist and differ; keyfence cannot tell which of them you need.", file.display(), kept.display())]
    TwoHooks {
        /// The hook.
        file: PathBuf,
        /// The one that was kept.
        kept: PathBuf,
    },
    /// A manager's configuration is written in a way that keyfence does not edit.
    #[error("Keyfence does not see where its entry belongs in {}; nothing was changed.", file.display())]
    NoPlace {
        /// The configuration.
        file: PathBuf,
        /// The entry.
        entry: &'static str,
    },
    /// A folder where a file was expected, or the reverse.
    #[error("{} is no {expected}.", path.display())]
    WrongKind {
        /// What stands there.
        path: PathBuf,
        /// `file` or `folder`.
        expected: &'static str,
    },
    /// Git would run something that is not keyfence, so no test was made.
    #[error("The test was not made: git runs {runs} as its {hook} hook, and that is not keyfence's own.")]
    NotOurs {
        /// The hook's name.
        hook: &'static str,
        /// What git runs.
        runs: String,
    },
    /// The hook ran and did not do its work.
    #[error("The {hook} hook does not stop a secret: {why}.\n{said}")]
    Silent {
        /// The hook's name.
        hook: &'static str,
        /// What it did instead.
        why: String,
        /// Its own last words, indented.
        said: String,
    },
    /// The hook that was kept could not be started.
    #[error("The hook that was here before keyfence, {}, could not be run: {source}.", path.display())]
    Kept {
        /// The kept hook.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl HookError {
    /// Returns what to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Git(_) => "run `git status` here; what git says there comes first.".to_owned(),
            Self::Io { .. } => "look at who owns the folder and whether it can be written.".to_owned(),
            Self::Shared { usual, .. } => format!(
                "`--shared` puts the hook there, for every repository that uses the folder. To use this repository's \
                 own hooks instead of those, run `git config core.hooksPath '{}'` first.",
                usual.display()
            ),
            Self::Managed { manager, .. } => {
                format!("`--write` adds keyfence to the configuration of {}.", manager.name())
            }
            Self::TwoHooks { file, kept } => format!(
                "read both; delete {} if nobody needs it, or put into {} what is to run, and run the command again.",
                kept.display(),
                file.display()
            ),
            Self::NoPlace { entry, .. } => format!("add this to it by hand:\n\n{entry}"),
            Self::WrongKind { path, .. } => {
                format!("move {} away, or point core.hooksPath elsewhere.", path.display())
            }
            Self::NotOurs { .. } => {
                "`keyfence status` says who owns the hook; to test it by hand, stage a made-up key and commit."
                    .to_owned()
            }
            Self::Silent { .. } => "run `keyfence install` once more with the keyfence that you mean to use; \
                 `keyfence status` shows what git runs."
                .to_owned(),
            Self::Kept { .. } => "mend its first line or its mode, or delete it if nobody needs it.".to_owned(),
        }
    }
}
