//! A project's exceptions, made ready: which `[[allow]]` entry speaks of a finding.

use crate::engine::lazy::Lazy;
use crate::model::{Finding, Reason};
use crate::rules::{Allow, Paths, RuleError};

/// The entries, in their order in the configuration.
#[derive(Debug, Default)]
pub(super) struct Exceptions(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    allow: Allow,
    paths: Paths,
    pattern: Option<Lazy>,
}

impl Exceptions {
    pub(super) fn new(entries: &[Allow]) -> Result<Self, RuleError> {
        entries.iter().map(Entry::new).collect::<Result<_, _>>().map(Self)
    }

    /// Returns the first entry that speaks of the finding.
    pub(super) fn find(&self, finding: &Finding) -> Option<Reason> {
        let number = self.0.iter().position(|entry| entry.covers(finding))?;
        Some(Reason::Allow(number, self.0[number].allow.reason.as_str().into()))
    }
}

impl Entry {
    fn new(allow: &Allow) -> Result<Self, RuleError> {
        let broken = |message: String| RuleError::Pattern {
            id: "allow".to_owned(),
            message,
        };
        Ok(Self {
            paths: Paths::new(&allow.paths).map_err(|error| broken(error.to_string()))?,
            pattern: allow.pattern.as_deref().map(Lazy::whole),
            allow: allow.clone(),
        })
    }

    /// Every field that is given must hold.
    fn covers(&self, finding: &Finding) -> bool {
        let Allow { rules, secrets, .. } = &self.allow;
        self.allow.is_bounded()
            && (rules.is_empty() || rules.iter().any(|id| id == finding.rule.as_str()))
            && (secrets.is_empty() || secrets.iter().any(|print| print == finding.fingerprint.as_str()))
            && (self.paths.is_empty() || self.paths.matches(finding.path.as_ref()))
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(finding.secret.expose()))
    }
}
