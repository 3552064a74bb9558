//! What `git commit` would record, read from the index and the objects, never from the work tree.
//!
//! Only what the commit adds may be reported: an old secret elsewhere in a touched file blocks nobody, and in a merge
//! only what no parent had is new.

use std::borrow::Cow;

use bstr::BStr;

use crate::git::{Before, Change, Entry, EntryKind, Now, ObjectReader, Oid, Repo};
use crate::model::{Blob, Kind, Origin, Scope, SkipReason};
use crate::source::text::{self, Content};
use crate::source::turn::{Turn, Turns};
use crate::source::{Extent, Item, Limits, Source, SourceError, Visitor, added, crew};

/// The staged changes of a repository.
pub struct Staged<'r> {
    repo: &'r Repo,
    limits: Limits,
    jobs: usize,
}

impl<'r> Staged<'r> {
    /// Makes a source of what is staged in `repo`, read by `jobs` threads (0: as many as there are cores).
    pub fn new(repo: &'r Repo, limits: Limits, jobs: usize) -> Self {
        Self { repo, limits, jobs }
    }
}

impl Source for Staged<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        let mut changes = self.repo.staged()?;
        changes.retain(adds_content);
        visit(Item::listed(changes.len()));
        let turns = Turns::new(crew::threads(self.jobs));
        let reader = || Reader::new(self.repo, &turns, &self.limits);
        crew::each(&changes, self.jobs, reader, |reader, change| {
            reader.show(change, &Origin::Index, visit);
        });
        Ok(())
    }

    fn extent(&self) -> Extent {
        Extent::Listed
    }
}

/// Tells whether there is anything in a change that some parent has not: a pure rename or a new mode adds nothing.
pub(super) fn adds_content(change: &Change) -> bool {
    let Now::Entry(now) = &change.now else {
        return true;
    };
    !change.before.iter().any(|before| match before {
        Before::Nothing => false,
        Before::Same(entry) | Before::Renamed(entry) => entry == now,
    })
}

/// Reads changes in one thread.
pub(super) struct Reader<'s> {
    objects: Result<ObjectReader<'s>, String>,
    turns: &'s Turns,
    limits: &'s Limits,
}

impl<'s> Reader<'s> {
    pub(super) fn new(repo: &'s Repo, turns: &'s Turns, limits: &'s Limits) -> Self {
        Self {
            objects: repo.reader().map_err(|error| error.to_string()),
            turns,
            limits,
        }
    }

    /// Reads what a change brings; `origin` is the index or the commit that it stands in.
    pub(super) fn show(&mut self, change: &Change, origin: &Origin, visit: Visitor<'_>) {
        let path: &BStr = change.path.as_ref();
        let skip = |reason| visit(Item::skipped(path, reason));
        let entry = match &change.now {
            Now::Unmerged => {
                return visit(Item::failed(
                    path,
                    "Its merge conflict is not resolved; resolve it and `git add` the file.",
                ));
            }
            Now::Entry(_) if self.limits.excludes(path) => return skip(SkipReason::Excluded),
            Now::Entry(entry) if entry.kind == EntryKind::Submodule => return skip(SkipReason::Submodule),
            Now::Entry(entry) => entry,
        };
        let mut turn = None;
        let stored = match self.read(&entry.oid, &mut turn) {
            Ok(Some(stored)) => stored,
            Ok(None) => return skip(SkipReason::TooLarge),
            Err(error) => return visit(Item::failed(path, error)),
        };
        let Content::Readable { bytes, nature } = text::classify(&stored) else {
            return skip(SkipReason::Binary);
        };
        let scope = self.scope(entry, &bytes, &change.before, &mut turn);
        let blob = Blob {
            origin: origin.clone(),
            path: Cow::Borrowed(path),
            // Where nothing may be reported there is nothing to look for.
            bytes: if scope.is_empty() { Cow::Borrowed(b"") } else { bytes },
            scope,
            kind: kind(entry),
            nature,
        };
        visit(Item::Blob(blob, stored.len() as u64));
    }

    /// Returns what no parent has.
    fn scope(&mut self, now: &Entry, bytes: &[u8], before: &[Before], turn: &mut Turn<'s>) -> Scope {
        before.iter().fold(Scope::Whole, |scope, before| {
            let (old, path) = match before {
                Before::Nothing => return scope,
                Before::Same(old) => (old, false),
                Before::Renamed(old) => (old, true),
            };
            match self.added(old, now, bytes, turn) {
                Some(lines) => added::both(scope, Scope::Added { lines, path }),
                // What cannot be compared is new as a whole: too much is reported rather than too little.
                None => scope,
            }
        })
    }

    fn added(
        &mut self,
        old: &Entry,
        now: &Entry,
        bytes: &[u8],
        turn: &mut Turn<'s>,
    ) -> Option<Vec<std::ops::Range<u32>>> {
        if old.kind != now.kind {
            return None;
        }
        let stored = self.read(&old.oid, turn).ok().flatten()?;
        match text::classify(&stored) {
            Content::Readable { bytes: old, .. } => added::lines(&old, bytes),
            Content::Packed => None,
        }
    }

    fn read(&mut self, oid: &Oid, turn: &mut Turn<'s>) -> Result<Option<Vec<u8>>, String> {
        let (turns, limits) = (self.turns, self.limits);
        let mut admit = |size| {
            let admitted = limits.admits(size);
            if admitted {
                turns.wait(size, turn);
            }
            admitted
        };
        match &mut self.objects {
            Ok(objects) => objects.read(oid, &mut admit).map_err(|error| error.to_string()),
            Err(error) => Err(error.clone()),
        }
    }
}

fn kind(entry: &Entry) -> Kind {
    match entry.kind {
        EntryKind::Symlink => Kind::Symlink,
        EntryKind::File | EntryKind::Submodule => Kind::File,
    }
}
