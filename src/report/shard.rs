//! What the JSON report of a shard says besides, so that all of them become the report of one run.
//!
//! It names the objects in which something was found and no value of them. A value in two shards is one finding, and
//! only who reads the objects again can tell; there are few of those. What was read and what was not is added up.

use serde::{Deserialize, Serialize};

use crate::model::{Coverage, Failed, SkipReason, Skipped, Tally};

/// Which shard it is, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Its number, from 1.
    pub number: u64,
    /// How many there are.
    pub of: u64,
    /// A name for everything that was to be read; the same for all shards.
    pub history: String,
    /// A name for the settings and rules; the same for all shards.
    pub settings: String,
    /// The revisions that were asked for; none where it was everything.
    pub revs: Vec<String>,
    /// Whether it was also asked for what nothing names.
    pub unreachable: bool,
    /// The objects in which something was found, sorted.
    pub objects: Vec<String>,
}

/// As much of a shard's report as its merge needs.
#[derive(Debug, Deserialize)]
pub struct ShardReport {
    /// Of the JSON contract.
    pub version: u32,
    /// Which shard it is; absent in the report of a whole run.
    pub shard: Option<Shard>,
    coverage: Books,
}

#[derive(Debug, Deserialize)]
struct Books {
    expected: Count,
    scanned: Count,
    skipped: Vec<SkippedAs>,
    failed: Vec<FailedAs>,
}

#[derive(Debug, Deserialize)]
struct Count {
    files: u64,
    bytes: u64,
    commits: u64,
}

#[derive(Debug, Deserialize)]
struct SkippedAs {
    path: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct FailedAs {
    path: String,
    error: String,
}

impl ShardReport {
    /// Adds what this shard read to the books of all; false when it passed something over for no reason that is known.
    pub fn enter(self, books: &mut Coverage) -> bool {
        add(&mut books.expected, &self.coverage.expected);
        add(&mut books.scanned, &self.coverage.scanned);
        let failed = self.coverage.failed.into_iter().map(|failed| Failed {
            path: failed.path.into(),
            error: failed.error,
        });
        books.failed.extend(failed);
        for skipped in self.coverage.skipped {
            let Some(reason) = SkipReason::named(&skipped.reason) else {
                return false;
            };
            let path = skipped.path.into();
            books.skipped.push(Skipped { path, reason });
        }
        true
    }
}

fn add(total: &mut Tally, more: &Count) {
    total.files += more.files;
    total.bytes += more.bytes;
    total.commits += more.commits;
}
