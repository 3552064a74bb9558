//! Alternates: other folders of objects, which may be anywhere, nowhere, or the folder itself.

use std::fs;

use crate::forge::{self, BLOB};
use crate::sandbox::Sandbox;
use crate::{bounded, found, incomplete, leak};

const HISTORY: [&str; 2] = ["scan", "--history"];

/// A repository with a finding, and these alternates.
fn with(alternates: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    forge::tip_with(&sandbox, "a", &blob);
    let info = sandbox.path(".git/objects/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("alternates"), alternates).unwrap();
    sandbox
}

#[test]
fn alternates_that_lead_to_themselves_are_followed_once() {
    for alternates in [
        ".",
        "../objects",
        "../objects/../objects\n.\n..\n",
        "/",
        "/dev/null",
        "\0",
        "\"unclosed",
    ] {
        let sandbox = with(alternates);
        let said = bounded(&sandbox, &HISTORY);
        assert_eq!(said.code, 1, "{alternates:?}: {}", said.all());
    }
}

#[test]
fn two_repositories_that_are_each_others_alternates_are_read() {
    let sandbox = with("../../other/.git/objects\n");
    sandbox.git(&["init", "-q", "other"]);
    let info = sandbox.path("other/.git/objects/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("alternates"), "../../../.git/objects\n").unwrap();
    assert_eq!(found(&sandbox, &HISTORY), ["a"]);
}

#[test]
fn an_alternate_that_is_nowhere_leaves_a_gap_that_is_said() {
    let sandbox = with("/nowhere/at/all\n");
    forge::tip_with(&sandbox, "b", &[7; 20]);
    incomplete(&sandbox, &HISTORY);
    let staged = bounded(&sandbox, &["scan", "--staged"]);
    assert!(staged.code <= 2);
}

#[test]
fn alternates_without_number_end() {
    let many: String = (0..20_000).map(|number| format!("../a{number}\n")).collect();
    let said = bounded(&with(&many), &HISTORY);
    assert_eq!(said.code, 1, "{}", said.all());
}
