//! The walk that finds out what a history holds: each commit, tag and blob that the tips reach, and each path of each blob.
//!
//! It reads objects as they are: replace refs and grafts are ways of looking at a history and hide nothing here. What the
//! packs hold was read before, all at once, so the walk goes over numbers. Of a folder only what is new is looked at
//! where its base was met at the same path, for all else was looked at there.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use bstr::{BString, ByteSlice};

use crate::git::history::folders::{Edge, Known};
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
    /// Its folder, by its number among the objects.
    pub(super) tree: u32,
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
    /// Returns the number of an object that some pack has or the walk met.
    pub fn number(&self, name: &Name) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Makes room for so many more objects.
    pub(super) fn reserve(&mut self, count: usize) {
        self.names.reserve_exact(count);
        self.numbers.reserve(count);
    }

    pub(super) fn enter(&mut self, name: Name) -> u32 {
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
    known: Known,
    reader: ObjectsReader<'o>,
    shallow: HashSet<Name, MixBuild>,
    /// Commits and tags that were looked at.
    walked: HashSet<u32, MixBuild>,
    /// Folders and blobs that were met, by number.
    met: Vec<bool>,
    /// Folders that were looked at, each at a path.
    folders: HashSet<(u32, u32), MixBuild>,
    /// How many bytes all paths of what was met would take, each as often as it was met.
    written: u64,
    /// True once it was said that not all paths are followed.
    is_crowded: bool,
    /// Folders of which only what is new was looked at, since their base will be met at the same path, or was.
    trusting: Vec<(u32, u32)>,
    uses: HashSet<(u32, u32, UseKind), MixBuild>,
    is_note: bool,
    /// Folders and blobs that something names by themselves: they come last, after all that commits hold.
    singles: Vec<(u32, BString, ObjectKind)>,
    is_single: bool,
}

impl<'o> Walk<'o> {
    pub(super) fn new(objects: &'o Objects, shallow: HashSet<Name, MixBuild>) -> Self {
        let mut census = Census::default();
        let store = objects.store.as_ref();
        Self {
            known: store.map_or_else(Known::default, |store| Known::read(store, &mut census)),
            census,
            reader: objects.reader(),
            shallow,
            walked: HashSet::default(),
            met: Vec::new(),
            folders: HashSet::default(),
            written: 0,
            is_crowded: false,
            trusting: Vec::new(),
            uses: HashSet::default(),
            is_note: false,
            singles: Vec::new(),
            is_single: false,
        }
    }

    /// Follows one tip to everything that it reaches and that was not reached before.
    pub(super) fn follow(&mut self, tip: &Tip) {
        if self.is_note != tip.is_note {
            self.settle();
        }
        self.is_note = tip.is_note;
        let mut name = tip.name;
        loop {
            let number = self.census.enter(name);
            if self.known.is_commit(number) {
                return self.commits(number);
            }
            let object = match self.reader.read(&name) {
                Ok(object) => object,
                Err(error) => return self.gap(number, tip.label.clone(), error.into()),
            };
            match object {
                (ObjectKind::Commit, _) => return self.commits(number),
                (kind @ (ObjectKind::Tree | ObjectKind::Blob), _) => {
                    return self.singles.push((number, tip.label.clone(), kind));
                }
                (ObjectKind::Tag, content) if self.walked.insert(number) => {
                    self.census.tags.push(number);
                    match parse::tag(&content) {
                        Some(target) => name = target,
                        None => {
                            return self.gap(number, tip.label.clone(), broken("it is no tag that git would write"));
                        }
                    }
                }
                (ObjectKind::Tag, _) => return,
            }
        }
    }

    /// Tells whether an object was met.
    pub(super) fn has(&self, name: &Name) -> bool {
        let number = self.census.number(name);
        number.is_some_and(|number| self.met.get(number as usize) == Some(&true) || self.walked.contains(&number))
    }

    fn meet(&mut self, number: u32) {
        let number = number as usize;
        if self.met.len() <= number {
            self.met.resize(self.census.names.len().max(number + 1), false);
        }
        self.met[number] = true;
    }

    /// Follows what is named by itself, and puts what was found in order.
    pub(super) fn finish(mut self) -> (Census, Known) {
        self.settle();
        self.is_single = true;
        for (number, label, kind) in std::mem::take(&mut self.singles) {
            match kind {
                ObjectKind::Tree => self.folder(Spot::top(number)),
                _ => {
                    let path = self.census.paths.enter(TOP, &label);
                    self.used(number, path, UseKind::File);
                }
            }
        }
        self.settle();
        self.census.uses.sort_unstable();
        self.census.submodules.sort_unstable();
        self.census.submodules.dedup();
        (self.census, self.known)
    }

    fn commits(&mut self, start: u32) {
        let mut waiting = vec![(start, None)];
        while let Some((number, child)) = waiting.pop() {
            // Not whether it was entered counts: a folder can claim that a commit's name is a file's.
            if !self.walked.insert(number) {
                continue;
            }
            match self.commit(number) {
                Ok(commit) => {
                    // The first parent is walked next: it differs least from this commit.
                    waiting.extend(commit.parents.iter().rev().map(|&parent| (parent, Some(number))));
                    let tree = commit.tree;
                    self.census.commits.push(commit);
                    self.folder(Spot::top(tree));
                }
                Err(why) => self.no_commit(number, child, why),
            }
        }
    }

    fn commit(&mut self, number: u32) -> Result<Commit, Why> {
        if let Some(commit) = self.known.take_commit(number) {
            return Ok(commit);
        }
        let lead = match self.reader.read(&self.census.names[number as usize])? {
            (ObjectKind::Commit, content) => {
                parse::commit(&content).ok_or_else(|| broken("it is no commit that git would write"))?
            }
            _ => return Err(broken("it is no commit")),
        };
        Ok(Commit::new(number, lead, &mut self.census))
    }

    fn no_commit(&mut self, number: u32, child: Option<u32>, why: Why) {
        let child = child.map(|child| self.census.names[child as usize]);
        let ends_here = child.is_some_and(|child| self.shallow.contains(&child));
        let why = if ends_here && why == Why::Missing {
            Why::Shallow
        } else {
            why
        };
        self.gap(number, from_commit(child), why);
    }

    /// Looks at a folder and all below it.
    fn folder(&mut self, spot: Spot) {
        let mut waiting = vec![spot];
        while let Some(spot) = waiting.pop() {
            let Spot { number, path, .. } = spot;
            if self.folders.contains(&(number, path)) || self.is_beyond(&spot) {
                continue;
            }
            self.folders.insert((number, path));
            self.meet(number);
            match self.known.news(number) {
                Some((edges, base)) => {
                    if base.is_some_and(|base| !self.folders.contains(&(base, path))) {
                        self.trusting.push((number, path));
                    }
                    let edges = edges.to_vec();
                    self.edges(&edges, &spot, &mut waiting);
                }
                None => self.read_folder(&spot, &mut waiting),
            }
        }
    }

    /// Tells whether a folder is not to be looked at, there or at all, which is said.
    fn is_beyond(&mut self, spot: &Spot) -> bool {
        let most = MOST_WRITTEN + MOST_WRITTEN_EACH * self.census.names.len() as u64;
        let is_met = self.met.get(spot.number as usize) == Some(&true);
        // Too many paths are left out only where what the folder holds was read at another one.
        let is_crowded = self.written > most && is_met;
        if spot.depth <= DEEPEST && !is_crowded || is_crowded && self.is_crowded {
            return is_crowded;
        }
        self.is_crowded |= is_crowded;
        let why = match is_crowded {
            true => "folders hold each other so often that not all paths are read",
            false => "it stands deeper than git goes",
        };
        let mut from = self.census.paths.text(spot.path);
        from.truncate(LONGEST_SHOWN);
        self.gap(spot.number, from, broken(why));
        true
    }

    /// Looks at all of each folder whose base was not met at its path after all.
    fn settle(&mut self) {
        while let Some((number, path)) = self.trusting.pop() {
            let base = self.known.news(number).and_then(|(_, base)| base);
            if base.is_some_and(|base| self.folders.contains(&(base, path))) {
                continue;
            }
            let mut below = Vec::new();
            let spot = Spot::at(number, path, &self.census.paths);
            let mut edges = self.known.entries(number);
            // Numbers of names depend on which thread came first.
            let paths = &self.census.paths;
            edges.sort_by(|one, other| paths.file_named(one.key.file).cmp(paths.file_named(other.key.file)));
            self.edges(&edges, &spot, &mut below);
            for spot in below {
                self.folder(spot);
            }
        }
    }

    fn edges(&mut self, edges: &[Edge], folder: &Spot, waiting: &mut Vec<Spot>) {
        for edge in edges {
            let path = self.census.paths.enter_name(folder.path, edge.key.file);
            let len = self.census.paths.file_named(edge.key.file).len();
            self.entry(folder.below(edge.child, path, len), edge.key.mode, waiting);
        }
    }

    /// Reads a folder that no pack has, or that is damaged.
    fn read_folder(&mut self, folder: &Spot, waiting: &mut Vec<Spot>) {
        let Spot { number, path, .. } = *folder;
        let name = self.census.names[number as usize];
        let content = match self.reader.read(&name) {
            Ok((ObjectKind::Tree, content)) => content,
            Ok(_) => return self.gap(number, self.census.paths.text(path), broken("it is no folder")),
            Err(error) => return self.gap(number, self.census.paths.text(path), error.into()),
        };
        for entry in parse::tree(&content, name.as_bytes().len()) {
            let Some(entry) = entry else {
                self.gap(number, self.census.paths.text(path), broken("it is damaged"));
                break;
            };
            let path = self.census.paths.enter(path, entry.file);
            let child = self.census.enter(entry.name);
            self.entry(folder.below(child, path, entry.file.len()), entry.mode, waiting);
        }
    }

    fn entry(&mut self, spot: Spot, mode: Mode, waiting: &mut Vec<Spot>) {
        self.written += spot.len;
        let kind = match mode {
            Mode::Folder => return waiting.push(spot),
            Mode::Submodule => return self.census.submodules.push(spot.path),
            _ if self.is_note => UseKind::Note,
            Mode::Symlink => UseKind::Symlink,
            Mode::File => UseKind::File,
        };
        self.used(spot.number, spot.path, kind);
    }

    fn used(&mut self, blob: u32, path: u32, kind: UseKind) {
        self.meet(blob);
        if self.uses.insert((blob, path, kind)) {
            self.census.uses.push(Use { blob, kind, path });
            if self.is_single {
                self.census.unplaced.insert(blob, path);
            }
        }
    }

    fn gap(&mut self, number: u32, from: BString, why: Why) {
        let name = self.census.names[number as usize];
        self.census.gaps.push(Gap { name, from, why });
    }
}

/// Git goes half as deep unless it is told otherwise.
const DEEPEST: u32 = 4_096;
/// The most bytes of paths that a history may take: this many, and so many for each of its objects. A few folders that
/// hold each other many times have more paths than any memory.
const MOST_WRITTEN: u64 = 16 << 20;
const MOST_WRITTEN_EACH: u64 = 4 << 10;
/// So much of a path tells which one is meant.
const LONGEST_SHOWN: usize = 4_096;

/// A folder or a file at a path.
#[derive(Debug, Clone, Copy)]
struct Spot {
    /// Its number among the objects.
    number: u32,
    path: u32,
    /// How many folders the path leads through.
    depth: u32,
    /// How long the path is.
    len: u64,
}

impl Spot {
    fn top(number: u32) -> Self {
        Self {
            number,
            path: TOP,
            depth: 0,
            len: 0,
        }
    }

    fn at(number: u32, path: u32, paths: &Paths) -> Self {
        let text = paths.text(path);
        Self {
            number,
            path,
            depth: text.find_iter(b"/").count() as u32,
            len: text.len() as u64,
        }
    }

    fn below(&self, number: u32, path: u32, file: usize) -> Self {
        Self {
            number,
            path,
            depth: self.depth + 1,
            len: self.len + 1 + file as u64,
        }
    }
}

fn broken(what: &str) -> Why {
    Why::Broken(what.to_owned())
}

fn from_commit(child: Option<Name>) -> BString {
    child.map_or_else(BString::default, |child| format!("commit {child}").into())
}

impl Commit {
    /// Notes what a commit leads to.
    pub(super) fn new(object: u32, lead: Lead, census: &mut Census) -> Self {
        Self {
            object,
            seconds: lead.date.seconds,
            tree: census.enter(lead.tree),
            parents: lead.parents.into_iter().map(|parent| census.enter(parent)).collect(),
        }
    }
}

/// Git orders a folder as if its name ended with a slash.
pub(super) fn order(one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
    let common = one.file.len().min(other.file.len());
    let next = |entry: &Entry<'_>| {
        let end = if entry.mode == Mode::Folder { b'/' } else { 0 };
        entry.file.get(common).copied().unwrap_or(end)
    };
    one.file[..common]
        .cmp(&other.file[..common])
        .then_with(|| next(one).cmp(&next(other)))
}
