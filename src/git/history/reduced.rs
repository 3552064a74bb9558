//! The folders of a history with all left out that holds no value.
//!
//! Two commits between which no value came or went have the same reduced folder, however much else changed; so which
//! commit brought what is a matter of comparing numbers for nearly all of them.

use std::collections::HashMap;

use crate::git::history::census::Census;
use crate::git::history::folders::{Edge, Key, Known, View};
use crate::git::history::objects::ObjectsReader;
use crate::git::history::parse::{self, Mode};
use crate::git::history::paths::TOP;
use crate::git::{MixBuild, ObjectKind};

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
    /// For each folder on the way to a value, what is looked for in it: names by their numbers, and their paths.
    wanted: HashMap<u32, HashMap<u32, u32, MixBuild>, MixBuild>,
    view: View<'c>,
    pub(super) folders: Vec<Folder>,
    numbers: HashMap<Folder, u32>,
    known: HashMap<(u32, u32), u32, MixBuild>,
}

impl<'c> Reduced<'c> {
    pub(super) fn new(census: &'c Census, known: &'c Known, places: &'c Where) -> Self {
        let mut reduced = Self {
            census,
            places,
            wanted: HashMap::default(),
            view: View::new(known, std::iter::empty()),
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
        let names = reduced.wanted.values().flat_map(HashMap::keys).copied();
        reduced.view = View::new(known, names);
        reduced
    }

    fn want(&mut self, path: u32) {
        let mut at = path;
        while at != TOP {
            let folder = self.census.paths.folder(at);
            let file = self.census.paths.name_of(at);
            if self.wanted.entry(folder).or_default().insert(file, at).is_some() {
                return;
            }
            at = folder;
        }
    }

    /// Returns the number of the reduced form of the folder with the number `folder` at `path`.
    pub(super) fn reduce(&mut self, folder: u32, path: u32, reader: &mut ObjectsReader<'_>) -> u32 {
        if !self.wanted.contains_key(&path) {
            return 0;
        }
        if let Some(&known) = self.known.get(&(folder, path)) {
            return known;
        }
        let reduced = self.entries(folder, path, reader);
        let next = self.folders.len() as u32;
        let number = *self.numbers.entry(reduced.clone()).or_insert(next);
        if number == next {
            self.folders.push(reduced);
        }
        self.known.insert((folder, path), number);
        number
    }

    fn entries(&mut self, folder: u32, path: u32, reader: &mut ObjectsReader<'_>) -> Folder {
        let edges = match self.view.of(folder) {
            Some(edges) => edges,
            None => self.read(folder, reader).into(),
        };
        let wanted = &self.wanted[&path];
        let found: Vec<(Edge, u32)> = (edges.iter())
            .filter_map(|edge| Some((*edge, *wanted.get(&edge.key.file)?)))
            .collect();
        let mut reduced = Folder::new();
        for (edge, child) in found {
            let item = match edge.key.mode {
                Mode::Submodule => continue,
                Mode::Folder => Item::Folder(self.reduce(edge.child, child, reader)),
                Mode::File | Mode::Symlink => Item::Blob(edge.child),
            };
            if self.values(child, item).next().is_some() || matches!(item, Item::Folder(number) if number != 0) {
                reduced.push((child, item));
            }
        }
        reduced.sort_unstable_by_key(|(child, _)| *child);
        reduced
    }

    /// Reads a folder that no pack has. What cannot be read was said when the history was walked.
    fn read(&self, folder: u32, reader: &mut ObjectsReader<'_>) -> Vec<Edge> {
        let name = self.census.names[folder as usize];
        let Ok((ObjectKind::Tree, content)) = reader.read(&name) else {
            return Vec::new();
        };
        let edge = |entry: parse::Entry<'_>| {
            let file = self.census.paths.find_name(entry.file)?;
            let child = self.census.number(&entry.name)?;
            let key = Key { file, mode: entry.mode };
            Some(Edge { key, child })
        };
        parse::tree(&content, name.as_bytes().len())
            .flatten()
            .filter_map(edge)
            .collect()
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
