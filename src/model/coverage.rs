//! What was to be read, what was read, and what was not and why.
//! A scan is clean only when these books balance: expected = scanned + skipped + failed.

use bstr::BString;

/// A count of things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Files, or blobs.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Commits, where the scan lists commits.
    pub commits: u64,
}

/// Something passed over on purpose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Its path.
    pub path: BString,
    /// Why it was passed over.
    pub reason: SkipReason,
}

/// Why something was passed over on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// Compressed or media content, in which no text can be matched.
    Binary,
    /// Larger than `max-file-size`.
    TooLarge,
    /// A fifo, a socket or a device.
    Special,
    /// A submodule: its commits are a repository of their own.
    Submodule,
    /// Left out by `exclude` in the configuration.
    Excluded,
    /// A member of an archive that asks for a password.
    Encrypted,
    /// An archive, or a member of one, that is broken.
    Damaged,
    /// A member that is packed in a way that is not known.
    Unsupported,
    /// Before the end of a shallow clone, which the user accepts.
    Shallow,
    /// Not fetched by a partial clone, which the user accepts.
    NotFetched,
}

impl SkipReason {
    const ALL: [Self; 10] = [
        Self::Binary,
        Self::TooLarge,
        Self::Special,
        Self::Submodule,
        Self::Excluded,
        Self::Encrypted,
        Self::Damaged,
        Self::Unsupported,
        Self::Shallow,
        Self::NotFetched,
    ];

    /// Returns the reason for which reports use this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// Returns the word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::TooLarge => "too large",
            Self::Special => "special file",
            Self::Submodule => "submodule",
            Self::Excluded => "excluded",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::Unsupported => "unknown compression",
            Self::Shallow => "shallow",
            Self::NotFetched => "not fetched",
        }
    }
}

/// Something that was to be read and could not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failed {
    /// Its path, or the object's name where there is no path.
    pub path: BString,
    /// One sentence that says what went wrong.
    pub error: String,
}

/// The books of one scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// What was to be read, counted where it was listed.
    pub expected: Tally,
    /// What was read to its end.
    pub scanned: Tally,
    /// What was passed over on purpose, sorted by path.
    pub skipped: Vec<Skipped>,
    /// What could not be read, sorted by path.
    pub failed: Vec<Failed>,
}

impl Coverage {
    /// Tells whether everything that was asked for was read.
    ///
    /// False also when the books do not balance: a file that got lost between listing and reading is no clean file.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.missing() == 0 && self.expected.commits == self.scanned.commits
    }

    /// Returns how many files were listed and never accounted for.
    pub fn missing(&self) -> u64 {
        let known = self.scanned.files + self.skipped.len() as u64 + self.failed.len() as u64;
        self.expected.files.abs_diff(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_got_lost_makes_the_scan_incomplete() {
        let mut coverage = Coverage::default();
        coverage.expected.files = 2;
        coverage.scanned.files = 1;
        assert_eq!((coverage.missing(), coverage.is_complete()), (1, false));
        coverage.scanned.files = 2;
        assert!(coverage.is_complete());
    }
}
