//! The same questions through libgit2, for machines without a git executable and for reading blobs without a process.
//!
//! It cannot open every repository (partial clones, sparse and split indexes, SHA-256, reftable); that is an error
//! here, never an answer.

use std::path::Path;

use bstr::{BString, ByteSlice};
use git2::{Delta, Diff, DiffFile, DiffFindOptions, DiffOptions, ErrorCode, FileMode, IndexEntry, Repository};

use crate::git::change::Difference;
use crate::git::{Before, Entry, EntryKind, GitError, Now, Oid};

/// Opens the repository of `folder`, or of the current folder and git's environment where there is none.
pub(super) fn open(folder: Option<&Path>) -> Result<Repository, git2::Error> {
    match folder {
        None => Repository::open_from_env(),
        Some(folder) => {
            let no_ceiling: [&Path; 0] = [];
            Repository::open_ext(folder, git2::RepositoryOpenFlags::empty(), no_ceiling)
        }
    }
}

/// Lists what differs between a parent, HEAD when none is named, and the index; before the first commit all of it does.
pub(super) fn against(repository: &Repository, parent: Option<&Oid>) -> Result<Vec<Difference>, GitError> {
    if let Some(parent) = parent {
        let commit = repository.find_commit(git2::Oid::from_str(parent.as_str())?)?;
        return differences(repository, Some(&commit.tree()?));
    }
    match repository.head() {
        Ok(head) => differences(repository, Some(&head.peel_to_tree()?)),
        Err(error) if error.code() == ErrorCode::UnbornBranch => differences(repository, None),
        Err(error) => Err(error.into()),
    }
}

/// Lists the tracked paths that are, or stand under, one of `prefixes`, each ended by a NUL.
pub(super) fn tracked(repository: &Repository, prefixes: &[&[u8]]) -> Result<Vec<u8>, GitError> {
    let stands_under = |path: &[u8], prefix: &[u8]| {
        let rest = path.strip_prefix(prefix);
        rest.is_some_and(|rest| prefix.is_empty() || rest.is_empty() || rest[0] == b'/')
    };
    let mut paths = Vec::new();
    for entry in repository.index()?.iter() {
        if prefixes.iter().any(|prefix| stands_under(&entry.path, prefix)) {
            paths.extend_from_slice(&entry.path);
            paths.push(0);
        }
    }
    Ok(paths)
}

fn differences(repository: &Repository, tree: Option<&git2::Tree<'_>>) -> Result<Vec<Difference>, GitError> {
    let index = repository.index()?;
    // Libgit2 takes an index that is not there for an empty one, and then nothing would be staged.
    if tree.is_some() && index.path().is_some_and(|path| !path.exists()) {
        return Err(unexpected("there is no index"));
    }
    let mut options = DiffOptions::new();
    options.include_typechange(true).ignore_submodules(false);
    let mut diff = repository.diff_tree_to_index(tree, Some(&index), Some(&mut options))?;
    find_renames(&mut diff);
    let mut found = Vec::new();
    for delta in diff.deltas() {
        let new = delta.new_file();
        let path = BString::from(new.path_bytes().or(delta.old_file().path_bytes()).unwrap_or_default());
        if index
            .get_path(&path.to_path_lossy(), 0)
            .is_some_and(|entry| is_intent_to_add(&entry))
        {
            continue;
        }
        found.extend(difference(path, delta.status(), &delta.old_file(), &new)?);
    }
    Ok(found)
}

/// Without the old blobs a rename stays a new file, which is read as a whole: more to read, nothing missed.
fn find_renames(diff: &mut Diff<'_>) {
    let mut options = DiffFindOptions::new();
    options.renames(true).rename_limit(1000);
    let _ = diff.find_similar(Some(&mut options));
}

fn difference(
    path: BString,
    status: Delta,
    old: &DiffFile<'_>,
    new: &DiffFile<'_>,
) -> Result<Option<Difference>, GitError> {
    let before = match status {
        Delta::Unmodified => return Ok(None),
        Delta::Added | Delta::Copied | Delta::Conflicted => Before::Nothing,
        Delta::Renamed => Before::Renamed(entry(old)?),
        Delta::Modified | Delta::Typechange | Delta::Deleted => Before::Same(entry(old)?),
        other => return Err(unexpected(&format!("{other:?}"))),
    };
    let now = match status {
        Delta::Deleted => None,
        Delta::Conflicted => Some(Now::Unmerged),
        _ => Some(Now::Entry(entry(new)?)),
    };
    Ok(Some(Difference { path, now, before }))
}

fn entry(file: &DiffFile<'_>) -> Result<Entry, GitError> {
    let kind = match file.mode() {
        FileMode::Blob | FileMode::BlobExecutable | FileMode::BlobGroupWritable => EntryKind::File,
        FileMode::Link => EntryKind::Symlink,
        FileMode::Commit => EntryKind::Submodule,
        other => return Err(unexpected(&format!("an entry of the mode {other:?}"))),
    };
    let oid = Oid::parse(file.id().to_string().as_bytes()).ok_or_else(|| unexpected("an object without a name"))?;
    Ok(Entry { kind, oid })
}

fn is_intent_to_add(entry: &IndexEntry) -> bool {
    git2::IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended).is_intent_to_add()
}

fn unexpected(what: &str) -> GitError {
    GitError::Unexpected {
        command: "diff through libgit2".to_owned(),
        message: what.to_owned(),
    }
}
