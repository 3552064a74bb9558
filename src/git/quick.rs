//! What is staged, found without git: the index held against HEAD's tree.
//!
//! A folder of which the index knows that it still is HEAD's is passed over as a whole, so that the cost is that of
//! what was touched. It is the fast way beside `git diff-index`, and gives what that gives or nothing: where a rename
//! could be found, or anything is out of the ordinary, it refuses and git is asked.
//!
//! Nothing staged can be missed: each entry of the index is equal to the one at its path in HEAD, or is passed over
//! with a whole folder that is, or is listed.

use std::cmp::Ordering;

use bstr::{BString, ByteSlice};

use crate::git::disk::{Disk, DiskReader, NAME};
use crate::git::index::{CUT, Cursor, Index, Refusal};
use crate::git::pack::Map;
use crate::git::tree::{self, Damaged, Tree, TreeEntry};
use crate::git::{Before, Change, Entry, EntryKind, Name, Now, ObjectKind, head};

/// Folders in folders are followed so far; no path that a system can hold goes on longer.
const LONGEST_PATH: usize = 4_096;

/// Lists what `git commit` would record and HEAD has not, where no merge waits to be committed.
pub(super) fn changes(disk: &Disk) -> Result<Vec<Change>, Refusal> {
    let map = Map::open(&disk.layout.index).map_err(|_| Refusal("the index cannot be read"))?;
    let index = Index::read(&map)?;
    let commit = head::commit(&disk.layout)?;
    let mut objects = disk.reader();
    let commit = objects.whole(&commit, ObjectKind::Commit);
    let tree = commit.and_then(|commit| tree_of(&commit));
    let tree = tree.ok_or(Refusal("HEAD's commit cannot be read"))?;
    let mut comparison = Comparison {
        index: &index,
        cursor: index.cursor()?,
        objects,
        folder: Vec::new(),
        changes: Vec::new(),
        has_added: false,
        has_dropped: false,
    };
    comparison.folder(&tree, Some(0))?;
    comparison.finish()
}

fn tree_of(commit: &[u8]) -> Option<Name> {
    let line = commit.lines().next()?;
    Name::parse(line.strip_prefix(b"tree ")?)
}

/// The index held against a tree, at some point on the way through both.
struct Comparison<'c, 'i> {
    index: &'c Index<'i>,
    cursor: Cursor<'c, 'i>,
    objects: DiskReader<'c>,
    /// The folder that is being compared, with its `/`; nothing at the root.
    folder: Vec<u8>,
    changes: Vec<Change>,
    has_added: bool,
    has_dropped: bool,
}

impl Comparison<'_, '_> {
    /// Compares the entries of a folder; `cached` is its number in the cache of trees.
    fn folder(&mut self, tree: &Name, cached: Option<usize>) -> Result<(), Refusal> {
        if let Some(count) = cached.and_then(|folder| self.index.cache.count_if(folder, tree)) {
            return self.pass_over(count);
        }
        let content = self.objects.whole(tree, ObjectKind::Tree);
        let content = content.ok_or(Refusal("a folder of HEAD cannot be read"))?;
        let mut tree = Tree::new(&content, NAME);
        let mut old = tree.next()?;
        loop {
            match (&old, self.part()) {
                (None, None) => return Ok(()),
                (Some(entry), Some(part)) if entry.order(part) == Ordering::Equal => {
                    self.both(entry, cached)?;
                    old = tree.next()?;
                }
                (Some(entry), part) if part.is_none_or(|part| entry.order(part) == Ordering::Less) => {
                    self.has_dropped = true;
                    old = tree.next()?;
                }
                _ => self.added()?,
            }
        }
    }

    /// Returns what is next in the folder: the last part of a path, or one that other parts follow, with its `/`.
    fn part(&self) -> Option<&[u8]> {
        let rest = self.cursor.path()?.strip_prefix(&self.folder[..])?;
        Some(rest.find_byte(b'/').map_or(rest, |slash| &rest[..=slash]))
    }

    /// Goes over a folder that is as HEAD has it.
    fn pass_over(&mut self, count: usize) -> Result<(), Refusal> {
        if let Some(before_last) = count.checked_sub(1) {
            self.cursor.pass_over(before_last)?;
            self.part().ok_or(MISCOUNTED)?;
            self.cursor.advance()?;
        }
        self.part().map_or(Ok(()), |_| Err(MISCOUNTED))
    }

    fn added(&mut self) -> Result<(), Refusal> {
        self.has_added = true;
        self.note(Before::Nothing)
    }

    /// Compares what stands at one path in both.
    fn both(&mut self, old: &TreeEntry<'_>, cached: Option<usize>) -> Result<(), Refusal> {
        if old.mode == tree::FOLDER {
            return self.folders(old, cached);
        }
        let now = self.cursor.entry().ok_or(CUT)?;
        if (now.mode, now.name) == (old.mode, old.name) {
            return self.cursor.advance();
        }
        self.note(Before::Same(entry(old.mode, &old.name)?))
    }

    fn folders(&mut self, old: &TreeEntry<'_>, cached: Option<usize>) -> Result<(), Refusal> {
        let parent = self.folder.len();
        if parent > LONGEST_PATH {
            return Err(Refusal("a path is impossibly long"));
        }
        self.folder.extend_from_slice(old.part);
        self.folder.push(b'/');
        let cached = cached.and_then(|folder| self.index.cache.within(folder, old.part));
        self.folder(&old.name, cached)?;
        self.folder.truncate(parent);
        Ok(())
    }

    /// Lists the entry of the index as a change, and goes on.
    fn note(&mut self, before: Before) -> Result<(), Refusal> {
        let now = self.cursor.entry().ok_or(CUT)?;
        if now.path.is_empty() || now.path.ends_with(b"/") {
            return Err(Refusal("an entry of the index has no name"));
        }
        self.changes.push(Change {
            path: BString::from(now.path),
            now: Now::Entry(entry(now.mode, &now.name)?),
            before: vec![before],
        });
        self.cursor.advance()
    }

    /// A dropped path and an added one may be a rename, for which git compares contents.
    fn finish(self) -> Result<Vec<Change>, Refusal> {
        if self.has_added && self.has_dropped {
            return Err(Refusal("there may be a rename"));
        }
        Ok(self.changes)
    }
}

const MISCOUNTED: Refusal = Refusal("the cache of trees counts other entries than there are");

fn entry(mode: u32, name: &Name) -> Result<Entry, Refusal> {
    let kind = match mode {
        tree::FILE | tree::EXECUTABLE => EntryKind::File,
        tree::SYMLINK => EntryKind::Symlink,
        tree::SUBMODULE => EntryKind::Submodule,
        _ => return Err(Refusal("an entry has a mode that nobody knows")),
    };
    let oid = name.to_oid().filter(|oid| !oid.is_zero());
    let oid = oid.ok_or(Refusal("an entry has no object"))?;
    Ok(Entry { kind, oid })
}

impl From<Damaged> for Refusal {
    fn from(_: Damaged) -> Self {
        Self("a folder of HEAD is damaged")
    }
}
