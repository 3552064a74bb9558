//! The entries of a tree, as git stores them.

use std::cmp::Ordering;

use bstr::ByteSlice;

use crate::git::Name;

/// An entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TreeEntry<'t> {
    /// One of the five modes that git writes today; older ones are read as git reads them.
    pub(super) mode: u32,
    pub(super) part: &'t [u8],
    pub(super) name: Name,
}

pub(super) const FOLDER: u32 = 0o040_000;
pub(super) const FILE: u32 = 0o100_644;
pub(super) const EXECUTABLE: u32 = 0o100_755;
pub(super) const SYMLINK: u32 = 0o120_000;
pub(super) const SUBMODULE: u32 = 0o160_000;

impl TreeEntry<'_> {
    /// Compares with a part of a path, which ends with `/` where it is a folder: in that order both trees and the index are.
    pub(super) fn order(&self, part: &[u8]) -> Ordering {
        let end = (self.mode == FOLDER).then_some(&b'/');
        self.part.iter().chain(end).cmp(part)
    }
}

/// Reads entry after entry: `<octal mode> <part>\0<name>`; an error where one does not read so.
pub(super) struct Tree<'t> {
    rest: &'t [u8],
    width: usize,
}

impl<'t> Tree<'t> {
    /// Reads a tree whose names are `width` bytes long.
    pub(super) fn new(content: &'t [u8], width: usize) -> Self {
        Self { rest: content, width }
    }

    /// Returns the next entry; `Ok(None)` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<TreeEntry<'t>>, Damaged> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        self.entry().map(Some).ok_or(Damaged)
    }

    fn entry(&mut self) -> Option<TreeEntry<'t>> {
        let (mode, rest) = self.rest.split_once_str(" ")?;
        let (part, rest) = rest.split_once_str("\0")?;
        let (name, rest) = rest.split_at_checked(self.width)?;
        self.rest = rest;
        Some(TreeEntry {
            mode: canonical(u32::from_str_radix(mode.to_str().ok()?, 8).ok()?)?,
            part,
            name: Name::new(name)?,
        })
    }
}

/// A tree does not read as a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

fn canonical(mode: u32) -> Option<u32> {
    match mode & 0o170_000 {
        0o100_000 if mode & 0o100 != 0 => Some(EXECUTABLE),
        0o100_000 => Some(FILE),
        kind @ (FOLDER | SYMLINK | SUBMODULE) => Some(kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(content: &[u8]) -> Result<Vec<(u32, Vec<u8>)>, Damaged> {
        let mut tree = Tree::new(content, 20);
        let mut found = Vec::new();
        while let Some(entry) = tree.next()? {
            found.push((entry.mode, entry.part.to_vec()));
        }
        Ok(found)
    }

    #[test]
    fn old_modes_are_read_as_todays() {
        let name = [1; 20];
        let content = [
            b"100664 a\0".as_slice(),
            &name,
            b"40000 b\0",
            &name,
            b"100775 c\0",
            &name,
        ]
        .concat();
        let expected = [(FILE, "a"), (FOLDER, "b"), (EXECUTABLE, "c")].map(|(mode, part)| (mode, part.into()));
        assert_eq!(entries(&content).unwrap(), expected);
        assert_eq!(entries(&content[..content.len() - 1]), Err(Damaged));
        assert_eq!(entries(&[b"10644 a\0".as_slice(), &name].concat()), Err(Damaged));
    }

    #[test]
    fn a_folder_stands_where_its_paths_do() {
        let at = |mode| TreeEntry {
            mode,
            part: b"a",
            name: Name::new(&[1; 20]).unwrap(),
        };
        assert_eq!(at(FILE).order(b"a.b"), Ordering::Less);
        assert_eq!(at(FOLDER).order(b"a.b"), Ordering::Greater);
        assert_eq!(at(FOLDER).order(b"a/"), Ordering::Equal);
        assert_eq!(at(FILE).order(b"a/"), Ordering::Less);
    }
}
