//! What formats get to see of an outcome: nothing that could leak.
//!
//! A format is handed a [`View`] and never an outcome. Every text it can reach is redacted already, so no format can
//! forget to do so, whoever writes it.

use std::ops::Range;

use crate::model::{
    Confidence, Excerpt, Failed, Finding, Fingerprint, Introduced, Location, Occurrence, Outcome, Place, Reason,
    Redactor, Severity, Skipped, Tally,
};
use crate::report::Style;
use crate::rules::remedy;

/// An outcome as it may be shown.
#[derive(Debug)]
pub(super) struct View<'a> {
    outcome: &'a Outcome,
    redactor: Redactor,
    /// How the report is drawn.
    pub style: &'a Style,
}

/// A finding as it may be shown; control characters are still those of its texts.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub rule: &'a str,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub path: String,
    pub location: Location,
    pub place: Place,
    pub secret: String,
    pub fingerprint: &'a Fingerprint,
    pub remedy: Option<String>,
    /// What to do, step by step; with `--verbose` only, for a gate's report is to be short.
    pub steps: Vec<String>,
    /// The oldest commit that introduced it.
    pub commit: Option<Commit>,
    /// Every place where history holds it.
    pub origins: Vec<Spot>,
    /// Whether it blocks, being at or above `fail-on`.
    pub blocks: bool,
    excerpt: &'a Excerpt,
    redactor: &'a Redactor,
    show_secrets: bool,
}

/// A commit as it may be shown.
#[derive(Debug)]
pub(super) struct Commit {
    pub id: String,
    pub author: String,
    pub date: String,
    pub summary: String,
}

impl Commit {
    /// Returns as much of the name as git shows in a list.
    pub(super) fn short_id(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }

    /// Returns the day on which it was committed, as its writer counted days.
    pub(super) fn day(&self) -> &str {
        self.date.get(..10).unwrap_or_default()
    }
}

/// One of the places of a value, as it may be shown.
#[derive(Debug)]
pub(super) struct Spot {
    pub path: String,
    pub line: u32,
    pub commit: Option<Commit>,
    pub in_head: bool,
    pub removed: Option<Commit>,
}

impl Spot {
    /// Names the place in a few words: `old.py:3 (until 333333333333)`.
    pub(super) fn told(&self) -> String {
        let state = match &self.removed {
            _ if self.in_head => "in HEAD".to_owned(),
            Some(commit) => format!("until {}", commit.short_id()),
            None => "not in HEAD".to_owned(),
        };
        format!("{}:{} ({state})", self.path, self.line)
    }
}

/// The text around a finding as it may be shown.
#[derive(Debug)]
pub(super) struct Line {
    pub before: String,
    pub focus: String,
    pub after: String,
}

/// A finding that somebody decided not to hear of, as it may be shown.
#[derive(Debug)]
pub(super) struct HeldBack<'a> {
    pub found: Shown<'a>,
    pub reason: Why,
}

/// Whose decision suppressed a finding, with the words given for it.
#[derive(Debug)]
pub(super) enum Why {
    Baseline,
    /// An entry of the configuration, by its number from 0.
    Allow(usize, String),
    Comment(String),
    PushOption(String),
}

impl Why {
    /// Returns the kind of decision, in a word or two.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Allow(..) => "allow entry",
            Self::Comment(_) => "comment",
            Self::PushOption(_) => "push option",
        }
    }

    /// Returns the words given for it, possibly none.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Baseline => "",
            Self::Allow(_, words) | Self::Comment(words) | Self::PushOption(words) => words,
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(outcome: &'a Outcome, style: &'a Style) -> Self {
        let redactor = if style.show_secrets {
            Redactor::none()
        } else {
            Redactor::new(outcome)
        };
        Self {
            outcome,
            redactor,
            style,
        }
    }

    /// Returns any other text as it may be shown.
    pub(super) fn text(&self, text: impl AsRef<[u8]>) -> String {
        self.redactor.text(text.as_ref())
    }

    /// Returns how many findings there are.
    pub(super) fn len(&self) -> usize {
        self.outcome.findings.len()
    }

    /// Returns how many findings block.
    pub(super) fn blocking(&self) -> usize {
        self.outcome
            .findings
            .iter()
            .filter(|finding| self.blocks(finding))
            .count()
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = Shown<'_>> {
        self.outcome.findings.iter().map(|finding| self.show(finding))
    }

    /// Returns the findings of one file after the other.
    pub(super) fn files(&self) -> impl Iterator<Item = Vec<Shown<'_>>> {
        let files = self.outcome.findings.chunk_by(|one, next| one.path == next.path);
        files.map(|file| file.iter().map(|finding| self.show(finding)).collect())
    }

    pub(super) fn suppressed(&self) -> impl ExactSizeIterator<Item = HeldBack<'_>> {
        self.outcome.suppressed.iter().map(|held| HeldBack {
            found: self.show(&held.finding),
            reason: match &held.reason {
                Reason::Baseline => Why::Baseline,
                Reason::Allow(entry, why) => Why::Allow(*entry, self.text(why.as_bytes())),
                Reason::Comment(why) => Why::Comment(self.text(why.as_bytes())),
                Reason::PushOption(why) => Why::PushOption(self.text(why.as_bytes())),
            },
        })
    }

    /// Returns what makes the guard look less closely: path, line and the end of a sentence.
    pub(super) fn relaxed(&self) -> impl ExactSizeIterator<Item = (String, Option<u32>, String)> {
        let relaxed = self.outcome.relaxed.iter();
        relaxed.map(|relaxed| (self.text(&relaxed.path), relaxed.line, self.text(&relaxed.what)))
    }

    /// Returns the words by which a rule is grouped.
    pub(super) fn tags(&self, rule: &str) -> &[String] {
        self.style.known.get(rule).map_or(&[], |rule| &rule.tags)
    }

    /// Returns what was to be read.
    pub(super) fn expected(&self) -> Tally {
        self.outcome.coverage.expected
    }

    /// Returns what was read.
    pub(super) fn scanned(&self) -> Tally {
        self.outcome.coverage.scanned
    }

    /// Returns how many files were listed and never accounted for.
    pub(super) fn missing(&self) -> u64 {
        self.outcome.coverage.missing()
    }

    /// Tells whether everything that was asked for was read.
    pub(super) fn is_complete(&self) -> bool {
        self.outcome.coverage.is_complete()
    }

    /// Returns the path and the reason of each thing passed over on purpose.
    pub(super) fn skipped(&self) -> impl ExactSizeIterator<Item = (String, &'static str)> {
        let skipped = self.outcome.coverage.skipped.iter();
        skipped.map(|Skipped { path, reason }| (self.text(path), reason.as_str()))
    }

    /// Returns the path and the error of each thing that could not be read.
    pub(super) fn failed(&self) -> impl ExactSizeIterator<Item = (String, String)> {
        let failed = self.outcome.coverage.failed.iter();
        failed.map(|Failed { path, error }| (self.text(path), self.text(error)))
    }

    fn blocks(&self, finding: &Finding) -> bool {
        finding.severity >= self.style.fail_on
    }

    /// Returns a finding as it may be shown.
    pub(super) fn show<'f>(&'f self, finding: &'f Finding) -> Shown<'f> {
        Shown {
            rule: finding.rule.as_str(),
            title: self.text(finding.title.as_bytes()),
            severity: finding.severity,
            confidence: finding.confidence,
            path: self.text(&finding.path),
            location: finding.location,
            place: finding.place,
            secret: self.secret(finding),
            fingerprint: &finding.fingerprint,
            remedy: finding.remedy.as_ref().map(|remedy| self.text(remedy.as_bytes())),
            steps: self.steps(finding),
            commit: finding.commit.as_deref().map(|commit| self.commit(commit)),
            origins: finding.origins.iter().map(|origin| self.spot(origin)).collect(),
            blocks: self.blocks(finding),
            excerpt: &finding.excerpt,
            redactor: &self.redactor,
            show_secrets: self.style.show_secrets,
        }
    }

    fn steps(&self, finding: &Finding) -> Vec<String> {
        if !self.style.verbose {
            return Vec::new();
        }
        let steps = remedy::steps(finding.rule.as_str(), finding.remedy.as_deref());
        steps.into_iter().map(|step| self.text(step.as_bytes())).collect()
    }

    fn commit(&self, commit: &Introduced) -> Commit {
        Commit {
            id: commit.id.to_string(),
            author: self.text(&commit.author),
            date: commit.date.to_string(),
            summary: self.text(&commit.summary),
        }
    }

    fn spot(&self, origin: &Occurrence) -> Spot {
        Spot {
            path: self.text(&origin.path),
            line: origin.line,
            commit: origin.commit.as_deref().map(|commit| self.commit(commit)),
            in_head: origin.in_head,
            removed: origin.removed.as_deref().map(|commit| self.commit(commit)),
        }
    }

    /// A file's name and an expression are no secrets, but they can hold one.
    fn secret(&self, finding: &Finding) -> String {
        if self.style.show_secrets || !finding.place.holds_secret() {
            self.text(finding.secret.expose())
        } else {
            finding.secret.to_string()
        }
    }
}

impl Shown<'_> {
    /// Says in one sentence what it is.
    pub(super) fn sentence(&self) -> String {
        match self.place {
            Place::Path => format!("{}.", self.title),
            _ => format!("{}: {}.", self.title, self.secret),
        }
    }

    /// Returns where it begins and ends in its line, counted in characters from 1; none where its line is cut.
    pub(super) fn columns(&self) -> Option<(usize, usize)> {
        let Range { start, end } = self.excerpt.focus;
        let text = self.excerpt.expose();
        let count = |bytes: &[u8]| bytes.utf8_chunks().map(characters).sum::<usize>();
        let Location {
            line,
            column,
            end_line,
            end_column,
        } = self.location;
        let is_whole = !self.excerpt.cut_before && line == end_line && (end_column - column) as usize == end - start;
        let first = count(text.get(..start)?) + 1;
        (is_whole && self.place != Place::Path).then_some((first, first + count(text.get(start..end)?)))
    }

    /// Returns the places besides its own, each once.
    pub(super) fn elsewhere(&self) -> impl Iterator<Item = &Spot> {
        let is_own = |spot: &&Spot| spot.path == self.path && spot.line == self.location.line;
        self.origins.iter().filter(move |spot| !is_own(spot))
    }

    /// Returns the text around the finding; none for a file name.
    pub(super) fn line(&self) -> Option<Line> {
        if self.place == Place::Path {
            return None;
        }
        let mut text = if self.show_secrets {
            self.excerpt.expose().to_owned()
        } else {
            self.excerpt.masked()
        };
        self.redactor.mask(&mut text);
        let readable = |span: Range<usize>| Redactor::none().text(&text[span]);
        let focus = self.excerpt.focus.clone();
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        Some(Line {
            before: cut(self.excerpt.cut_before).to_owned() + &readable(0..focus.start),
            after: readable(focus.end..text.len()) + cut(self.excerpt.cut_after),
            focus: readable(focus),
        })
    }
}

/// An invalid byte counts as one character, as in every editor.
fn characters(chunk: std::str::Utf8Chunk<'_>) -> usize {
    chunk.valid().chars().count() + chunk.invalid().len()
}
