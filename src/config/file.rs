//! The configuration file as written: its schema, and how it is found and read.
//! Everything in it is optional and nothing else may stand in it: a misspelt key is an error, not a silent no-op.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::config::ConfigError;
use crate::config::check::{REASON_HINT, nearest};
use crate::config::size::Size;
use crate::model::{Confidence, Severity};
use crate::rules::{Allow, Rule};

/// The names that the file may have; both at once is an error.
pub const FILE_NAMES: [&str; 2] = ["keyfence.toml", ".keyfence.toml"];

/// More than this is no configuration; a device or a pipe that never ends must not hold up a commit.
pub(super) const LARGEST: u64 = 4 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Written {
    pub(super) baseline: Option<Spanned<String>>,
    pub(super) fail_on: Option<Spanned<Severity>>,
    pub(super) min_confidence: Option<Spanned<Confidence>>,
    #[serde(default)]
    pub(super) scan: Scan,
    #[serde(default)]
    pub(super) rules: BTreeMap<Spanned<String>, Switch>,
    #[serde(default)]
    pub(super) allow: Vec<Spanned<Allow>>,
    #[serde(default)]
    pub(super) rule: Vec<Spanned<Rule>>,
}

/// The keys of [`Scan`], which are easily put one table too high.
const SCAN_KEYS: [&str; 3] = ["exclude", "max-file-size", "archives"];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scan {
    pub(super) exclude: Option<Spanned<Vec<String>>>,
    pub(super) max_file_size: Option<Spanned<Size>>,
    pub(super) archives: Option<Spanned<bool>>,
}

/// What a project says of a rule or of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Switch {
    /// In force, whatever its tags' switches say.
    On,
    /// Not in force.
    Off,
    // In force at this severity; variants of their own, so that a misspelt one gets a message that lists them all.
    Low,
    Medium,
    High,
    Critical,
}

impl Switch {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::On | Self::Off => None,
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Low | Self::Medium | Self::High | Self::Critical => self.severity().map_or("", Severity::as_str),
        }
    }
}

/// Finds the file at `root`, if there is one.
pub(super) fn find(root: &Path) -> Result<Option<PathBuf>, ConfigError> {
    let mut found = Vec::new();
    for name in FILE_NAMES {
        let path = root.join(name);
        match path.symlink_metadata() {
            Ok(_) => found.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(&path, &error.to_string())),
        }
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => Err(ConfigError::new(
            "Both keyfence.toml and .keyfence.toml are there.",
            "keep one of them; nobody could tell which one counts.",
        )),
    }
}

/// Reads the text of a configuration file.
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let refuse = |why: &str| Err(unreadable(path, why));
    let failed = |error: io::Error| unreadable(path, &error.to_string());
    // Asked before opening, for opening a pipe waits until somebody writes.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return refuse("it is no regular file");
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return refuse("it is larger than 4 MiB");
    }
    String::from_utf8(bytes).or_else(|_| refuse("it is no UTF-8 text"))
}

fn unreadable(path: &Path, why: &str) -> ConfigError {
    ConfigError::new(
        format!("The configuration {} cannot be read: {why}.", path.display()),
        "make it readable, or remove it to scan with the defaults.",
    )
}

/// Parses the text of a configuration file.
pub(super) fn parse(name: &str, text: &str) -> Result<Written, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let message = error.message().trim().replace('\n', " ");
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let hint = hint(&message);
        ConfigError::new(format!("{name}:{line}: {message}."), hint)
    })
}

/// Says what to do about what the parser said.
fn hint(message: &str) -> String {
    let named = message.split('`').nth(1).unwrap_or_default();
    let expected = message.split_once("expected").map_or("", |(_, expected)| expected);
    let nearest = nearest(named, expected.split('`').skip(1).step_by(2));
    if let Some(meant) = nearest {
        format!("did you mean `{meant}`?")
    } else if let Some(meant) = nearest_scan_key(message, named) {
        format!("`{meant}` belongs under [scan].")
    } else if message == "missing field `reason`" {
        REASON_HINT.to_owned()
    } else {
        "mend that line; until then nothing is scanned, for a guard without its orders is none.".to_owned()
    }
}

/// Returns the key of [`Scan`] that somebody wrote outside of it.
fn nearest_scan_key(message: &str, named: &str) -> Option<&'static str> {
    let is_unknown = message.starts_with("unknown field");
    nearest(named, SCAN_KEYS.into_iter()).filter(|_| is_unknown)
}

/// Returns the 1-based line of a byte offset.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() + 1
}
