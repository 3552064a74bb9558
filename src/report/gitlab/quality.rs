//! GitLab's code quality report: a list of issues that every tier shows in a merge request.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::model::Severity;
use crate::report::json;
use crate::report::view::{Shown, View};

#[derive(Serialize)]
struct Issue {
    #[serde(rename = "type")]
    kind: &'static str,
    categories: [&'static str; 1],
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Writes the report. GitLab shows but one issue of a fingerprint, so a further one of the same gets a number.
pub(in crate::report) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found = view.places().map(|shown| issue(&shown));
    let lost = view.failed().map(|(path, error)| unread(path, &error));
    let mut issues: Vec<Issue> = found.chain(lost).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for issue in &mut issues {
        let nth = seen.entry(issue.fingerprint.clone()).or_insert(0);
        *nth += 1;
        if *nth > 1 {
            issue.fingerprint += &format!("-{nth}");
        }
    }
    json::write(&issues, out)
}

fn issue(shown: &Shown<'_>) -> Issue {
    Issue {
        description: shown.sentence(),
        check_name: shown.rule.to_owned(),
        fingerprint: shown.fingerprint.to_string(),
        severity: match shown.severity {
            Severity::Low => "minor",
            Severity::Medium => "major",
            Severity::High => "critical",
            Severity::Critical => "blocker",
        },
        ..at(shown.path.clone(), shown.location.line, shown.location.end_line)
    }
}

/// What was not read is an issue as well, for the report has no other place to say so.
fn unread(path: String, error: &str) -> Issue {
    Issue {
        description: format!("Not read: {error}"),
        check_name: "not-read".to_owned(),
        fingerprint: format!("not-read:{path}"),
        severity: "blocker",
        ..at(path, 1, 1)
    }
}

fn at(path: String, begin: u32, end: u32) -> Issue {
    Issue {
        kind: "issue",
        categories: ["Security"],
        description: String::new(),
        check_name: String::new(),
        fingerprint: String::new(),
        severity: "info",
        location: Place {
            path,
            lines: Lines { begin, end },
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, sample};

    #[test]
    fn each_finding_is_an_issue() {
        let report = sample::draw(&sample::everything(), Format::GitlabCodequality, &sample::style());
        insta::assert_snapshot!(report.replace("},{", "},\n{"), @r#"
        [{"type":"issue","categories":["Security"],"description":"GitHub personal access token (classic): ghp_…(40).","check_name":"github-pat","fingerprint":"kf1:564c852c-f84dfc","severity":"blocker","location":{"path":"app/settings.py","lines":{"begin":3,"end":3}}},
        {"type":"issue","categories":["Security"],"description":"Password in an assignment: …(11).","check_name":"generic-password","fingerprint":"kf1:4e51bfd2-ea9e8e","severity":"critical","location":{"path":"app/settings.py","lines":{"begin":12,"end":12}}},
        {"type":"issue","categories":["Security"],"description":"Environment file.","check_name":"dotenv-file","fingerprint":"kf1:2dae68a5-5ad96b","severity":"minor","location":{"path":"deploy/.env","lines":{"begin":1,"end":1}}},
        {"type":"issue","categories":["Security"],"description":"Not read: Permission denied (os error 13).","check_name":"not-read","fingerprint":"not-read:app/\u001b[2Jlocked.py","severity":"blocker","location":{"path":"app/\u001b[2Jlocked.py","lines":{"begin":1,"end":1}}}]
        "#);
    }

    #[test]
    fn one_value_twice_in_a_file_is_two_issues() {
        let mut outcome = sample::clean();
        let one = sample::mixed().findings.remove(0);
        outcome.findings = vec![one.clone(), one];
        let report = sample::draw(&outcome, Format::GitlabCodequality, &sample::style());
        let issues: Vec<serde_json::Value> = serde_json::from_str(&report).unwrap();
        assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
    }

    #[test]
    fn two_versions_of_a_file_that_were_not_read_are_two_issues() {
        let mut outcome = sample::everything();
        outcome.findings.clear();
        let lost = outcome.coverage.failed[0].clone();
        outcome.coverage.failed.push(lost);
        let report = sample::draw(&outcome, Format::GitlabCodequality, &sample::style());
        let issues: Vec<serde_json::Value> = serde_json::from_str(&report).unwrap();
        assert_ne!(issues[0]["fingerprint"], issues[1]["fingerprint"]);
    }
}
