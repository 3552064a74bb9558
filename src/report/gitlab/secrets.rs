//! GitLab's secret detection report, by its schema 15.0: for `artifacts:reports:secret_detection`.
//! What was held back has no place in it, so it is left out; what was not read makes the scan a failure.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Date, Severity};
use crate::report::json;
use crate::report::view::{Shown, Spot, View};

/// The schema's limits on texts, in characters; GitLab takes nothing of a report in which one is longer.
const LONGEST_NAME: usize = 255;
const LONGEST_SOLUTION: usize = 7000;
/// How many further places are named. The schema would take a megabyte of them, no reader would.
const MOST_PLACES: usize = 50;
/// Where no commit is known GitLab's own analyzer writes this.
const NO_COMMIT: &str = "0000000";

#[derive(Serialize)]
struct Report {
    version: &'static str,
    scan: Scan,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Serialize)]
struct Scan {
    analyzer: Program,
    scanner: Program,
    #[serde(rename = "type")]
    kind: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: Vec<Message>,
}

#[derive(Serialize)]
struct Program {
    id: &'static str,
    name: &'static str,
    vendor: Vendor,
    version: &'static str,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability {
    id: String,
    name: String,
    description: String,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    solution: Option<String>,
    identifiers: [Identifier; 1],
    location: Place,
}

#[derive(Serialize)]
struct Identifier {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    value: String,
}

#[derive(Serialize)]
struct Place {
    file: String,
    start_line: u32,
    end_line: u32,
    commit: Commit,
}

#[derive(Serialize, Default)]
struct Commit {
    sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Writes the report.
pub(in crate::report) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let report = Report {
        version: "15.0.4",
        scan: scan(view),
        vulnerabilities: view.places().map(|shown| vulnerability(&shown)).collect(),
    };
    json::write(&report, out)
}

fn scan(view: &View<'_>) -> Scan {
    let began = view.style.began.unwrap_or_default();
    let took = view.style.elapsed.unwrap_or_default().as_secs();
    let ended = Date {
        seconds: began.seconds.saturating_add_unsigned(took),
        ..began
    };
    let failed = view.failed().map(|(path, error)| Message {
        level: "fatal",
        value: format!("{path}: {error}"),
    });
    Scan {
        analyzer: program(),
        scanner: program(),
        kind: "secret_detection",
        start_time: moment(began),
        end_time: moment(ended),
        status: if view.is_complete() { "success" } else { "failure" },
        messages: failed.collect(),
    }
}

fn program() -> Program {
    Program {
        id: "keyfence",
        name: "keyfence",
        vendor: Vendor { name: "keyfence" },
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// Writes a moment in UTC as the schema wants it: without a zone.
fn moment(date: Date) -> String {
    let utc = Date { offset: 0, ..date }.to_string();
    utc.split_once('+').map_or(utc.clone(), |(moment, _)| moment.to_owned())
}

fn vulnerability(shown: &Shown<'_>) -> Vulnerability {
    let at = shown.location;
    Vulnerability {
        // The place is part of the identity: one value may stand in a file twice.
        id: format!("{}:{}:{}", shown.fingerprint, at.line, at.column),
        name: cut(&shown.title, LONGEST_NAME),
        description: description(shown),
        severity: match shown.severity {
            Severity::Low => "Low",
            Severity::Medium => "Medium",
            Severity::High => "High",
            Severity::Critical => "Critical",
        },
        solution: shown.remedy.as_deref().map(|remedy| cut(remedy, LONGEST_SOLUTION)),
        identifiers: [Identifier {
            kind: "keyfence_rule_id",
            name: format!("keyfence rule {}", shown.rule),
            value: shown.rule.to_owned(),
        }],
        location: Place {
            file: shown.path.clone(),
            start_line: at.line,
            end_line: at.end_line,
            commit: commit(shown),
        },
    }
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

fn description(shown: &Shown<'_>) -> String {
    let mut text = format!("{} Known as {}.", shown.sentence(), shown.fingerprint);
    let places: Vec<String> = shown.elsewhere().take(MOST_PLACES).map(Spot::told).collect();
    let further = shown.elsewhere().skip(MOST_PLACES).count();
    if !places.is_empty() {
        text += &format!(" Also in {}", places.join(", "));
        text += &if further > 0 {
            format!(" and {further} more places.")
        } else {
            ".".to_owned()
        };
    }
    text
}

fn commit(shown: &Shown<'_>) -> Commit {
    match &shown.commit {
        Some(commit) => Commit {
            sha: commit.id.clone(),
            author: Some(commit.author.clone()),
            date: Some(commit.date.clone()),
            message: Some(commit.summary.clone()),
        },
        None => Commit {
            sha: NO_COMMIT.to_owned(),
            ..Commit::default()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, sample};

    #[test]
    fn the_report_has_what_the_schema_asks_for() {
        let report = sample::draw(&sample::everything(), Format::Gitlab, &sample::style());
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap(), @r#"
        {
          "scan": {
            "analyzer": {
              "id": "keyfence",
              "name": "keyfence",
              "vendor": {
                "name": "keyfence"
              },
              "version": "0.1.0"
            },
            "end_time": "2025-11-25T22:33:20",
            "messages": [
              {
                "level": "fatal",
                "value": "app/\u001b[2Jlocked.py: Permission denied (os error 13)."
              }
            ],
            "scanner": {
              "id": "keyfence",
              "name": "keyfence",
              "vendor": {
                "name": "keyfence"
              },
              "version": "0.1.0"
            },
            "start_time": "2025-11-25T22:33:20",
            "status": "failure",
            "type": "secret_detection"
          },
          "version": "15.0.4",
          "vulnerabilities": [
            {
              "description": "GitHub personal access token (classic): ghp_…(40). Known as kf1:564c852c-f84dfc. Also in old/settings.py:3 (until 333333333333).",
              "id": "kf1:564c852c-f84dfc:3:11",
              "identifiers": [
                {
                  "name": "keyfence rule github-pat",
                  "type": "keyfence_rule_id",
                  "value": "github-pat"
                }
              ],
              "location": {
                "commit": {
                  "author": "Ada <ada@example.com>",
                  "date": "2024-02-29T23:05:00+01:00",
                  "message": "Add settings",
                  "sha": "1111111111111111111111111111111111111111"
                },
                "end_line": 3,
                "file": "app/settings.py",
                "start_line": 3
              },
              "name": "GitHub personal access token (classic)",
              "severity": "Critical",
              "solution": "Revoke it at https://github.com/settings/tokens and read the new one from the environment."
            },
            {
              "description": "Password in an assignment: …(11). Known as kf1:4e51bfd2-ea9e8e.",
              "id": "kf1:4e51bfd2-ea9e8e:12:13",
              "identifiers": [
                {
                  "name": "keyfence rule generic-password",
                  "type": "keyfence_rule_id",
                  "value": "generic-password"
                }
              ],
              "location": {
                "commit": {
                  "sha": "0000000"
                },
                "end_line": 12,
                "file": "app/settings.py",
                "start_line": 12
              },
              "name": "Password in an assignment",
              "severity": "High",
              "solution": "Read it from the environment."
            },
            {
              "description": "Environment file. Known as kf1:2dae68a5-5ad96b.",
              "id": "kf1:2dae68a5-5ad96b:1:1",
              "identifiers": [
                {
                  "name": "keyfence rule dotenv-file",
                  "type": "keyfence_rule_id",
                  "value": "dotenv-file"
                }
              ],
              "location": {
                "commit": {
                  "sha": "0000000"
                },
                "end_line": 1,
                "file": "deploy/.env",
                "start_line": 1
              },
              "name": "Environment file",
              "severity": "Low",
              "solution": "Put it into .gitignore and commit a template without values instead."
            }
          ]
        }
        "#);
    }

    #[test]
    fn moments_are_written_in_utc_without_a_zone() {
        let date = Date {
            seconds: 1_709_244_300,
            offset: 60,
        };
        assert_eq!(moment(date), "2024-02-29T22:05:00");
    }
}
