//! One hook's place in one repository: the file that git runs, and what stands there now.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::git::{HooksPath, special};
use crate::hook::entry::calls_guard;
use crate::hook::{Hook, HookError, Manager, Shim};

/// A hook longer than this is a program, in which there is nothing to recognise.
const LONGEST: u64 = 1 << 20;

/// One hook's place.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Where git looks for hooks.
    pub hooks: &'a HooksPath,
    /// Which hook.
    pub hook: Hook,
}

/// What stands at a hook's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing: git goes on without asking.
    Nothing,
    /// Keyfence's stub.
    Keyfence(Shim),
    /// Something that another program wrote, or will write.
    Managed(Manager),
    /// Somebody's own hook.
    Other {
        /// Whether it calls `keyfence guard` itself.
        calls_keyfence: bool,
    },
}

impl Place<'_> {
    /// Returns the file that git runs.
    pub fn file(&self) -> PathBuf {
        self.hooks.folder.join(self.hook.name())
    }

    /// Returns where the hook from before is kept.
    pub fn kept(&self) -> PathBuf {
        kept(&self.hooks.folder, self.hook)
    }

    /// Looks at what stands there.
    ///
    /// # Errors
    /// When it is no file, or cannot be read.
    pub fn found(&self) -> Result<Found, HookError> {
        found(&self.hooks.folder, self.hook)
    }

    /// Returns the hook in git's usual folder, when git is told to look elsewhere and so never runs it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn shadowed(&self) -> Result<Option<(PathBuf, Found)>, HookError> {
        let usual = self.hooks.usual_folder();
        if same_file(&usual, &self.hooks.folder) {
            return Ok(None);
        }
        let found = found(&usual, self.hook)?;
        Ok((found != Found::Nothing).then(|| (usual.join(self.hook.name()), found)))
    }
}

/// Returns the place beside a hook where the one from before is kept.
pub(super) fn kept(folder: &Path, hook: Hook) -> PathBuf {
    folder.join(format!("{}.before-keyfence", hook.name()))
}

/// Tells whether there is anything at a path, be it a link that leads nowhere.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Tells whether git would run a file: it must be a file, and executable.
pub fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|data| data.is_file() && may_run(&data))
}

#[cfg(unix)]
fn may_run(data: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    data.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &fs::Metadata) -> bool {
    true
}

fn found(folder: &Path, hook: Hook) -> Result<Found, HookError> {
    let file = folder.join(hook.name());
    let content = read_head(&file)?;
    if let Some(shim) = content.as_deref().and_then(Shim::recognise) {
        return Ok(Found::Keyfence(shim));
    }
    if let Some(manager) = Manager::recognise(folder, content.as_deref().unwrap_or_default()) {
        return Ok(Found::Managed(manager));
    }
    Ok(content.map_or(Found::Nothing, |content| Found::Other {
        calls_keyfence: calls_guard(&content, hook),
    }))
}

/// Reads a hook's beginning; a link that leads nowhere reads as empty, for it is no hook but it is there.
fn read_head(path: &Path) -> Result<Option<Vec<u8>>, HookError> {
    match path.symlink_metadata() {
        Ok(data) if data.is_dir() => {
            return Err(HookError::WrongKind {
                path: path.to_owned(),
                expected: "file",
            });
        }
        Ok(data) if data.is_symlink() && !path.exists() => return Ok(Some(Vec::new())),
        _ => {}
    }
    let mut head = Vec::new();
    match special::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut head)) {
        Ok(_) => Ok(Some(head)),
        Err(error) if is_absence(error.kind()) => Ok(None),
        Err(source) => Err(HookError::Io {
            done: "read",
            path: path.to_owned(),
            source,
        }),
    }
}

/// `core.hooksPath = /dev/null` is a common way to have no hooks, and no error.
fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
