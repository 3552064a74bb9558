//! All commits and folders of the packs, read at once: each is made once, on all cores, and what is kept of a folder is
//! how it differs from the one that it is a delta of.
//!
//! Read one by one in the order of a walk, most of them would be made from scratch, chain and all, again and again. A
//! folder's entries are those of its base that were copied whole, from one entry's start to another's end, and the few
//! that are new. That holds whatever the bytes say.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::git::history::census::{Census, Commit};
use crate::git::history::difference::{self, Difference};
use crate::git::history::parse::{self, Entry, Mode};
use crate::git::pack::{Made, Store, sweep_kinds};
use crate::git::{MixBuild, ObjectKind};

/// Nothing larger is read here: whoever needs it reads it by itself.
const MOST: u64 = 64 << 20;

/// Commits and folders, by their numbers in the census.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// `None` for one that was taken out.
    commits: HashMap<u32, Option<Commit>, MixBuild>,
    places: HashMap<u32, usize, MixBuild>,
    folders: Vec<Folder>,
    /// The new entries of all folders, one folder after the other.
    edges: Vec<Edge>,
    /// What each folder has not and its base has.
    gone: Vec<Key>,
}

/// How a folder differs from its base.
#[derive(Debug, Clone, Copy)]
struct Folder {
    base: Option<u32>,
    edges: (u32, u32),
    gone: (u32, u32),
}

/// An entry of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) key: Key,
    /// What it leads to, by its number in the census.
    pub(super) child: u32,
}

/// What an entry is called, and as what: a damaged folder may have a file and a folder of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    /// The number of the name among the names of all files.
    pub(super) file: u32,
    pub(super) mode: Mode,
}

/// What is remembered of a folder while others are made of it.
struct Memory {
    number: u32,
    /// Where its entries begin.
    starts: Vec<u32>,
}

impl Known {
    /// Reads all commits and folders of the packs. What is damaged is not among them.
    pub(super) fn read(store: &Store, census: &mut Census) -> Self {
        let gather = Gather(Mutex::new((Self::default(), census)));
        let kinds = [ObjectKind::Commit, ObjectKind::Tree];
        let mut number = |name| gather.lock().1.enter(name);
        sweep_kinds(store, &kinds, MOST, &mut number, &|made| {
            gather.take(&made, store.width())
        });
        gather.0.into_inner().unwrap_or_else(PoisonError::into_inner).0
    }

    /// Tells whether an object is a commit.
    pub(super) fn is_commit(&self, number: u32) -> bool {
        self.commits.contains_key(&number)
    }

    /// Takes a commit out.
    pub(super) fn take_commit(&mut self, number: u32) -> Option<Commit> {
        self.commits.get_mut(&number)?.take()
    }

    fn folder(&self, number: u32) -> Option<&Folder> {
        self.places.get(&number).map(|&place| &self.folders[place])
    }

    /// Returns what is new in a folder, and the base that it has all else from; `None` when the folder is not known.
    pub(super) fn news(&self, number: u32) -> Option<(&[Edge], Option<u32>)> {
        let folder = self.folder(number)?;
        Some((self.edges(folder), folder.base))
    }

    fn edges(&self, folder: &Folder) -> &[Edge] {
        &self.edges[folder.edges.0 as usize..folder.edges.1 as usize]
    }

    fn gone(&self, folder: &Folder) -> &[Key] {
        &self.gone[folder.gone.0 as usize..folder.gone.1 as usize]
    }

    /// Returns a folder and those that it is made of, the last one first.
    fn chain(&self, number: u32) -> Vec<&Folder> {
        let next = |folder: &&Folder| folder.base.and_then(|base| self.folder(base));
        let mut chain: Vec<&Folder> = std::iter::successors(self.folder(number), next).collect();
        chain.reverse();
        chain
    }

    /// Returns everything that a folder holds.
    pub(super) fn entries(&self, number: u32) -> Vec<Edge> {
        let mut entries = BTreeMap::new();
        for folder in self.chain(number) {
            for key in self.gone(folder) {
                entries.remove(key);
            }
            entries.extend(self.edges(folder).iter().map(|edge| (edge.key, edge.child)));
        }
        entries.into_iter().map(|(key, child)| Edge { key, child }).collect()
    }
}

struct Gather<'c>(Mutex<(Known, &'c mut Census)>);

impl<'c> Gather<'c> {
    fn lock(&self) -> MutexGuard<'_, (Known, &'c mut Census)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, made: &Made<'_, Memory>, width: usize) -> Option<Memory> {
        match made.kind {
            ObjectKind::Tree => self.folder(made, width),
            _ => {
                self.commit(made);
                None
            }
        }
    }

    fn commit(&self, made: &Made<'_, Memory>) {
        let Some(lead) = parse::commit(made.content) else {
            return;
        };
        let (known, census) = &mut *self.lock();
        let commit = Commit::new(made.number, lead, census);
        known.commits.insert(made.number, Some(commit));
    }

    fn folder(&self, made: &Made<'_, Memory>, width: usize) -> Option<Memory> {
        let base = made.base.as_ref();
        let of = base.map(|base| difference::Base {
            starts: &base.memory.starts,
            content: base.content,
            copies: base.copies,
        });
        let difference = difference::read(made.content, width, of.as_ref())?;
        let (known, census) = &mut *self.lock();
        known.add(census, made.number, base.map(|base| base.memory.number), &difference);
        let is_base = difference.is_orderly;
        is_base.then_some(Memory {
            number: made.number,
            starts: difference.starts,
        })
    }
}

impl Known {
    /// Notes a folder, once: a base was always noted before what is made of it, so no chain runs in a circle.
    fn add(&mut self, census: &mut Census, number: u32, base: Option<u32>, difference: &Difference<'_, '_>) {
        if self.places.contains_key(&number) {
            return;
        }
        let (edges, gone) = (self.edges.len() as u32, self.gone.len() as u32);
        for entry in &difference.new {
            let key = key(census, entry);
            let child = census.enter(entry.name);
            self.edges.push(Edge { key, child });
        }
        self.gone.extend(difference.gone.iter().map(|entry| key(census, entry)));
        self.places.insert(number, self.folders.len());
        self.folders.push(Folder {
            base: base.filter(|_| difference.is_of_base),
            edges: (edges, self.edges.len() as u32),
            gone: (gone, self.gone.len() as u32),
        });
    }
}

fn key(census: &mut Census, entry: &Entry<'_>) -> Key {
    Key {
        file: census.paths.name(entry.file),
        mode: entry.mode,
    }
}

/// The entries of folders that have some names, and no others.
pub(super) struct View<'k> {
    known: &'k Known,
    is_wanted: Vec<bool>,
    seen: Vec<Option<Rc<[Edge]>>>,
}

impl<'k> View<'k> {
    /// Makes a view of entries with one of these names, by their numbers.
    pub(super) fn new(known: &'k Known, names: impl Iterator<Item = u32>) -> Self {
        let mut is_wanted = Vec::new();
        for name in names {
            if is_wanted.len() <= name as usize {
                is_wanted.resize(name as usize + 1, false);
            }
            is_wanted[name as usize] = true;
        }
        Self {
            known,
            is_wanted,
            seen: vec![None; known.folders.len()],
        }
    }

    /// Returns the wanted entries of a folder; `None` when the folder is not known.
    pub(super) fn of(&mut self, number: u32) -> Option<Rc<[Edge]>> {
        let mut waiting = Vec::new();
        let mut at = Some(number);
        let mut entries: Rc<[Edge]> = Rc::default();
        while let Some(number) = at {
            let place = *self.known.places.get(&number)?;
            if let Some(seen) = &self.seen[place] {
                entries = seen.clone();
                break;
            }
            waiting.push(place);
            at = self.known.folders[place].base;
        }
        for place in waiting.into_iter().rev() {
            entries = self.step(&entries, &self.known.folders[place]);
            self.seen[place] = Some(entries.clone());
        }
        Some(entries)
    }

    fn step(&self, base: &Rc<[Edge]>, folder: &Folder) -> Rc<[Edge]> {
        let is_wanted = |key: &Key| self.is_wanted.get(key.file as usize).copied().unwrap_or(false);
        let (edges, gone) = (self.known.edges(folder), self.known.gone(folder));
        if !edges.iter().any(|edge| is_wanted(&edge.key)) && !gone.iter().any(is_wanted) {
            return base.clone();
        }
        let stays = |edge: &&Edge| !gone.contains(&edge.key) && !edges.iter().any(|new| new.key == edge.key);
        let old = base.iter().filter(stays);
        old.chain(edges.iter().filter(|edge| is_wanted(&edge.key)))
            .copied()
            .collect()
    }
}
