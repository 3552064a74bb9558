//! The walk over folders, in parallel, by git's rules or by none.
//!
//! Git's own folder is never entered, and neither is a repository inside a repository: its files belong to that one.
//! Rules of other tools (`.ignore`, `.rgignore`) hide nothing, for git knows nothing of them.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bstr::ByteSlice;
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::git::{Repo, special};
use crate::source::crew;
use crate::source::hand::{Hand, Tour};

/// Walks `folders` and reads what stands in them; `rules` is the repository whose ignore rules count.
pub(super) fn walk(tour: &Tour<'_>, folders: &[PathBuf], rules: Option<&Repo>, jobs: usize) {
    let rules_of = |folder: &&PathBuf| rules.is_some().then(|| endless_above(folder)).flatten();
    let (held, open): (Vec<_>, Vec<_>) = folders.iter().partition(|folder| rules_of(folder).is_some());
    for file in held.iter().filter_map(rules_of) {
        Hand::new(tour).unreadable(&file, &endless());
    }
    let Some((first, others)) = open.split_first() else {
        return;
    };
    let mut builder = WalkBuilder::new(first);
    for folder in others {
        builder.add(folder);
    }
    builder.standard_filters(false).threads(crew::threads(jobs));
    let met = Arc::new(Mutex::new(Met::default()));
    if let Some(repo) = rules {
        obey(&mut builder, repo);
        look_ahead(&mut builder, &met);
    }
    builder.build_parallel().run(|| {
        let (mut hand, met) = (Hand::new(tour), &met);
        Box::new(move |entry| match entry {
            Ok(entry) => enter(&mut hand, met, &entry),
            Err(error) => {
                blame(&mut hand, &error, None);
                WalkState::Continue
            }
        })
    });
    for file in &lock(&met).endless {
        Hand::new(tour).unreadable(file, &endless());
    }
}

/// What the walk met before it entered a folder.
#[derive(Debug, Default)]
struct Met {
    /// Rules that nobody can read to their end.
    endless: Vec<PathBuf>,
    /// Folders with something named `.git` in them: to ask it once of each folder is dear enough.
    with_git: HashSet<PathBuf>,
}

fn lock(met: &Mutex<Met>) -> MutexGuard<'_, Met> {
    met.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the walk leave out, and note, folders whose rules never end; the walk itself reads them before it shows the
/// folder.
fn look_ahead(builder: &mut WalkBuilder, met: &Arc<Mutex<Met>>) {
    let met = Arc::clone(met);
    builder.filter_entry(move |entry| {
        if entry.file_type().is_none_or(|kind| !kind.is_dir()) {
            return true;
        }
        let git = fs::metadata(entry.path().join(".git")).ok();
        let found = endless_rules(entry.path(), git.as_ref());
        let is_open = found.is_none();
        if found.is_some() || git.is_some() {
            let mut met = lock(&met);
            met.endless.extend(found);
            met.with_git.insert(entry.path().to_owned());
        }
        is_open
    });
}

/// Finds what never ends among the files with the rules of a folder, of which this is what is said of its `.git`.
fn endless_rules(folder: &Path, git: Option<&Metadata>) -> Option<PathBuf> {
    let of_git = match git {
        Some(metadata) if metadata.is_dir() => Some(folder.join(".git/info/exclude")),
        Some(_) => shared(folder, &folder.join(".git")),
        None => None,
    };
    let files = [Some(folder.join(".gitignore")), of_git];
    files.into_iter().flatten().find(|file| special::is_endless(file))
}

/// Returns the file in which a linked work tree says where its repository is.
fn shared(folder: &Path, git: &Path) -> Option<PathBuf> {
    let link = special::read(git).ok()?;
    let target = link.strip_prefix(b"gitdir:")?.trim().to_path().ok()?;
    Some(folder.join(target).join("commondir"))
}

/// The same for the folders above, whose rules count, too.
fn endless_above(folder: &Path) -> Option<PathBuf> {
    let whole = fs::canonicalize(folder).ok()?;
    let rules = |folder: &Path| endless_rules(folder, fs::metadata(folder.join(".git")).ok().as_ref());
    whole.ancestors().find_map(rules)
}

fn endless() -> io::Error {
    io::Error::other("it is a fifo or a device, and holds up whoever reads it")
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

fn enter(hand: &mut Hand<'_, '_>, met: &Mutex<Met>, entry: &DirEntry) -> WalkState {
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
    let is_inner = entry.depth() > 0 && lock(met).with_git.contains(entry.path()) && is_repository(entry.path());
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
        Ok(metadata) if metadata.is_file() => special::read(&git).is_ok_and(|text| text.starts_with(b"gitdir:")),
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
