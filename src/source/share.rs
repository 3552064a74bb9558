//! How many of all files lists of globs cover, counted while the files are read anyway.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Kind;
use crate::rules::{GlobError, PathTable, Reach};
use crate::source::{Extent, Item, Source, SourceError, Visitor};

/// A source that is read as it is, while somebody counts.
pub struct Share<'s> {
    source: &'s dyn Source,
    lists: PathTable,
    covered: Vec<AtomicU64>,
    all: AtomicU64,
}

impl<'s> Share<'s> {
    /// Counts what of a source each of the lists covers.
    ///
    /// # Errors
    /// When a glob cannot be read.
    pub fn new(source: &'s dyn Source, lists: &[&[String]]) -> Result<Self, GlobError> {
        Ok(Self {
            source,
            lists: PathTable::new(lists.iter().copied(), Reach::Below)?,
            covered: lists.iter().map(|_| AtomicU64::new(0)).collect(),
            all: AtomicU64::new(0),
        })
    }

    /// Returns how many files each list covered, and how many there were.
    pub fn counted(&self) -> (Vec<u64>, u64) {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        (self.covered.iter().map(read).collect(), read(&self.all))
    }
}

impl Source for Share<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        self.source.visit(&|item| {
            if let Item::Blob(blob, _) | Item::Version(blob, ..) = &item
                && blob.kind == Kind::File
            {
                self.all.fetch_add(1, Ordering::Relaxed);
                for list in self.lists.matches(&blob.path) {
                    self.covered[list].fetch_add(1, Ordering::Relaxed);
                }
            }
            visit(item);
        })
    }

    fn extent(&self) -> Extent {
        self.source.extent()
    }
}
