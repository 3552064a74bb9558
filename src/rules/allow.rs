//! An exception, with the reason that somebody must give for it.

use serde::Deserialize;

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
}

impl Allow {
    /// Tells whether the entry says anything that could narrow it.
    pub fn is_bounded(&self) -> bool {
        !self.rules.is_empty() || !self.paths.is_empty() || !self.secrets.is_empty() || self.pattern.is_some()
    }
}
