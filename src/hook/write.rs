//! Writing hooks and what leads to them, whole or not at all; a refusal says which file it was.

use std::io;
use std::path::Path;

use crate::atomic;
use crate::hook::HookError;

/// Puts an executable file at `path`, in place of what stood there.
pub(super) fn executable(path: &Path, content: &[u8]) -> Result<(), HookError> {
    atomic::executable(path, content).map_err(failed(path))
}

/// Changes a file's content and keeps its mode; a symbolic link stays, and the file behind it is changed.
pub(super) fn content(path: &Path, content: &[u8]) -> Result<(), HookError> {
    atomic::content(path, content).map_err(failed(path))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> HookError {
    move |source| HookError::Io {
        done: "written",
        path: path.to_owned(),
        source,
    }
}
