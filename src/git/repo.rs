//! A repository, and the one place that decides how to ask it.
//!
//! Libgit2 finds the repository, which takes no process. What is staged and what is in it is read from the files
//! themselves where all is as usual, and otherwise comes from git's plumbing: that is faster than libgit2 in a large
//! repository, reads every index and every object format, and ends where libgit2 never does (given half of a loose
//! object, what a crash leaves behind, libgit2 1.9 waits for the rest forever). Each stands in where the other is
//! missing or cannot; where none can answer there is an error, never a partial answer.

use std::fs;
use std::io::{self, Read};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use bstr::ByteSlice;

use crate::git::change::{self, Difference};
use crate::git::disk::Disk;
use crate::git::layout::Layout;
use crate::git::{
    Change, Git, GitError, IgnoredBy, ObjectError, ObjectReader, Oid, index, libgit, listing, quick, special,
};

/// A repository as git finds it from a folder.
pub struct Repo {
    git: Git,
    /// Where libgit2 starts to look; `None` for the current folder and git's environment.
    folder: Option<PathBuf>,
    ways: Ways,
    /// The repository's own files, if they may be read without git.
    disk: Option<Disk>,
    /// Opened while discovering, kept for the first reader.
    opened: Mutex<Option<git2::Repository>>,
    root: Option<PathBuf>,
    git_dir: PathBuf,
    /// What stands in place of a ref or an object, once somebody looked.
    special: OnceLock<Option<PathBuf>>,
}

/// Which of the ways to git may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ways {
    /// Whichever is best for each question.
    #[default]
    Any,
    /// Git or libgit2, but no reading of our own: what the fast way is held against.
    Reference,
    /// Libgit2 alone, as on a machine without git.
    Libgit,
    /// The git executable alone, as in a repository that libgit2 cannot open.
    Plumbing,
}

impl Repo {
    /// Finds the repository that holds `folder`.
    ///
    /// For the current folder git's environment counts (`GIT_DIR`, `GIT_INDEX_FILE`, `GIT_CEILING_DIRECTORIES`, …), as
    /// it does for git itself. It speaks of that one repository, so another folder's is found by the folder alone.
    ///
    /// # Errors
    /// When there is none, when git does not trust it, or when it cannot be read.
    pub fn discover(folder: impl AsRef<Path>) -> Result<Self, GitError> {
        Self::discover_by(folder, Ways::Any)
    }

    /// Like [`Repo::discover`], by the given way only: so that tests can hold one against the other.
    #[doc(hidden)]
    pub fn discover_by(folder: impl AsRef<Path>, ways: Ways) -> Result<Self, GitError> {
        let folder = folder.as_ref();
        let elsewhere = (!is_current(folder)).then(|| folder.to_owned());
        special::refuse(elsewhere.as_deref())?;
        let git = match &elsewhere {
            None => Git::at(folder),
            Some(folder) => Git::elsewhere(folder),
        };
        match (ways, libgit::open(elsewhere.as_deref())) {
            (Ways::Plumbing, _) => Self::ask(git),
            (_, Ok(repository)) => Ok(Self::opened(git, elsewhere, ways, repository)),
            (Ways::Libgit, Err(error)) => Err(without_git(error, folder)),
            (Ways::Any | Ways::Reference, Err(error)) => Self::ask(git).map_err(|asked| match asked {
                GitError::NotStarted(_) => without_git(error, folder),
                asked => asked,
            }),
        }
    }

    fn opened(git: Git, folder: Option<PathBuf>, ways: Ways, repository: git2::Repository) -> Self {
        let layout = (ways == Ways::Any)
            .then(|| Layout::of(&repository, folder.is_none()))
            .flatten();
        Self {
            git,
            folder,
            ways,
            disk: layout.map(Disk::new),
            root: repository.workdir().map(Path::to_owned),
            git_dir: repository.path().to_owned(),
            opened: Mutex::new(Some(repository)),
            special: OnceLock::new(),
        }
    }

    /// Asks the git executable where everything is.
    fn ask(git: Git) -> Result<Self, GitError> {
        let place = listing::place(&git)?;
        Ok(Self {
            git,
            folder: None,
            ways: Ways::Plumbing,
            disk: None,
            opened: Mutex::new(None),
            root: place.root,
            git_dir: place.git_dir,
            special: OnceLock::new(),
        })
    }

    /// Returns the top of the work tree; a bare repository has none.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Returns the folder of git's own files; in a linked work tree, that work tree's part of them.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Tells whether the repository has no work tree.
    pub fn is_bare(&self) -> bool {
        self.root.is_none()
    }

    /// Returns the git executable, run where the repository was looked for.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Says which way the repository is asked, for `--verbose`.
    pub fn way(&self) -> Ways {
        self.ways
    }

    /// Lists what `git commit` would record and no parent of that commit has.
    ///
    /// # Errors
    /// When the repository is bare, or when HEAD, the index or a merge's other parents cannot be read.
    pub fn staged(&self) -> Result<Vec<Change>, GitError> {
        if self.is_bare() {
            return Err(GitError::Bare(self.git_dir.display().to_string()));
        }
        let merged = self.merge_heads()?;
        if let Some(disk) = self.disk.as_ref().filter(|_| merged.is_empty()) {
            match quick::changes(disk) {
                Ok(changes) => return Ok(changes),
                Err(index::CUT) => return Err(cut(&disk.layout.index)),
                Err(_) => {}
            }
        }
        self.refuse_special_objects()?;
        let parents = self.answer(
            || of_parents(&merged, |parent| listing::against(&self.git, parent)),
            |repository| of_parents(&merged, |parent| libgit::against(repository, parent)),
        );
        parents.map(change::combine)
    }

    /// Lists the same without git, if all is as usual and no merge waits to be committed: so that tests can see whether.
    #[doc(hidden)]
    pub fn staged_quickly(&self) -> Option<Vec<Change>> {
        quick::changes(self.disk.as_ref()?).ok()
    }

    /// Lists the tracked paths that are, or stand under, one of `prefixes` (from the root, with `/`), each ended by a NUL.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn tracked(&self, prefixes: &[&[u8]]) -> Result<Vec<u8>, GitError> {
        self.answer(
            || listing::tracked(&self.git, prefixes),
            |repository| libgit::tracked(repository, prefixes),
        )
    }

    /// Returns about how many files are tracked, by the head of the index.
    pub fn count_tracked(&self) -> Option<u64> {
        let mut head = [0; 12];
        let mut file = special::open(&self.git_dir.join("index")).ok()?;
        file.read_exact(&mut head).ok()?;
        let [b'D', b'I', b'R', b'C', _, _, _, _, count @ ..] = head else {
            return None;
        };
        Some(u64::from(u32::from_be_bytes(count)))
    }

    /// Returns a reader of blobs for one thread.
    ///
    /// # Errors
    /// When the repository, opened once already, cannot be opened again.
    pub fn reader(&self) -> Result<ObjectReader<'_>, ObjectError> {
        if let Some(disk) = &self.disk {
            return Ok(ObjectReader::disk(disk.reader(), &self.git));
        }
        if self.ways != Ways::Libgit {
            match ObjectReader::batch(&self.git) {
                Err(ObjectError::NotStarted(_)) if self.ways != Ways::Plumbing => {}
                reader => return reader,
            }
        }
        let closed = |error: git2::Error| ObjectError::Closed(error.message().to_owned());
        self.repository().map(ObjectReader::libgit).map_err(closed)
    }

    /// Tells whether git's configuration says yes to `key`; what it does not say is no.
    ///
    /// # Errors
    /// When the value is neither yes nor no.
    pub fn says_yes(&self, key: &str) -> Result<bool, GitError> {
        let answer = self
            .git
            .output(&["config", "--type=bool", "--default=false", "--get", key])?;
        Ok(answer.trim() == b"true")
    }

    /// Returns the value that git's whole configuration gives `core.excludesFile`.
    pub fn excludes_file(&self) -> Option<PathBuf> {
        if self.ways == Ways::Plumbing {
            return listing::excludes_file(&self.git);
        }
        self.ask_libgit(|repository| {
            repository
                .config()?
                .get_path("core.excludesfile")
                .map_err(GitError::from)
        })
        .ok()
    }

    /// Asks libgit2 whether a path is ignored; by which line it does not say.
    pub(super) fn ignored_by_libgit(&self, path: &[u8]) -> Result<Option<IgnoredBy>, GitError> {
        let path = path.to_path_lossy();
        let is_ignored = self.ask_libgit(|repository| repository.is_path_ignored(&path).map_err(GitError::from))?;
        Ok(is_ignored.then(IgnoredBy::default))
    }

    /// Asks the plumbing, or libgit2 where there is no git executable.
    fn answer<T>(
        &self,
        plumbing: impl Fn() -> Result<T, GitError>,
        libgit: impl Fn(&git2::Repository) -> Result<T, GitError>,
    ) -> Result<T, GitError> {
        if self.ways != Ways::Libgit {
            match plumbing() {
                Err(GitError::NotStarted(_)) if self.ways != Ways::Plumbing => {}
                answer => return answer,
            }
        }
        self.ask_libgit(libgit)
    }

    /// Refuses to have git read refs or objects where a file of one is none. What is staged is mostly read without git,
    /// and then without this look.
    pub(super) fn refuse_special_objects(&self) -> Result<(), GitError> {
        let found = self.special.get_or_init(|| {
            let among_refs = special::among_refs(&self.git_dir);
            among_refs.or_else(|| special::among_objects(&self.git_dir))
        });
        found.as_deref().map_or(Ok(()), |path| Err(special::refused(path)))
    }

    fn ask_libgit<T>(&self, question: impl Fn(&git2::Repository) -> Result<T, GitError>) -> Result<T, GitError> {
        let repository = self.repository()?;
        let answer = question(&repository);
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(repository);
        answer
    }

    /// Takes the open repository, or opens it again for another thread.
    fn repository(&self) -> Result<git2::Repository, git2::Error> {
        let kept = self.opened.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.map_or_else(|| libgit::open(self.folder.as_deref()), Ok)
    }

    /// Returns the other parents of a merge that waits to be committed.
    fn merge_heads(&self) -> Result<Vec<Oid>, GitError> {
        let path = self.git_dir.join("MERGE_HEAD");
        let heads = match special::read(&path) {
            Ok(heads) => heads,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => {
                let path = path.display().to_string();
                return Err(GitError::Unreadable { path, source });
            }
        };
        let oid = |line: &[u8]| {
            Oid::parse(line).ok_or_else(|| GitError::Unexpected {
                command: "merge".to_owned(),
                message: format!("{} holds no commit name", path.display()),
            })
        };
        heads.lines().map(|line| oid(line.trim())).collect()
    }
}

fn cut(index: &Path) -> GitError {
    GitError::Unreadable {
        path: index.display().to_string(),
        source: io::Error::new(io::ErrorKind::UnexpectedEof, index::CUT.0),
    }
}

/// Collects what differs from HEAD, `None`, and from each of the other parents.
fn of_parents(
    merged: &[Oid],
    against: impl Fn(Option<&Oid>) -> Result<Vec<Difference>, GitError>,
) -> Result<Vec<Vec<Difference>>, GitError> {
    iter::once(None).chain(merged.iter().map(Some)).map(against).collect()
}

/// Tells whether git, run in `folder`, is run in the current folder.
fn is_current(folder: &Path) -> bool {
    let current = std::env::current_dir().and_then(fs::canonicalize);
    match (current, fs::canonicalize(folder)) {
        (Ok(current), Ok(folder)) => current == folder,
        _ => folder == Path::new("."),
    }
}

/// What libgit2's refusal means where git cannot be asked.
fn without_git(error: git2::Error, folder: &Path) -> GitError {
    match error.code() {
        git2::ErrorCode::NotFound => GitError::NoRepository(folder.display().to_string()),
        git2::ErrorCode::Owner => GitError::Untrusted(error.message().to_owned()),
        _ => GitError::Libgit(error),
    }
}
