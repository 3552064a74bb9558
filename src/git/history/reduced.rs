//! The folders of a history with all left out that holds no value.
//!
//! Two commits between which no value came or went have the same reduced folder, however much else changed; so which
//! commit brought what is a matter of comparing numbers for nearly all of them.

use std::collections::HashMap;

use crate::git::history::census::Census;
use crate::git::history::objects::ObjectsReader;
use crate::git::history::parse::{self, Mode};
use crate::git::history::paths::TOP;
use crate::git::{MixBuild, Name, ObjectKind};

/// Which values stand where.
#[derive(Debug, Default)]
pub struct Where {
    /// The values that each blob holds, sorted, by the blob's number.
    pub in_blobs: HashMap<u32, Vec<u32>>,
    /// The values that each path is, sorted, by the path's number.
    pub in_paths: HashMap<u32, Vec<u32>>,
}

/// What a reduced folder holds: sorted by path.
pub(super) type Folder = Vec<(u32, Item)>;

/// One thing in a reduced folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Item {
    /// A blob by its number.
    Blob(u32),
    /// A reduced folder by its number.
    Folder(u32),
}

/// All reduced folders, each different one once; number 0 is the empty one.
pub(super) struct Reduced<'c> {
    census: &'c Census,
    places: &'c Where,
    /// For each folder on the way to a value, what is looked for in it.
    wanted: HashMap<u32, HashMap<&'c [u8], u32>, MixBuild>,
    pub(super) folders: Vec<Folder>,
    numbers: HashMap<Folder, u32>,
    known: HashMap<(Name, u32), u32, MixBuild>,
}

impl<'c> Reduced<'c> {
    pub(super) fn new(census: &'c Census, places: &'c Where) -> Self {
        let mut reduced = Self {
            census,
            places,
            wanted: HashMap::default(),
            folders: vec![Folder::new()],
            numbers: HashMap::from([(Folder::new(), 0)]),
            known: HashMap::default(),
        };
        let holders = census
            .uses
            .iter()
            .filter(|used| places.in_blobs.contains_key(&used.blob));
        let paths = holders.map(|used| used.path).chain(places.in_paths.keys().copied());
        for path in paths {
            reduced.want(path);
        }
        reduced
    }

    fn want(&mut self, path: u32) {
        let mut at = path;
        while at != TOP {
            let folder = self.census.paths.folder(at);
            let file = self.census.paths.file(at);
            if self.wanted.entry(folder).or_default().insert(file, at).is_some() {
                return;
            }
            at = folder;
        }
    }

    /// Returns the number of the reduced form of the folder `name` at `path`.
    pub(super) fn reduce(&mut self, name: Name, path: u32, reader: &mut ObjectsReader<'_>) -> u32 {
        if !self.wanted.contains_key(&path) {
            return 0;
        }
        if let Some(&known) = self.known.get(&(name, path)) {
            return known;
        }
        // What cannot be read was said when the history was walked.
        let folder = match reader.read(&name) {
            Ok((ObjectKind::Tree, content)) => self.entries(&content, &name, path, reader),
            _ => Folder::new(),
        };
        let next = self.folders.len() as u32;
        let number = *self.numbers.entry(folder.clone()).or_insert(next);
        if number == next {
            self.folders.push(folder);
        }
        self.known.insert((name, path), number);
        number
    }

    fn entries(&mut self, content: &[u8], name: &Name, path: u32, reader: &mut ObjectsReader<'_>) -> Folder {
        let wanted = &self.wanted[&path];
        let found: Vec<_> = parse::tree(content, name.as_bytes().len())
            .flatten()
            .filter_map(|entry| wanted.get(entry.file).map(|&child| (entry, child)))
            .collect();
        let mut folder = Folder::new();
        for (entry, child) in found {
            let item = match entry.mode {
                Mode::Submodule => continue,
                Mode::Folder => Item::Folder(self.reduce(entry.name, child, reader)),
                Mode::File | Mode::Symlink => match self.census.number(&entry.name) {
                    Some(blob) => Item::Blob(blob),
                    None => continue,
                },
            };
            if self.values(child, item).next().is_some() || matches!(item, Item::Folder(number) if number != 0) {
                folder.push((child, item));
            }
        }
        folder.sort_unstable_by_key(|(child, _)| *child);
        folder
    }

    /// Returns the values that stand at a path where `item` is.
    pub(super) fn values(&self, path: u32, item: Item) -> impl Iterator<Item = u32> + use<'c> {
        let [in_path, in_blob] = self.held(path, item);
        in_path.iter().chain(in_blob).copied()
    }

    /// Tells whether a value stands at a path where `item` is.
    pub(super) fn holds(&self, path: u32, item: Item, value: u32) -> bool {
        let held = self.held(path, item);
        held.iter().any(|values| values.binary_search(&value).is_ok())
    }

    fn held(&self, path: u32, item: Item) -> [&'c [u32]; 2] {
        let places = self.places;
        let in_path = places.in_paths.get(&path);
        let in_blob = match item {
            Item::Blob(blob) => places.in_blobs.get(&blob),
            Item::Folder(_) => None,
        };
        [in_path, in_blob].map(|values| values.map_or(&[][..], Vec::as_slice))
    }

    /// Returns what a reduced folder has at a path.
    pub(super) fn item(&self, folder: u32, path: u32) -> Option<Item> {
        let folder = &self.folders[folder as usize];
        let at = folder.binary_search_by_key(&path, |(path, _)| *path).ok()?;
        Some(folder[at].1)
    }
}
