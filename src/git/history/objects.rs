//! One object after the other, by whichever way has it.

use std::path::PathBuf;
use std::sync::Arc;

use bstr::ByteSlice;

use crate::git::batch::{self, Batch};
use crate::git::hooks_path::path;
use crate::git::pack::{Broken, Reader, Store};
use crate::git::{Git, GitError, Name, ObjectError, ObjectKind, Oid, loose};

/// The objects of a repository.
pub(super) struct Objects {
    git: Git,
    /// The fast way; `None` where only git knows how the objects are stored, or where it alone was asked for.
    pub(super) store: Option<Store>,
    /// Whether a server promised what is missing.
    pub(super) is_promised: bool,
}

impl Objects {
    /// Finds the objects of a repository; `plain` takes git's own way and no other.
    pub(super) fn open(git: &Git, plain: bool) -> Result<Self, GitError> {
        let store = if plain { None } else { store(git)? };
        if let Some(pack) = store.as_ref().and_then(Store::circle) {
            return Err(GitError::Forged(pack.display().to_string()));
        }
        // Exit code 1 says that there is no such setting.
        let promisor = git.output(&[
            "config",
            "--get-regexp",
            r"^(extensions\.partialclone|remote\..*\.promisor)$",
        ]);
        let is_promised = promisor.is_ok() || store.as_ref().is_some_and(Store::is_promised);
        Ok(Self {
            git: git.clone(),
            store,
            is_promised,
        })
    }

    /// Returns a reader for one thread.
    pub(super) fn reader(&self) -> ObjectsReader<'_> {
        ObjectsReader {
            fast: self.store.as_ref().map(Reader::new),
            folders: self.store.as_ref().map_or(&[], Store::folders),
            git: &self.git,
            plain: None,
        }
    }
}

/// Opens packs and loose objects; `None` where they are stored in a way that only git knows.
fn store(git: &Git) -> Result<Option<Store>, GitError> {
    let width = match git.output(&["rev-parse", "--show-object-format"])?.trim() {
        b"sha1" => 20,
        b"sha256" => 32,
        _ => return Ok(None),
    };
    let mut folders = vec![git.folder().join(path(git, &["rev-parse", "--git-path", "objects"])?)];
    // Git names the alternates of alternates, and those of the environment, too.
    for line in git.output(&["count-objects", "-v"])?.lines() {
        match line.strip_prefix(b"alternate: ") {
            Some(quoted) if quoted.starts_with(b"\"") => return Ok(None),
            Some(folder) => folders.push(folder.to_path_lossy().into_owned()),
            None => {}
        }
    }
    // A damaged or an unknown pack may still be one that git can read in part.
    Ok(Store::open(folders, width).ok())
}

/// Reads objects in one thread.
pub(super) struct ObjectsReader<'s> {
    fast: Option<Reader<'s>>,
    /// The folders of loose objects, where they may be read without git.
    folders: &'s [PathBuf],
    git: &'s Git,
    /// Started when the fast way does not have an object.
    plain: Option<Batch>,
}

/// An object that was asked for.
pub(super) type Object = (ObjectKind, Arc<Vec<u8>>);

impl ObjectsReader<'_> {
    fn plain(&mut self) -> Result<&mut Batch, ObjectError> {
        let plain = match self.plain.take() {
            Some(plain) => plain,
            None => Batch::start(self.git)?,
        };
        Ok(self.plain.insert(plain))
    }

    /// Reads an object of any kind.
    pub(super) fn read(&mut self, name: &Name) -> Result<Object, ObjectError> {
        let found: Result<Option<Object>, Broken> = self.fast.as_mut().map_or(Ok(None), |fast| fast.read(name));
        let oid = oid(name)?;
        let (kind, content) = match found {
            Ok(Some(object)) => return Ok(object),
            Ok(None) => self.plain()?.read_any(&oid, &mut |_, _| true)?,
            Err(broken) => self.damaged(&oid, &broken, &mut |_| true)?,
        };
        Ok((kind, Arc::new(content.unwrap_or_default())))
    }

    /// Asks git for what is damaged here: it may have another copy.
    fn damaged(
        &self,
        oid: &Oid,
        broken: &Broken,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(ObjectKind, Option<Vec<u8>>), ObjectError> {
        match broken.is_final {
            true => Err(ObjectError::impossible(oid, broken)),
            false => batch::read_alone(self.git, oid, &mut |_, size| admit(size)),
        }
    }

    /// Reads an object that stands in no pack, after `admit` has seen its size.
    fn unpacked(
        &mut self,
        oid: &Oid,
        name: &Name,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(ObjectKind, Option<Vec<u8>>), ObjectError> {
        for folder in self.folders {
            match loose::read(folder, name, &mut |_, size| admit(size)) {
                Ok(Some(object)) => return Ok(object),
                Ok(None) => {}
                Err(_) => return batch::read_alone(self.git, oid, &mut |_, size| admit(size)),
            }
        }
        self.plain()?.read_any(oid, &mut |_, size| admit(size))
    }

    /// Reads an object after `admit` has seen its size; `None` when `admit` turned it away.
    pub(super) fn read_if(
        &mut self,
        name: &Name,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Option<Object>, ObjectError> {
        let described = self.fast.as_mut().map_or(Ok(None), |fast| fast.describe(name));
        let oid = oid(name)?;
        let (kind, content) = match described {
            Ok(Some((_, size))) if admit(size) => return self.read(name).map(Some),
            Ok(Some(_)) => return Ok(None),
            Ok(None) => self.unpacked(&oid, name, admit)?,
            Err(broken) => self.damaged(&oid, &broken, admit)?,
        };
        Ok(content.map(|content| (kind, Arc::new(content))))
    }
}

fn oid(name: &Name) -> Result<Oid, ObjectError> {
    name.to_oid()
        .ok_or_else(|| ObjectError::Closed(format!("{name} is no name")))
}
