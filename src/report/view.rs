//! What formats get to see of an outcome: nothing that could leak.
//!
//! A format is handed a [`View`] and never an outcome. Every text it can reach is redacted already, so no format can
//! forget to do so, whoever writes it.

use std::ops::Range;

use crate::model::{
    Cell, Confidence, Excerpt, Failed, Finding, Fingerprint, Introduced, Location, Occurrence, Outcome, Place, Reason,
    Redactor, Severity, Skipped, Tally,
};
use crate::report::Style;
use crate::report::join::{Joined, join};
use crate::rules::remedy;

/// An outcome as it may be shown.
#[derive(Debug)]
pub(super) struct View<'a> {
    outcome: &'a Outcome,
    /// Its findings, one for each secret.
    joined: Vec<Joined<'a>>,
    redactor: Redactor,
    /// What no path may show.
    paths: Redactor,
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
    /// In which cell of a notebook.
    pub cell: Option<Cell>,
    pub place: Place,
    pub secret: String,
    pub fingerprint: &'a Fingerprint,
    pub remedy: Option<String>,
    /// What to do, step by step; with `--verbose` only, for a gate's report is to be short.
    pub steps: Vec<String>,
    /// The oldest commit that introduced it.
    pub commit: Option<Commit>,
    /// Every place where it stands, if more than one, or where history holds it.
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

    /// Returns the author without the address.
    pub(super) fn author_name(&self) -> &str {
        let name = self.author.split(" <").next().unwrap_or_default();
        if name.is_empty() { &self.author } else { name }
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
    /// What was found there, where the scan looked at files.
    pub found: Option<Found>,
    pub commit: Option<Commit>,
    /// Nothing where the scan knows no commits.
    pub in_head: Option<bool>,
    pub removed: Option<Commit>,
}

impl Spot {
    /// Names the place in a few words: `old.py:3 (until 333333333333)`.
    pub(super) fn told(&self) -> String {
        let state = match (self.in_head, &self.removed) {
            (None, _) => String::new(),
            (Some(true), _) => " (in HEAD)".to_owned(),
            (_, Some(commit)) => format!(" (until {})", commit.short_id()),
            _ => " (not in HEAD)".to_owned(),
        };
        format!("{}:{}{state}", self.path, self.line)
    }

    /// Tells whether it is there now, as far as is known.
    pub(super) fn is_live(&self) -> bool {
        self.in_head != Some(false)
    }
}

/// One of several findings of a value: what is said of its place.
#[derive(Debug)]
pub(super) struct Found {
    pub rule: String,
    pub location: Location,
    pub fingerprint: String,
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
        let (redactor, paths) = if style.show_secrets {
            (Redactor::none(), Redactor::none())
        } else {
            (Redactor::new(outcome), Redactor::of_paths(outcome))
        };
        Self {
            outcome,
            joined: join(outcome),
            redactor,
            paths,
            style,
        }
    }

    /// Returns a path, or the name of the project, as it may be shown.
    pub(super) fn path(&self, path: impl AsRef<[u8]>) -> String {
        self.paths.text(path.as_ref())
    }

    /// Returns any other text as it may be shown.
    pub(super) fn text(&self, text: impl AsRef<[u8]>) -> String {
        self.redactor.text(text.as_ref())
    }

    /// Says how many rules were in force, and when those of the program were not.
    pub(super) fn rules(&self) -> String {
        let (count, noun) = (self.style.rules, if self.style.rules == 1 { "rule" } else { "rules" });
        match self.has_own_rules_alone() {
            true => format!("only {count} {noun} of the project's own"),
            false => format!("{count} {noun}"),
        }
    }

    /// Tells whether no rule of the program was in force.
    pub(super) fn has_own_rules_alone(&self) -> bool {
        self.style.known.is_own_alone()
    }

    /// Returns how many findings there are.
    pub(super) fn len(&self) -> usize {
        self.joined.len()
    }

    /// Returns how many findings block.
    pub(super) fn blocking(&self) -> usize {
        let blocking = self.joined.iter().filter(|joined| self.blocks(joined.lead));
        blocking.count()
    }

    /// Returns the finding of each place by itself: for formats whose readers keep book of places.
    pub(super) fn places(&self) -> impl ExactSizeIterator<Item = Shown<'_>> {
        self.outcome.findings.iter().map(|finding| self.show(finding))
    }

    /// Returns one finding for each secret, with all its places.
    pub(super) fn findings(&self) -> impl Iterator<Item = Shown<'_>> {
        self.joined
            .iter()
            .map(|joined| self.show_all(joined.lead, &joined.places))
    }

    /// Returns the findings of one file after the other.
    pub(super) fn files(&self) -> impl Iterator<Item = Vec<Shown<'_>>> {
        let files = self.joined.chunk_by(|one, next| one.lead.path == next.lead.path);
        files.map(|file| {
            file.iter()
                .map(|joined| self.show_all(joined.lead, &joined.places))
                .collect()
        })
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
        relaxed.map(|relaxed| (self.path(&relaxed.path), relaxed.line, self.text(&relaxed.what)))
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
        skipped.map(|Skipped { path, reason }| (self.path(path), reason.as_str()))
    }

    /// Returns the path and the error of each thing that could not be read.
    pub(super) fn failed(&self) -> impl ExactSizeIterator<Item = (String, String)> {
        let failed = self.outcome.coverage.failed.iter();
        failed.map(|Failed { path, error }| (self.path(path), self.text(error)))
    }

    fn blocks(&self, finding: &Finding) -> bool {
        finding.severity >= self.style.fail_on
    }

    /// Returns a finding as it may be shown.
    pub(super) fn show<'f>(&'f self, finding: &'f Finding) -> Shown<'f> {
        self.show_all(finding, &[finding])
    }

    /// Returns a finding as it may be shown, and all places of its value.
    fn show_all<'f>(&'f self, finding: &'f Finding, places: &[&Finding]) -> Shown<'f> {
        Shown {
            rule: finding.rule.as_str(),
            title: self.text(finding.title.as_bytes()),
            severity: finding.severity,
            confidence: finding.confidence,
            path: self.path(&finding.path),
            location: finding.location,
            cell: finding.cell,
            place: finding.place,
            secret: self.secret(finding),
            fingerprint: &finding.fingerprint,
            remedy: finding.remedy.as_ref().map(|remedy| self.text(remedy.as_bytes())),
            steps: self.steps(finding),
            commit: finding.commit.as_deref().map(|commit| self.commit(commit)),
            origins: self.origins(places),
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

    /// Returns every place of a value that has more than one, or of which history tells.
    fn origins(&self, places: &[&Finding]) -> Vec<Spot> {
        let spots = places.iter().flat_map(|finding| match finding.origins.as_slice() {
            [] if places.len() == 1 => Vec::new(),
            [] => vec![self.place(finding)],
            origins => origins.iter().map(|origin| self.occurrence(origin)).collect(),
        });
        spots.collect()
    }

    fn place(&self, finding: &Finding) -> Spot {
        Spot {
            path: self.path(&finding.path),
            line: finding.location.line,
            found: Some(Found {
                rule: finding.rule.to_string(),
                location: finding.location,
                fingerprint: finding.fingerprint.to_string(),
            }),
            commit: None,
            in_head: None,
            removed: None,
        }
    }

    fn occurrence(&self, origin: &Occurrence) -> Spot {
        Spot {
            path: self.path(&origin.path),
            line: origin.line,
            found: None,
            commit: origin.commit.as_deref().map(|commit| self.commit(commit)),
            in_head: Some(origin.in_head),
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

    /// Returns the places beside its own where the scan found the value.
    pub(super) fn others(&self) -> Vec<(&Spot, &Found)> {
        let found = self
            .origins
            .iter()
            .filter_map(|spot| Some((spot, spot.found.as_ref()?)));
        let is_own = |spot: &Spot, found: &Found| {
            (&spot.path, found.location, found.rule.as_str()) == (&self.path, self.location, self.rule)
        };
        found.filter(|(spot, found)| !is_own(spot, found)).collect()
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
