//! A blob: bytes with a path, and what is known of where they came from.
//! Sources make blobs and the engine reads them; neither knows the other.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use bstr::BStr;

use crate::model::Place;

/// One unit of content to examine.
#[derive(Debug, Clone)]
pub struct Blob<'a> {
    /// Where the bytes were read from.
    pub origin: Origin,
    /// The path inside the repository or the scanned folder, with `/` between its parts.
    pub path: Cow<'a, BStr>,
    /// The content, decoded to UTF-8 where it was UTF-16; otherwise as it was read.
    pub bytes: Cow<'a, [u8]>,
    /// Which of it may be reported.
    pub scope: Scope,
    /// What git would call this entry.
    pub kind: Kind,
    /// Whether the content reads as text.
    pub nature: Nature,
}

/// Which findings of a blob may be reported; matching always sees the whole blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything, the file name included.
    Whole,
    /// Only what a change adds.
    Added {
        /// The added lines: 1-based, half-open, ascending, disjoint.
        lines: Vec<Range<u32>>,
        /// True when the path itself is new, so that file-name rules apply.
        path: bool,
    },
}

impl Scope {
    /// Tells whether any of the lines `first..=last` (1-based) may be reported.
    pub fn covers(&self, first: u32, last: u32) -> bool {
        match self {
            Self::Whole => true,
            Self::Added { lines, .. } => {
                let next = lines.partition_point(|range| range.end <= first);
                lines.get(next).is_some_and(|range| range.start <= last)
            }
        }
    }

    /// Tells whether nothing at all may be reported.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Added { lines, path: false } if lines.is_empty())
    }

    /// Tells whether the path itself may be reported.
    pub fn covers_path(&self) -> bool {
        match self {
            Self::Whole => true,
            Self::Added { path, .. } => *path,
        }
    }
}

/// What kind of content a blob is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A symbolic link, whose content is the text of its target.
    Symlink,
    /// A commit's message, with what else a person wrote into the commit.
    CommitMessage,
    /// An annotated tag's message, with who made it.
    TagMessage,
    /// A note on an object.
    Note,
    /// The paths of files, one a line.
    Names,
}

impl Kind {
    /// Tells whether it is the content of something, and no message or name.
    pub fn is_content(self) -> bool {
        matches!(self, Self::File | Self::Symlink | Self::Note)
    }

    /// Returns what a finding in such content stands in.
    pub fn place(self) -> Place {
        match self {
            Self::File | Self::Symlink => Place::Content,
            Self::CommitMessage => Place::CommitMessage,
            Self::TagMessage => Place::TagMessage,
            Self::Note => Place::Note,
            Self::Names => Place::Name,
        }
    }
}

/// Whether content reads as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Text: every rule applies.
    Text,
    /// Not text: only rules with a fixed shape apply, for a name and a value mean nothing there.
    Binary,
}

/// Where the bytes of a blob were read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file on disk.
    Worktree,
    /// The index, as `git commit` would record it.
    Index,
    /// Standard input.
    Stdin,
    /// An object of the repository, by its full name.
    Object(Arc<str>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_added_lines_are_covered() {
        let scope = Scope::Added {
            lines: vec![3..5, 9..10],
            path: false,
        };
        let covered: Vec<u32> = (1..12).filter(|&line| scope.covers(line, line)).collect();
        assert_eq!(covered, [3, 4, 9]);
        assert!(scope.covers(5, 9) && !scope.covers(5, 8) && !scope.covers_path());
    }
}
