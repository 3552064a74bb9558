//! What the pre-commit framework and prek ask for when they run `guard pre-commit`.
//!
//! In a commit that is what is staged. By hand they are also asked about everything (`run --all-files`), about some
//! files (`run --files`) or about a range (`run --from-ref A --to-ref B`), and say so by variables and by the names that
//! they hand over. Taking all of these for a commit would call clean what nobody read.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice};

use crate::cli::failure::Failure;
use crate::cli::guard::{Advice, COMMIT, PreCommitArgs, variable};
use crate::cli::range;
use crate::cli::session::{Session, unreadable};
use crate::git::Repo;
use crate::model::Outcome;
use crate::source::{Staged, Worktree};

/// What is to be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// What the next commit would record.
    Staged,
    /// Every tracked file.
    Tracked,
    /// Some tracked files: of thousands the framework names a part to each of several runs.
    Files(Vec<PathBuf>),
    /// What the commits of a range bring.
    Range(String),
}

const CHECK: Advice = Advice {
    what: "check",
    would: "pass over",
    remedy: "replace what stands there, and read the value from the environment or a secret store.",
};

impl Asked {
    /// Finds out what is asked for.
    pub(super) fn by(args: &PreCommitArgs, repo: &Repo) -> Result<Self, Failure> {
        // A commit is told by the index that git names to its hooks.
        let is_commit = variable("GIT_INDEX_FILE").is_some();
        if args.all {
            Ok(Self::Tracked)
        } else if variable("PRE_COMMIT").is_none() || is_commit {
            Ok(Self::Staged)
        } else if let Some(range) = range_named() {
            Ok(Self::Range(range))
        } else {
            by_names(&args.hook.args, repo)
        }
    }

    /// Reads it.
    pub(super) fn scan(&self, repo: &Repo, session: &Session<'_>) -> Result<Outcome, Failure> {
        let root = repo.root().unwrap_or(Path::new("."));
        let tracked = |paths: Vec<PathBuf>| -> Result<Outcome, Failure> {
            session.scan(&Worktree::new(paths, session.limits()?).only_tracked(true))
        };
        match self {
            Self::Staged => session.scan_change(&Staged::new(repo, session.limits()?, 0)),
            Self::Tracked => tracked(vec![root.to_owned()]),
            Self::Files(files) => tracked(files.clone()),
            Self::Range(written) => {
                let range = range::parse(repo, written)?;
                let moved = range::ends(&range);
                range::read(repo, session, range, &moved)
            }
        }
    }

    /// Returns the report's word for it.
    pub(super) fn mode(&self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Tracked | Self::Files(_) => "worktree",
            Self::Range(_) => "range",
        }
    }

    pub(super) fn advice(&self) -> &'static Advice {
        if *self == Self::Staged { &COMMIT } else { &CHECK }
    }
}

fn range_named() -> Option<String> {
    let value = |name| variable(name).filter(|value| !value.is_empty());
    let (from, to) = (value("PRE_COMMIT_FROM_REF")?, value("PRE_COMMIT_TO_REF")?);
    Some(format!("{}..{}", from.to_string_lossy(), to.to_string_lossy()))
}

/// Whoever names a file that is not staged asks about more than a commit. Without names (`pass_filenames: false`) a
/// question while nothing is staged can only mean everything.
fn by_names(names: &[OsString], repo: &Repo) -> Result<Asked, Failure> {
    let changes = repo.staged()?;
    let staged: HashSet<BString> = changes.into_iter().map(|change| change.path).collect();
    let real = |path: &Path| fs::canonicalize(path).map_err(|error| unreadable(path, &error));
    let here = real(Path::new("."))?;
    let root = real(repo.root().unwrap_or(Path::new(".")))?;
    let is_staged = |name: &OsString| {
        let path = here.join(name);
        let inside = path.strip_prefix(&root).unwrap_or(&path);
        staged.contains(inside.as_os_str().as_encoded_bytes().as_bstr())
    };
    Ok(match names {
        [] if staged.is_empty() => Asked::Tracked,
        names if names.iter().all(is_staged) => Asked::Staged,
        names => Asked::Files(names.iter().map(PathBuf::from).collect()),
    })
}
