//! The configuration as a commit has it, for gates at which a change must not speak for itself.

use bstr::BStr;

use crate::config::file::{FILE_NAMES, LARGEST};
use crate::config::{ConfigError, Settings};
use crate::git::{EntryKind, GitError, Oid, Repo};

/// Which configuration and which baseline a commit has; two that are equal say the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Committed {
    files: Vec<(&'static str, EntryKind, Oid)>,
    baseline: Option<(String, EntryKind, Oid)>,
}

impl Committed {
    /// Finds the configuration of a commit, and the baseline that it names or the one of the default name; without a
    /// commit there is none.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn find(repo: &Repo, commit: Option<&Oid>, default_baseline: &str) -> Result<Self, GitError> {
        let Some(commit) = commit else {
            return Ok(Self::default());
        };
        // One question for all: at a gate each costs as much as to look at the change.
        let usual: Vec<&BStr> = FILE_NAMES
            .iter()
            .copied()
            .chain([default_baseline])
            .map(BStr::new)
            .collect();
        let entries = repo.entries_at(commit, &usual)?;
        let find = |name: &str| {
            entries
                .iter()
                .find(|(path, _)| path == name)
                .map(|(_, entry)| entry.clone())
        };
        let files = FILE_NAMES
            .iter()
            .filter_map(|&name| find(name).map(|entry| (name, entry.kind, entry.oid)));
        let mut found = Self {
            files: files.collect(),
            baseline: None,
        };
        // A configuration that cannot be read names no baseline; whoever reads it will say so.
        let name = found.settings(repo).unwrap_or_default().baseline_name(default_baseline);
        let entry = match usual.contains(&BStr::new(&name)) {
            true => find(&name),
            false => repo.entry_at(commit, BStr::new(&name))?,
        };
        found.baseline = entry.map(|entry| (name, entry.kind, entry.oid));
        Ok(found)
    }

    /// Reads the baseline: its name and its text, if there is one.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn baseline(&self, repo: &Repo, largest: u64) -> Result<Option<(String, String)>, ConfigError> {
        match &self.baseline {
            None => Ok(None),
            Some((name, EntryKind::File, oid)) => Ok(Some((name.clone(), text(repo, name, oid, largest)?))),
            Some((name, ..)) => Err(unreadable(name, "it is no regular file")),
        }
    }

    /// Reads it; without one the defaults count.
    ///
    /// # Errors
    /// When there are two, or the one cannot be read to the letter.
    pub fn settings(&self, repo: &Repo) -> Result<Settings, ConfigError> {
        match self.files.as_slice() {
            [] => Ok(Settings::default()),
            [(name, EntryKind::File, oid)] => Settings::parse(name, &text(repo, name, oid, LARGEST)?),
            [(name, ..)] => Err(unreadable(name, "it is no regular file")),
            _ => Err(unreadable("keyfence.toml", "there is a .keyfence.toml as well")),
        }
    }
}

fn text(repo: &Repo, name: &str, oid: &Oid, largest: u64) -> Result<String, ConfigError> {
    let failed = |error: &dyn ToString| unreadable(name, &error.to_string());
    let mut reader = repo.reader().map_err(|error| failed(&error))?;
    let mut admit = |size| size <= largest;
    let bytes = reader.read(oid, &mut admit).map_err(|error| failed(&error))?;
    let bytes = bytes.ok_or_else(|| unreadable(name, "it is too large"))?;
    String::from_utf8(bytes).map_err(|_| unreadable(name, "it is no UTF-8 text"))
}

fn unreadable(name: &str, why: &str) -> ConfigError {
    ConfigError::new(
        format!("{name}, as it was committed, cannot be read: {why}."),
        "mend it in a commit of its own.",
    )
}
