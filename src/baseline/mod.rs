//! Floor 2: findings that somebody has accepted, on file.
//!
//! A committed text file that reads well in a review and ages well: sorted, one line a finding, without line numbers,
//! dates or values, so that it changes only when somebody decides something. Two branches that both add lines merge
//! under git's own `union` driver, which `.gitattributes` names; whatever order that leaves is read alike.
//!
//! **What an attacker learns from it.** A line holds a path, a rule and a [`Fingerprint`]. Of a random value that is 24
//! bits of a hash: no list holds such a value, and nobody can try 2^60. Of a value that a person may have chosen it is
//! 8 bits, so of a list of ten million passwords some 39,000 fit each line, and for any guess at all the line fits by
//! chance once in 256 times. Whoever has the repository besides needs neither, for there the value stands. A path in
//! which a value stands is masked as in every report. The price is paid on the other side: a password that is changed
//! to another one in the same file goes unnoticed in one of 256 cases, a token in one of 16.7 million.

mod entry;
mod text;

use std::collections::{BTreeMap, HashMap, HashSet};

use bstr::BString;

pub use entry::{Entry, Scope, Verdict};

use crate::model::{Finding, Fingerprint, Outcome, Reason, Redactor, Suppressed};

/// The name that counts where the configuration names none.
pub const FILE_NAME: &str = ".keyfence-baseline";

/// A larger file is no baseline.
pub const LARGEST: u64 = 64 << 20;

/// What is wrong with a baseline, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct BaselineError {
    /// One sentence: file, line and what is wrong there.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

/// Accepted findings.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// What it was made of, and is compared with.
    pub scope: Scope,
    entries: BTreeMap<Fingerprint, Entry>,
}

impl Baseline {
    /// Makes a baseline of everything that a scan found; whatever is known of a finding from before stays.
    pub fn of(outcome: &Outcome, scope: Scope, before: &Self) -> Self {
        let paths = Redactor::of_paths(outcome);
        let mut made = Self {
            scope,
            ..Self::default()
        };
        for finding in all_findings(outcome) {
            for (path, fingerprint) in places(finding) {
                let known = before.entries.get(&fingerprint).cloned();
                let entry = known.unwrap_or_else(|| Entry::new(finding, &paths.text(&path)));
                made.entries.insert(fingerprint, entry);
            }
        }
        made
    }

    /// Returns the entries in the order of the file.
    pub fn entries(&self) -> Vec<(&Fingerprint, &Entry)> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by_key(|&(fingerprint, entry)| (&entry.path, &entry.rule, fingerprint));
        entries
    }

    /// Tells whether it accepts a finding that is known as this.
    pub fn accepts(&self, fingerprint: &Fingerprint) -> bool {
        self.entries.get(fingerprint).is_some_and(Entry::is_accepted)
    }

    /// Returns what is recorded of a finding: the verdict that its places have in common, and none where they differ.
    pub fn verdict(&self, finding: &Finding) -> Option<Verdict> {
        let verdict = |(_, fingerprint): (BString, Fingerprint)| Some(self.entries.get(&fingerprint)?.verdict);
        let mut verdicts = places(finding).into_iter().map(verdict);
        let first = verdicts.next()?;
        verdicts.all(|verdict| verdict == first).then_some(first)?
    }

    /// Records what somebody decided about a finding, in each of its places.
    pub fn record(&mut self, outcome: &Outcome, finding: &Finding, verdict: Verdict, reason: &str) {
        let (redactor, paths) = (Redactor::new(outcome), Redactor::of_paths(outcome));
        for (path, fingerprint) in places(finding) {
            let entry = Entry {
                verdict,
                reason: entry::plain(&redactor.text(reason.as_bytes())),
                ..Entry::new(finding, &paths.text(&path))
            };
            self.entries.insert(fingerprint, entry);
        }
    }

    /// Holds back every finding whose places are all accepted.
    ///
    /// A value that has come to stand in one more file is news, whatever was said of the others.
    pub fn apply(&self, outcome: &mut Outcome) {
        if self.entries.is_empty() {
            return;
        }
        let is_held = |finding: &Finding| places(finding).iter().all(|(_, fingerprint)| self.accepts(fingerprint));
        let (held, stood) = std::mem::take(&mut outcome.findings).into_iter().partition(is_held);
        outcome.findings = stood;
        let reason = |finding: Finding| Suppressed {
            finding,
            reason: Reason::Baseline,
        };
        let held: Vec<Finding> = held;
        outcome.suppressed.extend(held.into_iter().map(reason));
        outcome.sort();
    }

    /// Returns the entries of which nothing is left; only a scan of everything that read everything can tell.
    pub fn stale(&self, outcome: &Outcome) -> Vec<(&Fingerprint, &Entry)> {
        let there: HashSet<Fingerprint> = all_findings(outcome).flat_map(places).map(|(_, it)| it).collect();
        let mut entries = self.entries();
        entries.retain(|(fingerprint, _)| !there.contains(fingerprint));
        entries
    }

    /// Takes entries out.
    pub fn remove(&mut self, gone: &[Fingerprint]) {
        self.entries.retain(|fingerprint, _| !gone.contains(fingerprint));
    }

    /// Counts the entries by what was decided.
    pub fn count(&self) -> HashMap<Verdict, usize> {
        let mut counts = HashMap::new();
        for entry in self.entries.values() {
            *counts.entry(entry.verdict).or_insert(0) += 1;
        }
        counts
    }

    /// Returns how many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Tells whether nothing is accepted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Findings that are open, and those that a baseline holds back; what a comment or an entry allows needs no baseline.
fn all_findings(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    let held = outcome.suppressed.iter().filter(|held| held.reason == Reason::Baseline);
    outcome.findings.iter().chain(held.map(|held| &held.finding))
}

/// Returns each path at which a finding stands, with what it is known as there.
fn places(finding: &Finding) -> Vec<(BString, Fingerprint)> {
    let mut places = vec![(finding.path.clone(), finding.fingerprint.clone())];
    for origin in &finding.origins {
        if places.iter().all(|(path, _)| *path != origin.path) {
            places.push((origin.path.clone(), finding.known_at(origin.path.as_ref())));
        }
    }
    places
}

#[cfg(test)]
mod tests;
