//! Files that appear whole or not at all: written beside their place, then renamed into it.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use crate::hook::HookError;

/// Puts an executable file at `path`, in place of what stood there.
pub(super) fn executable(path: &Path, content: &[u8]) -> Result<(), HookError> {
    put(path, content, |folder| {
        executable_mode(&folder.metadata()?.permissions())
    })
    .map_err(failed(path))
}

/// Changes a file's content and keeps its mode; a symbolic link stays, and the file behind it is changed.
pub(super) fn content(path: &Path, content: &[u8]) -> Result<(), HookError> {
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        real => real.map_err(failed(path))?,
    };
    let mode = match real.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Mode::Limited(plain()),
        data => Mode::Exact(data.map_err(failed(path))?.permissions()),
    };
    put(&real, content, |_| Ok(mode.clone())).map_err(failed(path))
}

/// The permissions of a new file.
#[derive(Clone)]
enum Mode {
    /// These, less what the umask takes.
    Limited(Option<Permissions>),
    /// Exactly these.
    Exact(Permissions),
}

fn put(path: &Path, content: &[u8], mode: impl Fn(&Path) -> io::Result<Mode>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mode = mode(folder)?;
    let mut builder = Builder::new();
    builder.prefix(".keyfence-");
    if let Mode::Limited(Some(permissions)) = &mode {
        builder.permissions(permissions.clone());
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content)?;
    if let Mode::Exact(permissions) = mode {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn failed(path: &Path) -> impl Fn(io::Error) -> HookError {
    move |source| HookError::Io {
        done: "written",
        path: path.to_owned(),
        source,
    }
}

/// A folder that its group may write to belongs to a shared repository, where the whole group must run the hook
/// whatever the umask of the one who installs it.
#[cfg(unix)]
fn executable_mode(folder: &Permissions) -> io::Result<Mode> {
    use std::os::unix::fs::PermissionsExt;
    Ok(if folder.mode() & 0o020 == 0 {
        Mode::Limited(Some(Permissions::from_mode(0o777)))
    } else {
        Mode::Exact(Permissions::from_mode(0o770 | folder.mode() & 0o005))
    })
}

#[cfg(unix)]
fn plain() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn executable_mode(_: &Permissions) -> io::Result<Mode> {
    Ok(Mode::Limited(None))
}

#[cfg(not(unix))]
fn plain() -> Option<Permissions> {
    None
}
