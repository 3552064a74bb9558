//! A project's exceptions, made ready: which `[[allow]]` entry speaks of a finding.

use std::iter;
use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use crate::engine::lazy::Lazy;
use crate::model::{Day, Finding, Fingerprint, Origin, Reason};
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
        let (path, print) = (finding.path.as_ref(), &finding.fingerprint);
        let is_of_history = matches!(finding.origin, Origin::Object(_));
        let speaks = |entry: &Entry| {
            let waits = entry.names_commits() || is_of_history && entry.names_places();
            !waits && entry.covers(finding, path, print, Some(line))
        };
        self.0.iter().position(speaks).map(|number| self.reason(number))
    }

    /// Returns an entry that speaks of a finding of which all places and the commits that brought it are known.
    ///
    /// Of each place one must speak: a value that came in once more by another commit, or in another file, is news.
    pub(super) fn find_by_places(&self, finding: &Finding) -> Option<Reason> {
        if !self.0.iter().any(|entry| entry.names_commits() || entry.names_places()) {
            return None;
        }
        let first = (finding.path.as_bstr(), finding.commit.as_ref().map(|commit| &commit.id));
        let origins = finding.origins.iter();
        let origins = origins.map(|origin| (origin.path.as_bstr(), origin.commit.as_ref().map(|commit| &commit.id)));
        let speaks_of = |(path, id): (&BStr, Option<&Arc<str>>)| {
            let print = finding.known_at(path);
            let speaks = |entry: &Entry| entry.is_for(id) && entry.covers(finding, path, &print, None);
            self.0.iter().position(speaks)
        };
        let numbers: Option<Vec<usize>> = iter::once(first).chain(origins).map(speaks_of).collect();
        numbers?.first().map(|&number| self.reason(number))
    }

    /// Returns which entries speak of a path, for paths under which the same content is held back alike.
    pub(super) fn of_path(&self, path: &BStr) -> Vec<usize> {
        let bound = self.0.iter().enumerate().filter(|(_, entry)| !entry.paths.is_empty());
        bound
            .filter(|(_, entry)| entry.paths.matches(path))
            .map(|(number, _)| number)
            .collect()
    }

    fn reason(&self, number: usize) -> Reason {
        Reason::Allow(number, self.0[number].allow.reason.as_str().into())
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

    /// Tells whether it can be judged only once the commits are known.
    fn names_commits(&self) -> bool {
        !self.allow.commits.is_empty()
    }

    /// Tells whether it speaks of a value in one file only. A history reads the same content once, whatever its names
    /// are; a line is known only there and then.
    fn names_places(&self) -> bool {
        !self.allow.secrets.is_empty() && self.line.is_none()
    }

    fn is_for(&self, commit: Option<&Arc<str>>) -> bool {
        let commits = &self.allow.commits;
        commits.is_empty() || commit.is_some_and(|id| commits.iter().any(|named| id.starts_with(named.as_str())))
    }

    /// Every field that is given must hold, its commits left aside. Where the line is not known, no entry speaks of it.
    fn covers(&self, finding: &Finding, path: &BStr, print: &Fingerprint, line: Option<&[u8]>) -> bool {
        let Allow { rules, secrets, .. } = &self.allow;
        !self.is_over
            && self.allow.is_bounded()
            && (rules.is_empty() || rules.iter().any(|id| id == finding.rule.as_str()))
            && (secrets.is_empty() || secrets.iter().any(|known| known == print.as_str()))
            && (self.paths.is_empty() || self.paths.matches(path))
            && (self.patterns.is_empty() || self.patterns.iter().any(|one| one.is_match(finding.secret.expose())))
            && match (&self.line, line) {
                (None, _) => true,
                (Some(pattern), Some(line)) => pattern.is_match(line),
                (Some(_), None) => false,
            }
    }
}
