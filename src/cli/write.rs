//! Files that the program writes: whole or not at all, never through a link, and readable by nobody else.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::cli::failure::Failure;
use crate::cli::interrupt;

/// Writes a file beside its place and then into it: a link that is there is replaced, not followed.
pub(super) fn whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    put(path, None, write).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("{} could not be written: {error}.", path.display()),
        "name a place where you may write.",
    )
}

/// Without rights the file is its owner's alone.
fn put(
    path: &Path,
    rights: Option<fs::Permissions>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    if path.starts_with("/dev") {
        // A device or a pipe of the shell: `/dev/null`, `>(…)`. Nothing there is ever to be replaced by a file.
        let mut out = OpenOptions::new().write(true).open(path)?;
        return write(&mut out);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    // A temporary file has mode 0600 and goes away by itself when something fails.
    let mut beside = NamedTempFile::with_prefix_in(".keyfence-", folder.unwrap_or(Path::new(".")))?;
    let name = beside.path().to_owned();
    interrupt::began(&name);
    let mut out = BufWriter::new(&mut beside);
    let written = write(&mut out).and_then(|()| out.flush());
    drop(out);
    let given = written.and_then(|()| rights.map_or(Ok(()), |rights| beside.as_file().set_permissions(rights)));
    let persisted = given.and_then(|()| Ok(beside.persist(path)?));
    interrupt::ended(&name);
    persisted.map(drop)
}

/// Puts text behind what a file holds already; the file is one that a CI job hands to its steps.
pub(super) fn append(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut text = Vec::new();
    write(&mut text)?;
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)?
        .write_all(&text)
}

/// Writes a file of the project, which others may read: with the rights of the file that it replaces.
pub(super) fn project_file(path: &Path, text: &str) -> Result<(), Failure> {
    let rights = fs::metadata(path).map_or_else(|_| readable(), |known| Some(known.permissions()));
    put(path, rights, |out| out.write_all(text.as_bytes())).map_err(|error| unwritable(path, &error))
}

#[cfg(unix)]
fn readable() -> Option<fs::Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable() -> Option<fs::Permissions> {
    None
}
