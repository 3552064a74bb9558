//! The same search as a scan's, with its reasons kept: for `keyfence explain`.
//!
//! Nothing is judged here. Verdicts are the sieve's own; what is asked a second time is only what a verdict does not
//! carry, the numbers, and a normal scan asks none of it.

use std::ops::Range;

use bstr::ByteSlice;

use crate::engine::assignment::{Kind, Link, Quoting};
use crate::engine::candidate::{Candidate, Dropped, Verdict};
use crate::engine::checksum::Proof;
use crate::engine::judge::Evidence;
use crate::engine::prefilter::Hits;
use crate::engine::randomness::{self, Makeup};
use crate::engine::ready::Ready;
use crate::engine::{Engine, Judged, detect, file_name, first, placeholder, sieve};
use crate::model::{Blob, Excerpt, Explained, Keyword, Lines, Masks, Place, Reason, Ruling, Secret, Step};

/// What is remembered of a candidate when somebody wants to know.
#[derive(Debug, Clone)]
pub(super) struct Trail {
    /// How it was found.
    pub(super) found: String,
    steps: Vec<Step>,
}

impl Trail {
    /// Remembers what a pattern matched around a keyword.
    pub(super) fn matched(
        rule: &Ready,
        text: &[u8],
        keyword: &Range<usize>,
        span: &Range<usize>,
        verdict: &Verdict,
    ) -> Box<Self> {
        let value = &text[span.clone()];
        let mut steps = measures(rule, value, sieve::fills_a_place(rule, value));
        steps.extend(surroundings(rule, text, span));
        steps.extend(rule.proof.map(|proof| checksum(proof(value))));
        steps.push(judged(verdict));
        let keyword = text[keyword.clone()].as_bstr();
        let found = match rule.is_anywhere {
            true => "by the rule's pattern, which is tried on the whole text".to_owned(),
            false => format!("by the keyword `{keyword}`, around which the rule's pattern fits"),
        };
        Box::new(Self { found, steps })
    }

    /// Remembers what a name was given.
    pub(super) fn assigned(
        rule: &Ready,
        evidence: &Evidence<'_>,
        text: &[u8],
        span: &Range<usize>,
        verdict: &Verdict,
    ) -> Box<Self> {
        let name = evidence.name.as_bstr();
        let is_expression = rule.is_expression;
        let mut steps = match is_expression {
            true => Vec::new(),
            false => measures(rule, evidence.value, placeholder::is_placeholder(evidence.value)),
        };
        steps.extend(surroundings(rule, text, span));
        steps.push(step(
            "name",
            evidence.kind.is_some(),
            format!("`{name}` promises {}", promise(evidence.kind)),
        ));
        steps.push(judged(verdict));
        let found = match is_expression {
            true => format!("as an expression that names `{name}`"),
            false => format!(
                "as the value of `{name}`, {}, {}",
                link(evidence.link),
                quoting(evidence.quoting)
            ),
        };
        Box::new(Self { found, steps })
    }
}

fn promise(kind: Option<Kind>) -> &'static str {
    match kind {
        None => "nothing",
        Some(Kind::Password) => "a password",
        Some(Kind::Secret) => "a secret",
        Some(Kind::Key) => "a key of some kind",
        Some(Kind::BareKey) => "a key, as entries of tables do",
        Some(Kind::Minor) => "something random that seldom matters",
    }
}

fn link(link: Link) -> &'static str {
    match link {
        Link::Equals => "behind an equals sign",
        Link::Colon => "behind a colon",
        Link::Compare => "in a comparison",
        Link::Call => "in a call",
        Link::Pair => "beside it in a pair",
        Link::Element => "inside its element",
        Link::Space => "behind a blank",
        Link::NameValue => "where name and value stand side by side",
        Link::Near => "close behind it",
    }
}

fn quoting(quoting: Quoting) -> &'static str {
    match quoting {
        Quoting::Quoted => "in quotes",
        Quoting::Escaped => "in escaped quotes",
        Quoting::Bare => "without quotes",
        Quoting::Inside => "inside a larger text",
    }
}

/// Asks what stands around a value, and whether the rule itself excepts it.
fn surroundings(rule: &Ready, text: &[u8], span: &Range<usize>) -> Vec<Step> {
    let companion = sieve::companion(rule, text, span).map(|is_there| {
        let detail = if is_there { "stands close by" } else { "is missing" };
        step("companion", is_there, detail)
    });
    let exception = sieve::exception(rule, text, span);
    let exception = exception.map(|_| step("exception", false, "the rule itself excepts this value"));
    companion.into_iter().chain(exception).collect()
}

impl Engine {
    /// Searches a blob as a scan does and returns every candidate with the steps that judged it.
    ///
    /// The flag tells whether the search gave up before the end, as in [`Searched`](crate::engine::Searched).
    pub fn explain(&self, blob: &Blob<'_>) -> (Vec<Explained>, bool) {
        let mut detected = detect::detect(self, blob, true);
        sieve::resolve(&self.rules, &mut detected.candidates);
        self.drop_unsure(&mut detected.candidates);
        let located = self.locate(blob, detected.candidates.clone());
        let lines = Lines::new(&blob.bytes);
        let contents = detected
            .candidates
            .iter()
            .filter(|candidate| candidate.place == Place::Content);
        let masks = Masks::new(&blob.bytes, contents.map(|candidate| candidate.span.clone()));
        let scene = Scene {
            engine: self,
            blob,
            lines,
            masks,
            located,
            all: &detected.candidates,
        };
        let mut explained: Vec<Explained> = detected.candidates.iter().map(|one| scene.explained(one)).collect();
        explained.sort_by(|a, b| (a.location, &a.rule).cmp(&(b.location, &b.rule)));
        (explained, detected.gave_up)
    }

    /// Returns the keywords on a line, 1-based, each once.
    pub fn keywords_on(&self, blob: &Blob<'_>, line: u32) -> Vec<Keyword> {
        let span = Lines::new(&blob.bytes).span(line);
        let mut hits = Hits::default();
        self.find(&blob.bytes[span.clone()], &mut hits);
        let mut found: Vec<Keyword> = Vec::new();
        for hit in hits.iter() {
            let (number, end) = (hit.keyword as usize, span.start + hit.end as usize);
            let rules = self.keywords.rules_of(number).iter();
            let rules = rules.map(|&rule| self.rules[rule as usize].id.clone()).collect();
            let word = blob.bytes[end - self.keyword_length(number)..end].into();
            let keyword = Keyword { word, rules };
            if !keyword.rules.is_empty() && !found.contains(&keyword) {
                found.push(keyword);
            }
        }
        found
    }
}

/// A blob in which everything has been judged.
struct Scene<'s> {
    engine: &'s Engine,
    blob: &'s Blob<'s>,
    lines: Lines,
    masks: Masks,
    located: Vec<Judged>,
    all: &'s [Candidate],
}

impl Scene<'_> {
    fn explained(&self, candidate: &Candidate) -> Explained {
        let rule = &self.engine.rules[candidate.rule];
        let text: &[u8] = &self.blob.bytes;
        let is_name = candidate.place == Place::Path;
        let location = if is_name {
            first()
        } else {
            self.lines.locate(&candidate.span)
        };
        let cut = if candidate.place == Place::Expression {
            Excerpt::around
        } else {
            Excerpt::cut
        };
        let value = candidate.decoded.as_deref().unwrap_or(&text[candidate.span.clone()]);
        let mut explained = Explained {
            rule: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            place: candidate.place,
            location,
            secret: if is_name {
                file_name(self.blob)
            } else {
                Secret::new(value)
            },
            excerpt: match is_name {
                true => Excerpt::default(),
                false => cut(text, &self.lines.span(location.line), &candidate.span, &self.masks),
            },
            found: "by the name of the file".to_owned(),
            steps: Vec::new(),
            ruling: Ruling::NotReported(String::new()),
        };
        if let Some(trail) = &candidate.trail {
            explained.found.clone_from(&trail.found);
            explained.steps.clone_from(&trail.steps);
        }
        explained.ruling = self.ruling(candidate, &mut explained);
        explained
    }

    /// Adds the last steps, which ask about more than the candidate itself, and says what follows.
    fn ruling(&self, candidate: &Candidate, explained: &mut Explained) -> Ruling {
        let mut refuse = |name, why: String| {
            explained.steps.push(step(name, false, why.clone()));
            Ruling::NotReported(why)
        };
        let confidence = match candidate.verdict {
            Verdict::Keep(confidence) => confidence,
            Verdict::Drop(Dropped::Overlapped) => return refuse("overlap", self.better(candidate)),
            Verdict::Drop(Dropped::LowConfidence(confidence)) => {
                let (has, asked) = (confidence.as_str(), self.engine.min_confidence.as_str());
                return refuse("confidence", format!("confidence is {has}, and {asked} is asked for"));
            }
            Verdict::Drop(dropped) => return Ruling::NotReported(words(dropped)),
        };
        let same = |judged: &&Judged| {
            let finding = &judged.finding;
            finding.rule == explained.rule && finding.location == explained.location
        };
        match self.located.iter().find(same) {
            Some(Judged { suppressed: None, .. }) => Ruling::Reported(confidence),
            Some(Judged {
                suppressed: Some(reason),
                ..
            }) => refuse("accepted", decision(reason)),
            None if candidate.place == Place::Path => refuse(
                "overlap",
                "what is in the file is reported in place of its name".to_owned(),
            ),
            None => refuse("scope", "the line is none that the change adds".to_owned()),
        }
    }

    /// Names the rule that says more about the same bytes.
    fn better(&self, candidate: &Candidate) -> String {
        let wins = |other: &&Candidate| {
            let is_judge = other.confidence().is_some()
                || other.is_refuted()
                || matches!(other.verdict, Verdict::Drop(Dropped::LowConfidence(_)));
            let touches = other.span.start < candidate.span.end && candidate.span.start < other.span.end;
            is_judge && touches && other.place == candidate.place && other.rule != candidate.rule
        };
        match self.all.iter().find(wins) {
            None => "another rule says more about it".to_owned(),
            Some(other) if other.is_refuted() => {
                format!("{} shows that it is no secret", self.engine.rules[other.rule].id)
            }
            Some(other) => format!("{} says more about it", self.engine.rules[other.rule].id),
        }
    }
}

fn step(name: &'static str, passed: bool, detail: impl Into<String>) -> Step {
    let detail = detail.into();
    Step { name, passed, detail }
}

/// Measures a value: length, entropy, what it is made of, and whether it only fills a place.
fn measures(rule: &Ready, value: &[u8], is_placeholder: bool) -> Vec<Step> {
    let len = value.len();
    let least = match rule.min_length {
        0 => String::new(),
        least => format!(", at least {least}"),
    };
    // The sum of an only term is a negative zero.
    let entropy = randomness::entropy(value) + 0.0;
    let least_entropy = rule
        .entropy
        .map_or_else(String::new, |least| format!(", at least {least}"));
    let makeup = Makeup::of(value);
    let Makeup {
        lower,
        upper,
        digits,
        others,
        turns,
        bits,
        ..
    } = makeup;
    let is_random = makeup.is_random();
    let made_of = format!("{lower} lower, {upper} upper, {digits} digits, {others} others, {turns} turns");
    let language = format!("{bits:.2} bits a letter by the language model");
    let looks = if is_random {
        "looks random"
    } else {
        "does not look random"
    };
    vec![
        step("length", len >= rule.min_length, format!("{len} bytes{least}")),
        step(
            "entropy",
            rule.entropy.is_none_or(|least| entropy >= least),
            format!("{entropy:.2} bits a character{least_entropy}"),
        ),
        step("alphabet", true, made_of),
        step("randomness", true, format!("{language}: {looks}")),
        step(
            "placeholder",
            !is_placeholder,
            if is_placeholder {
                "looks like one"
            } else {
                "looks like none"
            },
        ),
    ]
}

fn checksum(proof: Proof) -> Step {
    match proof {
        Proof::Proven => step("checksum", true, "proves it"),
        Proof::Fits => step("checksum", true, "fits, which others may as well"),
        Proof::Doubtful(why) => step("checksum", false, format!("in doubt: {why}")),
        Proof::Disproven(why) => step("checksum", false, why),
    }
}

/// Says what the sieve made of it before it looked at its neighbours.
fn judged(verdict: &Verdict) -> Step {
    match verdict {
        Verdict::Keep(confidence) => step("sieve", true, format!("kept, confidence {}", confidence.as_str())),
        Verdict::Drop(dropped) => step("sieve", false, format!("dropped: {}", words(*dropped))),
    }
}

fn words(dropped: Dropped) -> String {
    match dropped {
        Dropped::NoSecret(why) | Dropped::Unlikely(why) => why.to_owned(),
        Dropped::LowEntropy(entropy) => format!("only {entropy:.2} bits of entropy a character"),
        Dropped::LowConfidence(confidence) => format!("confidence is only {}", confidence.as_str()),
        Dropped::Overlapped => "another rule says more about it".to_owned(),
    }
}

fn decision(reason: &Reason) -> String {
    match reason {
        Reason::Baseline => "the baseline accepts it".to_owned(),
        Reason::Allow(number, why) => format!("allow entry {} accepts it: {why}", number + 1),
        Reason::Comment(why) if why.is_empty() => "a comment accepts it".to_owned(),
        Reason::Comment(why) => format!("a comment accepts it: {why}"),
        Reason::PushOption(why) => format!("a push option accepts it: {why}"),
    }
}
