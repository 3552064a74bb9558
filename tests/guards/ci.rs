//! `keyfence guard ci`, as each provider calls it: the right range, or none and the setting that is missing.

use std::fs;

use crate::sandbox::{Said, Sandbox, leak};
use crate::{accepted, blocked, other_leak, repository};

/// A repository whose main branch a server has, and a topic branch with a key on top.
fn project() -> Sandbox {
    let sandbox = repository();
    sandbox.commit("old.sh", &other_leak());
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.git(&["push", "-q", "origin", "main"]);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.commit("b.txt", "b\n");
    sandbox.commit("leak.sh", &leak());
    sandbox
}

fn id(sandbox: &Sandbox, revision: &str) -> String {
    sandbox.git(&["rev-parse", revision]).out.trim().to_owned()
}

/// Runs the gate in a folder, with a provider's variables.
fn gate_in(sandbox: &Sandbox, folder: &str, variables: &[(&str, &str)]) -> Said {
    let set: Vec<String> = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut args: Vec<&str> = set.iter().map(String::as_str).collect();
    args.extend([env!("CARGO_BIN_EXE_keyfence"), "guard", "ci"]);
    sandbox.run_in(folder, "env", &args)
}

fn gate(sandbox: &Sandbox, variables: &[(&str, &str)]) -> Said {
    gate_in(sandbox, "", variables)
}

/// GitHub Actions with an event.
fn github_in(sandbox: &Sandbox, folder: &str, event: &serde_json::Value, more: &[(&str, &str)]) -> Said {
    let file = sandbox.beside("event.json");
    fs::write(&file, event.to_string()).unwrap();
    let own = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_EVENT_PATH", file.to_str().unwrap()),
    ];
    gate_in(sandbox, folder, &[&own, more].concat())
}

fn github(sandbox: &Sandbox, event: &serde_json::Value, more: &[(&str, &str)]) -> Said {
    github_in(sandbox, "", event, more)
}

/// Exactly the topic branch's two commits were read.
#[track_caller]
fn assert_topic(said: Said) {
    let said = blocked(said.expect(1), &["leak.sh", "2 commits"]);
    assert!(!said.all().contains("old.sh"), "{}", said.all());
}

const ZERO: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_base_on_the_command_line_is_enough() {
    let sandbox = project();
    assert_topic(
        sandbox
            .keyfence(&["guard", "ci", "--base", "origin/main"])
            .says("--base is origin/main"),
    );
    sandbox
        .keyfence(&["guard", "ci", "--base", "nope"])
        .expect(2)
        .says("hint: ");
    gate(&sandbox, &[]).expect(2).says("--base REF");
}

#[test]
fn github_pull_requests_and_merge_groups_are_read_from_their_base() {
    let sandbox = project();
    let (base, head) = (id(&sandbox, "main"), id(&sandbox, "topic"));
    let event = serde_json::json!({ "pull_request": { "base": { "sha": base }, "head": { "sha": head } } });
    assert_topic(github(&sandbox, &event, &[("GITHUB_BASE_REF", "main")]).says("GitHub Actions: change request"));
    let event = serde_json::json!({ "merge_group": { "base_sha": base, "head_sha": head } });
    assert_topic(github(&sandbox, &event, &[]));
}

#[test]
fn a_merge_that_the_job_checks_out_is_read_with_its_own_content() {
    let sandbox = project();
    let (base, head) = (id(&sandbox, "main"), id(&sandbox, "topic"));
    sandbox.git(&["checkout", "-q", "--detach", "main"]);
    sandbox.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    let event = serde_json::json!({ "pull_request": { "base": { "sha": base }, "head": { "sha": head } } });
    blocked(
        github(&sandbox, &event, &[("GITHUB_BASE_REF", "main")]).expect(1),
        &["leak.sh", "3 commits"],
    );
}

#[test]
fn a_pull_request_whose_head_is_not_here_is_not_read_as_another() {
    let sandbox = project();
    let base = id(&sandbox, "main");
    let event = serde_json::json!({ "pull_request": { "base": { "sha": base }, "head": { "sha": "1".repeat(40) } } });
    github(&sandbox, &event, &[("GITHUB_BASE_REF", "main")])
        .expect(2)
        .says("fetch-depth: 0");
}

#[test]
fn github_pushes_are_read_from_what_was_there_before() {
    let sandbox = project();
    let head = id(&sandbox, "topic");
    let event = |before: &str| serde_json::json!({ "before": before, "after": head, "repository": { "default_branch": "main" } });
    let topic = [("GITHUB_REF_NAME", "topic")];
    assert_topic(github(&sandbox, &event(&id(&sandbox, "main")), &topic));
    assert_topic(github(&sandbox, &event(ZERO), &topic).says("not there before"));
    assert_topic(github(&sandbox, &event(&"1".repeat(40)), &topic).says("former commits are gone"));
    let first = github(&sandbox, &event(ZERO), &[("GITHUB_REF_NAME", "main")]);
    blocked(first.expect(1), &["leak.sh", "old.sh", "4 commits", "everything that"]);
}

#[test]
fn a_clone_that_is_too_shallow_names_the_setting() {
    let sandbox = project();
    sandbox.git(&["push", "-q", "origin", "topic"]);
    let (base, head) = (id(&sandbox, "main"), id(&sandbox, "topic"));
    let server = format!("file://{}", sandbox.beside("server.git").display());
    for (depth, to) in [("1", "../one"), ("2", "../two")] {
        sandbox.git(&[
            "clone",
            "-q",
            "--depth",
            depth,
            "--no-single-branch",
            "-b",
            "topic",
            &server,
            to,
        ]);
        let event = serde_json::json!({ "before": base, "after": head, "repository": { "default_branch": "main" } });
        let said = github_in(&sandbox, to, &event, &[("GITHUB_REF_NAME", "topic")]);
        blocked(said, &["fetch-depth: 0", "hint: "]);
        let gitlab = [
            ("GITLAB_CI", "true"),
            ("CI_COMMIT_SHA", head.as_str()),
            ("CI_COMMIT_BEFORE_SHA", ZERO),
        ];
        blocked(gate_in(&sandbox, to, &gitlab), &["GIT_DEPTH"]);
    }
}

#[test]
fn gitlab_merge_requests_and_new_branches() {
    let sandbox = project();
    let (base, head) = (id(&sandbox, "main"), id(&sandbox, "topic"));
    let own = [
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", head.as_str()),
        ("CI_COMMIT_BEFORE_SHA", ZERO),
    ];
    let request = [
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str()),
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
    ];
    assert_topic(gate(&sandbox, &[&own[..], &request].concat()).says("GitLab CI: change request"));
    let branch = [("CI_COMMIT_BRANCH", "topic"), ("CI_DEFAULT_BRANCH", "main")];
    assert_topic(gate(&sandbox, &[&own[..], &branch].concat()).says("not there before"));
    sandbox.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    gate(&sandbox, &[&own[..], &branch].concat())
        .expect(2)
        .says("git fetch --no-tags origin +refs/heads/main");
}

#[test]
fn bitbucket_azure_circleci_and_jenkins_are_known() {
    let sandbox = project();
    let (base, head) = (id(&sandbox, "main"), id(&sandbox, "topic"));
    let (base, head) = (base.as_str(), head.as_str());
    assert_topic(gate(
        &sandbox,
        &[
            ("BITBUCKET_BUILD_NUMBER", "7"),
            ("BITBUCKET_COMMIT", &head[..12]),
            ("BITBUCKET_PR_DESTINATION_COMMIT", &base[..12]),
        ],
    ));
    assert_topic(gate(
        &sandbox,
        &[
            ("TF_BUILD", "True"),
            ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
            ("SYSTEM_PULLREQUEST_SOURCECOMMITID", head),
        ],
    ));
    assert_topic(gate(
        &sandbox,
        &[("JENKINS_URL", "x"), ("CHANGE_TARGET", "main"), ("GIT_COMMIT", head)],
    ));
    assert_topic(gate(
        &sandbox,
        &[
            ("JENKINS_URL", "x"),
            ("GIT_PREVIOUS_SUCCESSFUL_COMMIT", base),
            ("GIT_COMMIT", head),
        ],
    ));
    let circle = [("CIRCLECI", "true"), ("CIRCLE_SHA1", head), ("CIRCLE_BRANCH", "topic")];
    blocked(gate(&sandbox, &circle).expect(1), &["old.sh", "4 commits"]);
    sandbox.git(&["remote", "set-head", "origin", "main"]);
    assert_topic(gate(&sandbox, &circle));
}

#[test]
fn a_change_cannot_allow_itself() {
    let sandbox = project();
    sandbox.write("keyfence.toml", "[scan]\nexclude = [\"*\"]\n");
    sandbox.write("more.sh", &accepted(&other_leak()));
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "trust me"]);
    let said = sandbox.keyfence(&["guard", "ci", "--base", "origin/main"]).expect(1);
    blocked(said, &["leak.sh", "more.sh", "relaxes the guard"]);
}

#[test]
fn a_range_without_commits_is_not_called_clean() {
    let sandbox = project();
    let said = sandbox
        .keyfence(&["guard", "ci", "--base", "HEAD"])
        .expect(0)
        .says("nothing to read");
    assert!(!said.all().contains("clean"));
}

#[test]
fn commits_that_bring_no_content_are_not_called_clean() {
    let sandbox = project();
    let before = sandbox.git(&["rev-parse", "HEAD"]).out.trim().to_owned();
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "nothing in it"]);
    let said = sandbox
        .keyfence(&["guard", "ci", "--base", &before])
        .expect(0)
        .says("no files to read");
    assert!(!said.all().contains("clean"));
}
