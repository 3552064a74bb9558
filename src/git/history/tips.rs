//! Where a history ends: the refs, the HEADs of all work trees, the stashes; or what the user named.

use bstr::{BString, ByteSlice};

use crate::git::{Git, GitError, Name};

/// An object that something names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tip {
    /// True for a ref under `refs/notes/`; such come last, so that what is also elsewhere is no note.
    pub(super) is_note: bool,
    /// The object.
    pub(super) name: Name,
    /// What names it.
    pub(super) label: BString,
}

/// Lists everything that the repository itself names.
///
/// Each ref is asked for by git and never read from a file, so that packed refs, reftable and linked work trees need no
/// care here; what a ref leads to need not be there.
pub(super) fn all(git: &Git) -> Result<Vec<Tip>, GitError> {
    let mut tips = Vec::new();
    for line in git
        .output(&["for-each-ref", "--format=%(objectname) %(refname)"])?
        .lines()
    {
        tips.extend(tip(line)?);
    }
    // HEADs of linked work trees, and their own refs; it fails as a whole where one ref is broken.
    if let Ok(commits) = git.output(&["rev-list", "--no-walk=unsorted", "--exclude=refs/notes/*", "--all"]) {
        for line in commits.lines() {
            tips.extend(tip(&[line, b" HEAD"].concat())?);
        }
    }
    for line in git.output(&["worktree", "list", "--porcelain"])?.lines() {
        if let Some(head) = line.strip_prefix(b"HEAD ") {
            tips.extend(tip(&[head, b" HEAD"].concat())?);
        }
    }
    tips.extend(stashes(git)?);
    tips.sort();
    tips.dedup_by(|a, b| a.name == b.name && a.is_note == b.is_note);
    Ok(tips)
}

/// Only the newest stash is a ref; the others stand in its log.
fn stashes(git: &Git) -> Result<Vec<Tip>, GitError> {
    if git.output(&["rev-parse", "--quiet", "--verify", "refs/stash"]).is_err() {
        return Ok(Vec::new());
    }
    let log = git
        .output(&["rev-list", "--walk-reflogs", "refs/stash"])
        .unwrap_or_default();
    let tips = log.lines().map(|line| tip(&[line, b" refs/stash"].concat()));
    Ok(tips.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Finds what the user named.
pub(super) fn named(git: &Git, revs: &[String]) -> Result<Vec<Tip>, GitError> {
    let mut tips = Vec::new();
    for rev in revs {
        let output = git.output(&["rev-parse", "--verify", "--end-of-options", rev]);
        let output = output.map_err(|error| match error {
            GitError::Failed { .. } => GitError::NoRevision(rev.clone()),
            error => error,
        })?;
        let name = output.trim().strip_prefix(b"^").map_or(output.trim(), |_| b"");
        let name = Name::parse(name).ok_or_else(|| GitError::NoRevision(rev.clone()))?;
        tips.push(Tip {
            is_note: rev.starts_with("refs/notes/"),
            name,
            label: rev.as_str().into(),
        });
    }
    tips.sort();
    Ok(tips)
}

/// Returns the commit that HEAD names.
pub(super) fn head(git: &Git) -> Option<Name> {
    let output = git
        .output(&["rev-parse", "--quiet", "--verify", "HEAD^{commit}"])
        .ok()?;
    Name::parse(output.trim())
}

/// Reads `<name> <label>`; the zero name of a branch without a commit is no tip.
fn tip(line: &[u8]) -> Result<Option<Tip>, GitError> {
    let read = || {
        let (name, label) = line.split_once_str(" ")?;
        Some((Name::parse(name)?, BString::from(label)))
    };
    let (name, label) = read().ok_or_else(|| GitError::Unexpected {
        command: "for-each-ref".to_owned(),
        message: line.to_str_lossy().into_owned(),
    })?;
    let is_zero = name.as_bytes().iter().all(|&byte| byte == 0);
    Ok((!is_zero).then(|| Tip {
        is_note: label.starts_with(b"refs/notes/"),
        name,
        label,
    }))
}
