//! Floor 3: what a project's files say of its settings, gathered while they are read anyway.
//!
//! The survey keeps facts and judges nothing: which variables the code reads and where, the texts of the files that
//! speak of settings, and which names occur anywhere at all.

mod mentions;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bstr::{BStr, BString, ByteSlice};

pub use mentions::mentions;

use crate::git::{GitError, Repo};
use crate::lookup::{self, Lookup, is_aside};
use crate::model::{Blob, Kind, Origin};
use crate::source::{Item, Source, SourceError, Visitor};

/// What was gathered.
#[derive(Debug, Default)]
pub struct Survey {
    /// The lookups of each file that is run, by its path.
    pub lookups: BTreeMap<BString, Vec<Lookup>>,
    /// The texts of the files that were asked for.
    pub texts: BTreeMap<BString, Vec<u8>>,
    /// Those of them that git ignores and does not track.
    pub hidden: BTreeSet<BString>,
}

impl Survey {
    /// Adds the files that git ignores and that fit one of the globs, as far as they can be read.
    ///
    /// # Errors
    /// When git does not list them.
    pub fn add_hidden(&mut self, repo: &Repo, globs: &[&str]) -> Result<(), GitError> {
        let root = repo.root().unwrap_or(Path::new("."));
        for path in repo.ignored_files(globs)? {
            let file = root.join(path.to_path_lossy());
            let is_plain = file
                .symlink_metadata()
                .is_ok_and(|data| data.is_file() && data.len() <= LARGEST as u64);
            if let Some(text) = is_plain.then(|| fs::read(&file).ok()).flatten() {
                self.texts.insert(path.clone(), text);
                self.hidden.insert(path);
            }
        }
        Ok(())
    }

    /// Returns every lookup with the file that it stands in.
    pub fn lookups(&self) -> impl Iterator<Item = (&BString, &Lookup)> {
        self.lookups
            .iter()
            .flat_map(|(path, lookups)| lookups.iter().map(move |lookup| (path, lookup)))
    }
}

/// A source that is read as it is, while somebody takes notes.
pub struct Surveyor<'s> {
    source: &'s dyn Source,
    keeps: &'s (dyn Fn(&BStr) -> bool + Sync),
    seen: Mutex<Survey>,
}

/// A text that is larger is not kept: nobody writes such settings.
const LARGEST: usize = 1 << 20;

impl<'s> Surveyor<'s> {
    /// Takes notes of a source, and keeps the texts of the files for which `keeps` says so.
    pub fn new(source: &'s dyn Source, keeps: &'s (dyn Fn(&BStr) -> bool + Sync)) -> Self {
        Self {
            source,
            keeps,
            seen: Mutex::default(),
        }
    }

    /// Returns the notes.
    pub fn into_survey(self) -> Survey {
        self.seen.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, blob: &Blob<'_>) {
        if blob.kind != Kind::File || blob.origin != Origin::Worktree || blob.bytes.len() > LARGEST {
            return;
        }
        let path: &BStr = &blob.path;
        let lookups = if is_aside(path) || is_made(&blob.bytes) {
            Vec::new()
        } else {
            lookup::find(path, &blob.bytes)
        };
        let text = (self.keeps)(path).then(|| blob.bytes.to_vec());
        if lookups.is_empty() && text.is_none() {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !lookups.is_empty() {
            seen.lookups.insert(path.into(), lookups);
        }
        seen.texts.extend(text.map(|text| (path.into(), text)));
    }
}

/// Tells whether a program wrote the text: its lines are longer than anybody's.
fn is_made(text: &[u8]) -> bool {
    text.len() > 20_000 && text.len() / (text.iter().filter(|&&byte| byte == b'\n').count() + 1) > 300
}

impl Source for Surveyor<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        self.source.visit(&|item| {
            if let Item::Blob(blob, _) | Item::Version(blob, ..) = &item {
                self.look(blob);
            }
            visit(item);
        })
    }
}

/// Returns the last part of a path.
pub fn file_name(path: &BStr) -> &BStr {
    path.rsplit_str("/").next().unwrap_or_default().as_bstr()
}

/// Returns the folder of a path with a `/` at its end, or nothing.
pub fn folder(path: &BStr) -> &BStr {
    path[..path.rfind_byte(b'/').map_or(0, |at| at + 1)].as_bstr()
}
