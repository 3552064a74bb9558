//! All paths of a history, each kept once as its folder and its own name.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use crate::git::MixBuild;

/// A table of paths; number 0 is the top, which has no name.
#[derive(Debug)]
pub struct Paths {
    nodes: Vec<(u32, u32)>,
    files: Vec<Box<[u8]>>,
    file_numbers: HashMap<Box<[u8]>, u32>,
    numbers: HashMap<(u32, u32), u32, MixBuild>,
}

/// The number of the top.
pub const TOP: u32 = 0;

impl Default for Paths {
    fn default() -> Self {
        Self {
            nodes: vec![(TOP, 0)],
            files: vec![Box::default()],
            file_numbers: HashMap::new(),
            numbers: HashMap::default(),
        }
    }
}

impl Paths {
    /// Returns how many paths there are, folders and the top included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Tells whether there is nothing but the top.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// Returns the number of what `folder` holds under the name `file`.
    pub(super) fn enter(&mut self, folder: u32, file: &[u8]) -> u32 {
        let file = self.name(file);
        self.enter_name(folder, file)
    }

    /// Returns the number of a file's own name, whichever folder it stands in.
    pub(super) fn name(&mut self, file: &[u8]) -> u32 {
        if let Some(&known) = self.file_numbers.get(file) {
            return known;
        }
        let next = number(self.files.len());
        self.files.push(file.into());
        self.file_numbers.insert(file.into(), next);
        next
    }

    /// Returns the number of what `folder` holds under the name with the number `file`.
    pub(super) fn enter_name(&mut self, folder: u32, file: u32) -> u32 {
        let next = number(self.nodes.len());
        let node = *self.numbers.entry((folder, file)).or_insert(next);
        if node == next {
            self.nodes.push((folder, file));
        }
        node
    }

    /// Finds a path that was entered.
    pub fn find(&self, path: &BStr) -> Option<u32> {
        path.split_str("/").try_fold(TOP, |folder, file| {
            let file = *self.file_numbers.get(file)?;
            self.numbers.get(&(folder, file)).copied()
        })
    }

    /// Returns the folder of a path.
    pub fn folder(&self, path: u32) -> u32 {
        self.nodes[path as usize].0
    }

    /// Returns a file's own name by its number.
    pub(super) fn file_named(&self, name: u32) -> &[u8] {
        &self.files[name as usize]
    }

    /// Finds the number of a file's own name.
    pub(super) fn find_name(&self, file: &[u8]) -> Option<u32> {
        self.file_numbers.get(file).copied()
    }

    /// Returns the number of a path's own name.
    pub(super) fn name_of(&self, path: u32) -> u32 {
        self.nodes[path as usize].1
    }

    /// Returns a path's own name.
    pub fn file(&self, path: u32) -> &[u8] {
        &self.files[self.nodes[path as usize].1 as usize]
    }

    /// Writes a path out.
    pub fn text(&self, path: u32) -> BString {
        let mut chain = Vec::new();
        let mut at = path;
        while at != TOP {
            chain.push(at);
            at = self.folder(at);
        }
        let files: Vec<&[u8]> = chain.iter().rev().map(|&node| self.file(node)).collect();
        files.join(&b'/').into()
    }
}

fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_entered_once_and_written_out_again() {
        let mut paths = Paths::default();
        let folder = paths.enter(TOP, b"a");
        let file = paths.enter(folder, b"b.txt");
        assert_eq!(paths.enter(folder, b"b.txt"), file);
        assert_eq!((paths.text(file), paths.text(TOP)), ("a/b.txt".into(), "".into()));
        assert_ne!(paths.enter(TOP, b"b.txt"), file);
        assert_eq!(
            (paths.find("a/b.txt".into()), paths.find("a/c".into())),
            (Some(file), None)
        );
    }
}
