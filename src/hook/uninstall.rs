//! Taking the stub out and putting back what it stood before.
//! Nothing but keyfence's own stub is ever removed.

use std::fs;
use std::path::PathBuf;

use crate::hook::install::refuse_shared;
use crate::hook::place::exists;
use crate::hook::{Found, HookError, Place};

/// What was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uninstalled {
    /// The stub is gone and the place is empty, as it was before.
    Removed,
    /// The stub is gone and the hook from before is back.
    Restored,
    /// There was no stub. A hook that was kept once and that nobody runs is named.
    NotThere {
        /// The kept hook, left where it is.
        kept: Option<PathBuf>,
    },
}

/// Removes the stub; `shared` agrees to a folder that other repositories use too.
///
/// # Errors
/// When the place belongs to others or cannot be written.
pub fn uninstall(place: &Place<'_>, shared: bool) -> Result<Uninstalled, HookError> {
    let (file, kept) = (place.file(), place.kept());
    let found = place.found()?;
    if !matches!(found, Found::Keyfence(_)) {
        let kept = exists(&kept).then_some(kept);
        return Ok(Uninstalled::NotThere { kept });
    }
    refuse_shared(place, shared)?;
    let (undone, done) = if exists(&kept) {
        (fs::rename(&kept, &file), Uninstalled::Restored)
    } else {
        (fs::remove_file(&file), Uninstalled::Removed)
    };
    undone.map_err(|source| HookError::Io {
        done: "taken out",
        path: file,
        source,
    })?;
    Ok(done)
}
