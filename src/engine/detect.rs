//! From a blob to candidates: the prefilter says where to look, the rules look there.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use crate::engine::assignment::{self, Assigned, Syntax};
use crate::engine::candidate::{Candidate, Dropped, Verdict};
use crate::engine::decode::{Decoded, Layer, Layers, Mark};
use crate::engine::path_class::PathClass;
use crate::engine::prefilter::Hit;
use crate::engine::reach::Reach;
use crate::engine::ready::{Ready, Way};
use crate::engine::{Engine, decode, judge, placeholder, sieve};
use crate::model::{Blob, Confidence, Nature, Place, Scope};
use crate::rules::Assignment;

/// More candidates than this in one blob are not looked at: no person reads them, and the blob is reported as not read to its end.
const MOST_CANDIDATES: usize = 20_000;
/// How many bytes all searches of one blob may look at, beside this many times its length.
const SPARE_WORK: usize = 32 << 20;
/// What each search costs, however little it looks at.
const WORK_OF_A_SEARCH: usize = 512;
/// How many bytes may come out of all that is encoded in one blob, beside some times its length.
const SPARE_DECODED: usize = 8 << 20;
/// How many bytes are looked at to read a name and its value: seldom more.
const WORK_OF_A_NAME: usize = 256;
/// How many times its length judging a value costs.
const WORK_OF_JUDGING: usize = 32;
/// Keywords are looked for in so many bytes at a time, so that their places never fill the memory.
const BLOCK: usize = 4 << 20;
/// How deep texts may stand in one another.
const DEEPEST: usize = 5;

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
    search.content(0);
    search.secret_files();
    search.detected
}

/// What all searches in one blob, and in the texts inside it, may spend together.
#[derive(Debug, Default, Clone, Copy)]
struct Budget {
    work: usize,
    candidates: usize,
    decoded: usize,
}

struct Search<'s> {
    engine: &'s Engine,
    blob: &'s Blob<'s>,
    syntax: Syntax,
    reach: Reach,
    path_class: PathClass,
    /// The rules whose globs match this path.
    in_path: Vec<usize>,
    /// Where the search of each rule may go on, so that it looks at nothing twice.
    next: Vec<usize>,
    budget: Budget,
    /// The escapes that the prefilter met.
    escapes: Vec<Mark>,
    /// The name that was read last: several keywords of one name lead to one assignment.
    last_name: Option<(Range<usize>, Option<Assigned>)>,
    /// The name and the value that were judged last, and by which rules.
    judged: ((usize, usize), Vec<usize>),
    detected: Detected,
}

impl<'s> Search<'s> {
    fn new(engine: &'s Engine, blob: &'s Blob<'s>) -> Self {
        Self {
            engine,
            blob,
            syntax: Syntax::of(&blob.path),
            reach: Reach::of(blob),
            path_class: PathClass::of(&blob.path),
            in_path: engine.paths.matches(&blob.path),
            next: Vec::new(),
            budget: Budget {
                work: SPARE_WORK + 64 * blob.bytes.len(),
                candidates: MOST_CANDIDATES,
                decoded: SPARE_DECODED + 4 * blob.bytes.len(),
            },
            escapes: Vec::new(),
            last_name: None,
            judged: Default::default(),
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
                    decoded: None,
                    verdict: Verdict::Keep(rule.confidence),
                });
            }
        }
    }

    /// Searches the text, and then the texts inside it.
    fn content(&mut self, depth: usize) {
        let mut hits = HITS.take();
        let run_up = self.engine.prefilter.longest() - 1;
        for start in (0..self.blob.bytes.len()).step_by(BLOCK) {
            // Each block but the first begins earlier, so that no keyword is cut in two; what ends there is known.
            let from = start.saturating_sub(run_up);
            let end = self.blob.bytes.len().min(start + BLOCK);
            self.engine.prefilter.find(&self.blob.bytes[from..end], &mut hits);
            let ends = hits.iter().map(|hit| (hit.keyword, from + hit.end as usize));
            ends.filter(|&(_, end)| end > start)
                .for_each(|(keyword, end)| self.keyword(keyword as usize, end));
        }
        HITS.set(hits);
        if self.blob.nature == Nature::Text {
            self.encoded(depth);
        }
    }

    /// Decodes what is encoded and searches that. Deeper or more than any honest file goes, it says so.
    fn encoded(&mut self, depth: usize) {
        let blob = self.blob;
        let marks = std::mem::take(&mut self.escapes);
        let mut layers = Layers::new(&blob.bytes, marks, self.known());
        while let Some(decoded) = layers.next(self.budget.decoded, &self.reach) {
            match decoded {
                Decoded::Text(layer) if depth < DEEPEST && !self.is_spent() => {
                    self.budget.decoded -= layer.bytes.len();
                    self.layer(&layer, depth + 1);
                }
                _ => {
                    self.detected.gave_up = true;
                    return;
                }
            }
        }
    }

    /// Returns where values stand that are proven or refuted: what is inside them is a part of them.
    fn known(&self) -> Vec<Range<usize>> {
        let is_known = |candidate: &&Candidate| {
            let is_proven = candidate.confidence() == Some(Confidence::Certain);
            candidate.place == Place::Content && (is_proven || candidate.is_refuted())
        };
        let candidates = self.detected.candidates.iter().filter(is_known);
        candidates.map(|candidate| candidate.span.clone()).collect()
    }

    fn layer(&mut self, layer: &Layer, depth: usize) {
        let blob = Blob {
            origin: self.blob.origin.clone(),
            path: Cow::Borrowed(&self.blob.path),
            bytes: Cow::Borrowed(&layer.bytes),
            scope: Scope::Whole,
            kind: self.blob.kind,
            nature: Nature::Text,
        };
        let mut inner = Search {
            engine: self.engine,
            blob: &blob,
            syntax: self.syntax,
            reach: Reach::default(),
            path_class: self.path_class,
            in_path: std::mem::take(&mut self.in_path),
            next: Vec::new(),
            budget: self.budget,
            escapes: Vec::new(),
            last_name: None,
            judged: Default::default(),
            detected: Detected::default(),
        };
        inner.content(depth);
        self.in_path = inner.in_path;
        self.budget = inner.budget;
        self.detected.gave_up |= inner.detected.gave_up;
        for mut candidate in inner.detected.candidates {
            let value = &layer.bytes[candidate.span.clone()];
            candidate.decoded.get_or_insert_with(|| value.into());
            candidate.span = layer.origin(&candidate.span);
            self.detected.candidates.push(candidate);
        }
    }

    fn keyword(&mut self, keyword: usize, end: usize) {
        if let Some(escape) = self.engine.escapes[keyword] {
            self.escape(Mark { escape, end });
        }
        let span = end - self.engine.keyword_lengths[keyword]..end;
        if self.is_inside_run(&span) {
            return;
        }
        for &number in &self.engine.rules_by_keyword[keyword] {
            if self.is_spent() {
                self.detected.gave_up = true;
                return;
            }
            self.rule(number, &span);
        }
    }

    /// Tells whether one letter over and over makes a keyword of every place in it, as in the base64 of a blank picture:
    /// a token begins where the run does.
    fn is_inside_run(&self, keyword: &Range<usize>) -> bool {
        let Some(before) = keyword.start.checked_sub(1) else {
            return false;
        };
        let letter = self.blob.bytes[before];
        self.blob.bytes[keyword.clone()].iter().all(|&byte| byte == letter)
    }

    /// Notes an escape, unless nothing around it may be reported.
    fn escape(&mut self, mark: Mark) {
        let (before, after) = (mark.end.saturating_sub(decode::REACH), mark.end + decode::REACH);
        if self.reach.touches(before, after) {
            self.escapes.push(mark);
        }
    }

    fn is_spent(&self) -> bool {
        self.budget.candidates == 0 || self.budget.work == 0
    }

    fn rule(&mut self, number: usize, keyword: &Range<usize>) {
        let rule = &self.engine.rules[number];
        let (before, after) = rule.reach();
        if !self
            .reach
            .touches(keyword.start.saturating_sub(before), keyword.end + after)
        {
            return;
        }
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
        let (before, after) = pattern.reach();
        self.budget.work = self.budget.work.saturating_sub(WORK_OF_A_SEARCH + before + after);
        let Some(found) = pattern.find(&self.blob.bytes, keyword.clone(), self.next[number]) else {
            return;
        };
        self.next[number] = found.next;
        match (rule.judged, found.name) {
            (Some(want), Some(name)) => {
                let assigned = Assigned::written(&self.blob.bytes, name, found.secret);
                self.judge(number, rule, want, &assigned);
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
            self.budget.work = self.budget.work.saturating_sub(WORK_OF_A_NAME);
            let assigned = assignment::around(&self.blob.bytes, keyword, self.syntax);
            let name = assigned
                .as_ref()
                .map_or(keyword.clone(), |assigned| assigned.key.clone());
            self.last_name = Some((name, assigned));
        }
        let Some((_, Some(assigned))) = self.last_name.clone() else {
            return;
        };
        self.judge(number, rule, want, &assigned);
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
                for pair in &pairs {
                    if self.is_spent() {
                        self.detected.gave_up = true;
                        return;
                    }
                    self.judge(number, rule, want, pair);
                }
            }
        }
    }

    fn judge(&mut self, number: usize, rule: &Ready, want: Assignment, assigned: &Assigned) {
        if !self.is_first_look(number, assigned) {
            return;
        }
        // Values that stand in one another are judged each; a file of them must not cost the square of its length.
        self.budget.work = self.budget.work.saturating_sub(WORK_OF_JUDGING * assigned.value.len());
        let text = &self.blob.bytes;
        let kind = assignment::kind_of(&text[assigned.key.clone()]);
        let core = judge::core(kind, &text[assigned.value.clone()]);
        let span = assigned.value.start + core.start..assigned.value.start + core.end;
        let evidence = judge::Evidence {
            name: &text[assigned.key.clone()],
            value: &text[span.clone()],
            kind,
            link: assigned.link,
            quoting: assigned.quoting,
            syntax: self.syntax,
            path: self.path_class,
        };
        let verdict = sieve::assigned(rule, judge_decoded(want, &evidence), text, &span);
        self.push(number, span, verdict);
    }

    /// Tells whether the rule has not judged the value yet: each keyword in a name leads to it.
    fn is_first_look(&mut self, rule: usize, assigned: &Assigned) -> bool {
        let place = (assigned.key.start, assigned.value.start);
        if self.judged.0 != place {
            self.judged.0 = place;
            self.judged.1.clear();
        }
        let is_first = !self.judged.1.contains(&rule);
        if is_first {
            self.judged.1.push(rule);
        }
        is_first
    }

    /// Keeps a candidate. Those that are unlikely are kept for who asks why, and do not count.
    fn push(&mut self, rule: usize, span: Range<usize>, verdict: Verdict) {
        let counts = !matches!(&verdict, Verdict::Drop(reason) if !matches!(reason, Dropped::NoSecret(_)));
        if !counts && self.detected.candidates.len() >= MOST_CANDIDATES {
            return;
        }
        let place = match self.engine.rules[rule].is_expression {
            true => Place::Expression,
            false => Place::Content,
        };
        let same = |other: &Candidate| other.rule == rule && other.span == span && other.place == place;
        if self.detected.candidates.last().is_none_or(|last| !same(last)) {
            self.budget.candidates = self.budget.candidates.saturating_sub(usize::from(counts));
            self.detected.candidates.push(Candidate {
                rule,
                span,
                place,
                decoded: None,
                verdict,
            });
        }
    }
}

/// Judges a value, and what it says where it is base64: a Kubernetes secret holds the one for the other.
fn judge_decoded(want: Assignment, evidence: &judge::Evidence<'_>) -> Result<Confidence, judge::Drop> {
    let judged = judge::judge(want, evidence);
    let Some(plain) = decode::plain_value(evidence.value) else {
        return judged;
    };
    if placeholder::is_placeholder(&plain) {
        return Err("placeholder");
    }
    let inside = judge::judge(
        want,
        &judge::Evidence {
            value: &plain,
            ..*evidence
        },
    );
    match (judged, inside) {
        (Ok(outside), Ok(inside)) => Ok(outside.max(inside)),
        (judged, inside) => judged.or(inside),
    }
}
