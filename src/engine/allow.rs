//! A project's exceptions, made ready: which `[[allow]]` entry speaks of a finding.

use bstr::{BStr, ByteSlice};

use crate::engine::lazy::Lazy;
use crate::model::{Day, Finding, Reason};
use crate::rules::{Allow, Paths, RuleError};

/// The entries, in their order in the configuration.
#[derive(Debug, Default)]
pub(super) struct Exceptions(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    allow: Allow,
    paths: Paths,
    patterns: Vec<Lazy>,
    line: Option<Lazy>,
    is_over: bool,
}

impl Exceptions {
    pub(super) fn new(entries: &[Allow], today: Option<Day>) -> Result<Self, RuleError> {
        let entries = entries.iter().map(|allow| Entry::new(allow, today));
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// Returns the first entry that speaks of a finding where it stands, beginning on `line`.
    pub(super) fn find(&self, finding: &Finding, line: &[u8]) -> Option<Reason> {
        let path = finding.path.as_ref();
        self.first(|entry| entry.allow.commits.is_empty() && entry.covers(finding, path, Some(line)))
    }

    /// Returns the first entry that speaks of a finding by the commits that brought it.
    ///
    /// It must name all of them, and speak of each path: a value that came in once more by another commit is news.
    pub(super) fn find_by_commit(&self, finding: &Finding) -> Option<Reason> {
        let first = finding
            .commit
            .iter()
            .map(|commit| (finding.path.as_bstr(), Some(&commit.id)));
        let origins = finding.origins.iter();
        let origins = origins.map(|origin| (origin.path.as_bstr(), origin.commit.as_ref().map(|commit| &commit.id)));
        let places: Vec<_> = first.chain(origins).collect();
        self.first(|entry| {
            let is_named = |id: &str| entry.allow.commits.iter().any(|commit| id.starts_with(commit.as_str()));
            let covers = |(path, id): &(&BStr, Option<&std::sync::Arc<str>>)| {
                id.is_some_and(|id| is_named(id)) && entry.covers(finding, path, None)
            };
            !entry.allow.commits.is_empty() && !places.is_empty() && places.iter().all(covers)
        })
    }

    /// Returns which entries speak of a path, for paths under which the same content is held back alike.
    pub(super) fn of_path(&self, path: &BStr) -> Vec<usize> {
        let bound = self.0.iter().enumerate().filter(|(_, entry)| !entry.paths.is_empty());
        bound
            .filter(|(_, entry)| entry.paths.matches(path))
            .map(|(number, _)| number)
            .collect()
    }

    fn first(&self, covers: impl Fn(&Entry) -> bool) -> Option<Reason> {
        let number = self.0.iter().position(covers)?;
        Some(Reason::Allow(number, self.0[number].allow.reason.as_str().into()))
    }
}

impl Entry {
    fn new(allow: &Allow, today: Option<Day>) -> Result<Self, RuleError> {
        let broken = |message: String| RuleError::Pattern {
            id: "allow".to_owned(),
            message,
        };
        Ok(Self {
            paths: Paths::new(&allow.paths).map_err(|error| broken(error.to_string()))?,
            patterns: allow.expressions().map(Lazy::whole).collect(),
            line: allow.line.as_deref().map(Lazy::anywhere),
            is_over: allow.is_over(today),
            allow: allow.clone(),
        })
    }

    /// Every field that is given must hold, its commits left aside. Where the line is not known, no entry speaks of it.
    fn covers(&self, finding: &Finding, path: &BStr, line: Option<&[u8]>) -> bool {
        let Allow { rules, secrets, .. } = &self.allow;
        !self.is_over
            && self.allow.is_bounded()
            && (rules.is_empty() || rules.iter().any(|id| id == finding.rule.as_str()))
            && (secrets.is_empty() || secrets.iter().any(|print| print == finding.fingerprint.as_str()))
            && (self.paths.is_empty() || self.paths.matches(path))
            && (self.patterns.is_empty() || self.patterns.iter().any(|one| one.is_match(finding.secret.expose())))
            && match (&self.line, line) {
                (None, _) => true,
                (Some(pattern), Some(line)) => pattern.is_match(line),
                (Some(_), None) => false,
            }
    }
}
