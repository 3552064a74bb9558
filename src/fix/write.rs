//! Files that change whole or not at all.
//!
//! The new content is made in a folder of git's own, where nothing is ever committed from, with nobody else's eyes on it
//! from the first byte; then it is renamed into its place. A run that is killed leaves no file with a value in the work
//! tree that git does not ignore, which a temporary file beside the source would be.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::fix::FixError;

/// A file as it was read.
#[derive(Clone)]
pub(super) struct Before {
    pub(super) bytes: Vec<u8>,
    data: Metadata,
}

/// Reads a file without following a link; `None` when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Before>, FixError> {
    let shown = || path.display().to_string();
    let mut file = match open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if path.is_symlink() => return Err(FixError::Link(shown())),
        opened => opened.map_err(FixError::io("read", path))?,
    };
    let data = file.metadata().map_err(FixError::io("read", path))?;
    if !is_plain(&data) {
        return Err(FixError::Odd(shown()));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(FixError::io("read", path))?;
    Ok(Some(Before { bytes, data }))
}

/// Puts `content` in the place of what was read before.
pub(super) fn replace(
    scratch: &Path,
    path: &Path,
    before: Option<&Before>,
    content: &[u8],
    access: Access,
) -> Result<(), FixError> {
    let made = scratch.join("new");
    let written = make(&made, before, content, access)
        .map_err(FixError::io("written", path))
        .and_then(|()| check(path, before))
        .and_then(|()| fs::rename(&made, path).map_err(FixError::io("replaced", path)))
        .and_then(|()| settle(path).map_err(FixError::io("settled on the disk", path)));
    if written.is_err() {
        let _ = fs::remove_file(&made);
    }
    written
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Whoever could before; a new file as usual.
    AsBefore,
    /// Nobody but its owner.
    OwnerOnly,
}

fn make(made: &Path, before: Option<&Before>, content: &[u8], access: Access) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    let mut file = options.open(made)?;
    file.write_all(content)?;
    if let Some(before) = before {
        keep(&file, before)?;
    }
    give_access(&file, before, access)?;
    file.sync_all()
}

/// Refuses when the file is no longer what was read.
fn check(path: &Path, before: Option<&Before>) -> Result<(), FixError> {
    let now = read(path)?;
    let is_same = match (&now, before) {
        (Some(now), Some(before)) => now.bytes == before.bytes,
        (None, None) => true,
        _ => false,
    };
    if is_same {
        Ok(())
    } else {
        Err(FixError::Changed(path.display().to_string()))
    }
}

/// Makes the new name in the folder last.
pub(super) fn settle(path: &Path) -> io::Result<()> {
    match path.parent().map(File::open) {
        Some(folder) if cfg!(unix) => folder?.sync_all(),
        _ => Ok(()),
    }
}

/// Reads a file that was just written, and refuses when it is not that.
pub(super) fn read_back(path: &Path, content: &[u8]) -> Result<(), FixError> {
    match read(path)? {
        Some(now) if now.bytes == content => Ok(()),
        _ => Err(FixError::Mismatch(path.display().to_string())),
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Without O_NONBLOCK a fifo would hold the run up for ever.
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)
}

#[cfg(unix)]
fn is_plain(data: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    data.is_file() && data.nlink() == 1
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

/// Keeps the owner and the group; who may not give a file to its owner may not change it either.
#[cfg(unix)]
fn keep(file: &File, before: &Before) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let now = file.metadata()?;
    let (uid, gid) = (before.data.uid(), before.data.gid());
    if (now.uid(), now.gid()) != (uid, gid) {
        fchown(file, Some(uid), Some(gid))?;
    }
    Ok(())
}

#[cfg(unix)]
fn give_access(file: &File, before: Option<&Before>, access: Access) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let old = before.map(|before| before.data.permissions().mode() & 0o7777);
    let mode = match (access, old) {
        (Access::OwnerOnly, old) => old.unwrap_or(0o600) & 0o700 | 0o600,
        (Access::AsBefore, Some(old)) => old,
        (Access::AsBefore, None) => 0o644,
    };
    if mode == 0o600 {
        Ok(())
    } else {
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
}

/// Tells whether a file made in one folder can be renamed into the other.
#[cfg(unix)]
pub(super) fn share_file_system(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(one.metadata()?.dev() == other.metadata()?.dev())
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    if path.is_symlink() {
        return Err(io::Error::other("a link"));
    }
    File::open(path)
}

#[cfg(not(unix))]
fn is_plain(data: &Metadata) -> bool {
    data.is_file()
}

#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(not(unix))]
fn keep(_: &File, _: &Before) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn give_access(_: &File, _: Option<&Before>, _: Access) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn share_file_system(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// The folder in which files are made, held by one run at a time.
pub(super) struct Scratch {
    pub(super) folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Takes hold of the folder, and clears away what a killed run left in it.
    pub(super) fn take(folder: PathBuf) -> Result<Self, FixError> {
        fs::create_dir_all(&folder).map_err(FixError::io("made", &folder))?;
        let name = folder.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
        let lock = lock.map_err(FixError::io("opened", &name))?;
        if !is_locked(&lock).map_err(FixError::io("locked", &name))? {
            return Err(FixError::Busy);
        }
        match fs::remove_file(folder.join("new")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FixError::io("cleared", folder)(error)),
            _ => Ok(Self { folder, _lock: lock }),
        }
    }
}

#[cfg(unix)]
fn is_locked(lock: &File) -> io::Result<bool> {
    use rustix::fs::{FlockOperation, flock};
    match flock(lock, FlockOperation::NonBlockingLockExclusive) {
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        taken => taken.map(|()| true).map_err(io::Error::from),
    }
}

#[cfg(not(unix))]
fn is_locked(_: &File) -> io::Result<bool> {
    Ok(true)
}
