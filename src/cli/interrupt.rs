//! Ctrl-C: what was begun beside its place is taken away, and the exit code says that there is no answer.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Files that are being written beside their place.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// True once the user has ended the program.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Remembers a file that is to go when the user ends the program.
pub(super) fn began(file: &Path) {
    UNFINISHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(file.to_owned());
}

/// Forgets it, for it stands in its place or is gone.
pub(super) fn ended(file: &Path) {
    UNFINISHED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .retain(|known| known != file);
}

/// Never comes back once the user has ended the program: a run whose files were taken away from under it fails, and that
/// is not what there is to say.
pub(super) fn have_the_last_word() {
    while IS_ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Waits for Ctrl-C and for the wish to terminate, in a thread of its own.
pub(super) fn watch() {
    #[cfg(unix)]
    unix::watch();
}

#[cfg(unix)]
mod unix {
    use std::time::Duration;
    use std::{env, fs};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::*;
    use crate::cli::{progress, terminal};
    use crate::git::scratch_prefix;

    pub(super) fn watch() {
        // Without the watch the system ends the program just as well, and leaves its files.
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
            return;
        };
        thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                end(signal);
            }
        });
    }

    #[expect(
        clippy::exit,
        clippy::disallowed_methods,
        reason = "no value can be returned from under the feet of main"
    )]
    fn end(signal: i32) {
        IS_ENDING.store(true, Ordering::SeqCst);
        let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        unfinished.iter().for_each(|file| drop(fs::remove_file(file)));
        sweep();
        progress::wipe();
        terminal::say("error: Interrupted; what was not read yet is not known.");
        std::process::exit(128 + signal);
    }

    /// Takes away this process's own folders among the temporary ones.
    fn sweep() {
        let prefix = scratch_prefix();
        for entry in fs::read_dir(env::temp_dir()).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                remove(&entry.path());
            }
        }
    }

    /// Removes a folder into which a git that was started before may still be writing.
    fn remove(folder: &Path) {
        for _ in 0..50 {
            let _ = fs::remove_dir_all(folder);
            if !folder.exists() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
