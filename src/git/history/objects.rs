//! One object after the other, by whichever way has it.

use std::sync::Arc;

use bstr::ByteSlice;

use crate::git::batch::Batch;
use crate::git::hooks_path::path;
use crate::git::pack::{Broken, Reader, Store};
use crate::git::{Git, GitError, Name, ObjectError, ObjectKind};

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
        if let Ok(Some(object)) = found {
            return Ok(object);
        }
        let oid = oid(name)?;
        let (kind, content) = self.plain()?.read_any(&oid, &mut |_, _| true)?;
        Ok((kind, Arc::new(content.unwrap_or_default())))
    }

    /// Reads an object after `admit` has seen its size; `None` when `admit` turned it away.
    pub(super) fn read_if(
        &mut self,
        name: &Name,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Option<Object>, ObjectError> {
        if let Some(fast) = &mut self.fast
            && let Ok(Some((_, size))) = fast.describe(name)
        {
            return if admit(size) {
                self.read(name).map(Some)
            } else {
                Ok(None)
            };
        }
        let (kind, content) = self.plain()?.read_any(&oid(name)?, &mut |_, size| admit(size))?;
        Ok(content.map(|content| (kind, Arc::new(content))))
    }
}

fn oid(name: &Name) -> Result<crate::git::Oid, ObjectError> {
    name.to_oid()
        .ok_or_else(|| ObjectError::Closed(format!("{name} is no name")))
}
