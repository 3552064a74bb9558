//! The house itself: rooms use only rooms below, and nothing is forgotten.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

const FLOORS: &[&[&str]] = &[
    &["atomic", "model"],
    &["envfile", "git", "lookup", "rules"],
    &["engine", "source", "config", "baseline", "report", "hook"],
    &["scan", "survey"],
    &["template"],
    &["audit", "fix", "weakening"],
    &["cli"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// Returns what a line of `room` uses though it must not.
fn trespass(room: &str, line: &str) -> Option<String> {
    let code = line.split("//").next().unwrap_or_default();
    let used = code.split("crate::").nth(1)?;
    if used.starts_with('{') {
        return Some("write one `use crate::room::…` line per room".to_owned());
    }
    let other: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let (from, to) = (floor(room)?, floor(&other)?);
    (other != room && to >= from).then(|| format!("{room} must not use {other}"))
}

#[test]
fn rooms_use_only_rooms_below() {
    let src = root().join("src");
    let mut wrong = Vec::new();
    for path in files(&src, "rs") {
        let inside = path.strip_prefix(&src).unwrap().with_extension("");
        let room = inside.iter().next().unwrap().to_str().unwrap().to_owned();
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            if let Some(what) = trespass(&room, line) {
                wrong.push(format!("src/{}.rs:{}: {what}", inside.display(), index + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_floors_test_sees_a_trespass() {
    assert_eq!(
        trespass("report", "use crate::cli::Cli;").unwrap(),
        "report must not use cli"
    );
    assert_eq!(trespass("cli", "use crate::report::Format;"), None);
    assert!(trespass("cli", "use crate::{model, rules};").is_some());
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<_> = files(&root().join("src"), "rs")
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_rule_file_is_embedded() {
    let list = fs::read_to_string(root().join("src/rules/builtin.rs")).unwrap();
    for path in files(&root().join("rules"), "toml") {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            list.contains(&format!("\"{name}\"")),
            "src/rules/builtin.rs does not embed {name}"
        );
    }
}
