//! Putting the stub into its place, and keeping what stood there.
//!
//! At no moment is the place empty: the old hook gets a second name first, then the stub takes the first name over.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::hook::place::{exists, is_executable};
use crate::hook::{Found, HookError, Place, Shim, write};

/// What an installation changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installed {
    /// The place was empty.
    New,
    /// There was a hook; it is kept beside the stub and will be run.
    Beside(PathBuf),
    /// There was an older stub, or one for a program elsewhere.
    Refreshed,
    /// Nothing: it was there already.
    Already,
}

/// Installs the stub for `program`; `shared` agrees to a folder that other repositories use too.
///
/// # Errors
/// When the place belongs to others, when two old hooks would have to be kept, or when it cannot be written.
pub fn install(place: &Place<'_>, program: &Path, shared: bool) -> Result<Installed, HookError> {
    let found = place.found()?;
    if let Found::Managed(manager) = found {
        return Err(HookError::Managed {
            file: place.file(),
            manager,
        });
    }
    refuse_shared(place, shared)?;
    let text = Shim {
        program: program.to_owned(),
    }
    .render(place.hook);
    let file = place.file();
    let installed = match found {
        Found::Keyfence(_) if is_in_place(&file, &text) => return Ok(Installed::Already),
        Found::Keyfence(_) => Installed::Refreshed,
        Found::Nothing => {
            make_folder(&place.hooks.folder)?;
            Installed::New
        }
        Found::Managed(_) | Found::Other { .. } => keep(&file, place.kept())?,
    };
    write::executable(&file, &text)?;
    Ok(installed)
}

/// Refuses a folder outside the repository unless that is wanted.
pub(super) fn refuse_shared(place: &Place<'_>, shared: bool) -> Result<(), HookError> {
    if shared || !place.hooks.is_shared() {
        return Ok(());
    }
    let told = place.hooks.setting().map_or_else(
        || "its hooks folder is a link".to_owned(),
        |setting| format!("core.hooksPath says so ({}, {})", setting.scope, setting.origin),
    );
    Err(HookError::Shared {
        folder: place.hooks.folder.clone(),
        told,
        usual: place.hooks.usual_folder(),
    })
}

fn is_in_place(file: &Path, text: &[u8]) -> bool {
    is_executable(file) && fs::read(file).is_ok_and(|there| there == text)
}

fn make_folder(folder: &Path) -> Result<(), HookError> {
    if exists(folder) && !folder.is_dir() {
        return Err(HookError::WrongKind {
            path: folder.to_owned(),
            expected: "folder",
        });
    }
    fs::create_dir_all(folder).map_err(|source| HookError::Io {
        done: "made",
        path: folder.to_owned(),
        source,
    })
}

/// Gives a hook its second name. A symbolic link is kept as a link, in the same folder, so that it still leads home.
fn keep(file: &Path, kept: PathBuf) -> Result<Installed, HookError> {
    if exists(&kept) {
        // The same hook twice is an installation that was interrupted; anything else is for a person to judge.
        return match is_same(file, &kept) {
            true => Ok(Installed::Beside(kept)),
            false => Err(HookError::TwoHooks {
                file: file.to_owned(),
                kept,
            }),
        };
    }
    // Some file systems have no hard links; there the place is empty for a moment.
    fs::hard_link(file, &kept)
        .or_else(|_| fs::rename(file, &kept))
        .map_err(|source| HookError::Io {
            done: "kept",
            path: file.to_owned(),
            source,
        })?;
    Ok(Installed::Beside(kept))
}

fn is_same(one: &Path, other: &Path) -> bool {
    let look = |path: &Path| -> io::Result<_> {
        let data = path.symlink_metadata()?;
        let content = if data.is_symlink() {
            fs::read_link(path)?.into_os_string().into_encoded_bytes()
        } else {
            fs::read(path)?
        };
        Ok((data.file_type(), data.permissions(), content))
    };
    matches!((look(one), look(other)), (Ok(one), Ok(other)) if one == other)
}
