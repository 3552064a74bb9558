//! What was read and had nothing in it to look at: counted where it is read, and said now and then.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Tally;

/// Counts from any thread.
#[derive(Debug, Default)]
pub(super) struct Read {
    files: AtomicU64,
    commits: AtomicU64,
    bytes: AtomicU64,
}

impl Read {
    pub(super) fn add(&self, files: u64, commits: u64, bytes: usize) {
        self.files.fetch_add(files, Ordering::Relaxed);
        self.commits.fetch_add(commits, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Returns what was counted, and begins anew, when it is worth to be said already.
    pub(super) fn take_many(&self) -> Option<Tally> {
        const MANY: u64 = 512;
        let count = self.files.load(Ordering::Relaxed) + self.commits.load(Ordering::Relaxed);
        (count >= MANY).then(|| self.take())
    }

    /// Returns what was counted, and begins anew.
    pub(super) fn take(&self) -> Tally {
        Tally {
            files: self.files.swap(0, Ordering::Relaxed),
            bytes: self.bytes.swap(0, Ordering::Relaxed),
            commits: self.commits.swap(0, Ordering::Relaxed),
        }
    }
}
