//! Floor 2: blob in, findings out.

use crate::model::{Blob, Confidence, Finding, Reason};
use crate::rules::{Allow, RuleError, RuleSet};

/// What an engine is told besides its rules.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// The least confidence that is reported at all.
    pub min_confidence: Confidence,
    /// A project's exceptions.
    pub allow: Vec<Allow>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            min_confidence: Confidence::Medium,
            allow: Vec::new(),
        }
    }
}

/// Rules made ready to search.
#[derive(Debug)]
pub struct Engine {}

/// A finding, and whose decision holds it back if somebody's does.
#[derive(Debug)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Why it is not to be reported, though it is one.
    pub suppressed: Option<Reason>,
}

impl Engine {
    /// Makes rules ready to search.
    ///
    /// # Errors
    /// When an allow entry is broken. A pattern is compiled when its keyword is first seen.
    pub fn new(_rules: &RuleSet, _settings: &EngineSettings) -> Result<Self, RuleError> {
        Ok(Self {})
    }

    /// Searches one blob.
    pub fn scan_blob(&self, _blob: &Blob<'_>) -> Vec<Judged> {
        Vec::new()
    }
}
