//! Commits, tags and trees as git writes them.
//!
//! The objects come from anywhere, so nothing about them is taken for granted: what does not read as it should is none.

use bstr::{BStr, BString, ByteSlice};

use crate::git::Name;
use crate::model::Date;

/// What a walk needs of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) tree: Name,
    pub(super) parents: Vec<Name>,
    /// When it was committed.
    pub(super) date: Date,
}

/// Reads the head of a commit.
pub(super) fn commit(content: &[u8]) -> Option<Lead> {
    let mut lines = content.lines();
    let tree = Name::parse(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut parents = Vec::new();
    let mut date = Date::default();
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(parent) = line.strip_prefix(b"parent ") {
            parents.push(Name::parse(parent)?);
        } else if let Some(committer) = line.strip_prefix(b"committer ") {
            date = person(committer).1;
        }
    }
    Some(Lead { tree, parents, date })
}

/// Returns the object that a tag leads to.
pub(super) fn tag(content: &[u8]) -> Option<Name> {
    Name::parse(content.lines().next()?.strip_prefix(b"object ")?)
}

/// Splits `Name <address> <seconds> <zone>` into the person and the date; a damaged date is the beginning of time.
pub(super) fn person(text: &[u8]) -> (&BStr, Date) {
    let end = text.rfind_byte(b'>').map_or(text.len(), |at| at + 1);
    let mut words = text[end..].fields();
    let number = |word: Option<&[u8]>| word.and_then(|word| word.to_str().ok()?.parse::<i64>().ok());
    let seconds = number(words.next()).unwrap_or(0);
    let zone = number(words.next()).unwrap_or(0).clamp(-9959, 9959);
    let offset = i16::try_from(zone / 100 * 60 + zone % 100).unwrap_or(0);
    (text[..end].as_bstr(), Date { seconds, offset })
}

/// Returns author, the author's date and the first line of a commit's message.
pub(super) fn authorship(content: &[u8]) -> (BString, Date, BString) {
    let (head, message) = content.split_once_str("\n\n").unwrap_or((content, b""));
    let author = head.lines().find_map(|line| line.strip_prefix(b"author "));
    let (author, date) = person(author.unwrap_or_default());
    let summary = message.trim_start().lines().next().unwrap_or_default();
    (author.to_owned(), date, summary.into())
}

/// Returns what people wrote into a commit or a tag: the message first, so that its lines keep their numbers, then
/// whatever the head holds besides names of objects and signatures.
pub fn words(content: &[u8]) -> Vec<u8> {
    let (head, message) = content.split_once_str("\n\n").unwrap_or((content, b""));
    let mut words = message.to_vec();
    words.push(b'\n');
    let mut is_signature = false;
    for line in head.lines() {
        // A value over several lines goes on in lines that begin with a blank.
        if !line.starts_with(b" ") {
            is_signature = line.starts_with(b"gpgsig");
        }
        let is_link = [&b"tree "[..], b"parent ", b"object ", b"type "]
            .iter()
            .any(|word| line.starts_with(word));
        if !is_signature && !is_link {
            words.push(b'\n');
            words.extend_from_slice(line);
        }
    }
    words
}

/// One entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) mode: Mode,
    pub(super) file: &'t [u8],
    pub(super) name: Name,
}

/// What a tree's entry leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mode {
    File,
    Symlink,
    Folder,
    Submodule,
}

/// The entries of a tree, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Entries<'t> {
    rest: &'t [u8],
    width: usize,
}

/// Starts to read a tree whose names are `width` bytes long.
pub(super) fn tree(content: &[u8], width: usize) -> Entries<'_> {
    Entries { rest: content, width }
}

impl<'t> Iterator for Entries<'t> {
    /// `None` for an entry that cannot be read, after which nothing can.
    type Item = Option<Entry<'t>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_none() {
            self.rest = b"";
        }
        Some(entry)
    }
}

impl<'t> Entries<'t> {
    /// Returns how many bytes are left.
    pub(super) fn rest(&self) -> usize {
        self.rest.len()
    }

    fn entry(&mut self) -> Option<Entry<'t>> {
        let blank = memchr::memchr(b' ', self.rest.get(..self.rest.len().min(16))?)?;
        let mode = mode(&self.rest[..blank])?;
        let rest = &self.rest[blank + 1..];
        let end = memchr::memchr(0, rest)?;
        let name = Name::new(rest.get(end + 1..end + 1 + self.width)?)?;
        self.rest = &rest[end + 1 + self.width..];
        let file = &rest[..end];
        Some(Entry { mode, file, name })
    }
}

/// Reads a mode by its kind alone: old repositories have modes that git no longer writes.
fn mode(octal: &[u8]) -> Option<Mode> {
    let mut mode = 0_u32;
    for &digit in octal {
        mode = mode << 3 | u32::from(digit.checked_sub(b'0').filter(|&digit| digit < 8)?);
    }
    match mode >> 12 {
        0o10 => Some(Mode::File),
        0o12 => Some(Mode::Symlink),
        0o04 => Some(Mode::Folder),
        0o16 => Some(Mode::Submodule),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_commit_is_read_to_its_committer() {
        let one = "1".repeat(40);
        let text =
            format!("tree {one}\nparent {one}\nparent {one}\nauthor A <a@b> 1 +0000\ncommitter C <c@d> 99 -0330\n\nhi");
        let lead = commit(text.as_bytes()).unwrap();
        assert_eq!(lead.parents.len(), 2);
        assert_eq!((lead.date.seconds, lead.date.offset), (99, -210));
    }

    #[test]
    fn the_words_of_a_commit_begin_with_its_message() {
        let text = b"tree 1\nauthor A <a@b> 1 +0000\ngpgsig -----\n abc\n -----\nencoding x\n\nfirst\nsecond\n";
        assert_eq!(words(text), b"first\nsecond\n\n\nauthor A <a@b> 1 +0000\nencoding x");
    }

    #[test]
    fn a_person_without_a_date_is_a_person() {
        assert_eq!(person(b"A <a@b>"), ("A <a@b>".into(), Date::default()));
        assert_eq!(person(b""), ("".into(), Date::default()));
    }

    #[test]
    fn old_modes_are_read_and_unknown_ones_are_not() {
        assert_eq!(mode(b"100664"), Some(Mode::File));
        assert_eq!(mode(b"040000"), Some(Mode::Folder));
        assert_eq!(mode(b"170000"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(content in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (commit(&content), tag(&content), words(&content), authorship(&content));
            let entries = tree(&[b"100644 a\0", &content[..]].concat(), 20).count();
            prop_assert!(entries < 200);
        }
    }
}
