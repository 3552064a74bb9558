//! One thread's part of reading a work tree: from a path on disk to an item.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bstr::{BStr, BString, ByteSlice};

use crate::model::{Blob, Kind, Origin, Scope, SkipReason};
use crate::source::file::{Contents, FileReader};
use crate::source::text::{self, Content};
use crate::source::turn::Turns;
use crate::source::{Item, Limits, Visitor, archive};

/// What all threads that read one place share.
pub(super) struct Tour<'s> {
    base: Option<&'s Path>,
    turns: &'s Turns,
    limits: &'s Limits,
    /// The paths met so far, where one might be met twice.
    seen: Option<Mutex<HashSet<BString>>>,
    visit: Visitor<'s>,
}

impl<'s> Tour<'s> {
    pub(super) fn new(
        base: Option<&'s Path>,
        turns: &'s Turns,
        limits: &'s Limits,
        remember: bool,
        visit: Visitor<'s>,
    ) -> Self {
        Self {
            base,
            turns,
            limits,
            seen: remember.then(Mutex::default),
            visit,
        }
    }

    /// Returns the name by which a path is reported: from the root of the repository, or else as the user named it.
    pub(super) fn name(&self, path: &Path) -> Vec<u8> {
        let mut name = Vec::new();
        self.name_into(path, &mut name);
        name
    }

    fn name_into(&self, path: &Path, name: &mut Vec<u8>) {
        let mut bytes = path.as_os_str().as_encoded_bytes();
        if let Some(base) = self.base {
            let base = base.as_os_str().as_encoded_bytes();
            bytes = bytes.strip_prefix(base).unwrap_or(bytes);
            bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
        }
        while let Some(rest) = bytes.strip_prefix(b"./") {
            bytes = rest;
        }
        name.clear();
        name.extend_from_slice(bytes);
        if cfg!(windows) {
            name.iter_mut()
                .filter(|byte| **byte == b'\\')
                .for_each(|byte| *byte = b'/');
        }
    }

    /// Remembers a path; false when it was met before.
    fn is_first(&self, name: &[u8]) -> bool {
        match &self.seen {
            None => true,
            Some(seen) => seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into()),
        }
    }

    /// Tells whether a tracked path was never met: neither itself nor, left out as a whole, a folder above it.
    pub(super) fn is_left(&self, name: &[u8]) -> bool {
        let Some(seen) = &self.seen else { return false };
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut above = name.rfind_iter(b"/").map(|end| &name[..end]);
        !name.is_empty() && !seen.contains(BStr::new(name)) && !above.any(|folder| seen.contains(BStr::new(folder)))
    }
}

/// One thread's tools.
pub(super) struct Hand<'t, 's> {
    tour: &'t Tour<'s>,
    reader: FileReader<'t>,
    name: Vec<u8>,
    /// The folder last found to be what its path says.
    real: PathBuf,
}

impl<'t, 's> Hand<'t, 's> {
    pub(super) fn new(tour: &'t Tour<'s>) -> Self {
        Self {
            tour,
            reader: FileReader::new(tour.turns, tour.limits),
            name: Vec::new(),
            real: PathBuf::new(),
        }
    }

    /// Tells whether one of the folders of a path is a link: what stands behind it is not the tracked file.
    pub(super) fn is_behind_link(&mut self, path: &Path) -> bool {
        let folder = path.parent().unwrap_or(path);
        // Tracked files come sorted, so the folder is mostly the last one again.
        if folder != self.real && folder.canonicalize().is_ok_and(|real| real == folder) {
            folder.clone_into(&mut self.real);
        }
        folder != self.real
    }

    /// Reads a file that the user named; a link is followed, for the user asked for what it points to.
    pub(super) fn named(&mut self, path: &Path) {
        match fs::metadata(path).or_else(|_| fs::symlink_metadata(path)) {
            Ok(metadata) => self.take(path, metadata.file_type(), true),
            Err(error) => self.unreadable(path, &error),
        }
    }

    /// Reads something that was met on disk.
    pub(super) fn met(&mut self, path: &Path, kind: FileType) {
        self.take(path, kind, false);
    }

    /// Says that something could not be read.
    pub(super) fn unreadable(&mut self, path: &Path, error: &io::Error) {
        if self.begin(path) {
            let name = BString::from(self.name.as_slice());
            (self.tour.visit)(Item::failed(name, reason(error)));
        }
    }

    /// Tells whether a folder is left out as a whole, and says so.
    pub(super) fn leaves_out(&mut self, folder: &Path, is_repository: bool) -> bool {
        self.tour.name_into(folder, &mut self.name);
        let reason = match () {
            () if self.tour.limits.excludes_folder(self.name.as_bstr()) => SkipReason::Excluded,
            () if is_repository => SkipReason::Submodule,
            () => return false,
        };
        if self.begin(folder) {
            (self.tour.visit)(Item::skipped(self.name.as_slice(), reason));
        }
        true
    }

    /// Counts a path, unless it was met before.
    fn begin(&mut self, path: &Path) -> bool {
        self.tour.name_into(path, &mut self.name);
        let first = self.tour.is_first(&self.name);
        if first {
            (self.tour.visit)(Item::listed(1));
        }
        first
    }

    fn take(&mut self, path: &Path, kind: FileType, follow: bool) {
        if !self.begin(path) {
            return;
        }
        let (name, visit) = (self.name.as_bstr(), self.tour.visit);
        if self.tour.limits.excludes(name) {
            visit(Item::skipped(name, SkipReason::Excluded));
        } else if kind.is_symlink() {
            match fs::read_link(path) {
                Ok(target) => visit(link(name, &target)),
                Err(error) => visit(Item::failed(name, reason(&error))),
            }
        } else if kind.is_file() {
            let limits = self.tour.limits;
            self.reader.read(path, follow, |contents| match contents {
                Ok(Contents::Whole(bytes)) if archive::read(name, bytes, &Origin::Worktree, limits, visit) => {}
                contents => visit(file(name, contents)),
            });
        } else {
            visit(Item::skipped(name, SkipReason::Special));
        }
    }
}

fn file<'b>(name: &'b BStr, contents: io::Result<Contents<'b>>) -> Item<'b> {
    match contents {
        Ok(Contents::Whole(bytes)) => match text::classify(bytes) {
            Content::Packed => Item::skipped(name, SkipReason::Binary),
            Content::Readable {
                bytes: readable,
                nature,
            } => {
                let blob = Blob {
                    origin: Origin::Worktree,
                    path: Cow::Borrowed(name),
                    bytes: readable,
                    scope: Scope::Whole,
                    kind: Kind::File,
                    nature,
                };
                Item::Blob(blob, bytes.len() as u64)
            }
        },
        Ok(Contents::TooLarge) => Item::skipped(name, SkipReason::TooLarge),
        Ok(Contents::Special) => Item::skipped(name, SkipReason::Special),
        Err(error) => Item::failed(name, reason(&error)),
    }
}

fn link<'b>(name: &'b BStr, target: &'b Path) -> Item<'b> {
    let target = target.as_os_str().as_encoded_bytes();
    let Content::Readable { bytes, nature } = text::classify(target) else {
        return Item::skipped(name, SkipReason::Binary);
    };
    let blob = Blob {
        origin: Origin::Worktree,
        path: Cow::Borrowed(name),
        bytes,
        scope: Scope::Whole,
        kind: Kind::Symlink,
        nature,
    };
    Item::Blob(blob, target.len() as u64)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "It was gone when its turn came; scan again.".to_owned(),
        _ => format!("It could not be read: {error}."),
    }
}
