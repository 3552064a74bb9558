//! `keyfence explain`: each step with its numbers, and never a value.

use insta::assert_snapshot;
use serde_json::Value;

use crate::sandbox::{Sandbox, leak};

#[test]
fn a_finding_is_explained_step_by_step_with_the_rule_that_lost_to_it() {
    let sandbox = Sandbox::new();
    sandbox.write("deploy.sh", &format!("#!/bin/sh\n{}", leak()));
    assert_snapshot!(sandbox.keyfence(&["explain", "deploy.sh:2"]).expect(0).out, @"
    generic-secret: Secret, token or key in plain text · severity high
      at           deploy.sh:2:21, 40 bytes
      text         export GITHUB_TOKEN=ghp_************************************
      found        as the value of `GITHUB_TOKEN`, behind an equals sign, without quotes
      length       40 bytes
      entropy      5.17 bits a character
      alphabet     15 lower, 14 upper, 10 digits, 1 others, 30 turns
      randomness   6.24 bits a letter by the language model: looks random
      placeholder  looks like none
      name         `GITHUB_TOKEN` promises a secret
      sieve        kept, confidence medium
    ! overlap      github-pat says more about it
    = not reported: github-pat says more about it

    github-pat: GitHub personal access token (classic) · severity critical
      at           deploy.sh:2:21, 40 bytes
      text         export GITHUB_TOKEN=ghp_************************************
      found        by the keyword `ghp_`, around which the rule's pattern fits
      length       40 bytes
      entropy      5.17 bits a character
      alphabet     15 lower, 14 upper, 10 digits, 1 others, 30 turns
      randomness   6.24 bits a letter by the language model: looks random
      placeholder  looks like none
      checksum     proves it
      sieve        kept, confidence certain
    = reported, confidence certain
    ");
}

#[test]
fn what_is_not_reported_says_why() {
    let sandbox = Sandbox::new();
    let wrong = leak().replace("UCK", "UCX");
    let accepted = format!("# keyfence:{} a test vector\n{}", "allow", leak());
    sandbox.write("a.py", &format!("password = \"changeme\"\n{wrong}{accepted}"));
    let ruling = |line: &str| {
        let said = sandbox.keyfence(&["explain", line]).expect(0).out;
        said.lines()
            .filter(|line| line.starts_with('='))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(ruling("a.py:1"), @"= not reported: placeholder");
    assert_snapshot!(ruling("a.py:2"), @"= not reported: wrong checksum");
    assert_snapshot!(ruling("a.py:4:3"), @"= not reported: a comment accepts it: a test vector");
}

#[test]
fn a_line_without_candidates_tells_what_was_looked_for() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "ghp_ is a prefix\nplain words\n");
    assert_snapshot!(sandbox.keyfence(&["explain", "a.txt:1"]).expect(0).out, @"
    a.txt:1: keywords stand here, but nothing around them fits their rules:
      ghp_         github-pat
    ");
    assert_snapshot!(sandbox.keyfence(&["explain", "a.txt:2"]).expect(0).out, @"a.txt:2: no rule proposes anything here, for no keyword of any rule stands here.");
    assert_snapshot!(sandbox.keyfence(&["explain", "a.txt"]).expect(0).out, @"a.txt: no rule proposes anything in this file.");
}

#[test]
fn what_is_staged_is_explained_and_not_what_is_on_disk() {
    let sandbox = Sandbox::new();
    sandbox.write("sub/a.sh", &leak());
    sandbox.git(&["add", "."]);
    sandbox.write("sub/a.sh", "echo\n");
    sandbox
        .keyfence(&["explain", "sub/a.sh:1"])
        .expect(0)
        .says("no rule proposes anything here");
    sandbox
        .keyfence(&["explain", "--staged", "sub/a.sh:1"])
        .expect(0)
        .says("= reported, confidence certain");
    sandbox
        .keyfence(&["explain", "--staged", "sub/b.sh:1"])
        .expect(2)
        .says("not among what is read");
}

#[test]
fn the_explanation_for_programs_has_the_same_steps() {
    let sandbox = Sandbox::new();
    sandbox.write("a.sh", &leak());
    let said = sandbox
        .keyfence(&["explain", "a.sh:1", "--format", "json"])
        .expect(0)
        .out;
    let said: Value = serde_json::from_str(&said).unwrap();
    let candidates = said["candidates"].as_array().unwrap();
    let github = candidates.iter().find(|one| one["rule"] == "github-pat").unwrap();
    assert!(said["version"] == 1 && github["reported"] == true && github["confidence"] == "certain");
    let steps = github["steps"].as_array().unwrap();
    assert!(
        steps
            .iter()
            .any(|step| step["name"] == "checksum" && step["passed"] == true)
    );
}

#[test]
fn what_cannot_be_read_is_no_explanation() {
    let sandbox = Sandbox::new();
    sandbox
        .keyfence(&["explain", "missing.py:3"])
        .expect(2)
        .says("does not exist");
    sandbox.keyfence(&["explain", "."]).expect(2).says("is a folder");
}
