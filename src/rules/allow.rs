//! An exception, with the reason that somebody must give for it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::model::Day;

/// One allow entry: every field that is given must hold (AND); within a field any element will do (OR).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allow {
    /// Why this is no secret, or is accepted.
    pub reason: String,
    /// Rule ids it applies to; empty means all.
    #[serde(default)]
    pub rules: Vec<String>,
    /// gitignore-style globs of paths.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Fingerprints of findings.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// A regular expression that the whole value must match, from its first byte to its last.
    pub pattern: Option<String>,
    /// Several of them, of which any will do.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// A regular expression that must match somewhere in the line on which the value begins.
    pub line: Option<String>,
    /// Commits that brought it, by their names or the beginnings of them; known only where a scan knows commits.
    #[serde(default)]
    pub commits: Vec<String>,
    /// The last day on which the entry counts.
    #[serde(default, alias = "expires", deserialize_with = "day")]
    pub until: Option<Day>,
}

/// A day as TOML writes it, or as text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a day is written like 2027-01-31")]
enum Written {
    Date(toml::value::Datetime),
    Text(String),
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Day>, D::Error> {
    let text = match Written::deserialize(from)? {
        Written::Date(date) => date.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map(Some).map_err(D::Error::custom)
}

impl Allow {
    /// Returns the expressions of which the value must match one.
    pub fn expressions(&self) -> impl Iterator<Item = &str> {
        self.pattern.iter().chain(&self.patterns).map(String::as_str)
    }

    /// Tells whether nothing but the value and its line counts, which is all that a rule's own exception can ask for.
    pub(super) fn speaks_of_values(&self) -> bool {
        let others = [&self.rules, &self.paths, &self.commits];
        others.into_iter().all(Vec::is_empty) && self.until.is_none()
    }

    /// Tells whether its last day is over.
    pub fn is_over(&self, today: Option<Day>) -> bool {
        self.until.zip(today).is_some_and(|(until, today)| until < today)
    }

    /// Tells whether the entry says anything that could narrow it.
    pub fn is_bounded(&self) -> bool {
        let lists = [&self.rules, &self.paths, &self.secrets, &self.patterns, &self.commits];
        lists.into_iter().any(|list| !list.is_empty()) || self.pattern.is_some() || self.line.is_some()
    }
}
