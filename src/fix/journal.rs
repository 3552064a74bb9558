//! What a run has done, so that a killed one can be finished and a whole one undone. It holds no value.
//!
//! A file is recognised by its hash before and after. What stood in the place of a lookup is written down without the
//! value in it: that comes from `.env`, and the hash of the whole file proves that it is the right one.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fix::FixError;
use crate::fix::write::{self, Access};

/// One run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Journal {
    pub(super) version: u32,
    /// False from before the first change until after the last.
    pub(super) finished: bool,
    /// In the order in which they are changed.
    pub(super) files: Vec<Record>,
}

/// What becomes of one file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) role: Role,
    /// From the root of the repository.
    pub(super) path: String,
    /// The hash of the content before; `None` where there was no file.
    pub(super) before: Option<String>,
    pub(super) after: String,
    /// How to get from the content after to the one before, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) steps: Vec<Step>,
    /// The names that a template gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) names: Vec<String>,
}

/// What a file is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Role {
    /// `.gitignore`.
    Ignore,
    /// `.env`.
    Env,
    /// The file that a value leaves.
    Source,
    /// `.env.example`.
    Template,
}

/// One span of the content after, and what stood there before.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) at: usize,
    pub(super) len: usize,
    /// What stood before the value, and behind it.
    pub(super) head: String,
    pub(super) tail: String,
    /// The variable and the environment file that have the value; `None` where there was no value.
    pub(super) value: Option<Held>,
}

/// Where a value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    pub(super) name: String,
    pub(super) env: String,
    /// The way in which it was written between its quotes: a number of [`crate::fix::token::bodies`].
    pub(super) way: usize,
}

/// Names a content.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Writes a journal that replaces none: the numbers go up.
pub(super) fn begin(scratch: &Path, journal: &Journal) -> Result<PathBuf, FixError> {
    let next = numbers(scratch)?.last().map_or(1, |number| number + 1);
    let path = scratch.join(format!("{next:04}.json"));
    save(scratch, &path, journal)?;
    Ok(path)
}

/// Writes a journal anew.
pub(super) fn save(scratch: &Path, path: &Path, journal: &Journal) -> Result<(), FixError> {
    let text = serde_json::to_vec_pretty(journal).map_err(|error| broken(path, &error))?;
    let before = write::read(path)?;
    write::replace(scratch, path, before.as_ref(), &text, Access::OwnerOnly)
}

/// Reads the newest journal.
pub(super) fn newest(scratch: &Path) -> Result<Option<(PathBuf, Journal)>, FixError> {
    let Some(number) = numbers(scratch)?.pop() else {
        return Ok(None);
    };
    let path = scratch.join(format!("{number:04}.json"));
    let text = write::read(&path)?.map(|file| file.bytes).unwrap_or_default();
    let journal: Journal = serde_json::from_slice(&text).map_err(|error| broken(&path, &error))?;
    Ok(Some((path, journal)))
}

/// Drops a journal whose run was taken back, or came to nothing.
pub(super) fn drop(path: &Path) -> Result<(), FixError> {
    fs::remove_file(path).map_err(FixError::io("removed", path))
}

fn broken(path: &Path, error: &serde_json::Error) -> FixError {
    FixError::BrokenJournal {
        path: path.display().to_string(),
        // Its own words could quote what stands there.
        why: format!("line {}, column {}", error.line(), error.column()),
    }
}

/// Lists the numbers of the journals, ascending.
fn numbers(scratch: &Path) -> Result<Vec<u32>, FixError> {
    let entries = match fs::read_dir(scratch) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(FixError::io("read", scratch))?,
    };
    let number = |name: &str| name.strip_suffix(".json")?.parse().ok();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut numbers: Vec<u32> = names.filter_map(|name| number(&name)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}
