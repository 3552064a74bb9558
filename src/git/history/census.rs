//! The walk that finds out what a history holds: each commit, tag and blob that the tips reach, and each path of each blob.
//!
//! It reads objects as they are: replace refs and grafts are ways of looking at a history and hide nothing here. Every
//! folder is compared with what stood at the same path before, so what did not change is not looked at again.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bstr::BString;

use crate::git::history::objects::{Objects, ObjectsReader};
use crate::git::history::parse::{self, Entry, Lead, Mode};
use crate::git::history::paths::{Paths, TOP};
use crate::git::history::tips::Tip;
use crate::git::{MixBuild, Name, ObjectError, ObjectKind};

/// What a history holds.
#[derive(Debug, Default)]
pub struct Census {
    /// The names of all objects, by their numbers here.
    pub names: Vec<Name>,
    numbers: HashMap<Name, u32, MixBuild>,
    /// The commits, each before its parents only by chance.
    pub commits: Vec<Commit>,
    /// The annotated tags.
    pub tags: Vec<u32>,
    /// Each blob at each of its paths, sorted by blob.
    pub uses: Vec<Use>,
    /// The paths.
    pub paths: Paths,
    /// The folders and files that are submodules.
    pub submodules: Vec<u32>,
    /// The blobs that stand, at these paths, in no folder of any commit: a tag can name a folder or a blob.
    pub unplaced: HashMap<u32, u32>,
    /// What could not be read, or is not here.
    pub gaps: Vec<Gap>,
}

/// A commit.
#[derive(Debug, Clone)]
pub struct Commit {
    /// Its number among the objects.
    pub object: u32,
    /// When it was committed, in seconds since 1970.
    pub seconds: i64,
    pub(super) tree: Name,
    /// Its parents that are here, by their numbers among the objects.
    pub(super) parents: Vec<u32>,
}

/// A blob at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// The blob's number among the objects.
    pub blob: u32,
    /// What it is there.
    pub kind: UseKind,
    /// The path.
    pub path: u32,
}

/// What a blob is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseKind {
    /// A file.
    File,
    /// A symbolic link.
    Symlink,
    /// A note on an object.
    Note,
}

/// Something of a history that is not here or cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Which object.
    pub name: Name,
    /// What leads to it: a ref, a commit or a path.
    pub from: BString,
    /// Why it is a gap.
    pub why: Why,
}

/// Why something is a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// A parent of a commit at which a shallow clone ends.
    Shallow,
    /// It is not here.
    Missing,
    /// It is damaged, in the words of whoever tried to read it.
    Broken(String),
}

impl From<ObjectError> for Why {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Missing(_) => Self::Missing,
            error => Self::Broken(error.to_string()),
        }
    }
}

impl Census {
    /// Returns the number of an object that the walk met.
    pub fn number(&self, name: &Name) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    fn enter(&mut self, name: Name) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.names.push(name);
        }
        number
    }
}

/// Walks through a history.
pub(super) struct Walk<'o> {
    pub(super) census: Census,
    reader: ObjectsReader<'o>,
    shallow: HashSet<Name, MixBuild>,
    /// Commits and tags that were looked at.
    walked: HashSet<u32, MixBuild>,
    /// Folders that were looked at, each at a path.
    folders: HashSet<(u32, u32), MixBuild>,
    /// What stood at a path when it was last looked at.
    last: HashMap<u32, Arc<Vec<u8>>, MixBuild>,
    uses: HashSet<(u32, u32, UseKind), MixBuild>,
    is_note: bool,
    /// Folders and blobs that something names by themselves: they come last, after all that commits hold.
    singles: Vec<(Name, BString, ObjectKind)>,
    is_single: bool,
}

impl<'o> Walk<'o> {
    pub(super) fn new(objects: &'o Objects, shallow: HashSet<Name, MixBuild>) -> Self {
        Self {
            census: Census::default(),
            reader: objects.reader(),
            shallow,
            walked: HashSet::default(),
            folders: HashSet::default(),
            last: HashMap::default(),
            uses: HashSet::default(),
            is_note: false,
            singles: Vec::new(),
            is_single: false,
        }
    }

    /// Follows one tip to everything that it reaches and that was not reached before.
    pub(super) fn follow(&mut self, tip: &Tip) {
        self.is_note = tip.is_note;
        let mut name = tip.name;
        loop {
            let number = self.census.enter(name);
            let object = match self.reader.read(&name) {
                Ok(object) => object,
                Err(error) => return self.gap(name, tip.label.clone(), error.into()),
            };
            match object {
                (ObjectKind::Commit, _) => return self.commits(name),
                (kind @ (ObjectKind::Tree | ObjectKind::Blob), _) => {
                    return self.singles.push((name, tip.label.clone(), kind));
                }
                (ObjectKind::Tag, content) if self.walked.insert(number) => {
                    self.census.tags.push(number);
                    match parse::tag(&content) {
                        Some(target) => name = target,
                        None => return self.gap(name, tip.label.clone(), broken("it is no tag that git would write")),
                    }
                }
                (ObjectKind::Tag, _) => return,
            }
        }
    }

    /// Tells whether an object was met.
    pub(super) fn has(&self, name: &Name) -> bool {
        self.census.numbers.contains_key(name)
    }

    /// Follows what is named by itself, and puts what was found in order.
    pub(super) fn finish(mut self) -> Census {
        self.is_single = true;
        for (name, label, kind) in std::mem::take(&mut self.singles) {
            match kind {
                ObjectKind::Tree => self.folder(name, TOP),
                _ => {
                    let blob = self.census.enter(name);
                    let path = self.census.paths.enter(TOP, &label);
                    self.used(blob, path, UseKind::File);
                }
            }
        }
        self.census.uses.sort_unstable();
        self.census.submodules.sort_unstable();
        self.census.submodules.dedup();
        self.census
    }

    fn commits(&mut self, start: Name) {
        let mut waiting = vec![(start, None)];
        while let Some((name, child)) = waiting.pop() {
            if let Some(parents) = self.commit(name, child) {
                waiting.extend(parents.into_iter().map(|parent| (parent, Some(name))));
            }
        }
    }

    /// Reads a commit and its folders, and returns its parents, the first one last.
    fn commit(&mut self, name: Name, child: Option<Name>) -> Option<Vec<Name>> {
        let object = self.census.enter(name);
        // Not whether it was entered counts: a folder can claim that a commit's name is a file's.
        if !self.walked.insert(object) {
            return None;
        }
        let lead = match self.lead(&name) {
            Ok(lead) => lead,
            Err(Why::Missing) if child.is_some_and(|child| self.shallow.contains(&child)) => {
                self.gap(name, from_commit(child), Why::Shallow);
                return None;
            }
            Err(why) => {
                self.gap(name, from_commit(child), why);
                return None;
            }
        };
        let parents: Vec<u32> = lead.parents.iter().map(|&parent| self.census.enter(parent)).collect();
        self.census.commits.push(Commit {
            object,
            seconds: lead.date.seconds,
            tree: lead.tree,
            parents,
        });
        self.folder(lead.tree, TOP);
        // The first parent is walked next: it differs least from this commit.
        Some(lead.parents.into_iter().rev().collect())
    }

    fn lead(&mut self, name: &Name) -> Result<Lead, Why> {
        match self.reader.read(name)? {
            (ObjectKind::Commit, content) => {
                parse::commit(&content).ok_or_else(|| broken("it is no commit that git would write"))
            }
            _ => Err(broken("it is no commit")),
        }
    }

    /// Looks at a folder and all below it.
    fn folder(&mut self, name: Name, path: u32) {
        let mut waiting = vec![(name, path)];
        while let Some((name, path)) = waiting.pop() {
            let number = self.census.enter(name);
            if !self.folders.insert((number, path)) {
                continue;
            }
            let from = self.census.paths.text(path);
            match self.reader.read(&name) {
                Ok((ObjectKind::Tree, content)) => self.entries(name, path, content, &mut waiting),
                Ok(_) => self.gap(name, from, broken("it is no folder")),
                Err(error) => self.gap(name, from, error.into()),
            }
        }
    }

    /// Looks at what a folder holds and did not hold when its path was last looked at.
    fn entries(&mut self, name: Name, path: u32, content: Arc<Vec<u8>>, waiting: &mut Vec<(Name, u32)>) {
        let width = name.as_bytes().len();
        let before = self.last.get(&path).cloned().unwrap_or_default();
        let mut old = parse::tree(&before, width).flatten().peekable();
        for entry in parse::tree(&content, width) {
            let Some(entry) = entry else {
                self.gap(name, self.census.paths.text(path), broken("it is damaged"));
                break;
            };
            // Both are in the same order. Where one is not, more is looked at than need be, never less.
            while old.next_if(|old| order(old, &entry).is_lt()).is_some() {}
            if old.next_if_eq(&entry).is_some() {
                continue;
            }
            let child = self.census.paths.enter(path, entry.file);
            match entry.mode {
                Mode::Folder => waiting.push((entry.name, child)),
                Mode::Submodule => self.census.submodules.push(child),
                Mode::File | Mode::Symlink => {
                    let blob = self.census.enter(entry.name);
                    let kind = match entry.mode {
                        _ if self.is_note => UseKind::Note,
                        Mode::Symlink => UseKind::Symlink,
                        _ => UseKind::File,
                    };
                    self.used(blob, child, kind);
                }
            }
        }
        self.last.insert(path, content);
    }

    fn used(&mut self, blob: u32, path: u32, kind: UseKind) {
        if self.uses.insert((blob, path, kind)) {
            self.census.uses.push(Use { blob, kind, path });
            if self.is_single {
                self.census.unplaced.insert(blob, path);
            }
        }
    }

    fn gap(&mut self, name: Name, from: BString, why: Why) {
        self.census.gaps.push(Gap { name, from, why });
    }
}

fn broken(what: &str) -> Why {
    Why::Broken(what.to_owned())
}

fn from_commit(child: Option<Name>) -> BString {
    child.map_or_else(BString::default, |child| format!("commit {child}").into())
}

/// Git orders a folder as if its name ended with a slash.
fn order(one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
    let common = one.file.len().min(other.file.len());
    let next = |entry: &Entry<'_>| {
        let end = if entry.mode == Mode::Folder { b'/' } else { 0 };
        entry.file.get(common).copied().unwrap_or(end)
    };
    one.file[..common]
        .cmp(&other.file[..common])
        .then_with(|| next(one).cmp(&next(other)))
}
