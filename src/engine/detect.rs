//! From a blob to candidates: the prefilter says where to look, the rules look there.

use std::cell::RefCell;
use std::ops::Range;

use crate::engine::assignment::{self, Assigned, Kind, Syntax};
use crate::engine::candidate::{Candidate, Verdict};
use crate::engine::prefilter::Hit;
use crate::engine::ready::{Ready, Way};
use crate::engine::{Engine, judge, sieve};
use crate::model::{Blob, Nature, Place};
use crate::rules::Assignment;

/// More candidates than this in one blob are not looked at: no person reads them, and the blob is reported as not read to its end.
const MOST_CANDIDATES: usize = 20_000;
/// How many bytes all searches of one blob may look at, beside this many times its length.
const SPARE_WORK: usize = 64 << 20;

thread_local! {
    static HITS: RefCell<Vec<Hit>> = const { RefCell::new(Vec::new()) };
}

/// What was found in one blob.
#[derive(Debug, Default)]
pub(super) struct Detected {
    pub(super) candidates: Vec<Candidate>,
    /// True when the blob asked for more work than any honest file does.
    pub(super) gave_up: bool,
}

/// Runs all detectors over a blob.
pub(super) fn detect(engine: &Engine, blob: &Blob<'_>) -> Detected {
    let mut search = Search::new(engine, blob);
    search.file_names();
    HITS.with_borrow_mut(|hits| {
        engine.prefilter.find(&blob.bytes, hits);
        for hit in hits.iter() {
            search.keyword(*hit);
        }
    });
    search.secret_files();
    search.detected
}

struct Search<'s> {
    engine: &'s Engine,
    blob: &'s Blob<'s>,
    syntax: Syntax,
    /// The rules whose globs match this path.
    in_path: Vec<usize>,
    /// Where the search of each rule may go on, so that it looks at nothing twice.
    next: Vec<usize>,
    work: usize,
    /// The name that was read last: several keywords of one name lead to one assignment.
    last_name: Option<(Range<usize>, Option<Assigned>)>,
    detected: Detected,
}

impl<'s> Search<'s> {
    fn new(engine: &'s Engine, blob: &'s Blob<'s>) -> Self {
        Self {
            engine,
            blob,
            syntax: Syntax::of(&blob.path),
            in_path: engine.paths.matches(&blob.path),
            next: Vec::new(),
            work: 0,
            last_name: None,
            detected: Detected::default(),
        }
    }

    fn file_names(&mut self) {
        if !self.blob.scope.covers_path() || self.blob.kind != crate::model::Kind::File {
            return;
        }
        for &number in &self.in_path {
            let rule = &self.engine.rules[number];
            if matches!(rule.way, Way::FileName) {
                self.detected.candidates.push(Candidate {
                    rule: number,
                    span: 0..0,
                    place: Place::Path,
                    verdict: Verdict::Keep(rule.confidence),
                });
            }
        }
    }

    fn keyword(&mut self, hit: Hit) {
        let keyword = hit.keyword as usize;
        let end = hit.end as usize;
        let span = end - self.engine.keyword_lengths[keyword]..end;
        for &number in &self.engine.rules_by_keyword[keyword] {
            if self.is_spent() {
                self.detected.gave_up = true;
                return;
            }
            self.rule(number, &span);
        }
    }

    fn is_spent(&self) -> bool {
        self.detected.candidates.len() >= MOST_CANDIDATES || self.work > SPARE_WORK + 64 * self.blob.bytes.len()
    }

    fn rule(&mut self, number: usize, keyword: &Range<usize>) {
        let rule = &self.engine.rules[number];
        if rule.is_bound_to_paths && !self.in_path.contains(&number) {
            return;
        }
        // A name and a value mean nothing in bytes that are no text.
        let means_nothing = self.blob.nature == Nature::Binary && (rule.judged.is_some() || rule.is_expression);
        match &rule.way {
            Way::Pattern(_) if means_nothing => {}
            Way::Pattern(_) => self.pattern(number, rule, keyword),
            Way::Assignment(want) if self.blob.nature == Nature::Text => self.assignment(number, rule, *want, keyword),
            Way::Assignment(_) | Way::FileName => {}
        }
    }

    fn pattern(&mut self, number: usize, rule: &Ready, keyword: &Range<usize>) {
        let Way::Pattern(pattern) = &rule.way else { return };
        if self.next.is_empty() {
            self.next = vec![0; self.engine.rules.len()];
        }
        self.work += pattern.reach();
        let Some(found) = pattern.find(&self.blob.bytes, keyword.clone(), self.next[number]) else {
            return;
        };
        self.next[number] = found.next;
        match (rule.judged, found.name) {
            (Some(want), Some(name)) => {
                let assigned = Assigned::written(&self.blob.bytes, name, found.secret);
                let kind = assignment::kind_of(&self.blob.bytes[assigned.key.clone()]);
                self.judge(number, rule, want, &assigned, kind);
            }
            _ => {
                let verdict = sieve::pattern(rule, &self.blob.bytes, &found.secret);
                self.push(number, found.secret, verdict);
            }
        }
    }

    fn assignment(&mut self, number: usize, rule: &Ready, want: Assignment, keyword: &Range<usize>) {
        let known = self
            .last_name
            .as_ref()
            .is_some_and(|(name, _)| name.start <= keyword.start && keyword.end <= name.end);
        if !known {
            let assigned = assignment::around(&self.blob.bytes, keyword, self.syntax);
            let name = assigned
                .as_ref()
                .map_or(keyword.clone(), |assigned| assigned.key.clone());
            self.last_name = Some((name, assigned));
        }
        let Some((_, Some(assigned))) = self.last_name.clone() else {
            return;
        };
        let kind = assignment::kind_of(&self.blob.bytes[assigned.key.clone()]);
        self.judge(number, rule, want, &assigned, kind);
    }

    /// Reads every pair of a file that exists to hold secrets.
    fn secret_files(&mut self) {
        if self.blob.nature != Nature::Text {
            return;
        }
        for index in 0..self.in_path.len() {
            let number = self.in_path[index];
            let rule = &self.engine.rules[number];
            if let Way::Assignment(want) = rule.way
                && rule.reads_whole_file
            {
                let pairs = assignment::all(&self.blob.bytes, self.blob.path.as_ref(), self.syntax);
                for pair in pairs.iter().take(MOST_CANDIDATES) {
                    let kind = assignment::kind_of(&self.blob.bytes[pair.key.clone()]);
                    self.judge(number, rule, want, pair, kind);
                }
            }
        }
    }

    fn judge(&mut self, number: usize, rule: &Ready, want: Assignment, assigned: &Assigned, kind: Option<Kind>) {
        let text = &self.blob.bytes;
        let evidence = judge::Evidence {
            name: &text[assigned.key.clone()],
            value: &text[assigned.value.clone()],
            kind,
            link: assigned.link,
            quoting: assigned.quoting,
            syntax: self.syntax,
        };
        let verdict = sieve::assigned(rule, judge::judge(want, &evidence), text, &assigned.value);
        self.push(number, assigned.value.clone(), verdict);
    }

    fn push(&mut self, rule: usize, span: Range<usize>, verdict: Verdict) {
        let place = match self.engine.rules[rule].is_expression {
            true => Place::Expression,
            false => Place::Content,
        };
        let same = |other: &Candidate| other.rule == rule && other.span == span && other.place == place;
        if self.detected.candidates.last().is_none_or(|last| !same(last)) {
            self.detected.candidates.push(Candidate {
                rule,
                span,
                place,
                verdict,
            });
        }
    }
}
