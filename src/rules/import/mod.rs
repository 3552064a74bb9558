//! The rules and exceptions of other tools, put into our own words.
//!
//! What is carried over runs in the same engine as everything else. What cannot be is named, construct by construct: a
//! guard that silently knows less than the one before it would be worse than none.

mod allowlist;
mod audited;
mod expression;
mod fields;
mod gitleaks;
mod known;
mod literals;
mod positions;
mod regex;
mod report;
mod theirs;
mod write;

use std::fmt;

pub use audited::{Audited, Verdict, detect_secrets};
pub use gitleaks::gitleaks;
pub use positions::{Position, gitleaksignore};
pub use report::{gitleaks_report, is_gitleaks_report};

/// What another tool's configuration comes to.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Globs of paths that are not read.
    pub exclude: Vec<String>,
    /// The ids of our own rules that are switched off.
    pub off: Vec<String>,
    /// Rules that the project has of its own.
    pub rules: Vec<ImportedRule>,
    /// Exceptions.
    pub allow: Vec<ImportedAllow>,
    /// What was not carried over, or not to the letter.
    pub remarks: Vec<Remark>,
}

/// A rule as it will be written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportedRule {
    /// Its id, in our spelling.
    pub id: String,
    /// What it finds.
    pub description: String,
    /// What must occur.
    pub keywords: Vec<String>,
    /// The expression, in our dialect.
    pub pattern: Option<String>,
    /// True when the pattern is tried on whole texts, for it holds no keyword.
    pub anywhere: bool,
    /// Where it applies.
    pub paths: Vec<String>,
    /// The least entropy.
    pub entropy: Option<f64>,
    /// A companion's pattern, and within how many lines it must stand.
    pub near: Option<(String, u32)>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// An exception as it will be written; all that it says must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedAllow {
    /// Why.
    pub reason: String,
    /// For which rules; none means all.
    pub rules: Vec<String>,
    /// For which paths.
    pub paths: Vec<String>,
    /// For which fingerprints.
    pub secrets: Vec<String>,
    /// For which commits.
    pub commits: Vec<String>,
    /// What the value must match as a whole.
    pub pattern: Option<String>,
    /// What its line must match somewhere.
    pub line: Option<String>,
}

/// Something that the import did otherwise than the other tool would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where in the other tool's file.
    pub place: String,
    /// What became of it.
    pub what: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Why a file cannot be imported at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ImportError(pub String);

impl Imported {
    /// Writes a configuration for keyfence.
    pub fn to_toml(&self) -> String {
        write::config(self)
    }

    fn remark(&mut self, place: impl Into<String>, what: impl Into<String>) {
        let remark = Remark {
            place: place.into(),
            what: what.into(),
        };
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }
}
