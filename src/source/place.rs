//! From the paths that a user named to the repositories and folders that they stand in.
//!
//! What git tracks and ignores depends on the repository, so paths are sorted by it; outside of any repository a folder
//! is just what it holds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::git::{GitError, Repo, Ways};
use crate::source::SourceError;

/// Named paths that belong together: those in one repository, or those in none.
pub(super) struct Place {
    /// The repository and the top of its work tree; `None` for plain folders.
    pub(super) repo: Option<(Repo, PathBuf)>,
    /// Folders to walk; inside a repository absolute and without links, elsewhere as they were named.
    pub(super) folders: Vec<PathBuf>,
    /// Files to read.
    pub(super) files: Vec<PathBuf>,
}

/// Finds where the named paths stand.
pub(super) fn find(paths: &[PathBuf], plain: bool, ways: Ways) -> Result<Vec<Place>, SourceError> {
    let mut places = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).or_else(|_| fs::symlink_metadata(path));
        let is_folder = metadata.map_err(|error| missing(path, &error))?.is_dir();
        add(&mut places, path, is_folder, plain, ways)?;
    }
    Ok(places)
}

fn add(places: &mut Vec<Place>, path: &Path, is_folder: bool, plain: bool, ways: Ways) -> Result<(), SourceError> {
    let folder = if is_folder { path } else { parent(path) };
    let real = fs::canonicalize(folder).map_err(|error| missing(path, &error))?;
    let index = match places.iter().position(|place| place.holds(&real)) {
        Some(index) => index,
        None => join(places, repository(folder, &real, plain, ways)?),
    };
    let place = &mut places[index];
    let named = match (&place.repo, is_folder) {
        (None, _) => path.to_owned(),
        (Some(_), true) => real,
        (Some(_), false) => real.join(path.file_name().unwrap_or_default()),
    };
    let list = if is_folder {
        &mut place.folders
    } else {
        &mut place.files
    };
    list.push(named);
    Ok(())
}

/// Returns the index of the place with this repository; all plain folders are one place.
fn join(places: &mut Vec<Place>, repo: Option<(Repo, PathBuf)>) -> usize {
    let root = repo.as_ref().map(|(_, root)| root);
    let known = places
        .iter()
        .position(|place| place.repo.as_ref().map(|(_, root)| root) == root);
    known.unwrap_or_else(|| {
        places.push(Place {
            repo,
            folders: Vec::new(),
            files: Vec::new(),
        });
        places.len() - 1
    })
}

impl Place {
    /// Tells whether a folder, links resolved, certainly belongs here: nothing between may be a repository of its own.
    fn holds(&self, folder: &Path) -> bool {
        let Some((_, root)) = &self.repo else {
            return false;
        };
        let mut above = folder.ancestors().take_while(|above| above != root);
        folder.starts_with(root) && !above.any(|above| above.join(".git").exists())
    }
}

/// Finds the repository of a folder, with the top of its work tree.
fn repository(folder: &Path, real: &Path, plain: bool, ways: Ways) -> Result<Option<(Repo, PathBuf)>, SourceError> {
    let repo = match Repo::discover_by(folder, ways) {
        Ok(repo) => repo,
        Err(error) if error.is_no_repository() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(root) = repo.root() else {
        return if plain { Ok(None) } else { Err(bare(folder)) };
    };
    let root = fs::canonicalize(root).map_err(|source| GitError::Unreadable {
        path: root.display().to_string(),
        source,
    })?;
    Ok(real.starts_with(&root).then_some((repo, root)))
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        None => path,
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    }
}

fn missing(path: &Path, error: &io::Error) -> SourceError {
    let path = path.display();
    match error.kind() {
        io::ErrorKind::NotFound => SourceError {
            what: format!("{path} does not exist."),
            hint: "check the spelling and the folder that you are in.".to_owned(),
        },
        _ => SourceError {
            what: format!("{path} could not be read: {error}."),
            hint: "check its permissions.".to_owned(),
        },
    }
}

fn bare(folder: &Path) -> SourceError {
    SourceError {
        what: format!("{} is in a bare repository, which has no work tree.", folder.display()),
        hint: "go to a work tree, or read git's own files as they are with `--no-ignore`.".to_owned(),
    }
}
