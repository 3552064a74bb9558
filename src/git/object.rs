//! Reads blobs by name, by whichever way the repository allows.
//!
//! Objects that a partial clone has not fetched are missing: nothing here ever talks to a network.

use std::fmt;
use std::io;

use git2::{ErrorCode, ObjectType, Repository};

use crate::git::batch::{self, Batch};
use crate::git::disk::{DiskReader, NotHere};
use crate::git::{Git, Name, ObjectKind, Oid};

/// Why a blob could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The object is not in the repository.
    #[error(
        "Its object {0} is not in this repository; run `git fsck`, or, in a partial clone, fetch it with `git cat-file -p {0}`."
    )]
    Missing(Oid),
    /// The object is there and cannot be read.
    #[error("Its object {oid} could not be read ({why}); run `git fsck`.")]
    Unreadable {
        /// Which object.
        oid: Oid,
        /// In git's or libgit2's words.
        why: String,
    },
    /// The object is there, and whoever tried to make it would never end or take all memory.
    #[error("Its object {oid} cannot be made ({why}); somebody has forged it.")]
    Impossible {
        /// Which object.
        oid: Oid,
        /// Why not.
        why: String,
    },
    /// The repository could not be opened again.
    #[error("The repository could not be opened again to read it: {0}.")]
    Closed(String),
    /// There is no `git` program, or it could not be started.
    #[error("git could not be started to read it: {0}.")]
    NotStarted(#[source] io::Error),
}

impl ObjectError {
    pub(super) fn unreadable(oid: &Oid, why: impl fmt::Display) -> Self {
        Self::Unreadable {
            oid: oid.clone(),
            why: why.to_string(),
        }
    }

    pub(super) fn impossible(oid: &Oid, why: impl fmt::Display) -> Self {
        Self::Impossible {
            oid: oid.clone(),
            why: why.to_string(),
        }
    }
}

/// Reads blobs in one thread; another thread needs another one.
pub struct ObjectReader<'r>(Way<'r>);

enum Way<'r> {
    Disk(OnDisk<'r>),
    Batch(Batch),
    Libgit(Box<Repository>),
}

impl<'r> ObjectReader<'r> {
    pub(super) fn disk(objects: DiskReader<'r>, git: &Git) -> Self {
        Self(Way::Disk(OnDisk {
            objects,
            git: git.clone(),
            batch: None,
        }))
    }

    pub(super) fn batch(git: &Git) -> Result<Self, ObjectError> {
        Batch::start(git).map(|batch| Self(Way::Batch(batch)))
    }

    pub(super) fn libgit(repository: Repository) -> Self {
        Self(Way::Libgit(Box::new(repository)))
    }

    /// Reads a blob, after `admit` has seen its size; `None` when `admit` turned it away.
    ///
    /// # Errors
    /// When the object is missing, damaged or no blob.
    pub fn read(&mut self, oid: &Oid, admit: &mut dyn FnMut(u64) -> bool) -> Result<Option<Vec<u8>>, ObjectError> {
        match &mut self.0 {
            Way::Disk(disk) => disk.read(oid, admit),
            Way::Batch(batch) => batch.read(oid, admit),
            Way::Libgit(repository) => verified(oid, from_libgit(repository, oid, admit)?),
        }
    }
}

/// Holds a blob against its name: git itself believes a file of an object that holds another one.
fn verified(oid: &Oid, content: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, ObjectError> {
    match content {
        Some(content) if !oid.names(&content) => Err(ObjectError::unreadable(oid, "its content is another object's")),
        content => Ok(content),
    }
}

/// Reads objects from where they stand; what does not read well there is asked of git.
struct OnDisk<'r> {
    objects: DiskReader<'r>,
    git: Git,
    /// Started when it is first needed.
    batch: Option<Batch>,
}

impl OnDisk<'_> {
    fn read(&mut self, oid: &Oid, admit: &mut dyn FnMut(u64) -> bool) -> Result<Option<Vec<u8>>, ObjectError> {
        let error = match self.own(oid, admit) {
            Ok(content) => return Ok(content),
            Err(error) => error,
        };
        // Git may have another copy of what is damaged, and may find what was moved. Where there is no git to ask, what
        // was found stands.
        let asked = match error {
            ObjectError::Impossible { .. } => return Err(error),
            ObjectError::Missing(_) => self.batch().and_then(|batch| batch.read(oid, admit)),
            _ => batch::read_blob_alone(&self.git, oid, admit),
        };
        match asked {
            Err(ObjectError::NotStarted(_)) => Err(error),
            answer => answer,
        }
    }

    fn own(&mut self, oid: &Oid, admit: &mut dyn FnMut(u64) -> bool) -> Result<Option<Vec<u8>>, ObjectError> {
        let missing = || ObjectError::Missing(oid.clone());
        let name = Name::parse(oid.as_str().as_bytes()).ok_or_else(missing)?;
        let mut admit = |kind, size| kind == ObjectKind::Blob && admit(size);
        match self.objects.read(&name, &mut admit) {
            Ok((ObjectKind::Blob, content)) => verified(oid, content),
            Ok(_) => Err(ObjectError::unreadable(oid, "it is no blob")),
            Err(NotHere::Missing) => Err(missing()),
            Err(NotHere::Damaged(why)) => Err(ObjectError::unreadable(oid, why)),
            Err(NotHere::Impossible(why)) => Err(ObjectError::impossible(oid, why)),
        }
    }

    fn batch(&mut self) -> Result<&mut Batch, ObjectError> {
        match &mut self.batch {
            Some(batch) => Ok(batch),
            none => Ok(none.insert(Batch::start(&self.git)?)),
        }
    }
}

fn from_libgit(
    repository: &Repository,
    oid: &Oid,
    admit: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Vec<u8>>, ObjectError> {
    let failed = |error: git2::Error| match error.code() {
        ErrorCode::NotFound => ObjectError::Missing(oid.clone()),
        _ => ObjectError::unreadable(oid, error.message()),
    };
    let id = git2::Oid::from_str(oid.as_str()).map_err(failed)?;
    let odb = repository.odb().map_err(failed)?;
    let (size, kind) = odb.read_header(id).map_err(failed)?;
    if kind != ObjectType::Blob {
        return Err(ObjectError::unreadable(oid, "it is no blob"));
    }
    if !admit(size as u64) {
        return Ok(None);
    }
    let object = odb.read(id).map_err(failed)?;
    Ok(Some(object.data().to_vec()))
}
