//! Floor 0: files that appear whole or not at all: written beside their place, then renamed into it.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

/// Puts an executable file at `path`, in place of what stood there.
///
/// # Errors
/// Those of the file system; what stood there is then there still.
pub fn executable(path: &Path, content: &[u8]) -> io::Result<()> {
    put(path, content, |folder| {
        executable_mode(&folder.metadata()?.permissions())
    })
}

/// Changes a file's content and keeps its mode; a symbolic link stays, and the file behind it is changed.
///
/// # Errors
/// Those of the file system; what stood there is then there still.
pub fn content(path: &Path, content: &[u8]) -> io::Result<()> {
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        real => real?,
    };
    let mode = match real.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Mode::Limited(plain()),
        data => Mode::Exact(data?.permissions()),
    };
    put(&real, content, |_| Ok(mode.clone()))
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
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = parent.unwrap_or(Path::new("."));
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
