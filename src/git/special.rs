//! Where git keeps files, something else may stand: whoever opens a fifo waits for somebody who never writes, and a
//! device may have no end. Git and libgit2 open whatever bears the right name, so it is looked at before they are asked.
//!
//! A socket holds up nobody, and git's own monitor leaves one there.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::git::GitError;
use crate::git::layout::{self, variable};

/// Folders whose files git opens by their names, whatever it is asked.
const FOLDERS: [&str; 2] = ["", "info"];

/// Folders of refs, which may be very many; git opens those that it is asked about, or all.
const OF_REFS: [&str; 3] = ["refs", "logs", "reftable"];

/// Folders of each store of objects.
const OF_OBJECTS: [&str; 3] = ["info", "info/commit-graphs", "pack"];

/// Names of branches are not as long as to need more folders.
const DEEPEST: u32 = 32;

/// Opens a file, and nothing else that bears its name.
///
/// # Errors
/// Those of opening; what is neither a file nor a folder is [`io::ErrorKind::Unsupported`].
pub fn open(path: &Path) -> io::Result<File> {
    let file = open_at_once(path)?;
    let metadata = file.metadata()?;
    match metadata.is_file() {
        true => Ok(file),
        false if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        false => Err(io::Error::new(io::ErrorKind::Unsupported, "it is no file")),
    }
}

/// Reads a file, and nothing else that bears its name.
///
/// # Errors
/// Those of [`open`] and of reading.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    open(path)?.read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Tells whether reading what stands at a place, links followed, may never end.
pub fn is_endless(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| never_ends(&metadata))
}

#[cfg(unix)]
fn never_ends(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    kind.is_fifo() || kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn never_ends(_: &Metadata) -> bool {
    false
}

/// Refuses the repository around a folder, `None` for the current one and git's environment, if something stands in it
/// that holds up whoever opens the repository.
pub(super) fn refuse(folder: Option<&Path>) -> Result<(), GitError> {
    let found = repository_of(folder).and_then(|git_dir| among_files(&git_dir));
    found.map_or(Ok(()), |path| Err(refused(&path)))
}

pub(super) fn refused(path: &Path) -> GitError {
    GitError::Special(path.display().to_string())
}

/// Finds what stands in place of a file that git opens by its name alone.
fn among_files(git_dir: &Path) -> Option<PathBuf> {
    let objects = layout::alternates(vec![layout::common_dir(git_dir).join("objects")]).into_iter();
    let of_objects = objects.flat_map(|objects| OF_OBJECTS.map(|name| objects.join(name)));
    let own = tops(git_dir)
        .into_iter()
        .flat_map(|top| FOLDERS.map(|name| top.join(name)));
    own.chain(of_objects).find_map(|folder| first_in(&folder, 0))
}

/// Finds what stands in place of a ref.
pub(super) fn among_refs(git_dir: &Path) -> Option<PathBuf> {
    let mut folders = tops(git_dir)
        .into_iter()
        .flat_map(|top| OF_REFS.map(|name| top.join(name)));
    folders.find_map(|folder| first_in(&folder, DEEPEST))
}

/// Returns the folder of a work tree's own files, and that of those which all share.
fn tops(git_dir: &Path) -> Vec<PathBuf> {
    let mut tops = vec![git_dir.to_owned(), layout::common_dir(git_dir)];
    tops.dedup();
    tops
}

/// Finds what stands in place of an object.
pub(super) fn among_objects(git_dir: &Path) -> Option<PathBuf> {
    let folders = layout::alternates(vec![layout::common_dir(git_dir).join("objects")]);
    let is_of_objects = |name: &[u8]| name.len() == 2 && name.iter().all(u8::is_ascii_hexdigit);
    let below = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten();
    below
        .filter(|entry| is_of_objects(entry.file_name().as_encoded_bytes()))
        .find_map(|entry| first_in(&entry.path(), 0))
}

/// Finds what never ends in a folder, or in the folders below it.
fn first_in(folder: &Path, depth: u32) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).ok()?.flatten();
    entries.find_map(|entry| match entry.file_type().ok()? {
        kind if kind.is_file() => None,
        kind if kind.is_dir() => (depth > 0).then(|| first_in(&entry.path(), depth - 1)).flatten(),
        _ => Some(entry.path()).filter(|path| is_endless(path)),
    })
}

/// Finds the folder of git's files as git does. It decides nothing: whom git finds elsewhere goes without the look.
fn repository_of(folder: Option<&Path>) -> Option<PathBuf> {
    if folder.is_none()
        && let Some(named) = variable("GIT_DIR")
    {
        return Some(named.into());
    }
    let start = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    start.ancestors().find_map(|folder| {
        let git = folder.join(".git");
        let is_bare = || folder.join("objects").is_dir() && folder.join("HEAD").symlink_metadata().is_ok();
        match fs::metadata(&git) {
            Ok(metadata) if metadata.is_dir() => Some(git),
            Ok(_) => {
                let link = read(&git).ok()?;
                let target = link.strip_prefix(b"gitdir:")?.trim().to_path().ok()?;
                Some(folder.join(target))
            }
            Err(_) => is_bare().then(|| folder.to_owned()),
        }
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (file, socket) = (folder.path().join("file"), folder.path().join("socket"));
        fs::write(&file, "text").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(read(&file).unwrap(), b"text");
        let refused = |path: &Path| open(path).unwrap_err().kind();
        assert_eq!(refused(folder.path()), io::ErrorKind::IsADirectory);
        assert_eq!(refused(Path::new("/dev/null")), io::ErrorKind::Unsupported);
        assert!(is_endless(Path::new("/dev/zero")));
        assert!(!is_endless(&file) && !is_endless(&socket) && !is_endless(folder.path()));
    }
}
