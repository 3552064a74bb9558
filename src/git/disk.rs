//! A repository's objects, read from where they stand without a process of git.
//!
//! What is not found or does not read as it should is no answer: whoever asked turns to git, which knows more ways of
//! storing an object, and says what is wrong with one.

use std::io;
use std::sync::{Arc, OnceLock};

use crate::git::layout::Layout;
use crate::git::pack::{Broken, Reader, Store};
use crate::git::{Name, ObjectKind, loose};

/// How long a name is where libgit2 opens the repository.
pub(super) const NAME: usize = 20;

/// The objects of a repository, shared by all threads.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) layout: Layout,
    /// Opened when an object is asked for that has no file of its own; `None` where a pack cannot be read.
    packs: OnceLock<Option<Store>>,
}

/// An object, or only what it is if it was turned away.
pub(super) type Object = (ObjectKind, Option<Vec<u8>>);

/// Why an object was not read.
#[derive(Debug)]
pub(super) enum NotHere {
    /// It was not found.
    Missing,
    /// It was found, and is damaged.
    Damaged(String),
    /// It was found, and nobody can make it.
    Impossible(String),
}

impl From<Broken> for NotHere {
    fn from(broken: Broken) -> Self {
        match broken.is_final {
            true => Self::Impossible(broken.to_string()),
            false => Self::Damaged(broken.to_string()),
        }
    }
}

impl Disk {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            packs: OnceLock::new(),
        }
    }

    /// Returns a reader for one thread.
    pub(super) fn reader(&self) -> DiskReader<'_> {
        DiskReader {
            disk: self,
            packs: None,
        }
    }

    fn packs(&self) -> Option<&Store> {
        let open = || Store::open(self.layout.objects.clone(), NAME).ok();
        self.packs.get_or_init(open).as_ref()
    }
}

/// Reads objects in one thread.
pub(super) struct DiskReader<'d> {
    disk: &'d Disk,
    packs: Option<Reader<'d>>,
}

impl DiskReader<'_> {
    /// Reads an object, after `admit` has seen what it is and how large.
    pub(super) fn read(
        &mut self,
        name: &Name,
        admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
    ) -> Result<Object, NotHere> {
        for folder in &self.disk.layout.objects {
            if let Some(object) = loose::read(folder, name, admit).map_err(damaged)? {
                return Ok(object);
            }
        }
        self.packed(name, admit)
    }

    fn packed(&mut self, name: &Name, admit: &mut dyn FnMut(ObjectKind, u64) -> bool) -> Result<Object, NotHere> {
        let store = self.disk.packs().ok_or(NotHere::Missing)?;
        let packs = self.packs.get_or_insert_with(|| Reader::new(store));
        let (kind, size) = packs.describe(name)?.ok_or(NotHere::Missing)?;
        if !admit(kind, size) {
            return Ok((kind, None));
        }
        let (kind, content) = packs.read(name)?.ok_or(NotHere::Missing)?;
        Ok((kind, Some(Arc::unwrap_or_clone(content))))
    }

    /// Reads an object of the given kind, however large.
    pub(super) fn whole(&mut self, name: &Name, wanted: ObjectKind) -> Option<Vec<u8>> {
        let (_, content) = self.read(name, &mut |kind, _| kind == wanted).ok()?;
        content
    }
}

/// Git would open what is no file, and wait.
fn damaged(error: io::Error) -> NotHere {
    match error.kind() {
        io::ErrorKind::Unsupported => NotHere::Impossible(error.to_string()),
        _ => NotHere::Damaged(error.to_string()),
    }
}
