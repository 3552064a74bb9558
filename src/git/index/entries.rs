//! The entries of an index: where each stands, and what it says when it is asked.
//!
//! One pass looks at the flags of every entry, for one that is unmerged or only intended changes the whole question.
//! Of the rest only the entries that are compared are read.

use crate::git::Name;
use crate::git::index::{CUT, Refusal, name, number};

/// Where in an entry its mode stands; before it are the times and numbers by which git knows a file again.
const MODE: usize = 24;
const NAME_AT: usize = 40;
const FLAGS: usize = 60;
const HEAD: usize = 62;

const STAGE: u16 = 0x3000;
const EXTENDED: u16 = 0x4000;
const LENGTH: u16 = 0x0FFF;
const INTENT_TO_ADD: u16 = 0x2000;
const SKIP_WORKTREE: u16 = 0x4000;

/// The places of all entries.
pub(super) struct Entries<'i> {
    data: &'i [u8],
    starts: Vec<u32>,
    /// Whether a path is written as what differs from the one before (version 4).
    is_packed: bool,
}

impl<'i> Entries<'i> {
    /// Reads where every entry starts; returns also what follows the last.
    pub(super) fn read(data: &'i [u8]) -> Result<(Self, &'i [u8]), Refusal> {
        if data.get(..4) != Some(b"DIRC") {
            return Err(CUT);
        }
        if u32::try_from(data.len()).is_err() {
            return Err(Refusal("the index is larger than four gigabytes"));
        }
        let version = number(data, 4).ok_or(CUT)?;
        if !(2..=4).contains(&version) {
            return Err(Refusal("the index is of another version"));
        }
        let count = number(data, 8).ok_or(CUT)? as usize;
        let mut entries = Self {
            data,
            // No entry is shorter, so that a count that is only claimed takes no memory.
            starts: Vec::with_capacity(count.min(data.len() / HEAD)),
            is_packed: version == 4,
        };
        let mut at = 12;
        for _ in 0..count {
            entries.starts.push(u32::try_from(at).map_err(|_| CUT)?);
            at = entries.end(at, version)?;
        }
        let rest = data.get(at..).ok_or(CUT)?;
        Ok((entries, rest))
    }

    /// Returns where the entry ends that starts at `start`.
    fn end(&self, start: usize, version: u32) -> Result<usize, Refusal> {
        let flags = self.word(start + FLAGS).ok_or(CUT)?;
        if flags & (STAGE | EXTENDED) != 0 {
            self.unusual(start, flags, version)?;
        }
        let path = start + path_offset(flags);
        if self.is_packed {
            let (_, suffix) = distance(self.data, path).ok_or(CUT)?;
            return self.nul(suffix).map(|nul| nul + 1);
        }
        let end = match flags & LENGTH {
            LENGTH => self.nul(path)?,
            length => path + usize::from(length),
        };
        if self.data.get(end) != Some(&0) {
            return Err(CUT);
        }
        // One to eight NULs fill an entry up to a multiple of eight.
        Ok(start + (end - start + 8) / 8 * 8)
    }

    /// Refuses what is no entry of its own, or not one yet.
    fn unusual(&self, start: usize, flags: u16, version: u32) -> Result<(), Refusal> {
        if flags & STAGE != 0 {
            return Err(Refusal("a path is unmerged"));
        }
        let more = self.word(start + HEAD).ok_or(CUT)?;
        if more & INTENT_TO_ADD != 0 {
            return Err(Refusal("a path is only intended to be added"));
        }
        if version < 3 || more & !SKIP_WORKTREE != 0 {
            return Err(Refusal("an entry has flags that nobody knows"));
        }
        Ok(())
    }

    fn word(&self, at: usize) -> Option<u16> {
        let bytes = self.data.get(at..at + 2)?;
        Some(u16::from_be_bytes(bytes.try_into().ok()?))
    }

    fn nul(&self, from: usize) -> Result<usize, Refusal> {
        let rest = self.data.get(from..).ok_or(CUT)?;
        memchr::memchr(0, rest).map(|len| from + len).ok_or(CUT)
    }
}

fn path_offset(flags: u16) -> usize {
    HEAD + if flags & EXTENDED == 0 { 0 } else { 2 }
}

/// Reads a number as packs write distances; returns also where it ends.
fn distance(data: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut byte = *data.get(at)?;
    let mut distance = usize::from(byte & 0x7F);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *data.get(at)?;
        distance = distance.checked_add(1)?.checked_mul(128)? | usize::from(byte & 0x7F);
    }
    Some((distance, at + 1))
}

/// Goes through the entries, one after the other.
pub(in crate::git) struct Cursor<'c, 'i> {
    entries: &'c Entries<'i>,
    at: usize,
    /// The path where the cursor stands, if paths are packed; else they are read where they stand.
    path: Vec<u8>,
}

/// What an entry says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::git) struct IndexEntry<'p> {
    pub(in crate::git) path: &'p [u8],
    pub(in crate::git) mode: u32,
    pub(in crate::git) name: Name,
}

impl<'c, 'i> Cursor<'c, 'i> {
    pub(super) fn new(entries: &'c Entries<'i>) -> Result<Self, Refusal> {
        let mut cursor = Self {
            entries,
            at: 0,
            path: Vec::new(),
        };
        cursor.unpack()?;
        Ok(cursor)
    }

    /// Returns the path where the cursor stands; `None` behind the last entry.
    pub(in crate::git) fn path(&self) -> Option<&[u8]> {
        let start = self.start()?;
        if self.entries.is_packed {
            return Some(&self.path);
        }
        let path = start + path_offset(self.entries.word(start + FLAGS)?);
        let path = self.entries.data.get(path..)?;
        path.get(..memchr::memchr(0, path)?)
    }

    /// Returns the entry where the cursor stands; `None` behind the last.
    pub(in crate::git) fn entry(&self) -> Option<IndexEntry<'_>> {
        let start = self.start()?;
        Some(IndexEntry {
            path: self.path()?,
            mode: number(self.entries.data, start + MODE)?,
            name: name(self.entries.data, start + NAME_AT)?,
        })
    }

    /// Goes to the next entry.
    pub(in crate::git) fn advance(&mut self) -> Result<(), Refusal> {
        self.at += 1;
        self.unpack()
    }

    /// Goes over so many entries at once; packed paths have to be unpacked all the same.
    pub(in crate::git) fn pass_over(&mut self, count: usize) -> Result<(), Refusal> {
        if self.entries.is_packed {
            return (0..count).try_for_each(|_| self.advance());
        }
        self.at = self.at.saturating_add(count);
        Ok(())
    }

    fn start(&self) -> Option<usize> {
        self.entries.starts.get(self.at).map(|&start| start as usize)
    }

    /// Makes the path out of the one before: so many bytes are taken from its end, and some are added.
    fn unpack(&mut self) -> Result<(), Refusal> {
        let start = self.start().filter(|_| self.entries.is_packed);
        let Some(start) = start else { return Ok(()) };
        let offset = path_offset(self.entries.word(start + FLAGS).ok_or(CUT)?);
        let (dropped, suffix) = distance(self.entries.data, start + offset).ok_or(CUT)?;
        let kept = self.path.len().checked_sub(dropped).ok_or(CUT)?;
        self.path.truncate(kept);
        let end = self.entries.nul(suffix)?;
        self.path.extend_from_slice(&self.entries.data[suffix..end]);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes the head of an entry, up to its path.
    fn head(flags: u16, more: Option<u16>) -> Vec<u8> {
        let words = [Some(flags), more].into_iter().flatten();
        [0; FLAGS].into_iter().chain(words.flat_map(u16::to_be_bytes)).collect()
    }

    fn plain(path: &str, flags: u16, more: Option<u16>) -> Vec<u8> {
        let length = u16::try_from(path.len()).unwrap_or(LENGTH).min(LENGTH);
        let mut entry = [head(flags | length, more).as_slice(), path.as_bytes()].concat();
        entry.resize(entry.len() / 8 * 8 + 8, 0);
        entry
    }

    fn packed(dropped: u8, suffix: &str) -> Vec<u8> {
        [head(0, None).as_slice(), &[dropped], suffix.as_bytes(), b"\0"].concat()
    }

    /// Reads the paths of an index.
    fn paths(version: u32, entries: &[Vec<u8>]) -> Result<Vec<String>, &'static str> {
        let count = u32::try_from(entries.len()).unwrap();
        let header = [b"DIRC".as_slice(), &version.to_be_bytes(), &count.to_be_bytes()].concat();
        let data = [header, entries.concat()].concat();
        let (entries, rest) = Entries::read(&data).map_err(|refusal| refusal.0)?;
        assert!(rest.is_empty());
        let mut cursor = Cursor::new(&entries).map_err(|refusal| refusal.0)?;
        let mut paths = Vec::new();
        while let Some(entry) = cursor.entry() {
            paths.push(String::from_utf8(entry.path.to_vec()).unwrap());
            cursor.advance().map_err(|refusal| refusal.0)?;
        }
        Ok(paths)
    }

    #[test]
    fn a_path_longer_than_its_field_goes_on_to_the_nul() {
        let long = "x".repeat(5_000);
        let entries = ["a", &long, "y", "eight by"].map(|path| plain(path, 0, None));
        assert_eq!(paths(2, &entries).unwrap(), ["a", &long, "y", "eight by"]);
    }

    #[test]
    fn a_packed_path_is_made_of_the_one_before() {
        let entries = [packed(0, "src/a.rs"), packed(4, "b.rs"), packed(8, "z")];
        assert_eq!(paths(4, &entries).unwrap(), ["src/a.rs", "src/b.rs", "z"]);
        assert_eq!(paths(4, &[packed(0, "a"), packed(2, "b")]), Err(CUT.0));
    }

    #[test]
    fn only_a_sparse_checkout_has_flags_that_change_nothing() {
        let sparse = plain("a", EXTENDED, Some(SKIP_WORKTREE));
        assert_eq!(paths(3, std::slice::from_ref(&sparse)).unwrap(), ["a"]);
        assert_eq!(paths(2, &[sparse]), Err("an entry has flags that nobody knows"));
        let intended = plain("a", EXTENDED, Some(INTENT_TO_ADD));
        assert_eq!(paths(3, &[intended]), Err("a path is only intended to be added"));
        let ours = plain("a", 2 << 12, None);
        assert_eq!(paths(2, &[ours]), Err("a path is unmerged"));
    }
}
