//! From a blob to candidates: the prefilter says where to look, the rules look there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::ahead::Ahead;
use crate::engine::assignment::{self, Assigned, Named};
use crate::engine::candidate::{Candidate, Verdict};
use crate::engine::decode::Mark;
use crate::engine::explain::Trail;
use crate::engine::joined::Starts;
use crate::engine::manner::Manner;
use crate::engine::path_class::PathClass;
use crate::engine::pattern::{Found, Pattern};
use crate::engine::prefilter::Hits;
use crate::engine::reach::Reach;
use crate::engine::ready::{Ready, Way};
use crate::engine::{Engine, inside, judge, setting, sieve};
use crate::model::{Blob, Nature, Place, Places};
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
pub(super) const BLOCK: usize = 4 << 20;

thread_local! {
    pub(super) static HITS: RefCell<Hits> = RefCell::default();
}

/// What was found in one blob.
#[derive(Debug, Default)]
pub(super) struct Detected {
    pub(super) candidates: Vec<Candidate>,
    /// True when the blob asked for more work than any honest file does.
    pub(super) gave_up: bool,
}

/// Runs all detectors over a blob; to explain costs time, and decides nothing otherwise.
pub(super) fn detect(engine: &Engine, blob: &Blob<'_>, explains: bool) -> Detected {
    let mut search = Search::new(engine, blob, engine.manner(&blob.path));
    search.explains = explains;
    search.file_names();
    search.content(0);
    search.secret_files();
    search.detected
}

/// Runs all detectors where a survey of the text says that something may be found.
pub(super) fn detect_at(engine: &Engine, blob: &Blob<'_>, manner: Manner, places: &Places) -> Detected {
    let mut search = Search::new(engine, blob, manner);
    search.file_names();
    search.keywords(hits(&places.keywords), hits(&places.words), blob.bytes.len());
    search.everywhere();
    search.notebook(0);
    search.joined(0, Starts::Known(&places.starts));
    search.encoded(0, Some(&places.rows));
    search.secret_files();
    search.detected
}

/// Returns keywords and where they end, as they are asked about.
fn hits(list: &[(u32, u32)]) -> impl Iterator<Item = (u32, usize)> + Clone {
    list.iter().map(|&(end, keyword)| (keyword, end as usize))
}

/// What all searches in one blob, and in the texts inside it, may spend together.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Budget {
    work: usize,
    candidates: usize,
    pub(super) decoded: usize,
}

/// The search of one text.
pub(super) struct Search<'s> {
    pub(super) engine: &'s Engine,
    pub(super) blob: &'s Blob<'s>,
    pub(super) manner: Manner,
    pub(super) reach: Reach,
    /// Where the search of a rule may go on, so that it looks at nothing twice.
    pub(super) next: BTreeMap<usize, usize>,
    pub(super) budget: Budget,
    /// The escapes that the prefilter met.
    pub(super) escapes: Vec<Mark>,
    /// The keyword whose name was looked for last: several rules ask for the same one.
    pub(super) last_keyword: (Range<usize>, Option<Named>),
    /// The name that was read last: several keywords of one name lead to one assignment.
    pub(super) last_name: Option<(Range<usize>, Option<Assigned>)>,
    /// The name and the value that were judged last, and by which rules.
    pub(super) judged: ((usize, usize), Vec<usize>),
    pub(super) detected: Detected,
    /// True when each candidate is to keep how it was judged.
    pub(super) explains: bool,
}

impl<'s> Search<'s> {
    fn new(engine: &'s Engine, blob: &'s Blob<'s>, manner: Manner) -> Self {
        Self {
            engine,
            blob,
            manner,
            reach: Reach::of(blob),
            next: BTreeMap::new(),
            budget: Budget {
                work: SPARE_WORK + 64 * blob.bytes.len(),
                candidates: MOST_CANDIDATES,
                decoded: SPARE_DECODED + 4 * blob.bytes.len(),
            },
            escapes: Vec::new(),
            last_keyword: (0..0, None),
            last_name: None,
            judged: Default::default(),
            detected: Detected::default(),
            explains: false,
        }
    }

    fn file_names(&mut self) {
        if !self.blob.scope.covers_path() || self.blob.kind != crate::model::Kind::File {
            return;
        }
        for &number in self.manner.rules.iter() {
            let rule = &self.engine.rules[number];
            if matches!(rule.way, Way::FileName) {
                self.detected.candidates.push(Candidate {
                    rule: number,
                    span: 0..0,
                    place: Place::Path,
                    decoded: None,
                    verdict: Verdict::Keep(rule.confidence),
                    trail: None,
                });
            }
        }
    }

    /// Searches the text, and then the texts inside it.
    pub(super) fn content(&mut self, depth: usize) {
        let mut hits = HITS.take();
        let run_up = self.engine.keywords.automaton.run_up();
        for start in (0..self.blob.bytes.len()).step_by(BLOCK) {
            // Each block but the first begins earlier, so that no keyword is cut in two; what ends there is known.
            let from = start.saturating_sub(run_up);
            let end = self.blob.bytes.len().min(start + BLOCK);
            self.engine.find(&self.blob.bytes[from..end], &mut hits);
            let ends = hits.iter().map(|hit| (hit.keyword, from + hit.end as usize));
            let ends = ends.filter(|&(_, end)| end > start);
            self.keywords(ends.clone(), ends, end);
        }
        HITS.set(hits);
        self.everywhere();
        if self.blob.nature == Nature::Text {
            self.notebook(depth);
            let starts = match self.engine.is_plain {
                true => Starts::Everywhere,
                false => Starts::Likely,
            };
            self.joined(depth, starts);
            self.encoded(depth, None);
        }
    }

    /// Tries the patterns that no keyword calls for.
    fn everywhere(&mut self) {
        for &number in &self.engine.everywhere {
            self.rule(number, &(0..0), true);
        }
    }

    /// Looks at keywords in ascending order of their ends; among `words` are all that rules hold before the horizon.
    fn keywords(
        &mut self,
        hits: impl Iterator<Item = (u32, usize)>,
        words: impl Iterator<Item = (u32, usize)> + Clone,
        horizon: usize,
    ) {
        let horizon = if horizon == self.blob.bytes.len() {
            usize::MAX
        } else {
            horizon
        };
        let mut ahead = Ahead::new(words, &self.engine.keywords.held, horizon);
        for (keyword, end) in hits {
            self.keyword(keyword as usize, end, &mut ahead);
        }
    }

    /// Looks at one keyword. One at which nothing can be found leaves no trace, so it need not be looked at at all.
    fn keyword<I>(&mut self, keyword: usize, end: usize, ahead: &mut Ahead<'_, I>)
    where
        I: Iterator<Item = (u32, usize)> + Clone,
    {
        if let Some(escape) = self.engine.escapes[keyword] {
            self.escape(Mark { escape, end });
        }
        let span = end - self.engine.keyword_length(keyword)..end;
        if is_inside_run(&self.blob.bytes, &span) {
            return;
        }
        let engine = self.engine;
        for &number in engine.keywords.rules_of(keyword) {
            let number = number as usize;
            let bit = engine.holders[number];
            let may_match = (bit == 0 || ahead.comes(bit, &span, engine.rules.longest(number)))
                && engine.rules.may_match(number, &self.blob.bytes, &span);
            if engine.is_plain || may_match {
                self.rule(number, &span, may_match);
            }
        }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.candidates == 0 || self.budget.work == 0
    }

    /// Tells whether nothing more may be looked at, and notes that something was left out.
    fn gives_up(&mut self) -> bool {
        self.detected.gave_up |= self.is_spent();
        self.is_spent()
    }

    /// Tries a rule at a keyword. What the few bytes around have decided costs nothing, also where they are not trusted
    /// to: then `counts` is false.
    fn rule(&mut self, number: usize, keyword: &Range<usize>, counts: bool) {
        let rule = &self.engine.rules[number];
        if rule.is_anywhere {
            return self.anywhere(number, rule, keyword);
        }
        let (before, after) = rule.reach();
        if !self
            .reach
            .touches(keyword.start.saturating_sub(before), keyword.end + after)
        {
            return;
        }
        if rule.is_bound_to_paths && !self.manner.rules.contains(&number) {
            return;
        }
        // A name and a value mean nothing in bytes that are no text.
        let means_nothing = self.blob.nature == Nature::Binary && (rule.judged.is_some() || rule.is_expression);
        match &rule.way {
            Way::Pattern(_) if means_nothing => {}
            Way::Pattern(pattern) => self.pattern(number, rule, pattern, keyword, counts),
            Way::Assignment(want) if self.blob.nature == Nature::Text => self.assignment(number, rule, *want, keyword),
            Way::Assignment(_) | Way::FileName => {}
        }
    }

    fn pattern(&mut self, number: usize, rule: &Ready, pattern: &Pattern, keyword: &Range<usize>, counts: bool) {
        if rule.is_issued && self.manner.path_class == PathClass::Lock || counts && self.gives_up() {
            return;
        }
        if counts {
            let (before, after) = pattern.reach();
            self.budget.work = self.budget.work.saturating_sub(WORK_OF_A_SEARCH + before + after);
        }
        let from = self.next.get(&number).copied().unwrap_or(0);
        let Some(found) = pattern.find(&self.blob.bytes, keyword.clone(), from) else {
            return;
        };
        self.next.insert(number, found.next);
        match (rule.judged, &found.name) {
            (Some(want), Some(name)) => {
                let assigned = Assigned::written(&self.blob.bytes, name.clone(), found.secret);
                self.judge(number, rule, want, &assigned);
            }
            _ => self.matched(number, rule, keyword, &found),
        }
    }

    /// Tries a pattern on the whole text, once, however many keywords call for it.
    fn anywhere(&mut self, number: usize, rule: &Ready, keyword: &Range<usize>) {
        let Way::Pattern(pattern) = &rule.way else { return };
        let is_done = self.next.contains_key(&number);
        if is_done
            || self.blob.nature == Nature::Binary
            || rule.is_bound_to_paths && !self.manner.rules.contains(&number)
        {
            return;
        }
        self.next.insert(number, usize::MAX);
        self.budget.work = self.budget.work.saturating_sub(self.blob.bytes.len());
        let mut from = 0;
        while let Some(found) = pattern.find_from(&self.blob.bytes, from) {
            self.budget.work = self.budget.work.saturating_sub(WORK_OF_A_SEARCH);
            if self.is_spent() {
                self.detected.gave_up = true;
                return;
            }
            from = found.next;
            if self.reach.touches(found.secret.start, found.secret.end) {
                self.matched(number, rule, keyword, &found);
            }
        }
    }

    fn matched(&mut self, number: usize, rule: &Ready, keyword: &Range<usize>, found: &Found) {
        let text = &self.blob.bytes;
        let unsaid = found
            .lacks_role
            .then(|| sieve::unsaid(&text[found.secret.clone()]))
            .flatten();
        let verdict = match unsaid {
            Some(dropped) => Verdict::Drop(dropped),
            None => sieve::pattern(rule, text, &found.secret),
        };
        let matched = || Trail::matched(rule, text, keyword, &found.secret, &verdict);
        let trail = self.explains.then(matched);
        self.push(number, found.secret.clone(), verdict, trail);
    }

    fn assignment(&mut self, number: usize, rule: &Ready, want: Assignment, keyword: &Range<usize>) {
        if self.last_keyword.0 != *keyword {
            self.last_keyword = (
                keyword.clone(),
                assignment::name(&self.blob.bytes, keyword, self.manner.syntax),
            );
        }
        let Some(name) = self.last_keyword.1.clone() else {
            return;
        };
        if self.gives_up() {
            return;
        }
        if self.last_name.as_ref().is_none_or(|(key, _)| *key != name.key) {
            self.budget.work = self.budget.work.saturating_sub(WORK_OF_A_NAME);
            let assigned = assignment::read(&self.blob.bytes, &name, self.manner.syntax);
            self.last_name = Some((name.key, assigned));
        }
        let Some((_, Some(assigned))) = self.last_name.clone() else {
            return;
        };
        self.judge(number, rule, want, &assigned);
    }

    /// Reads every pair of a file that exists to hold secrets.
    pub(super) fn secret_files(&mut self) {
        // A message is no file, and neither is the name of one.
        if self.blob.nature != Nature::Text || !self.blob.kind.is_content() {
            return;
        }
        for &number in self.manner.rules.clone().iter() {
            let rule = &self.engine.rules[number];
            if let Way::Assignment(want) = rule.way
                && rule.reads_whole_file
            {
                let pairs = assignment::all(&self.blob.bytes, self.blob.path.as_ref(), self.manner.syntax);
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
            syntax: self.manner.syntax,
            path: self.manner.path_class,
            is_alone: kind.is_some() && setting::is_alone(text, &assigned.key, &assigned.value),
        };
        let verdict = sieve::assigned(rule, inside::judge(want, &evidence), text, &span);
        let trail = self
            .explains
            .then(|| Trail::assigned(rule, &evidence, text, &span, &verdict));
        self.push(number, span, verdict, trail);
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

    /// Tells whether a candidate is kept. Those that are merely unlikely are kept for who asks why, and only so many.
    pub(super) fn has_room_for(&self, verdict: &Verdict) -> bool {
        verdict.speaks() || self.detected.candidates.len() < MOST_CANDIDATES
    }

    fn push(&mut self, rule: usize, span: Range<usize>, verdict: Verdict, trail: Option<Box<Trail>>) {
        if !self.has_room_for(&verdict) {
            return;
        }
        let place = match self.engine.rules[rule].is_expression {
            true => Place::Expression,
            false => Place::Content,
        };
        let same = |other: &Candidate| other.rule == rule && other.span == span && other.place == place;
        if self.detected.candidates.last().is_none_or(|last| !same(last)) {
            let counts = verdict.speaks();
            self.budget.candidates = self.budget.candidates.saturating_sub(usize::from(counts));
            self.detected.candidates.push(Candidate {
                rule,
                span,
                place,
                decoded: None,
                verdict,
                trail,
            });
        }
    }
}

/// Tells whether one letter over and over makes a keyword of every place in it, as in the base64 of a blank picture:
/// a token begins where the run does.
pub(super) fn is_inside_run(text: &[u8], keyword: &Range<usize>) -> bool {
    let Some(before) = keyword.start.checked_sub(1) else {
        return false;
    };
    text[keyword.clone()].iter().all(|&byte| byte == text[before])
}
