//! Floor 2: blob in, findings out.
//!
//! Five steps, in [`Engine::scan_blob`]: the prefilter says where to look, the detectors propose candidates, the sieve
//! judges them, overlaps are settled, and what stands is located. Time is linear in the blob whatever it holds.

mod ahead;
mod allow;
mod announced;
mod assignment;
mod candidate;
mod checksum;
mod common;
mod declared;
mod decode;
mod detect;
mod explain;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod half;
pub mod ignore;
mod inside;
mod joined;
mod judge;
mod language;
mod lazy;
mod lookalike;
mod manner;
mod naming;
mod notebook;
pub mod opinion;
mod path_class;
mod pattern;
mod placeholder;
mod prefilter;
pub mod proof;
mod radix;
mod randomness;
mod reach;
mod ready;
mod secret_file;
mod sequence;
mod setting;
mod shelf;
mod sieve;
mod survey;
mod typed;
mod wordlist;

use std::collections::BTreeMap;

use crate::engine::allow::Exceptions;
use crate::engine::candidate::{Candidate, Dropped, Verdict};
use crate::engine::decode::Escape;
use crate::engine::detect::Detected;
use crate::engine::manner::Manners;
use crate::engine::notebook::Notebook;
use crate::engine::prefilter::Hits;
use crate::engine::shelf::Shelf;
use crate::model::{
    Blob, Confidence, Day, Excerpt, Finding, Fingerprint, Lapsed, Lines, Location, Masks, Outcome, Place, Reason,
    RuleId, Secret, Severity, Suppressed,
};
use crate::rules::{Allow, KeywordIndex, MARKS, PathTable, RuleError, RuleSet, packed};

/// What an engine is told besides its rules.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// The least confidence that is reported at all.
    pub min_confidence: Confidence,
    /// A project's exceptions.
    pub allow: Vec<Allow>,
    /// The day on which exceptions are judged; without one they count for ever. The library reads no clock.
    pub today: Option<Day>,
    /// Take no short cut: what is found is the same, by the plainest way, against which the fast ones are tested.
    pub reference: bool,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            min_confidence: Confidence::Medium,
            allow: Vec::new(),
            today: None,
            reference: false,
        }
    }
}

/// Rules made ready to search.
#[derive(Debug)]
pub struct Engine {
    rules: Shelf,
    keywords: KeywordIndex,
    /// The rules whose pattern is tried on every text.
    everywhere: Vec<usize>,
    /// For each rule the bit of the words that its matches hold, if it names any.
    holders: Vec<u8>,
    /// The keywords that tell of an escape instead.
    escapes: Vec<Option<Escape>>,
    /// For each rule its globs.
    paths: PathTable,
    exceptions: Exceptions,
    today: Option<Day>,
    /// The rules that find a public half, with those that find its secret.
    halves: BTreeMap<RuleId, Vec<String>>,
    min_confidence: Confidence,
    /// True when no short cut is to be taken.
    is_plain: bool,
    manners: Manners,
}

/// What one blob held.
#[derive(Debug, Default)]
pub struct Searched {
    /// Findings, and those that somebody decided not to hear of.
    pub judged: Vec<Judged>,
    /// True when the blob asked for more work than any honest file does, and was not searched to its end.
    pub gave_up: bool,
}

/// A finding, and whose decision holds it back if somebody's does.
#[derive(Debug)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// Why it is not to be reported, though it is one.
    pub suppressed: Option<Reason>,
    /// A comment that would have held it back.
    pub lapsed: Option<Lapsed>,
}

impl Engine {
    /// Makes rules ready to search.
    ///
    /// # Errors
    /// When a rule names no known checksum, or a glob or an exception is broken. A rule's pattern is compiled when its
    /// keyword is first seen; [`Engine::check`] does so at once.
    pub fn new(rules: &RuleSet, settings: &EngineSettings) -> Result<Self, RuleError> {
        let rules = Shelf::new(rules)?;
        let keywords = rules.keywords(settings.reference);
        let mut escapes = vec![None; keywords.lengths.len()];
        for (mark, &keyword) in MARKS.iter().zip(keywords.marks.iter()) {
            escapes[keyword as usize] = Some(Escape::of_mark(mark));
        }
        let mut holders = vec![0; rules.len()];
        for (bit, &rule) in keywords.holders.iter().enumerate() {
            holders[rule as usize] = 1 << bit;
        }
        let halves = rules.those_with(packed::HALVES, |rule| !rule.half_of.is_empty());
        let halves = halves.map(|(_, rule)| (RuleId::new(&rule.id), rule.half_of.clone()));
        let everywhere = rules.those_with(packed::EVERYWHERE, |rule| rule.anywhere && rule.keywords.is_empty());
        Ok(Self {
            halves: halves.collect(),
            everywhere: everywhere.map(|(number, _)| number).collect(),
            paths: rules.paths()?,
            rules,
            keywords,
            holders,
            escapes,
            exceptions: Exceptions::new(&settings.allow, settings.today)?,
            today: settings.today,
            min_confidence: settings.min_confidence,
            is_plain: settings.reference,
            manners: Manners::default(),
        })
    }

    /// Compiles every pattern now.
    ///
    /// # Errors
    /// When a pattern does not compile.
    pub fn check(&self) -> Result<(), RuleError> {
        self.rules.check()
    }

    /// Holds back what the exceptions allow by the places of a value and the commits that brought it, once those are known.
    pub fn allow_by_places(&self, outcome: &mut Outcome) {
        for finding in std::mem::take(&mut outcome.findings) {
            match self.exceptions.find_by_places(&finding) {
                Some(reason) => outcome.suppressed.push(Suppressed { finding, reason }),
                None => outcome.findings.push(finding),
            }
        }
        outcome.sort();
    }

    /// Returns the rules whose secret a finding is the public half of.
    fn wholes_of(&self, finding: &Finding) -> &[String] {
        self.halves.get(&finding.rule).map_or(&[], Vec::as_slice)
    }

    /// Searches one blob.
    pub fn scan_blob(&self, blob: &Blob<'_>) -> Searched {
        self.conclude(blob, detect::detect(self, blob, false))
    }

    /// Settles overlaps and locates what stands.
    fn conclude(&self, blob: &Blob<'_>, mut detected: Detected) -> Searched {
        if detected.candidates.is_empty() {
            return Searched {
                judged: Vec::new(),
                gave_up: detected.gave_up,
            };
        }
        sieve::resolve(&self.rules, &mut detected.candidates);
        self.drop_unsure(&mut detected.candidates);
        Searched {
            judged: self.locate(blob, detected.candidates),
            gave_up: detected.gave_up,
        }
    }

    /// Returns how long a keyword is.
    fn keyword_length(&self, keyword: usize) -> usize {
        self.keywords.lengths[keyword] as usize
    }

    /// Finds where keywords end.
    fn find(&self, text: &[u8], hits: &mut Hits) {
        match self.is_plain {
            true => prefilter::find_plainly(&self.keywords.automaton, text, hits),
            false => prefilter::find(&self.keywords.automaton, text, hits),
        }
    }

    fn drop_unsure(&self, candidates: &mut [Candidate]) {
        for candidate in candidates {
            match candidate.confidence() {
                Some(confidence) if confidence < self.min_confidence => {
                    candidate.verdict = Verdict::Drop(Dropped::LowConfidence(confidence));
                }
                _ => {}
            }
        }
    }

    /// Turns what stands into findings: lines, columns, excerpts, and the decisions of people.
    fn locate(&self, blob: &Blob<'_>, candidates: Vec<Candidate>) -> Vec<Judged> {
        if candidates.iter().all(|candidate| candidate.confidence().is_none()) {
            return Vec::new();
        }
        let text: &[u8] = &blob.bytes;
        let lines = Lines::new(text);
        let contents = candidates.iter().filter(|candidate| candidate.place == Place::Content);
        let masks = Masks::new(text, contents.map(|candidate| candidate.span.clone()));
        let notebook = notebook::is_notebook(&blob.path).then(|| Notebook::read(text));
        let mut judged: Vec<Judged> = candidates
            .iter()
            .filter_map(|candidate| self.judged(blob, candidate, &lines, &masks))
            .map(|judged| in_cell(judged, notebook.as_ref(), &lines))
            .collect();
        drop_names(&mut judged);
        judged.sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
        half::join(self, &mut judged);
        judged
    }

    fn judged(&self, blob: &Blob<'_>, candidate: &Candidate, lines: &Lines, masks: &Masks) -> Option<Judged> {
        let confidence = candidate.confidence()?;
        let text: &[u8] = &blob.bytes;
        let (location, secret, excerpt) = match candidate.place {
            Place::Path => (first(), file_name(blob), Excerpt::default()),
            _ => {
                let location = lines.locate(&candidate.span);
                if !blob.scope.covers(location.line, location.end_line) {
                    return None;
                }
                let line = lines.span(location.line);
                let cut = match candidate.place {
                    Place::Expression => Excerpt::around,
                    _ => Excerpt::cut,
                };
                let excerpt = cut(text, &line, &candidate.span, masks);
                let value = candidate.decoded.as_deref().unwrap_or(&text[candidate.span.clone()]);
                (location, Secret::new(value), excerpt)
            }
        };
        let rule = &self.rules[candidate.rule];
        let finding = Finding {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            confidence,
            path: blob.path.clone().into_owned(),
            location,
            place: match candidate.place {
                Place::Content => blob.kind.place(),
                place => place,
            },
            fingerprint: Fingerprint::new(rule.id.as_str(), &blob.path, secret.expose(), rule.is_chosen),
            secret,
            excerpt,
            origin: blob.origin.clone(),
            commit: None,
            origins: Vec::new(),
            whole: None,
            cell: None,
            remedy: rule.remedy.clone(),
        };
        let comment = self.comment(&finding, text, lines);
        let counts = comment.as_ref().filter(|comment| comment.counts_on(self.today));
        let suppressed = match counts {
            Some(comment) => Some(Reason::Comment(comment.reason.clone())),
            None => self.exceptions.find(&finding, line_of(&finding, text, lines)),
        };
        let lapsed = comment.filter(|_| suppressed.is_none()).map(|comment| Lapsed {
            path: finding.path.clone(),
            line: finding.location.line,
            until: comment.until.day(),
        });
        Some(Judged {
            finding,
            suppressed,
            lapsed,
        })
    }

    fn comment(&self, finding: &Finding, text: &[u8], lines: &Lines) -> Option<ignore::Comment> {
        let is_in_text = finding.place != Place::Path;
        is_in_text.then(|| ignore::comment(text, lines, finding.location.line))?
    }
}

/// Drops the name of a key file where the key in it was found, too: the two are one secret.
///
/// A name of lesser severity speaks of the file as such and stays.
fn drop_names(judged: &mut Vec<Judged>) {
    let is_grave = |judged: &Judged| judged.finding.severity >= Severity::High;
    let is_name = |judged: &Judged| judged.finding.place == Place::Path;
    if judged.iter().any(|judged| is_grave(judged) && !is_name(judged)) {
        judged.retain(|judged| !(is_grave(judged) && is_name(judged)));
    }
}

/// Says in which cell of a notebook a finding stands.
fn in_cell(mut judged: Judged, notebook: Option<&Notebook>, lines: &Lines) -> Judged {
    let Location { line, column, .. } = judged.finding.location;
    let offset = lines.span(line).start + column as usize - 1;
    judged.finding.cell = notebook.and_then(|notebook| notebook.cell(offset));
    judged
}

/// Returns the line on which a finding begins; a file's name stands on none.
fn line_of<'t>(finding: &Finding, text: &'t [u8], lines: &Lines) -> &'t [u8] {
    match finding.place {
        Place::Path => &[],
        _ => &text[lines.span(finding.location.line)],
    }
}

fn first() -> Location {
    Location {
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
    }
}

fn file_name(blob: &Blob<'_>) -> Secret {
    let name = blob.path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    Secret::new(name)
}
