//! A repository's whole history: what it holds, its contents one by one, and which commit brought what.
//!
//! It is looked at object by object, never as diffs: a merge, an attribute or a replace ref can hide a change from a
//! diff, and none of them can hide an object.

mod census;
mod difference;
mod folders;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod introduced;
mod objects;
mod parse;
mod paths;
mod reduced;
mod sweep;
mod tips;

use std::collections::HashSet;
use std::sync::OnceLock;

use bstr::ByteSlice;

use crate::git::hooks_path::path;
use crate::git::{Git, GitError, MixBuild, Name, ObjectError, ObjectKind, Repo, special};
use crate::model::Copied;

use census::Walk;
use folders::Known;
use objects::Objects;
use tips::Tip;

pub use census::{Census, Commit, Gap, Use, UseKind, Why};
pub use introduced::Introduction;
pub use parse::words;
pub use paths::{Paths, TOP};
pub use reduced::Where;
pub use sweep::Receive;

/// What of a history is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Revisions to start from; none start from everything that the repository names.
    pub revs: Vec<String>,
    /// Look also at what nothing but a log or nothing at all names.
    pub unreachable: bool,
    /// Read every object through git alone: slow, and what the fast way is held against.
    pub plain: bool,
    /// How many threads may read; 0 for one a core.
    pub jobs: usize,
}

/// A history that was walked through.
pub struct History {
    objects: Objects,
    known: Known,
    /// What it holds.
    pub census: Census,
    head: Option<Name>,
    /// The commits that lead to HEAD, once somebody asked.
    ancestors: OnceLock<HashSet<u32>>,
}

/// An object of the history, just read.
#[derive(Debug)]
pub struct Found<'f, M> {
    /// Its number in the census.
    pub number: u32,
    /// What it is.
    pub kind: ObjectKind,
    /// Its content.
    pub content: &'f [u8],
    /// What it was made of, if that is known.
    pub base: Option<Base<'f, M>>,
}

/// What an object was made of.
#[derive(Debug)]
pub struct Base<'f, M> {
    /// What was remembered of the base.
    pub memory: &'f M,
    /// What was copied from it.
    pub copies: &'f [Copied],
}

/// Why an object of the history was not read.
#[derive(Debug)]
pub enum NotRead {
    /// It is larger than is to be read.
    TooLarge,
    /// It is not here.
    Missing,
    /// It is damaged, or git could not be asked.
    Failed(ObjectError),
}

impl Repo {
    /// Walks through the history.
    ///
    /// # Errors
    /// When the tips cannot be listed; what they lead to and is not there is a [`Gap`].
    pub fn history(&self, asked: &Asked) -> Result<History, GitError> {
        let git = self.git();
        self.refuse_special_objects()?;
        let objects = Objects::open(git, asked.plain)?;
        let tips = if asked.revs.is_empty() {
            tips::all(git)?
        } else {
            tips::named(git, &asked.revs)?
        };
        let shallow = shallow(git)?;
        // Without threads of its own the walk uses those that everybody shares.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(asked.jobs).build().ok();
        let mut walk = match pool {
            Some(pool) => pool.install(|| Walk::new(&objects, shallow)),
            None => Walk::new(&objects, shallow),
        };
        for tip in &tips {
            walk.follow(tip);
        }
        if asked.unreachable {
            follow_unreachable(git, &mut walk)?;
        }
        let (census, known) = walk.finish();
        Ok(History {
            head: tips::head(git),
            objects,
            known,
            census,
            ancestors: OnceLock::new(),
        })
    }
}

impl History {
    /// Tells whether a server promised what is missing here.
    pub fn is_promised(&self) -> bool {
        self.objects.is_promised
    }

    /// Tells whether every object is read through git alone.
    pub fn is_plain(&self) -> bool {
        self.objects.store.is_none()
    }

    /// Reads single objects, each when its turn comes: for what a sweep through the packs did not deliver.
    pub fn reader(&self) -> HistoryReader<'_> {
        HistoryReader(self.objects.reader())
    }
}

/// Reads single objects of a history in one thread.
pub struct HistoryReader<'h>(objects::ObjectsReader<'h>);

impl HistoryReader<'_> {
    /// Reads an object, after `admit` has seen its size.
    ///
    /// # Errors
    /// When it was turned away, is not here or is damaged.
    pub fn read(
        &mut self,
        name: &Name,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(ObjectKind, std::sync::Arc<Vec<u8>>), NotRead> {
        match self.0.read_if(name, admit) {
            Ok(Some(object)) => Ok(object),
            Ok(None) => Err(NotRead::TooLarge),
            Err(ObjectError::Missing(_)) => Err(NotRead::Missing),
            Err(error) => Err(NotRead::Failed(error)),
        }
    }
}

/// Returns the commits at which a shallow clone ends.
fn shallow(git: &Git) -> Result<HashSet<Name, MixBuild>, GitError> {
    let file = git.folder().join(path(git, &["rev-parse", "--git-path", "shallow"])?);
    match special::read(&file) {
        Ok(list) => Ok(list.lines().filter_map(|line| Name::parse(line.trim())).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::default()),
        Err(source) => Err(GitError::Unreadable {
            path: file.display().to_string(),
            source,
        }),
    }
}

/// Follows every object of the repository that nothing has led to: commits and tags first, for they lead to the rest.
fn follow_unreachable(git: &Git, walk: &mut Walk<'_>) -> Result<(), GitError> {
    let list = git.output(&[
        "cat-file",
        "--batch-all-objects",
        "--batch-check=%(objecttype) %(objectname)",
    ])?;
    for kind in ["commit", "tag", "tree", "blob"] {
        for line in list.lines() {
            let name = line
                .strip_prefix(kind.as_bytes())
                .and_then(|rest| Name::parse(rest.trim()));
            // A folder may claim that a commit is a file, so commits and tags are asked for themselves.
            let leads_on = matches!(kind, "commit" | "tag");
            let Some(name) = name.filter(|name| leads_on || !walk.has(name)) else {
                continue;
            };
            walk.follow(&Tip {
                is_note: false,
                label: format!("unreachable {kind} {name}").into(),
                name,
            });
        }
    }
    Ok(())
}
