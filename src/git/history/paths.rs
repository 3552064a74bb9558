//! All paths of a history, each kept once as its folder and its own name.

use std::collections::HashMap;

use bstr::{BStr, BString, ByteSlice};

use crate::git::MixBuild;

/// A table of paths; number 0 is the top, which has no name.
#[derive(Debug)]
pub struct Paths {
    nodes: Vec<(u32, u32)>,
    files: Files,
    numbers: HashMap<(u32, u32), u32, MixBuild>,
}

/// The own names of files and folders, each kept once.
#[derive(Debug, Default)]
pub(super) struct Files {
    names: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
}

impl Files {
    /// Returns the number of a name.
    pub(super) fn number(&mut self, file: &[u8]) -> u32 {
        if let Some(known) = self.find(file) {
            return known;
        }
        let next = number(self.names.len());
        self.names.push(file.into());
        self.numbers.insert(file.into(), next);
        next
    }

    fn find(&self, file: &[u8]) -> Option<u32> {
        self.numbers.get(file).copied()
    }

    fn text(&self, name: u32) -> &[u8] {
        &self.names[name as usize]
    }

    /// Returns all names by their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| &**name)
    }
}

/// The number of the top.
pub const TOP: u32 = 0;

impl Default for Paths {
    fn default() -> Self {
        let mut files = Files::default();
        files.number(b"");
        Self {
            nodes: vec![(TOP, 0)],
            files,
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
        self.files.number(file)
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
            let file = self.files.find(file)?;
            self.numbers.get(&(folder, file)).copied()
        })
    }

    /// Returns the folder of a path.
    pub fn folder(&self, path: u32) -> u32 {
        self.nodes[path as usize].0
    }

    /// Returns a file's own name by its number.
    pub(super) fn file_named(&self, name: u32) -> &[u8] {
        self.files.text(name)
    }

    /// Finds the number of a file's own name.
    pub(super) fn find_name(&self, file: &[u8]) -> Option<u32> {
        self.files.find(file)
    }

    /// Returns the number of a path's own name.
    pub(super) fn name_of(&self, path: u32) -> u32 {
        self.nodes[path as usize].1
    }

    /// Returns a path's own name.
    pub fn file(&self, path: u32) -> &[u8] {
        self.files.text(self.name_of(path))
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
