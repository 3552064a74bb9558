//! GitLab's two reports against the demands of its own schemas, which GitLab drops a whole report for.
//!
//! No registry that a test could ask has these schemas, so what they demand of the parts that we write is put here in our
//! words: of the secret detection report in version 15.0.4, which is what ours says it is, and in 15.2.1, which asks the
//! same of them; and of the code quality report. It was read off the schemas in GitLab's own repository, by which reports
//! of the kinds below were found valid, too.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use keyfence::rules::Example;
use regex::Regex;
use serde_json::{Value, json};

use crate::repository;
use crate::sandbox::{Sandbox, leak};

/// What a schema asks of a place.
enum Demand {
    /// A text of so many characters, from the least to the most.
    Text(usize, usize),
    /// One of these texts.
    Among(&'static [&'static str]),
    /// A text of this shape.
    Shape(&'static str),
    /// A number.
    Number,
    /// A list with at least so many entries.
    List(usize),
}
use Demand::{Among, List, Number, Shape, Text};

const ANY: usize = usize::MAX;
const MOMENT: Demand = Shape(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$");

/// `*` is each entry of a list; what ends in `?` may be missing.
const SECRETS: &[(&str, Demand)] = &[
    ("version", Shape(r"^[0-9]+\.[0-9]+\.[0-9]+$")),
    ("scan/type", Among(&["secret_detection"])),
    ("scan/status", Among(&["success", "failure"])),
    ("scan/start_time", MOMENT),
    ("scan/end_time", MOMENT),
    ("scan/messages?", List(0)),
    ("scan/messages?/*/level", Among(&["info", "warn", "fatal"])),
    ("scan/messages?/*/value", Text(1, ANY)),
    ("scan/analyzer/id", Text(1, ANY)),
    ("scan/analyzer/name", Text(1, ANY)),
    ("scan/analyzer/version", Text(1, ANY)),
    ("scan/analyzer/vendor/name", Text(1, ANY)),
    ("scan/scanner/id", Text(1, ANY)),
    ("scan/scanner/name", Text(1, ANY)),
    ("scan/scanner/version", Text(1, ANY)),
    ("scan/scanner/vendor/name", Text(1, ANY)),
    ("vulnerabilities", List(0)),
    ("vulnerabilities/*/id", Text(1, ANY)),
    ("vulnerabilities/*/name?", Text(0, 255)),
    ("vulnerabilities/*/description?", Text(0, 1_048_576)),
    ("vulnerabilities/*/solution?", Text(0, 7000)),
    (
        "vulnerabilities/*/severity?",
        Among(&["Info", "Unknown", "Low", "Medium", "High", "Critical"]),
    ),
    ("vulnerabilities/*/identifiers", List(1)),
    ("vulnerabilities/*/identifiers/*/type", Text(1, ANY)),
    ("vulnerabilities/*/identifiers/*/name", Text(1, ANY)),
    ("vulnerabilities/*/identifiers/*/value", Text(1, ANY)),
    ("vulnerabilities/*/location/file?", Text(0, ANY)),
    ("vulnerabilities/*/location/start_line?", Number),
    ("vulnerabilities/*/location/end_line?", Number),
    ("vulnerabilities/*/location/commit/sha", Text(1, ANY)),
    ("vulnerabilities/*/location/commit/author?", Text(0, ANY)),
    ("vulnerabilities/*/location/commit/date?", Text(0, ANY)),
    ("vulnerabilities/*/location/commit/message?", Text(0, ANY)),
];

const QUALITY: &[(&str, Demand)] = &[
    ("*/description", Text(0, ANY)),
    ("*/fingerprint", Text(0, ANY)),
    (
        "*/severity",
        Among(&["info", "minor", "major", "critical", "blocker", "unknown"]),
    ),
    ("*/location/path", Text(0, ANY)),
    ("*/location/lines/begin", Number),
];

impl Demand {
    fn is_met(&self, value: &Value) -> bool {
        match self {
            Text(least, most) => value
                .as_str()
                .is_some_and(|text| (*least..=*most).contains(&text.chars().count())),
            Among(texts) => value.as_str().is_some_and(|text| texts.contains(&text)),
            Shape(shape) => value
                .as_str()
                .is_some_and(|text| Regex::new(shape).unwrap().is_match(text)),
            Number => value.is_number(),
            List(least) => value.as_array().is_some_and(|list| list.len() >= *least),
        }
    }
}

/// Returns the places where a report is not what is demanded of it.
fn broken(report: &Value, demands: &[(&str, Demand)]) -> Vec<String> {
    let mut broken = Vec::new();
    for (place, demand) in demands {
        for found in at(report, place) {
            if !found.is_some_and(|value| demand.is_met(value)) {
                broken.push(format!("{place}: {found:?}"));
            }
        }
    }
    broken
}

/// Returns what stands at a place; nothing for each that lacks there.
fn at<'v>(value: &'v Value, place: &str) -> Vec<Option<&'v Value>> {
    let (part, rest) = place.split_once('/').unwrap_or((place, ""));
    let below = |value: &'v Value| match rest {
        "" => vec![Some(value)],
        rest => at(value, rest),
    };
    if part == "*" {
        return value.as_array().into_iter().flatten().flat_map(below).collect();
    }
    match value.get(part.trim_end_matches('?')) {
        Some(value) => below(value),
        None if part.ends_with('?') => Vec::new(),
        None => vec![None],
    }
}

/// Runs a scan and holds both of its reports against what is demanded of them.
#[track_caller]
fn reports(sandbox: &Sandbox, code: i32, scan: &[&str]) -> (Value, Value) {
    let [secrets, quality] = ["secrets.json", "quality.json"].map(|name| sandbox.beside(name).display().to_string());
    let formats = [
        &["--format", "gitlab", "--output", secrets.as_str()][..],
        &["--format", "gitlab-codequality", "--output", quality.as_str()],
    ];
    sandbox
        .keyfence(&[&["scan"], scan, &formats.concat()].concat())
        .expect(code);
    let read = |file: &str| -> Value { serde_json::from_slice(&fs::read(file).unwrap()).unwrap() };
    let (secrets, quality) = (read(&secrets), read(&quality));
    assert_eq!(broken(&secrets, SECRETS), [""; 0]);
    assert_eq!(broken(&quality, QUALITY), [""; 0]);
    let prints: std::collections::BTreeSet<String> = at(&quality, "*/fingerprint")
        .iter()
        .map(|print| print.unwrap().to_string())
        .collect();
    assert_eq!(
        prints.len(),
        quality.as_array().unwrap().len(),
        "one issue hides another"
    );
    (secrets, quality)
}

#[test]
fn a_report_without_findings_is_valid() {
    let (empty, clean) = (Sandbox::new(), Sandbox::new());
    clean.commit("a.txt", "nothing\n");
    for sandbox in [empty, clean] {
        let (secrets, quality) = reports(&sandbox, 0, &[]);
        assert_eq!(secrets["scan"]["status"], "success");
        assert_eq!((&secrets["vulnerabilities"], &quality), (&json!([]), &json!([])));
    }
}

#[test]
fn a_report_of_a_history_is_valid_and_names_its_commits() {
    let (secrets, quality) = reports(&repository("Ada", "app"), 1, &["--history"]);
    assert_eq!(secrets["scan"]["status"], "failure", "an object is lost");
    assert_eq!(secrets["vulnerabilities"].as_array().unwrap().len(), 3);
    assert_eq!(quality.as_array().unwrap().len(), 4);
    for sha in at(&secrets, "vulnerabilities/*/location/commit/sha") {
        assert_eq!(sha.unwrap().as_str().unwrap().len(), 40);
    }
}

#[test]
fn a_report_of_a_scan_that_could_not_read_is_valid_and_says_so() {
    let sandbox = Sandbox::new();
    sandbox.commit("lost.txt", "nobody will read this\n");
    let oid = sandbox.git(&["rev-parse", "HEAD:lost.txt"]).out;
    let (folder, file) = oid.trim().split_at(2);
    fs::remove_file(sandbox.path(&format!(".git/objects/{folder}/{file}"))).unwrap();
    let (secrets, _) = reports(&sandbox, 2, &["--history"]);
    assert_eq!(secrets["scan"]["status"], "failure");
    assert_eq!(secrets["scan"]["messages"][0]["level"], "fatal");
}

#[test]
fn a_report_of_odd_names_is_valid() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "user.name", "Ödd \"N\" <&>"]);
    let names: [&[u8]; 3] = [b"a\nb \"q\".sh", b"in\xffvalid.sh", "ünï/<b>&.sh".as_bytes()];
    for name in names {
        let path = sandbox.repo().join(Path::new(std::ffi::OsStr::from_bytes(name)));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, leak()).unwrap();
    }
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "tab\tand ünïcode"]);
    reports(&sandbox, 1, &[]);
    reports(&sandbox, 1, &["--history"]);
}

#[test]
fn a_rule_and_a_value_that_say_too_much_are_cut_to_what_gitlab_takes() {
    let sandbox = Sandbox::new();
    let config = format!(
        "[[rule]]\nid = 'own-key'\ndescription = '{}'\nseverity = 'high'\nkeywords = ['own_']\n\
         pattern = '\\bown_[a-z0-9]{{12}}\\b'\nremedy = '{}'\n",
        "Ü".repeat(400),
        "Read on. ".repeat(1_000),
    );
    sandbox.write("keyfence.toml", &config);
    let value = Example::unbroken("own_·k3vb7qlw2zt8");
    for number in 0..120 {
        sandbox.write(&format!("{number}.txt"), &format!("use {value}\n"));
    }
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "many"]);
    let (secrets, _) = reports(&sandbox, 1, &["--history"]);
    let told = secrets["vulnerabilities"][0]["description"].as_str().unwrap();
    assert!(told.ends_with(" and 69 more places."), "{told}");
}

#[test]
fn what_is_not_as_demanded_is_noticed() {
    let report = json!({
        "version": "15", "scan": { "type": "secret_detection", "messages": [{ "level": "loud", "value": "" }] },
        "vulnerabilities": [{ "id": 3, "name": "a".repeat(256), "identifiers": [], "location": { "start_line": "1" } }],
    });
    let broken = broken(&report, SECRETS);
    for place in [
        "version:",
        "scan/status: None",
        "scan/messages?/*/level:",
        "scan/messages?/*/value:",
        "vulnerabilities/*/id:",
        "vulnerabilities/*/name?:",
        "vulnerabilities/*/identifiers:",
        "vulnerabilities/*/location/start_line?:",
        "vulnerabilities/*/location/commit/sha: None",
    ] {
        assert!(broken.iter().any(|it| it.starts_with(place)), "{place} of {broken:?}");
    }
    assert!(
        !broken
            .iter()
            .any(|it| it.starts_with("scan/type") || it.contains("solution"))
    );
}
