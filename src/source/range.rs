//! Everything that one side has and the other has not: what each new commit adds, and what is said in it.
//!
//! Commits are read one by one and not as their sum, so what one adds and the next takes away again is found. A merge
//! answers for what no parent of it had; a line that a parent has already is nobody's news.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bstr::{BStr, BString, ByteSlice};

use crate::git::{self, Change, Listed, ObjectReader, Oid, Record, Repo};
use crate::model::{Finding, Introduced, Kind, Occurrence, Origin, Outcome, Place, Tally};
use crate::source::staged::{Reader, adds_content};
use crate::source::text::{self, Content};
use crate::source::turn::Turns;
use crate::source::{Extent, Item, Limits, Source, SourceError, Visitor, crew, message};

/// So many commits are listed at a time: their changes are in memory together.
const STEP: usize = 1_000;

/// A set difference, read.
pub struct Range<'r> {
    repo: &'r Repo,
    range: git::Range,
    limits: Limits,
    jobs: usize,
    /// Each commit's place in the listing, parents before children: dates may lie, and are often the same.
    order: Mutex<HashMap<Oid, usize>>,
}

/// One thing to read.
enum Work {
    Words(Record, Kind),
    Change(Change, Arc<str>),
}

impl<'r> Range<'r> {
    /// Makes a source of what `range` holds in `repo`, read by `jobs` threads (0: as many as there are cores).
    pub fn new(repo: &'r Repo, range: git::Range, limits: Limits, jobs: usize) -> Self {
        Self {
            repo,
            range,
            limits,
            jobs,
            order: Mutex::default(),
        }
    }

    /// Says what stands at the edge of a shallow clone: nobody knows which of its lines are new.
    fn leave_cut(&self, commits: &[Listed], records: &[Record], visit: Visitor<'_>) -> Vec<Listed> {
        let mut whole = Vec::with_capacity(commits.len());
        for (commit, record) in commits.iter().zip(records) {
            let parents = record.objects("parent");
            if parents.len() == commit.parents.len() {
                whole.push(commit.clone());
                continue;
            }
            visit(Item::listed(1));
            visit(Item::failed(
                format!("commit {}", commit.oid),
                "Its parents lie beyond the edge of this shallow clone, so what is new in it is not known.",
            ));
        }
        whole
    }

    fn step(&self, commits: &[Listed], visit: Visitor<'_>) -> Result<(), SourceError> {
        let oids: Vec<Oid> = commits.iter().map(|commit| commit.oid.clone()).collect();
        let records = self.repo.records(&oids)?;
        let whole = self.leave_cut(commits, &records, visit);
        let changes = self.repo.changes(&whole)?;
        let mut changes: HashMap<Oid, Vec<Change>> = whole.into_iter().map(|commit| commit.oid).zip(changes).collect();
        let mut work = Vec::new();
        for record in records {
            let commit: Arc<str> = Arc::from(record.oid.as_str());
            let changes = changes.remove(&record.oid).unwrap_or_default();
            let changes = changes.into_iter().filter(adds_content);
            work.extend(changes.map(|change| Work::Change(change, commit.clone())));
            work.push(Work::Words(record, Kind::CommitMessage));
        }
        self.read(&work, visit);
        Ok(())
    }

    fn read(&self, work: &[Work], visit: Visitor<'_>) {
        let is_commit = |work: &&Work| matches!(work, Work::Words(_, Kind::CommitMessage));
        // The commits were listed before all else.
        visit(Item::listed(work.len() - work.iter().filter(is_commit).count()));
        let turns = Turns::new(crew::threads(self.jobs));
        let reader = || Reader::new(self.repo, &turns, &self.limits);
        crew::each(work, self.jobs, reader, |reader, work| match work {
            Work::Words(record, kind) => {
                visit(Item::Blob(message::blob(record, *kind), record.content.len() as u64));
            }
            Work::Change(change, commit) => reader.show(change, &Origin::Object(commit.clone()), visit),
        });
    }
}

impl Source for Range<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        let news = self.repo.news(&self.range)?;
        visit(Item::Listed(Tally {
            commits: news.commits.len() as u64,
            ..Tally::default()
        }));
        let tags = self.repo.records(&news.tags)?;
        let mut work: Vec<Work> = tags.into_iter().map(|tag| Work::Words(tag, Kind::TagMessage)).collect();
        for change in news.loose {
            let origin: Arc<str> = match &change.now {
                git::Now::Entry(entry) => entry.oid.as_str().into(),
                git::Now::Unmerged => continue,
            };
            work.push(Work::Change(change, origin));
        }
        self.read(&work, visit);
        let names = news.commits.iter().map(|commit| commit.oid.clone());
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = names.zip(0..).collect();
        news.commits
            .chunks(STEP)
            .try_for_each(|commits| self.step(commits, visit))
    }

    fn extent(&self) -> Extent {
        Extent::Commits
    }
}

impl Range<'_> {
    /// Says of each finding which commit brought it; what several commits brought to one path is one finding, of the
    /// oldest of them.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn attribute(&self, outcome: &mut Outcome) -> Result<(), SourceError> {
        if outcome.findings.is_empty() && outcome.suppressed.is_empty() {
            return Ok(());
        }
        outcome.sort();
        let mut head = Head::of(self.repo, &self.limits)?;
        let held = outcome.suppressed.iter().map(|held| &held.finding);
        let told = self.told(outcome.findings.iter().chain(held))?;
        let held = outcome.suppressed.iter_mut().map(|held| &mut held.finding);
        for finding in outcome.findings.iter_mut().chain(held) {
            finding.commit = commit_of(finding).and_then(|oid| told.get(&oid).cloned());
            finding.origins = vec![Occurrence {
                path: finding.path.clone(),
                line: finding.location.line,
                commit: finding.commit.clone(),
                in_head: head.has(finding)?,
                removed: None,
            }];
        }
        let order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |finding: &Finding| commit_of(finding).and_then(|oid| order.get(&oid).copied());
        outcome
            .findings
            .sort_by(|a, b| value(a).cmp(&value(b)).then_with(|| age(a).cmp(&age(b))));
        outcome.findings.dedup_by(|later, first| {
            let is_same = value(later) == value(first);
            if is_same {
                first.origins.append(&mut later.origins);
            }
            is_same
        });
        outcome.sort();
        Ok(())
    }

    fn told<'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding>,
    ) -> Result<HashMap<Oid, Arc<Introduced>>, SourceError> {
        let mut oids: Vec<Oid> = findings.filter_map(commit_of).collect();
        oids.sort();
        oids.dedup();
        // A tagged blob has no commit, and neither has a tag.
        let commits = self.repo.commits_among(&oids)?;
        let records = self.repo.records(&commits)?;
        Ok(records
            .into_iter()
            .map(|record| (record.oid.clone(), Arc::new(record.introduced())))
            .collect())
    }
}

/// What HEAD has. Findings come sorted by path, so the last file is the only one worth keeping.
struct Head<'r> {
    repo: &'r Repo,
    limits: &'r Limits,
    commit: Option<Oid>,
    objects: Option<ObjectReader<'r>>,
    file: Option<(BString, Option<Vec<u8>>)>,
    commits: HashMap<Oid, bool>,
}

impl<'r> Head<'r> {
    fn of(repo: &'r Repo, limits: &'r Limits) -> Result<Self, SourceError> {
        Ok(Self {
            repo,
            limits,
            commit: repo.resolve_commit("HEAD")?,
            objects: None,
            file: None,
            commits: HashMap::new(),
        })
    }

    fn has(&mut self, finding: &Finding) -> Result<bool, SourceError> {
        let (Some(head), Some(commit)) = (self.commit.clone(), commit_of(finding)) else {
            return Ok(false);
        };
        match finding.place {
            Place::Content => Ok(self.holds(&head, finding)?),
            Place::Path => Ok(self.repo.entry_at(&head, finding.path.as_ref())?.is_some()),
            _ => {
                if let Some(&known) = self.commits.get(&commit) {
                    return Ok(known);
                }
                let reaches = self.repo.reaches(&head, &commit)?;
                self.commits.insert(commit, reaches);
                Ok(reaches)
            }
        }
    }

    /// Tells whether the file still has the value; a file that cannot be read has not.
    fn holds(&mut self, head: &Oid, finding: &Finding) -> Result<bool, SourceError> {
        if self.file.as_ref().is_none_or(|(path, _)| *path != finding.path) {
            let text = self.read(head, finding.path.as_ref())?;
            self.file = Some((finding.path.clone(), text));
        }
        let text = self.file.as_ref().and_then(|(_, text)| text.as_ref());
        Ok(text.is_some_and(|text| text.contains_str(finding.secret.expose())))
    }

    fn read(&mut self, head: &Oid, path: &BStr) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(entry) = self.repo.entry_at(head, path)? else {
            return Ok(None);
        };
        if self.objects.is_none() {
            self.objects = self.repo.reader().ok();
        }
        let limits = self.limits;
        let read =
            |objects: &mut ObjectReader| objects.read(&entry.oid, &mut |size| limits.admits(size)).ok().flatten();
        let stored = self.objects.as_mut().and_then(read);
        Ok(stored.and_then(|stored| match text::classify(&stored) {
            Content::Readable { bytes, .. } => Some(bytes.into_owned()),
            Content::Packed => None,
        }))
    }
}

/// What makes two findings one.
fn value(finding: &Finding) -> (&BStr, &str, &BStr) {
    (finding.path.as_ref(), finding.rule.as_str(), finding.secret.expose())
}

fn commit_of(finding: &Finding) -> Option<Oid> {
    match &finding.origin {
        Origin::Object(name) => Oid::parse(name.as_bytes()),
        _ => None,
    }
}
