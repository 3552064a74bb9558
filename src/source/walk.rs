//! The walk over folders, in parallel, by git's rules or by none.
//!
//! Git's own folder is never entered, and neither is a repository inside a repository: its files belong to that one.
//! Rules of other tools (`.ignore`, `.rgignore`) hide nothing, for git knows nothing of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::git::Repo;
use crate::source::crew;
use crate::source::hand::{Hand, Tour};

/// Walks `folders` and reads what stands in them; `rules` is the repository whose ignore rules count.
pub(super) fn walk(tour: &Tour<'_>, folders: &[PathBuf], rules: Option<&Repo>, jobs: usize) {
    let Some((first, others)) = folders.split_first() else {
        return;
    };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    builder.standard_filters(false).threads(crew::threads(jobs));
    if let Some(repo) = rules {
        obey(&mut builder, repo);
    }
    builder.build_parallel().run(|| {
        let mut hand = Hand::new(tour);
        Box::new(move |entry| match entry {
            Ok(entry) => enter(&mut hand, tour, &entry),
            Err(error) => {
                blame(&mut hand, &error, None);
                WalkState::Continue
            }
        })
    });
}

/// Makes the walk obey the rules that git obeys.
fn obey(builder: &mut WalkBuilder, repo: &Repo) {
    builder.git_ignore(true).git_exclude(true).parents(true);
    let Some(root) = repo.root() else { return };
    builder.current_dir(root);
    // With `GIT_WORK_TREE` the rules count although no `.git` stands there.
    builder.require_git(root.join(".git").exists());
    match repo.excludes_file() {
        // A rule that is none is passed over, as git does.
        Some(file) => drop(builder.add_ignore(file)),
        None => drop(builder.git_global(true)),
    }
}

fn enter(hand: &mut Hand<'_, '_>, tour: &Tour<'_>, entry: &DirEntry) -> WalkState {
    let Some(kind) = entry.file_type() else {
        return WalkState::Continue;
    };
    if entry.depth() > 0 && entry.file_name() == ".git" {
        return WalkState::Skip;
    }
    if !kind.is_dir() {
        hand.met(entry.path(), kind);
        return WalkState::Continue;
    }
    let is_inner = entry.depth() > 0 && tour.ignore && is_repository(entry.path());
    if entry.depth() > 0 && hand.leaves_out(entry.path(), is_inner) {
        return WalkState::Skip;
    }
    WalkState::Continue
}

/// Tells whether a folder is the top of a repository's work tree; a `.git` that is none hides nothing.
fn is_repository(folder: &Path) -> bool {
    let git = folder.join(".git");
    match fs::metadata(&git) {
        Ok(metadata) if metadata.is_dir() => git.join("HEAD").symlink_metadata().is_ok(),
        Ok(metadata) if metadata.is_file() => fs::read(&git).is_ok_and(|text| text.starts_with(b"gitdir:")),
        _ => false,
    }
}

/// Says which path the walk could not read.
fn blame(hand: &mut Hand<'_, '_>, error: &ignore::Error, path: Option<&Path>) {
    match error {
        ignore::Error::WithPath { path, err } => blame(hand, err, Some(path)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => blame(hand, err, path),
        ignore::Error::Partial(errors) => errors.iter().for_each(|error| blame(hand, error, path)),
        ignore::Error::Io(error) => hand.unreadable(path.unwrap_or(Path::new("?")), error),
        other => hand.unreadable(path.unwrap_or(Path::new("?")), &io::Error::other(other.to_string())),
    }
}
