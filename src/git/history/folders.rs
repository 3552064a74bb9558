//! All commits and folders of the packs, read at once: each is made once, on all cores, and what is kept of a folder is
//! how it differs from the one that it is a delta of.
//!
//! Read one by one in the order of a walk, most of them would be made from scratch, chain and all, again and again. A
//! folder's entries are those of its base that were copied whole, from one entry's start to another's end, and the few
//! that are new. That holds whatever the bytes say.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::git::history::census::{Census, Commit};
use crate::git::history::difference::{self, Difference};
use crate::git::history::parse::{self, Entry, Lead, Mode};
use crate::git::history::paths::Files;
use crate::git::pack::{Made, Store, sweep_kinds};
use crate::git::{Name, ObjectKind};

/// Nothing larger is read here: whoever needs it reads it by itself.
const MOST: u64 = 64 << 20;

/// Commits and folders, by their numbers in the census.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What each object is, by its number; nothing behind the end.
    places: Vec<Place>,
    /// `None` for one that was taken out.
    commits: Vec<Option<Commit>>,
    folders: Vec<Folder>,
    /// The new entries of all folders, one folder after the other.
    edges: Vec<Edge>,
    /// What each folder has not and its base has.
    gone: Vec<Key>,
}

/// What is known of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nothing,
    Commit(u32),
    Folder(u32),
}

/// How a folder differs from its base.
#[derive(Debug, Clone, Copy)]
struct Folder {
    /// When it was read, counted in objects.
    turn: u32,
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
        // Once all that is packed has a number, threads need no more than to look it up.
        census.reserve(store.len());
        store.names().for_each(|name| {
            census.enter(name);
        });
        let kinds = [ObjectKind::Commit, ObjectKind::Tree];
        let threads = rayon::current_num_threads();
        let gather = Gather {
            census,
            turn: AtomicU32::new(0),
            parts: (0..threads).map(|_| Mutex::default()).collect(),
        };
        let mut number = |name| gather.census.number(&name);
        sweep_kinds(store, &kinds, MOST, &mut number, &|made| {
            gather.take(&made, store.width())
        });
        let parts = gather.parts;
        let mut known = Self {
            places: vec![Place::Nothing; census.names.len()],
            ..Self::default()
        };
        for part in parts {
            known.add(part.into_inner().unwrap_or_else(PoisonError::into_inner), census);
        }
        known
    }

    fn place(&self, number: u32) -> Place {
        self.places.get(number as usize).copied().unwrap_or(Place::Nothing)
    }

    /// Tells whether an object is a commit.
    pub(super) fn is_commit(&self, number: u32) -> bool {
        matches!(self.place(number), Place::Commit(_))
    }

    /// Takes a commit out.
    pub(super) fn take_commit(&mut self, number: u32) -> Option<Commit> {
        match self.place(number) {
            Place::Commit(place) => self.commits[place as usize].take(),
            _ => None,
        }
    }

    fn folder(&self, number: u32) -> Option<&Folder> {
        match self.place(number) {
            Place::Folder(place) => Some(&self.folders[place as usize]),
            _ => None,
        }
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

/// Takes what is read, each thread into a part of its own: they would only wait for each other.
struct Gather<'c> {
    census: &'c Census,
    turn: AtomicU32,
    parts: Vec<Mutex<Part>>,
}

/// What one thread has read. Names of files, and objects that no pack has, are counted by itself.
#[derive(Default)]
struct Part {
    commits: Vec<(u32, Lead)>,
    /// Folders with their numbers.
    folders: Vec<(u32, Folder)>,
    edges: Vec<Edge>,
    gone: Vec<Key>,
    files: Files,
    strangers: Vec<Name>,
}

/// Set in the number of an object that is counted by the part alone.
const STRANGER: u32 = 1 << 31;

impl Gather<'_> {
    fn take(&self, made: &Made<'_, Memory>, width: usize) -> Option<Memory> {
        match made.kind {
            ObjectKind::Tree => self.folder(made, width),
            _ => {
                let lead = parse::commit(made.content)?;
                self.with_part(|part| part.commits.push((made.number, lead)));
                None
            }
        }
    }

    fn folder(&self, made: &Made<'_, Memory>, width: usize) -> Option<Memory> {
        let base = made.base.as_ref();
        let of = base.map(|base| difference::Base {
            starts: &base.memory.starts,
            content: base.content,
            copies: base.copies,
        });
        let difference = difference::read(made.content, width, of.as_ref())?;
        let base = base.map(|base| base.memory.number);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.with_part(|part| part.folder(self.census, made.number, turn, base, &difference));
        let is_base = difference.is_orderly;
        is_base.then_some(Memory {
            number: made.number,
            starts: difference.starts,
        })
    }

    fn with_part(&self, work: impl FnOnce(&mut Part)) {
        let thread = rayon::current_thread_index().unwrap_or(0);
        if let Some(part) = self.parts.get(thread).or(self.parts.first()) {
            work(&mut part.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Part {
    fn folder(&mut self, census: &Census, number: u32, turn: u32, base: Option<u32>, difference: &Difference<'_, '_>) {
        let (edges, gone) = (self.edges.len() as u32, self.gone.len() as u32);
        for entry in &difference.new {
            let key = self.key(entry);
            let child = census.number(&entry.name).unwrap_or_else(|| {
                self.strangers.push(entry.name);
                STRANGER | (self.strangers.len() - 1) as u32
            });
            self.edges.push(Edge { key, child });
        }
        for entry in &difference.gone {
            let key = self.key(entry);
            self.gone.push(key);
        }
        let folder = Folder {
            turn,
            base: base.filter(|_| difference.is_of_base),
            edges: (edges, self.edges.len() as u32),
            gone: (gone, self.gone.len() as u32),
        };
        self.folders.push((number, folder));
    }

    fn key(&mut self, entry: &Entry<'_>) -> Key {
        Key {
            file: self.files.number(entry.file),
            mode: entry.mode,
        }
    }
}

impl Known {
    /// Adds what a thread has read, under numbers that hold for all.
    fn add(&mut self, part: Part, census: &mut Census) {
        let files: Vec<u32> = part.files.iter().map(|file| census.paths.name(file)).collect();
        let strangers: Vec<u32> = part.strangers.into_iter().map(|name| census.enter(name)).collect();
        let key = |key: Key| Key {
            file: files[key.file as usize],
            ..key
        };
        let edge = |edge: Edge| Edge {
            key: key(edge.key),
            child: match edge.child & STRANGER {
                0 => edge.child,
                _ => strangers[(edge.child & !STRANGER) as usize],
            },
        };
        let (edges, gone) = (self.edges.len() as u32, self.gone.len() as u32);
        self.edges.extend(part.edges.into_iter().map(edge));
        self.gone.extend(part.gone.into_iter().map(key));
        for (number, folder) in part.folders {
            self.add_folder(
                number,
                Folder {
                    edges: (folder.edges.0 + edges, folder.edges.1 + edges),
                    gone: (folder.gone.0 + gone, folder.gone.1 + gone),
                    ..folder
                },
            );
        }
        for (number, lead) in part.commits {
            if self.place(number) == Place::Nothing {
                self.places[number as usize] = Place::Commit(self.commits.len() as u32);
                self.commits.push(Some(Commit::new(number, lead, census)));
            }
        }
    }

    /// Notes a folder. Of one that stands in the packs twice what was read first counts: whatever a folder is made of
    /// was read before it, so no chain runs in a circle.
    fn add_folder(&mut self, number: u32, folder: Folder) {
        match self.place(number) {
            Place::Folder(place) => {
                let known = &mut self.folders[place as usize];
                if folder.turn < known.turn {
                    *known = folder;
                }
            }
            Place::Commit(_) => {}
            Place::Nothing => {
                self.places[number as usize] = Place::Folder(self.folders.len() as u32);
                self.folders.push(folder);
            }
        }
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
            let Place::Folder(place) = self.known.place(number) else {
                return None;
            };
            let place = place as usize;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(turn: u32, base: Option<u32>) -> Folder {
        Folder {
            turn,
            base,
            edges: (0, 0),
            gone: (0, 0),
        }
    }

    #[test]
    fn two_folders_that_claim_to_be_made_of_each_other_are_not() {
        // Read in the order one, other, one again; and noted in any order, as threads come to an end.
        let read = [(1, folder(0, None)), (2, folder(1, Some(1))), (1, folder(2, Some(2)))];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut known = Known {
                places: vec![Place::Nothing; 3],
                ..Known::default()
            };
            for at in order {
                let (number, folder) = read[at];
                known.add_folder(number, folder);
            }
            assert_eq!((known.chain(2).len(), known.chain(1).len()), (2, 1), "{order:?}");
        }
    }
}
