//! A file of git's, mapped into memory.
//!
//! A pack can be larger than memory, and its entries are read in an order of their own: the map lets the system bring
//! in and let go what is needed.

#![expect(
    unsafe_code,
    reason = "a memory map is unsafe by its nature; this is the one place that makes one"
)]

use std::io;
use std::ops::Deref;
use std::path::Path;

use crate::git::special;

/// The bytes of a file.
#[derive(Debug)]
pub(in crate::git) struct Map(memmap2::Mmap);

impl Map {
    pub(in crate::git) fn open(path: &Path) -> io::Result<Self> {
        let file = special::open(path)?;
        // SAFETY: git never writes into a pack or an index that is there; it writes a new file and removes the old one,
        // whose bytes stay mapped. Whoever may write here anyway may do worse than end this process.
        unsafe { memmap2::Mmap::map(&file) }.map(Self)
    }

    /// Gives back the memory that holds what was read; whatever is needed again is brought in again.
    pub(in crate::git) fn forget(&self) {
        #[cfg(unix)]
        // SAFETY: the map is of a file and nothing was ever written through it, so its bytes come back as they were.
        let _ = unsafe { self.0.unchecked_advise(memmap2::UncheckedAdvice::DontNeed) };
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
