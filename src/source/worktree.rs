//! The files of a work tree, or of a plain folder.
//!
//! In a repository that is what git tracks and what it would add: an ignored file counts when it is tracked all the
//! same. Only git's own rules leave files out; a plain folder has no git, and there everything is read.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use bstr::ByteSlice;

use crate::git::{GitError, Repo, Ways};
use crate::source::hand::{Hand, Tour};
use crate::source::place::{self, Place};
use crate::source::turn::Turns;
use crate::source::{Extent, Limits, Source, SourceError, Visitor, crew, walk};

/// The files under the named paths.
pub struct Worktree {
    paths: Vec<PathBuf>,
    limits: Limits,
    ignore: bool,
    only_tracked: bool,
    jobs: usize,
    ways: Ways,
    count: Option<u64>,
}

impl Worktree {
    /// Makes a source of the files under `paths`, read by as many threads as there are cores.
    pub fn new<P: Into<PathBuf>>(paths: impl IntoIterator<Item = P>, limits: Limits) -> Self {
        Self {
            paths: paths.into_iter().map(Into::into).collect(),
            limits,
            ignore: true,
            only_tracked: false,
            jobs: 0,
            ways: Ways::Any,
            count: None,
        }
    }

    /// Reads also what git ignores, repositories inside this one included; git's own folder is never read.
    pub fn no_ignore(mut self, yes: bool) -> Self {
        self.ignore = !yes;
        self
    }

    /// Reads only what git tracks, as it is on disk; a link that is named is read as a link, for so git has it.
    pub fn only_tracked(mut self, yes: bool) -> Self {
        self.only_tracked = yes;
        self
    }

    /// Reads by so many threads; 0 for as many as there are cores.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.jobs = jobs;
        self
    }

    /// Says about how many files there are, for who wants to know how far the reading has come.
    pub fn about(mut self, count: Option<u64>) -> Self {
        self.count = count;
        self
    }

    /// Asks git by the given way only: so that tests can hold one against the other.
    #[doc(hidden)]
    pub fn by(mut self, ways: Ways) -> Self {
        self.ways = ways;
        self
    }

    fn read(&self, place: &Place, visit: Visitor<'_>) -> Result<(), SourceError> {
        let turns = Turns::new(crew::threads(self.jobs));
        let ignore = self.ignore && place.repo.is_some();
        let base = place.repo.as_ref().map(|(_, root)| root.as_path());
        // Who meets each path once has nothing to remember.
        let once = !ignore && place.folders.len() + place.files.len() == 1;
        let tour = Tour::new(base, &turns, &self.limits, !once, visit);
        crew::each(
            &place.files,
            self.jobs,
            || Hand::new(&tour),
            |hand, file| match self.only_tracked {
                true => if_there(hand, file),
                false => hand.named(file),
            },
        );
        match &place.repo {
            Some((repo, root)) if ignore => self.read_repository(&tour, place, repo, root),
            _ => {
                walk::walk(&tour, &place.folders, None, self.jobs);
                Ok(())
            }
        }
    }

    /// Walks by git's rules, and then reads the tracked files that these rules have left out.
    fn read_repository(&self, tour: &Tour<'_>, place: &Place, repo: &Repo, root: &Path) -> Result<(), SourceError> {
        if place.folders.is_empty() {
            return Ok(());
        }
        let tracked = thread::scope(|scope| {
            let listing = scope.spawn(|| tracked(tour, repo, &place.folders));
            if !self.only_tracked {
                walk::walk(tour, &place.folders, Some(repo), self.jobs);
            }
            listing.join()
        });
        let tracked = tracked.map_err(|_| lost())??;
        let left: Vec<&[u8]> = tracked
            .split(|&byte| byte == 0)
            .filter(|path| tour.is_left(path))
            .collect();
        crew::each(
            &left,
            self.jobs,
            || Hand::new(tour),
            |hand, path| if_there(hand, &root.join(path.to_path_lossy())),
        );
        Ok(())
    }
}

impl Source for Worktree {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        place::find(&self.paths, !self.ignore, self.ways)?
            .iter()
            .try_for_each(|place| self.read(place, visit))
    }

    fn extent(&self) -> Extent {
        self.count.map_or(Extent::Unknown, Extent::About)
    }
}

fn tracked(tour: &Tour<'_>, repo: &Repo, folders: &[PathBuf]) -> Result<Vec<u8>, GitError> {
    let prefixes: Vec<Vec<u8>> = folders.iter().map(|folder| tour.name(folder)).collect();
    let prefixes: Vec<&[u8]> = prefixes.iter().map(Vec::as_slice).collect();
    repo.tracked(&prefixes)
}

/// Reads a tracked file that the walk has not met, if it is there: it may be deleted or not checked out.
fn if_there(hand: &mut Hand<'_, '_>, disk: &Path) {
    let gone = |error: &io::Error| matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    match disk.symlink_metadata() {
        Err(error) if gone(&error) => {}
        Err(error) => hand.unreadable(disk, &error),
        // A folder in a file's place is a deletion to git; the files in it have been met.
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) if hand.is_behind_link(disk) => {}
        Ok(metadata) => hand.met(disk, metadata.file_type()),
    }
}

fn lost() -> SourceError {
    SourceError {
        what: "The tracked files could not be listed.".to_owned(),
        hint: "this is a bug in keyfence.".to_owned(),
    }
}
