//! SARIF 2.1.0, as GitHub code scanning, Azure DevOps and editors read it.
//!
//! What was held back is in it with a `suppressions` entry, as the standard has it. GitHub does not heed those and shows
//! such a result as an open alert, so `--quiet` leaves them out.

mod model;
mod rules;

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::Severity;
use crate::report::escape::uri;
use crate::report::json;
use crate::report::sarif::model::{
    ArtifactLocation, Details, Driver, Invocation, Location, Log, Notification, PhysicalLocation, Region, Result, Run,
    Suppression, Text, Tool,
};
use crate::report::sarif::rules::Rules;
use crate::report::view::{HeldBack, Shown, View, Why};

/// GitHub takes no run with more results; further ones get a run of their own.
const RESULTS: usize = 25_000;
/// GitHub shows no more locations of a result; the message counts the others.
const PLACES: usize = 100;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings = view.places().map(|shown| (shown, None));
    let suppressed = view
        .suppressed()
        .map(|HeldBack { found, reason }| (found, Some(reason)));
    let kept = if view.style.quiet { 0 } else { usize::MAX };
    let all: Vec<_> = findings.chain(suppressed.take(kept)).collect();
    let mut seen = BTreeMap::new();
    let mut runs: Vec<Run> = Vec::new();
    for part in all.chunks(RESULTS) {
        runs.push(run(view, part, runs.len(), &mut seen));
    }
    if runs.is_empty() {
        runs.push(run(view, &[], 0, &mut seen));
    }
    json::write(&Log::new(runs), out)
}

/// A finding, and whose decision holds it back if somebody's does.
type Judged<'a> = (Shown<'a>, Option<Why>);

fn run(view: &View<'_>, part: &[Judged<'_>], number: usize, seen: &mut BTreeMap<String, usize>) -> Run {
    let rules = Rules::of(view, part.iter().map(|(shown, _)| shown));
    let mut result = |(shown, why): &Judged<'_>| {
        let nth = seen.entry(shown.fingerprint.to_string()).or_insert(0);
        *nth += 1;
        result(shown, why.as_ref(), rules.index(shown.rule), *nth)
    };
    Run {
        results: part.iter().map(&mut result).collect(),
        tool: Tool {
            driver: Driver {
                name: "keyfence",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules.list,
            },
        },
        automation_details: (number > 0).then(|| Details {
            id: format!("keyfence/part-{}/", number + 1),
        }),
        column_kind: "unicodeCodePoints",
        invocations: vec![invocation(view, number == 0)],
    }
}

/// Says whether the scan was whole; what was not read is named once, in the first run.
fn invocation(view: &View<'_>, names_gaps: bool) -> Invocation {
    let mut notes = Vec::new();
    if names_gaps {
        let failed = view.failed().map(|(path, error)| note("error", &path, &error));
        let skipped = view
            .skipped()
            .map(|(path, why)| note("note", &path, &format!("Passed over: {why}.")));
        notes.extend(failed.chain(skipped));
        let relaxed = view.relaxed().map(|(path, _, what)| {
            note(
                "warning",
                &path,
                &format!("This change also relaxes the guard: it {what}."),
            )
        });
        notes.extend(relaxed);
        if view.missing() > 0 {
            let lost = format!("{} files were listed and never accounted for.", view.missing());
            notes.push(note("error", ".", &lost));
        }
    }
    Invocation {
        execution_successful: view.is_complete(),
        tool_execution_notifications: notes,
    }
}

fn note(level: &'static str, path: &str, words: &str) -> Notification {
    Notification {
        level,
        message: Text::new(words),
        locations: vec![Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation::new(uri::path(path)),
                region: None,
            },
            message: None,
        }],
    }
}

fn result(shown: &Shown<'_>, why: Option<&Why>, rule_index: usize, nth: usize) -> Result {
    let mut message = shown.sentence();
    if let Some(commit) = &shown.commit {
        message += &format!(" Introduced by {} on {}.", commit.short_id(), commit.day());
    }
    let elsewhere = shown.elsewhere().count();
    if elsewhere > 0 {
        message += &format!(
            " It stands in {elsewhere} more {}.",
            if elsewhere == 1 { "place" } else { "places" }
        );
    }
    let related = shown.elsewhere().take(PLACES).map(|spot| Location {
        message: Some(Text::new(&spot.told())),
        ..Location::at(&spot.path, Region::line(spot.line))
    });
    Result {
        rule_id: shown.rule.to_owned(),
        rule_index,
        level: level(shown.severity),
        message: Text::new(&message),
        locations: vec![Location::at(&shown.path, region(shown))],
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([
            // GitHub knows a result again by this name only, and takes two of one fingerprint for one.
            ("primaryLocationLineHash", format!("{}:{nth}", shown.fingerprint)),
            ("keyfence/v1", shown.fingerprint.to_string()),
        ]),
        suppressions: why.map(suppression).into_iter().collect(),
        properties: properties(shown),
    }
}

/// Returns where it stands. A file that is one by its name stands in its first line, for GitHub asks for a line.
fn region(shown: &Shown<'_>) -> Region {
    let mut region = Region::line(shown.location.line);
    region.end_line = Some(shown.location.end_line);
    if let Some((start, end)) = shown.columns() {
        (region.start_column, region.end_column) = (Some(start), Some(end));
    }
    region
}

/// Comments stand in the source, everything else outside of it.
fn suppression(why: &Why) -> Suppression {
    let words = format!("{}: {}", why.kind(), why.words());
    Suppression {
        kind: match why {
            Why::Comment(_) => "inSource",
            Why::Baseline | Why::Allow(..) | Why::PushOption(_) => "external",
        },
        status: "accepted",
        justification: words.trim_end_matches(": ").to_owned(),
    }
}

fn properties(shown: &Shown<'_>) -> BTreeMap<&'static str, String> {
    let mut properties = BTreeMap::from([
        ("severity", shown.severity.as_str().to_owned()),
        ("confidence", shown.confidence.as_str().to_owned()),
        ("where", shown.place.as_str().to_owned()),
    ]);
    if let Some(commit) = &shown.commit {
        properties.insert("commit", commit.id.clone());
        properties.insert("author", commit.author.clone());
        properties.insert("date", commit.date.clone());
    }
    properties
}

/// Returns the level that the standard has for a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

#[cfg(test)]
mod tests;
