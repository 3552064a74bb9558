//! The repository that a run works in, and the questions that are asked of git before anything is written.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::{BStr, ByteSlice};

use crate::fix::FixError;
use crate::fix::write::{self, Scratch};
use crate::git::{GitError, Repo};

/// A work tree, and git's own folder for what is unfinished.
pub struct Desk {
    pub(super) repo: Repo,
    pub(super) root: PathBuf,
    pub(super) scratch: PathBuf,
    held: Option<Scratch>,
}

impl Desk {
    /// Finds the repository around `folder`.
    ///
    /// # Errors
    /// When there is none, or it has no work tree.
    pub fn open(folder: &Path) -> Result<Self, FixError> {
        let none = || FixError::NoWorkTree(folder.display().to_string());
        let repo = match Repo::discover(folder) {
            Err(error) if error.is_no_repository() => return Err(none()),
            found => found?,
        };
        let root = repo.root().ok_or_else(none)?;
        let root = fs::canonicalize(root).map_err(FixError::io("read", root))?;
        let scratch = repo.git_dir().join("keyfence").join("fix");
        Ok(Self {
            repo,
            root,
            scratch,
            held: None,
        })
    }

    /// Keeps every other run out until this value is dropped.
    ///
    /// # Errors
    /// When another run is at work, or git's folder cannot be written.
    pub fn hold(&mut self) -> Result<(), FixError> {
        self.held = Some(Scratch::take(self.scratch.clone())?);
        Ok(())
    }

    /// Returns the top of the work tree, links resolved.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn scratch(&self) -> &Path {
        self.held.as_ref().map_or(&self.scratch, |held| &held.folder)
    }

    /// Returns a path from the root, with `/`; `None` for one that is outside or is no text.
    pub(super) fn name(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Some(parts?.join("/"))
    }

    /// Refuses a path of which any part is a link: it could lead out of the repository.
    pub(super) fn refuse_links(&self, path: &Path) -> Result<(), FixError> {
        let is_link = path
            .ancestors()
            .take_while(|part| *part != self.root)
            .any(Path::is_symlink);
        if is_link || self.name(path).is_none() {
            return Err(FixError::Link(path.display().to_string()));
        }
        Ok(())
    }

    /// Tells whether git tracks a path.
    pub(super) fn is_tracked(&self, name: &str) -> Result<bool, FixError> {
        let listed = self.repo.tracked(&[name.as_bytes()])?;
        Ok(listed.split(|&byte| byte == 0).any(|path| path == name.as_bytes()))
    }

    /// Tells whether git ignores a path, by its own rules.
    pub(super) fn is_ignored(&self, name: &str) -> Result<bool, FixError> {
        let answers = self.repo.ignored_by(&[name.as_bytes()])?;
        Ok(answers.first().is_some_and(Option::is_some))
    }

    /// Refuses a folder from which nothing can be replaced in one step.
    pub(super) fn check_file_system(&self, path: &Path) -> Result<(), FixError> {
        let git = self.repo.git_dir();
        let folder = path.parent().unwrap_or(&self.root);
        match write::share_file_system(git, folder).map_err(FixError::io("read", folder))? {
            true => Ok(()),
            false => Err(FixError::Elsewhere(path.display().to_string())),
        }
    }

    /// Tells how far a value has got that stood at a path.
    pub(super) fn reach(&self, path: &BStr, value: &[u8]) -> Reach {
        let holds = |revisions: &str| self.any_version(revisions, path, value);
        match (holds("--remotes"), holds("--all")) {
            (Ok(true), _) => Reach::Pushed,
            (_, Ok(true)) => Reach::Committed,
            (Ok(false), Ok(false)) => Reach::WorkTree,
            _ => Reach::Unknown,
        }
    }

    fn any_version(&self, revisions: &str, path: &BStr, value: &[u8]) -> Result<bool, GitError> {
        let finder = memchr::memmem::Finder::new(value);
        let versions = self.repo.versions(revisions, path)?;
        let mut reader = self.repo.reader().map_err(|error| GitError::Unexpected {
            command: "cat-file".to_owned(),
            message: error.to_string(),
        })?;
        for oid in versions {
            // What a shallow or partial clone does not have cannot be looked at.
            let content = reader.read(&oid, &mut |_| true).ok().flatten();
            if content.is_some_and(|content| finder.find(content.as_bytes()).is_some()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How far a value has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// No commit has it, as far as this path tells.
    WorkTree,
    /// A commit has it, and no branch of a remote.
    Committed,
    /// A branch of a remote has it.
    Pushed,
    /// Git does not say.
    Unknown,
}
