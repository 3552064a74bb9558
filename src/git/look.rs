//! Single questions about revisions and trees: which commit is meant, what lies between two, what stands at a path.
//! "Not here" is an answer, not an error; only a git that does not answer is one.

use std::ffi::OsStr;

use bstr::{BStr, BString, ByteSlice};

use crate::git::objects::unexpected;
use crate::git::{Before, Entry, Git, GitError, Now, Oid, Repo, raw};

impl Repo {
    /// Finds the object that a revision names; `None` when there is none here.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        self.refuse_special_objects()?;
        let found = self
            .git()
            .output(&["rev-parse", "--verify", "--quiet", "--end-of-options", revision]);
        match found {
            Ok(name) => Ok(Oid::parse(name.trim_end())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Finds the commit under a revision, tags peeled off; `None` when there is none here.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn resolve_commit(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        self.resolve(&format!("{revision}^{{commit}}"))
    }

    /// Finds where two lines of history parted; several places after crossed merges, none where nothing is in common.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn merge_bases(&self, one: &Oid, other: &Oid) -> Result<Vec<Oid>, GitError> {
        self.refuse_special_objects()?;
        match self
            .git()
            .output(&["merge-base", "--all", one.as_str(), other.as_str()])
        {
            Ok(names) => Ok(names.lines().filter_map(Oid::parse).collect()),
            // Nothing in common is an exit code, too.
            Err(GitError::Failed { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Tells whether history ends early here, because the clone is shallow.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(self.git().output(&["rev-parse", "--is-shallow-repository"])?.trim() == b"true")
    }

    /// Lists what differs between two trees or commits, path by path; what is gone has no entry.
    ///
    /// # Errors
    /// When a tree cannot be read, or git does not answer.
    pub fn between(&self, old: &Oid, new: &Oid) -> Result<Vec<(BString, Before, Option<Now>)>, GitError> {
        let args = [
            "diff-tree",
            "-r",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            old.as_str(),
            new.as_str(),
        ];
        let output = self.git().listing(&args, b"")?;
        let differences = raw::parse(&output)?;
        Ok(differences
            .into_iter()
            .map(|difference| (difference.path, difference.before, difference.now))
            .collect())
    }

    /// Finds the entry at a path of a commit.
    ///
    /// # Errors
    /// When the tree cannot be read, or git does not answer.
    pub fn entry_at(&self, commit: &Oid, path: &BStr) -> Result<Option<Entry>, GitError> {
        Ok(self.entries_at(commit, &[path])?.pop().map(|(_, entry)| entry))
    }

    /// Finds the entries at some paths of a commit, in no order; those that are not there are left out.
    ///
    /// # Errors
    /// When the tree cannot be read, or git does not answer.
    pub fn entries_at(&self, commit: &Oid, paths: &[&BStr]) -> Result<Vec<(BString, Entry)>, GitError> {
        let literals: Vec<_> = paths
            .iter()
            .map(|path| [b":(top,literal)", path.as_bytes()].concat())
            .collect();
        let mut args = ["ls-tree", "-z", "--full-tree", commit.as_str(), "--"]
            .map(OsStr::new)
            .to_vec();
        let literals: Vec<_> = literals.iter().map(|literal| literal.to_os_str_lossy()).collect();
        args.extend(literals.iter().map(|literal| &**literal));
        let mut entries = tree_entries(&self.git().output(&args)?)?;
        entries.retain(|(path, _)| paths.contains(&path.as_bstr()));
        Ok(entries)
    }

    /// Tells whether `tip` is `commit` or one of its descendants.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn reaches(&self, tip: &Oid, commit: &Oid) -> Result<bool, GitError> {
        match self
            .git()
            .output(&["merge-base", "--is-ancestor", commit.as_str(), tip.as_str()])
        {
            Ok(_) => Ok(true),
            Err(GitError::Failed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Lists everything in a tree, folders followed.
pub(super) fn in_tree(git: &Git, tree: &Oid) -> Result<Vec<(BString, Entry)>, GitError> {
    tree_entries(&git.listing(&["ls-tree", "-r", "-z", "--full-tree", tree.as_str()], b"")?)
}

/// Reads `<mode> <kind> <name>TAB<path>NUL …`; folders are passed over.
fn tree_entries(output: &[u8]) -> Result<Vec<(BString, Entry)>, GitError> {
    let entry = |record: &[u8]| {
        let (head, path) = record.split_once_str("\t")?;
        let words: Vec<&[u8]> = head.split(|&byte| byte == b' ').collect();
        let [mode, kind, name] = words.as_slice() else {
            return None;
        };
        if *kind == b"tree" {
            return Some(None);
        }
        Some(Some((path.into(), raw::entry(mode, Oid::parse(name)?)?)))
    };
    let records = output.split(|&byte| byte == 0).filter(|record| !record.is_empty());
    let read = records.map(|record| entry(record).ok_or_else(|| unexpected("ls-tree", record)));
    read.filter_map(Result::transpose).collect()
}
