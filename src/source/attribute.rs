//! From findings in objects to findings in a history: one for each value, with the commits that brought it.
//!
//! A scan of objects finds the same value in every version of a file. Whoever must act on it needs one finding: where it
//! came from, where it still is, and every place that has to be cleaned.

use std::collections::HashMap;
use std::sync::Arc;

use bstr::{BString, ByteSlice};

use crate::git::Name;
use crate::git::history::{History, Introduction, Where};
use crate::model::{Finding, Introduced, Occurrence, Origin, Outcome, Place, RuleId};

/// Puts the findings of one value together and says of each which commits brought it.
pub fn attribute(history: &History, outcome: &mut Outcome) {
    let findings = std::mem::take(&mut outcome.findings);
    let mut values = Values::default();
    for finding in findings {
        values.add(history, finding);
    }
    let introductions = history.introductions(&values.places);
    let mut attributed = Attributed {
        history,
        commits: HashMap::new(),
    };
    let mut brought: Vec<Vec<Introduction>> = values.list.iter().map(|_| Vec::new()).collect();
    for introduction in introductions {
        brought[introduction.value as usize].push(introduction);
    }
    for (value, mut brought) in values.list.into_iter().zip(brought) {
        // What one commit brings to several paths, in the order of their names.
        for together in brought.chunk_by_mut(|one, next| one.commit == next.commit) {
            together.sort_by_cached_key(|introduction| history.census.paths.text(introduction.path));
        }
        outcome.findings.extend(attributed.finding(value, &brought));
    }
    outcome
        .suppressed
        .dedup_by(|one, other| one.finding.fingerprint == other.finding.fingerprint && one.reason == other.reason);
    outcome.sort();
}

/// What makes two findings the same value: the rule, and the bytes or, for a file that is one by its name, its path.
type Identity = (RuleId, BString);

#[derive(Default)]
struct Values {
    numbers: HashMap<Identity, u32>,
    list: Vec<Vec<(Finding, Option<u32>)>>,
    places: Where,
}

impl Values {
    fn add(&mut self, history: &History, finding: Finding) {
        let bytes = match finding.place {
            Place::Path => finding.path.clone(),
            _ => finding.secret.expose().to_owned(),
        };
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry((finding.rule.clone(), bytes)).or_insert(next);
        if number == next {
            self.list.push(Vec::new());
        }
        let object = object(history, &finding.origin);
        let holders = match finding.place {
            Place::Content | Place::Expression | Place::Note => {
                object.map(|blob| self.places.in_blobs.entry(blob).or_default())
            }
            Place::Path | Place::Name => {
                let path = history.census.paths.find(finding.path.as_ref());
                path.map(|path| self.places.in_paths.entry(path).or_default())
            }
            Place::CommitMessage | Place::TagMessage => None,
        };
        if let Some(holders) = holders
            && let Err(place) = holders.binary_search(&number)
        {
            holders.insert(place, number);
        }
        self.list[number as usize].push((finding, object));
    }
}

fn object(history: &History, origin: &Origin) -> Option<u32> {
    match origin {
        Origin::Object(name) => history.census.number(&Name::parse(name.as_bytes())?),
        _ => None,
    }
}

struct Attributed<'h> {
    history: &'h History,
    commits: HashMap<u32, Option<Arc<Introduced>>>,
}

impl Attributed<'_> {
    /// Makes one finding of all findings of a value.
    fn finding(&mut self, mut found: Vec<(Finding, Option<u32>)>, brought: &[Introduction]) -> Option<Finding> {
        found.sort_by(|(one, _), (other, _)| one.sort_key().cmp(&other.sort_key()));
        let mut origins: Vec<(usize, Occurrence)> = brought
            .iter()
            .map(|introduction| self.occurrence(&found, introduction))
            .collect();
        // What stands in no folder of a commit: messages, and blobs that a tag names.
        for (index, (finding, object)) in found.iter().enumerate() {
            let is_message = matches!(finding.place, Place::CommitMessage | Place::TagMessage);
            let is_unplaced = object.is_some_and(|object| self.history.census.unplaced.contains_key(&object));
            // Nothing that was found may get lost, whatever the commits say.
            if is_message || is_unplaced || origins.is_empty() {
                origins.push((index, self.unplaced(finding, *object)));
            }
        }
        // Those of commits stand in the order of their history; what has a commit comes before what has none.
        let moment = |commit: &Option<Arc<Introduced>>| commit.as_ref().map(|commit| commit.date);
        if found.iter().any(|(finding, _)| finding.place == Place::CommitMessage) {
            origins.sort_by_key(|(_, origin)| moment(&origin.commit));
        }
        origins.sort_by_key(|(_, origin)| origin.commit.is_none());
        let (index, first) = origins.first().map(|(index, origin)| (*index, origin.clone()))?;
        let mut finding = found.swap_remove(index).0;
        if matches!(finding.place, Place::Content | Place::Expression) {
            finding.move_to(first.path);
        }
        finding.commit = first.commit;
        finding.origins = origins.into_iter().map(|(_, origin)| origin).collect();
        Some(finding)
    }

    /// Describes what a commit brought, and says which of the findings shows it.
    fn occurrence(&mut self, found: &[(Finding, Option<u32>)], introduction: &Introduction) -> (usize, Occurrence) {
        let mut path = self.history.census.paths.text(introduction.path);
        let shows = |(finding, object): &(Finding, Option<u32>)| match finding.place {
            Place::Path | Place::Name => finding.path == path,
            _ => *object == introduction.blob,
        };
        let index = found.iter().position(shows).unwrap_or(0);
        // A commit brings an archive; the value stands in one of its members.
        let shown = &found[index].0.path;
        if let Some(member) = shown.find("!/").filter(|_| !path.contains_str("!/")) {
            path.extend_from_slice(&shown[member..]);
        }
        let occurrence = Occurrence {
            line: found[index].0.location.line,
            commit: self.commit(introduction.commit),
            in_head: introduction.in_head,
            removed: introduction.removed.and_then(|commit| self.commit(commit)),
            path,
        };
        (index, occurrence)
    }

    fn unplaced(&mut self, finding: &Finding, object: Option<u32>) -> Occurrence {
        let commit = object.filter(|_| finding.place == Place::CommitMessage);
        let census = &self.history.census;
        let path = object.and_then(|object| census.unplaced.get(&object));
        Occurrence {
            path: path.map_or_else(|| finding.path.clone(), |&path| census.paths.text(path)),
            line: finding.location.line,
            commit: commit.and_then(|commit| self.commit(commit)),
            in_head: commit.is_some_and(|commit| self.history.is_in_head(commit)),
            removed: None,
        }
    }

    fn commit(&mut self, number: u32) -> Option<Arc<Introduced>> {
        let history = self.history;
        let commit = self.commits.entry(number).or_insert_with(|| history.introduced(number));
        commit.clone()
    }
}
