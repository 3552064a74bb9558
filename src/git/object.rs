//! Reads blobs by name, by whichever way the repository allows.
//! Objects that a partial clone has not fetched are missing: nothing here ever talks to a network.

use std::fmt;
use std::io;

use git2::{ErrorCode, ObjectType, Repository};

use crate::git::batch::Batch;
use crate::git::{Git, Oid};

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
}

/// Reads blobs in one thread; another thread needs another one.
pub struct ObjectReader(Way);

enum Way {
    Batch(Batch),
    Libgit(Box<Repository>),
}

impl ObjectReader {
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
        let read = match &mut self.0 {
            Way::Batch(batch) => batch.read(oid, admit),
            Way::Libgit(repository) => from_libgit(repository, oid, admit),
        };
        match read? {
            // Git itself believes a file of an object that holds another one.
            Some(content) if !oid.names(&content) => {
                Err(ObjectError::unreadable(oid, "its content is another object's"))
            }
            content => Ok(content),
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
