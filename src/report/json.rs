//! The report for programs: version 1 of the JSON contract.
//!
//! The `V1…` types are the contract, kept apart from the model on purpose: the model may change, these may only grow.
//! A field is added, never renamed and never taken away.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use crate::model::{Cell, Tally};
use crate::report::view::{Commit, Found, HeldBack, Shown, Spot, View, Why};
use crate::report::{Shard, escape};

/// Writes the report: one document on one line.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(&V1Report::of(view), out)
}

/// Writes one document on one line, no character of which can harm a terminal.
pub(super) fn write(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Harmless);
    document.serialize(&mut serializer)?;
    writeln!(out)
}

#[derive(Serialize)]
struct V1Report<'a> {
    version: u32,
    tool: V1Tool,
    scan: V1Scan,
    /// Only in the report of a shard.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<&'a Shard>,
    #[serde(serialize_with = "findings")]
    findings: &'a View<'a>,
    #[serde(serialize_with = "suppressed")]
    suppressed: &'a View<'a>,
    #[serde(serialize_with = "relaxed")]
    relaxed: &'a View<'a>,
    coverage: V1Coverage<'a>,
}

#[derive(Serialize)]
pub(super) struct V1Tool {
    name: &'static str,
    version: &'static str,
    rules: usize,
}

#[derive(Serialize)]
pub(super) struct V1Scan {
    mode: &'static str,
    root: String,
    config: Option<String>,
    complete: bool,
}

#[derive(Serialize)]
pub(super) struct V1Finding<'a> {
    rule: &'a str,
    title: String,
    severity: &'static str,
    confidence: &'static str,
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    /// In which cell of a notebook; absent elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<V1Cell>,
    secret: String,
    fingerprint: &'a str,
    #[serde(rename = "where")]
    place: &'static str,
    /// The oldest commit that introduced it; null where the scan knows no commits.
    commit: Option<V1Commit>,
    /// Every place where it stands, this one too; empty where there is no other and the scan knows no commits.
    origins: Vec<V1Origin>,
    remedy: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<String>,
}

#[derive(Serialize)]
struct V1Cell {
    number: u32,
    line: u32,
    output: bool,
}

#[derive(Serialize)]
struct V1Commit {
    id: String,
    author: String,
    date: String,
    summary: String,
}

#[derive(Serialize)]
struct V1Origin {
    path: String,
    line: u32,
    commit: Option<V1Commit>,
    /// Null where the scan knows no commits.
    in_head: Option<bool>,
    /// The commit that took it away; null while HEAD has it, and where none did.
    removed: Option<V1Commit>,
    /// What was found there; absent where history tells of it.
    #[serde(flatten)]
    found: Option<V1Found>,
}

#[derive(Serialize)]
struct V1Found {
    rule: String,
    column: u32,
    end_line: u32,
    end_column: u32,
    fingerprint: String,
}

#[derive(Serialize)]
pub(super) struct V1Suppressed<'a> {
    rule: &'a str,
    path: String,
    line: u32,
    fingerprint: &'a str,
    reason: V1Reason,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum V1Reason {
    Baseline,
    /// `entry` counts the configuration's `[[allow]]` entries from 0.
    Allow {
        entry: usize,
        text: String,
    },
    Comment {
        text: String,
    },
    PushOption {
        text: String,
    },
}

#[derive(Serialize)]
pub(super) struct V1Relaxed {
    path: String,
    line: Option<u32>,
    what: String,
}

#[derive(Serialize)]
struct V1Coverage<'a> {
    expected: V1Tally,
    scanned: V1Tally,
    #[serde(serialize_with = "skipped")]
    skipped: &'a View<'a>,
    #[serde(serialize_with = "failed")]
    failed: &'a View<'a>,
}

#[derive(Serialize)]
pub(super) struct V1Tally {
    files: u64,
    bytes: u64,
    commits: u64,
}

#[derive(Serialize)]
pub(super) struct V1Skipped {
    path: String,
    reason: &'static str,
}

#[derive(Serialize)]
pub(super) struct V1Failed {
    path: String,
    error: String,
}

impl<'a> V1Report<'a> {
    fn of(view: &'a View<'a>) -> Self {
        Self {
            version: 1,
            tool: V1Tool::of(view),
            scan: V1Scan::of(view),
            shard: view.style.shard.as_deref(),
            findings: view,
            suppressed: view,
            relaxed: view,
            coverage: V1Coverage {
                expected: view.expected().into(),
                scanned: view.scanned().into(),
                skipped: view,
                failed: view,
            },
        }
    }
}

impl V1Tool {
    pub(super) fn of(view: &View<'_>) -> Self {
        Self {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
            rules: view.style.rules,
        }
    }
}

impl V1Scan {
    pub(super) fn of(view: &View<'_>) -> Self {
        let style = view.style;
        Self {
            mode: style.mode,
            root: view.path(&style.root),
            config: style.config.as_ref().map(|config| view.path(config)),
            complete: view.is_complete(),
        }
    }
}

impl<'a> From<Shown<'a>> for V1Finding<'a> {
    fn from(shown: Shown<'a>) -> Self {
        Self {
            rule: shown.rule,
            title: shown.title,
            severity: shown.severity.as_str(),
            confidence: shown.confidence.as_str(),
            path: shown.path,
            line: shown.location.line,
            column: shown.location.column,
            end_line: shown.location.end_line,
            end_column: shown.location.end_column,
            cell: shown.cell.map(V1Cell::from),
            secret: shown.secret,
            fingerprint: shown.fingerprint.as_str(),
            place: shown.place.as_str(),
            commit: shown.commit.map(V1Commit::from),
            origins: shown.origins.into_iter().map(V1Origin::from).collect(),
            remedy: shown.remedy,
            steps: shown.steps,
        }
    }
}

impl From<Cell> for V1Cell {
    fn from(cell: Cell) -> Self {
        Self {
            number: cell.number,
            line: cell.line,
            output: cell.is_output,
        }
    }
}

impl From<Commit> for V1Commit {
    fn from(commit: Commit) -> Self {
        Self {
            id: commit.id,
            author: commit.author,
            date: commit.date,
            summary: commit.summary,
        }
    }
}

impl From<Spot> for V1Origin {
    fn from(spot: Spot) -> Self {
        Self {
            path: spot.path,
            line: spot.line,
            commit: spot.commit.map(V1Commit::from),
            in_head: spot.in_head,
            removed: spot.removed.map(V1Commit::from),
            found: spot.found.map(V1Found::from),
        }
    }
}

impl From<Found> for V1Found {
    fn from(found: Found) -> Self {
        Self {
            rule: found.rule,
            column: found.location.column,
            end_line: found.location.end_line,
            end_column: found.location.end_column,
            fingerprint: found.fingerprint,
        }
    }
}

impl<'a> From<HeldBack<'a>> for V1Suppressed<'a> {
    fn from(held: HeldBack<'a>) -> Self {
        Self {
            rule: held.found.rule,
            path: held.found.path,
            line: held.found.location.line,
            fingerprint: held.found.fingerprint.as_str(),
            reason: match held.reason {
                Why::Baseline => V1Reason::Baseline,
                Why::Allow(entry, text) => V1Reason::Allow { entry, text },
                Why::Comment(text) => V1Reason::Comment { text },
                Why::PushOption(text) => V1Reason::PushOption { text },
            },
        }
    }
}

impl From<Tally> for V1Tally {
    fn from(tally: Tally) -> Self {
        Self {
            files: tally.files,
            bytes: tally.bytes,
            commits: tally.commits,
        }
    }
}

impl From<(String, Option<u32>, String)> for V1Relaxed {
    fn from((path, line, what): (String, Option<u32>, String)) -> Self {
        Self { path, line, what }
    }
}

impl From<(String, &'static str)> for V1Skipped {
    fn from((path, reason): (String, &'static str)) -> Self {
        Self { path, reason }
    }
}

impl From<(String, String)> for V1Failed {
    fn from((path, error): (String, String)) -> Self {
        Self { path, error }
    }
}

// Lists are written element by element, so that a report of any length needs the memory of one finding.

fn findings<S: Serializer>(view: &View<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(view.findings().map(V1Finding::from))
}

fn suppressed<S: Serializer>(view: &View<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(view.suppressed().map(V1Suppressed::from))
}

fn relaxed<S: Serializer>(view: &View<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(view.relaxed().map(V1Relaxed::from))
}

fn skipped<S: Serializer>(view: &View<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(view.skipped().map(V1Skipped::from))
}

fn failed<S: Serializer>(view: &View<'_>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(view.failed().map(V1Failed::from))
}

/// Writes compact JSON in which no character can act on a terminal: the same data, for a report is also read by eye.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, char)) = rest.char_indices().find(|(_, char)| escape::is_dangerous(*char)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + char.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::{Outcome, Reason, Suppressed};
    use crate::report::{Format, Style, sample};

    fn draw(outcome: &Outcome, style: &Style) -> String {
        sample::draw(outcome, Format::Json, style)
    }

    fn read(outcome: &Outcome, style: &Style) -> Value {
        serde_json::from_str(&draw(outcome, style)).unwrap()
    }

    #[test]
    fn version_1_has_exactly_these_fields() {
        let report = draw(&sample::incomplete(), &sample::style());
        let one_a_line = report
            .replace("},{", "},\n{")
            .replace("\":[{", "\":[\n{")
            .replace("},\"", "},\n\"");
        insta::assert_snapshot!(one_a_line, @r#"
        {"version":1,"tool":{"name":"keyfence","version":"0.1.0","rules":412},
        "scan":{"mode":"staged","root":".","config":null,"complete":false},
        "findings":[
        {"rule":"github-pat","title":"GitHub personal access token (classic)","severity":"critical","confidence":"certain","path":"app/settings.py","line":3,"column":11,"end_line":3,"end_column":51,"secret":"ghp_…(40)","fingerprint":"kf1:564c852c-f84dfc","where":"content","commit":null,"origins":[],"remedy":"Revoke it at https://github.com/settings/tokens and read the new one from the environment."},
        {"rule":"generic-password","title":"Password in an assignment","severity":"high","confidence":"medium","path":"app/settings.py","line":12,"column":13,"end_line":12,"end_column":24,"secret":"…(11)","fingerprint":"kf1:4e51bfd2-ea9e8e","where":"content","commit":null,"origins":[],"remedy":"Read it from the environment."},
        {"rule":"dotenv-file","title":"Environment file","severity":"low","confidence":"medium","path":"deploy/.env","line":1,"column":1,"end_line":1,"end_column":2,"secret":"deploy/.env","fingerprint":"kf1:2dae68a5-5ad96b","where":"path","commit":null,"origins":[],"remedy":"Put it into .gitignore and commit a template without values instead."}],"suppressed":[
        {"rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"baseline"}},
        {"rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"baseline"}},
        {"rule":"generic-password","path":"tests/a.py","line":1,"fingerprint":"kf1:3b81e3fb-e56f6f","reason":{"kind":"allow","entry":0,"text":"test vectors"}}],"relaxed":[],"coverage":{"expected":{"files":1207,"bytes":4211000,"commits":0},
        "scanned":{"files":1203,"bytes":4200000,"commits":0},
        "skipped":[
        {"path":"dump.sql","reason":"too large"},
        {"path":"logo.png","reason":"binary"},
        {"path":"video.mp4","reason":"binary"}],"failed":[
        {"path":"app/\u001b[2Jlocked.py","error":"Permission denied (os error 13)."}]}}
        "#);
    }

    #[test]
    fn history_is_told_by_commit_and_by_place() {
        let report = read(&sample::history(), &sample::style());
        insta::assert_snapshot!(report["findings"][0]["commit"], @r#"{"author":"Ada <ada@example.com>","date":"2024-02-29T23:05:00+01:00","id":"1111111111111111111111111111111111111111","summary":"Add settings"}"#);
        let origins = &report["findings"][0]["origins"];
        assert_eq!(
            (&origins[0]["path"], &origins[0]["line"]),
            (&"old/settings.py".into(), &3.into())
        );
        assert_eq!(
            (&origins[0]["in_head"], &origins[0]["removed"]["summary"]),
            (&false.into(), &"Remove it".into())
        );
        assert_eq!(
            (&origins[1]["in_head"], &origins[1]["removed"]),
            (&true.into(), &Value::Null)
        );
    }

    #[test]
    fn a_value_in_two_places_is_one_finding_with_both() {
        let mut outcome = sample::mixed();
        let mut finding = outcome.findings[0].clone();
        finding.move_to("b.py".into());
        outcome.findings.push(finding);
        let report = read(&outcome, &sample::style());
        assert_eq!(report["findings"].as_array().unwrap().len(), 3);
        insta::assert_snapshot!(report["findings"][0]["origins"], @r#"[{"column":11,"commit":null,"end_column":51,"end_line":3,"fingerprint":"kf1:564c852c-f84dfc","in_head":null,"line":3,"path":"app/settings.py","removed":null,"rule":"github-pat"},{"column":11,"commit":null,"end_column":51,"end_line":3,"fingerprint":"kf1:ddd49e14-184a61","in_head":null,"line":3,"path":"b.py","removed":null,"rule":"github-pat"}]"#);
        assert_eq!(report["findings"][1]["origins"], Value::Array(Vec::new()));
    }

    #[test]
    fn a_cell_of_a_notebook_is_told() {
        let mut outcome = sample::mixed();
        let cell = Cell {
            number: 3,
            line: 2,
            is_output: false,
        };
        outcome.findings[0].cell = Some(cell);
        let report = read(&outcome, &sample::style());
        assert_eq!(
            report["findings"][0]["cell"].to_string(),
            r#"{"line":2,"number":3,"output":false}"#
        );
        assert_eq!(report["findings"][1].get("cell"), None);
    }

    #[test]
    fn a_report_is_one_document_and_a_line_end() {
        let report = draw(&sample::clean(), &sample::style());
        assert_eq!(report.lines().count(), 1);
        assert!(report.ends_with("}\n"));
    }

    #[test]
    fn an_incomplete_scan_says_so() {
        assert_eq!(read(&sample::clean(), &sample::style())["scan"]["complete"], true);
        assert_eq!(read(&sample::incomplete(), &sample::style())["scan"]["complete"], false);
    }

    #[test]
    fn a_value_is_shown_only_on_request() {
        let (mut style, token) = (sample::style(), sample::token());
        assert!(!draw(&sample::mixed(), &style).contains(&token));
        style.show_secrets = true;
        assert_eq!(read(&sample::mixed(), &style)["findings"][0]["secret"], token);
    }

    #[test]
    fn each_reason_has_its_kind() {
        let mut outcome = sample::mixed();
        let finding = outcome.findings[0].clone();
        outcome.suppressed = vec![Suppressed {
            finding,
            reason: Reason::Comment("a fixture".into()),
        }];
        let report = read(&outcome, &sample::style());
        assert_eq!(
            report["suppressed"][0]["reason"].to_string(),
            r#"{"kind":"comment","text":"a fixture"}"#
        );
    }

    #[test]
    fn a_path_that_is_no_utf8_stays_readable() {
        let mut outcome = sample::mixed();
        outcome.findings[0].path = (*b"caf\xe9.py").into();
        let report = read(&outcome, &sample::style());
        assert_eq!(report["findings"][0]["path"], "caf\\xE9.py");
    }

    #[test]
    fn a_terminal_that_shows_the_report_stays_unharmed_and_the_data_is_the_same() {
        let mut outcome = sample::mixed();
        let path = "a\u{202e}b\x1b[2J\u{9b}m\x7f\u{e0041}\"\\z";
        outcome.findings[0].path = path.into();
        let report = draw(&outcome, &sample::style());
        assert!(!report.trim_end().contains(escape::is_dangerous), "{report}");
        assert_eq!(read(&outcome, &sample::style())["findings"][0]["path"], path);
    }
}
