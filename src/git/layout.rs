//! Where a repository keeps what: its HEAD and refs, its index, its objects.
//!
//! Git tells a hook by its environment which index and which objects a commit is made of. What cannot be told with
//! certainty makes no layout, and then git is asked.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::git::special;

/// The places of a repository.
#[derive(Debug)]
pub(super) struct Layout {
    /// What belongs to this work tree: HEAD, a merge's state.
    pub(super) git_dir: PathBuf,
    /// What all work trees share: branches, objects.
    pub(super) common_dir: PathBuf,
    pub(super) index: PathBuf,
    /// The folders of objects, its own first.
    pub(super) objects: Vec<PathBuf>,
}

impl Layout {
    /// Finds the places of a repository that libgit2 has opened.
    pub(super) fn of(repository: &git2::Repository, by_environment: bool) -> Option<Self> {
        let (git_dir, common_dir) = (repository.path().to_owned(), repository.commondir().to_owned());
        let mut layout = Self {
            index: git_dir.join("index"),
            objects: vec![common_dir.join("objects")],
            git_dir,
            common_dir,
        };
        if by_environment {
            layout.heed_environment(repository.workdir()?)?;
        }
        layout.objects = alternates(layout.objects);
        Some(layout)
    }

    fn heed_environment(&mut self, root: &Path) -> Option<()> {
        if variable("GIT_COMMON_DIR").is_some() || variable("GIT_WORK_TREE").is_some() {
            return None;
        }
        if let Some(index) = variable("GIT_INDEX_FILE") {
            self.index = from_root(index, root)?;
        }
        if let Some(objects) = variable("GIT_OBJECT_DIRECTORY") {
            self.objects = vec![from_root(objects, root)?];
        }
        if let Some(others) = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
            let others = env::split_paths(&others).filter(|path| !path.as_os_str().is_empty());
            self.objects.extend(others.filter_map(|path| from_root(path, root)));
        }
        Some(())
    }
}

/// Returns the folder of what all work trees share.
pub(super) fn common_dir(git_dir: &Path) -> PathBuf {
    let named = special::read(&git_dir.join("commondir")).unwrap_or_default();
    match named.trim().to_path() {
        Ok(path) if !named.is_empty() => git_dir.join(path),
        _ => git_dir.to_owned(),
    }
}

/// Adds to folders of objects those that they name. One that is named in an unusual way is passed over: an object that
/// is not found is asked of git.
pub(super) fn alternates(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut at = 0;
    while let Some(folder) = folders.get(at) {
        let named = special::read(&folder.join("info/alternates")).unwrap_or_default();
        let lines = named.lines().filter(|line| !line.is_empty() && line[0] != b'#');
        let others: Vec<PathBuf> = lines
            .filter_map(|line| line.to_path().ok())
            .map(|path| folder.join(path))
            .collect();
        for other in others {
            if !folders.contains(&other) && folders.len() < 64 {
                folders.push(other);
            }
        }
        at += 1;
    }
    folders
}

/// Git goes to the root first and takes paths from there; libgit2 takes them from the current folder.
fn from_root(path: impl Into<PathBuf>, root: &Path) -> Option<PathBuf> {
    let path = path.into();
    if path.as_os_str().is_empty() || path.is_absolute() {
        return Some(path).filter(|path| path.is_absolute());
    }
    let current = env::current_dir().and_then(fs::canonicalize).ok()?;
    let is_root = fs::canonicalize(root).is_ok_and(|root| root == current);
    is_root.then(|| current.join(path))
}

#[expect(
    clippy::disallowed_methods,
    reason = "git's environment names the index that a hook is asked about, to libgit2 and to us alike"
)]
pub(super) fn variable(name: &str) -> Option<std::ffi::OsString> {
    env::var_os(name)
}
