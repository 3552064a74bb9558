//! All objects of a repository: its packs, its loose objects, and those of its alternates.
//!
//! What is not found here, or is damaged, is asked of git itself before it counts as missing: a repack may have moved
//! it since the folders were listed, and git knows ways of storing that keyfence does not.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::git::name::{Mix, Name};
use crate::git::pack::entry::ObjectKind;
use crate::git::pack::file::{CIRCLE, Pack};
use crate::git::pack::forest::Forest;
use crate::git::pack::inflate::Inflater;
use crate::git::pack::{Broken, broken, delta, impossible, loose};
use crate::model::Copied;

/// The objects of a repository, opened once and shared by all threads.
#[derive(Debug)]
pub struct Store {
    pub(super) packs: Vec<Pack>,
    folders: Vec<PathBuf>,
    width: usize,
    forests: OnceLock<Vec<Forest>>,
}

/// Where an object stands in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) pack: u32,
    pub(super) offset: u64,
}

/// An object's content.
pub(super) type Content = Arc<Vec<u8>>;

impl Store {
    /// Opens what stands in the folders of objects; names are `width` bytes long.
    pub(in crate::git) fn open(folders: Vec<PathBuf>, width: usize) -> Result<Self, Broken> {
        let mut packs = Vec::new();
        for folder in &folders {
            // A repository that was never packed may lack the folder.
            let Ok(entries) = fs::read_dir(folder.join("pack")) else {
                continue;
            };
            let mut indexes: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            indexes.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
            indexes.sort();
            for index in indexes {
                packs.push(Pack::open(&index, width)?);
            }
        }
        Ok(Self {
            packs,
            folders,
            width,
            forests: OnceLock::new(),
        })
    }

    /// Tells whether a server promised what is missing.
    pub fn is_promised(&self) -> bool {
        self.packs.iter().any(|pack| pack.is_promised)
    }

    /// Returns a pack in which some deltas are made of each other.
    pub(in crate::git) fn circle(&self) -> Option<&Path> {
        let mut packs = self.packs.iter().zip(self.forests());
        packs.find_map(|(pack, forest)| forest.has_circle.then(|| pack.path()))
    }

    /// Returns the folders of objects.
    pub(in crate::git) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Returns how long names are.
    pub(in crate::git) fn width(&self) -> usize {
        self.width
    }

    /// Returns what of each pack is made of what, read when it is first asked for.
    pub(super) fn forests(&self) -> &[Forest] {
        self.forests.get_or_init(|| self.packs.iter().map(Forest::of).collect())
    }

    /// Returns how many entries the packs have.
    pub(in crate::git) fn len(&self) -> usize {
        self.packs.iter().map(|pack| pack.index.len()).sum()
    }

    /// Returns the names of all objects in the packs; of one that several have more than once.
    pub(in crate::git) fn names(&self) -> impl Iterator<Item = Name> {
        let packs = self.packs.iter();
        let entries = packs.flat_map(|pack| (0..pack.index.len()).map(move |entry| (pack, entry)));
        entries.filter_map(|(pack, entry)| Name::new(pack.index.name(entry)?))
    }

    /// Finds an object in the packs: which one it is in, and its number there.
    pub(super) fn entry(&self, name: &Name) -> Option<(usize, usize)> {
        let mut packs = self.packs.iter().enumerate();
        packs.find_map(|(pack, opened)| Some((pack, opened.index.number(name)?)))
    }

    /// Finds an object in the packs.
    pub(super) fn find(&self, name: &Name) -> Option<Spot> {
        self.packs.iter().enumerate().find_map(|(number, pack)| {
            let pack_number = u32::try_from(number).ok()?;
            pack.find(name).map(|offset| Spot {
                pack: pack_number,
                offset,
            })
        })
    }
}

/// Reads single objects in one thread, keeping those that others are deltas of.
pub(in crate::git) struct Reader<'s> {
    store: &'s Store,
    inflater: Inflater,
    cache: Vec<Option<Kept>>,
    delta: Vec<u8>,
    copies: Vec<Copied>,
}

#[derive(Clone)]
struct Kept {
    spot: Spot,
    kind: ObjectKind,
    content: Content,
}

/// How many objects are kept, each in the slot that its place gives it.
const SLOTS: usize = 1 << 12;
/// Larger ones are not kept: those that are read singly are commits and folders, which are small.
const LARGEST_KEPT: usize = 16 << 10;

impl<'s> Reader<'s> {
    pub(in crate::git) fn new(store: &'s Store) -> Self {
        Self {
            store,
            inflater: Inflater::new(),
            cache: vec![None; SLOTS],
            delta: Vec::new(),
            copies: Vec::new(),
        }
    }

    /// Reads an object; `None` when it is nowhere.
    pub(in crate::git) fn read(&mut self, name: &Name) -> Result<Option<(ObjectKind, Content)>, Broken> {
        if let Some(spot) = self.store.find(name) {
            return self.at(spot).map(Some);
        }
        for folder in &self.store.folders {
            if let Some((kind, content)) = loose::read(folder, name, &mut self.inflater)? {
                return Ok(Some((kind, Arc::new(content))));
            }
        }
        Ok(None)
    }

    /// Returns what a packed object is and how large, without making it.
    pub(in crate::git) fn describe(&mut self, name: &Name) -> Result<Option<(ObjectKind, u64)>, Broken> {
        match self.store.find(name) {
            Some(spot) => self.store.packs[spot.pack as usize]
                .describe(spot.offset, &mut self.inflater)
                .map(Some),
            None => Ok(None),
        }
    }

    /// Makes the object at a place: down the chain to what is whole or known, and up again.
    fn at(&mut self, spot: Spot) -> Result<(ObjectKind, Content), Broken> {
        let pack = &self.store.packs[spot.pack as usize];
        let mut chain = Vec::new();
        let mut at = spot;
        let (kind, mut content) = loop {
            if let Some(kept) = self.kept(at) {
                break (kept.kind, kept.content.clone());
            }
            let (head, data) = pack.entry(at.offset)?;
            match pack.base(at.offset, head.form)? {
                Some(base) => {
                    chain.push(at);
                    at.offset = base;
                    if chain.len() > pack.index.len() {
                        return Err(impossible(CIRCLE));
                    }
                }
                None => {
                    let super::entry::Form::Whole(kind) = head.form else {
                        return Err(broken("a delta without a base"));
                    };
                    let mut content = Vec::new();
                    self.inflater.inflate(data, head.size, &mut content)?;
                    let content = Arc::new(content);
                    self.keep(at, kind, &content);
                    break (kind, content);
                }
            }
        };
        while let Some(next) = chain.pop() {
            pack.inflate(next.offset, &mut self.inflater, &mut self.delta)?;
            let mut made = Vec::new();
            delta::apply(&content, &self.delta, &mut made, &mut self.copies)?;
            content = Arc::new(made);
            self.keep(next, kind, &content);
        }
        Ok((kind, content))
    }

    fn kept(&self, spot: Spot) -> Option<&Kept> {
        self.cache[slot(spot)].as_ref().filter(|kept| kept.spot == spot)
    }

    fn keep(&mut self, spot: Spot, kind: ObjectKind, content: &Content) {
        if content.len() <= LARGEST_KEPT {
            self.cache[slot(spot)] = Some(Kept {
                spot,
                kind,
                content: content.clone(),
            });
        }
    }
}

fn slot(spot: Spot) -> usize {
    use std::hash::Hasher;
    let mut mix = Mix::default();
    mix.write_u64(spot.offset);
    mix.write_u32(spot.pack);
    (mix.finish() >> 20) as usize % SLOTS
}
