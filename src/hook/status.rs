//! What git will really run for a hook, and whether keyfence is part of it.
//! It reports what stands on disk; whether it works is for the canary to show.

use std::path::PathBuf;

use crate::hook::place::{exists, is_executable};
use crate::hook::{Found, HookError, Manager, Place};

/// The state of one hook.
#[derive(Debug, Clone)]
pub struct Status {
    /// The file that git runs, if it is there.
    pub file: PathBuf,
    /// What stands there.
    pub found: Found,
    /// Whether git would run it at all.
    pub is_executable: bool,
    /// Whether the program that the stub names is there.
    pub has_program: bool,
    /// Whether the manager that owns the hook is told to run keyfence.
    pub has_entry: bool,
    /// The hook from before.
    pub kept: Kept,
    /// A hook in git's usual folder that `core.hooksPath` hides.
    pub shadowed: Option<(PathBuf, Found)>,
    /// Managers whose configuration is here but whose hook is not.
    pub waiting: Vec<(Manager, PathBuf)>,
}

/// What became of a hook from before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// There was none.
    None,
    /// It is run before keyfence.
    Runs(PathBuf),
    /// It is not executable, so git never ran it and neither does keyfence.
    NotExecutable(PathBuf),
}

impl Status {
    /// Looks at one hook.
    ///
    /// # Errors
    /// When something there cannot be read.
    pub fn of(place: &Place<'_>) -> Result<Self, HookError> {
        let (file, found) = (place.file(), place.found()?);
        let has_entry = match found {
            Found::Managed(manager) => manager.runs_keyfence(place)?,
            _ => false,
        };
        let has_program = matches!(&found, Found::Keyfence(shim) if is_executable(&shim.program));
        Ok(Self {
            is_executable: is_executable(&file),
            has_program,
            has_entry,
            kept: kept(place),
            shadowed: place.shadowed()?,
            waiting: Manager::waiting(place, &found),
            file,
            found,
        })
    }

    /// Tells whether a commit meets keyfence. A stub whose program is gone counts: it blocks.
    pub fn is_in_force(&self) -> bool {
        self.is_executable
            && match self.found {
                Found::Nothing => false,
                Found::Keyfence(_) => true,
                Found::Managed(_) => self.has_entry,
                Found::Other { calls_keyfence } => calls_keyfence,
            }
    }
}

fn kept(place: &Place<'_>) -> Kept {
    let kept = place.kept();
    match exists(&kept) {
        false => Kept::None,
        true if is_executable(&kept) => Kept::Runs(kept),
        true => Kept::NotExecutable(kept),
    }
}
