//! `keyfence guard pre-commit`, met through `git commit`.

use std::fs;
use std::os::unix::fs::symlink;

use crate::sandbox::{Said, Sandbox, leak};

const HOOK: &str = ".git/hooks/pre-commit";

/// A repository with one commit and the hook installed.
fn guarded() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.keyfence(&["install"]).expect(0);
    sandbox
}

/// The same, with a hook that stood there before.
fn guarded_beside(hook: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.write_executable(HOOK, hook);
    sandbox.keyfence(&["install"]).expect(0);
    sandbox
}

fn commits(sandbox: &Sandbox) -> String {
    sandbox.git(&["rev-list", "--count", "HEAD"]).out.trim().to_owned()
}

#[track_caller]
fn assert_blocked(said: Said, path: &str) {
    let said = said.expect(1).says(path).says("This commit is blocked").says("hint: ");
    assert!(!said.all().contains(leak().trim_end().rsplit('=').next().unwrap()));
    assert_eq!(said.out, "");
}

#[test]
fn a_staged_key_is_blocked_and_a_clean_commit_passes() {
    let sandbox = guarded();
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "leak.sh"]);
    assert_blocked(sandbox.try_git(&["commit", "-m", "leak"]), "leak.sh");
    assert_eq!(commits(&sandbox), "1");
    sandbox.write("leak.sh", "export GITHUB_TOKEN=\"$FROM_VAULT\"\n");
    sandbox.git(&["add", "leak.sh"]);
    sandbox.git(&["commit", "-q", "-m", "clean"]);
    assert_eq!(commits(&sandbox), "2");
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_work_tree() {
    let sandbox = guarded();
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "leak.sh"]);
    sandbox.write("leak.sh", "nothing to see\n");
    assert_blocked(sandbox.try_git(&["commit", "-m", "leak"]), "leak.sh");
    sandbox.git(&["add", "leak.sh"]);
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["commit", "-q", "-m", "clean"]);
}

#[test]
fn the_first_commit_is_guarded_too() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "leak.sh"]);
    assert_blocked(sandbox.try_git(&["commit", "-m", "leak"]), "leak.sh");
}

#[test]
fn every_way_to_commit_is_guarded() {
    let ways: [&[&str]; 4] = [
        &["commit", "-a", "-m", "leak"],
        &["commit", "-m", "leak", "--", "a.txt"],
        &["commit", "--only", "-m", "leak", "a.txt"],
        &["commit", "-a", "--amend", "--no-edit"],
    ];
    for way in ways {
        let sandbox = guarded();
        sandbox.write("a.txt", &leak());
        assert_blocked(sandbox.try_git(way), "a.txt");
    }
}

#[test]
fn a_partial_commit_does_not_answer_for_what_it_leaves_out() {
    let sandbox = guarded();
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "leak.sh"]);
    sandbox.write("a.txt", "b\n");
    sandbox.git(&["commit", "-q", "-m", "clean", "--", "a.txt"]);
    assert_eq!(commits(&sandbox), "2");
}

#[test]
fn a_commit_from_a_subdirectory_is_guarded() {
    let sandbox = guarded();
    sandbox.write("deep/er/leak.sh", &leak());
    sandbox.run_in("deep/er", "git", &["add", "leak.sh"]).expect(0);
    assert_blocked(
        sandbox.run_in("deep/er", "git", &["commit", "-m", "leak"]),
        "deep/er/leak.sh",
    );
}

#[test]
fn a_merge_answers_for_what_it_adds_itself() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("a.txt", "side\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("a.txt", "main\n");
    assert_ne!(sandbox.try_git(&["merge", "side"]).code, 0);
    sandbox.write("a.txt", &leak());
    sandbox.git(&["add", "a.txt"]);
    assert_blocked(sandbox.try_git(&["commit", "-m", "merge"]), "a.txt");
    sandbox.write("a.txt", "both\n");
    sandbox.git(&["add", "a.txt"]);
    sandbox.git(&["commit", "-q", "-m", "merge"]);
}

#[test]
fn a_commit_without_changes_passes() {
    let sandbox = guarded();
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
}

#[test]
fn the_hook_from_before_gets_what_git_gave_and_runs_first() {
    let sandbox = guarded_beside(
        "#!/bin/sh\necho \"index $GIT_INDEX_FILE, $# arguments, in $PWD\" >> ran\necho formatted > b.txt\ngit add b.txt\n",
    );
    sandbox.write("b.txt", &leak());
    sandbox.git(&["add", "b.txt"]);
    sandbox.git(&["commit", "-q", "-m", "formatted"]);
    assert_eq!(sandbox.git(&["show", "HEAD:b.txt"]).out, "formatted\n");
    let top = sandbox.repo().display();
    assert_eq!(
        sandbox.read("ran"),
        format!("index .git/index, 0 arguments, in {top}\n")
    );
}

#[test]
fn a_key_that_the_hook_from_before_stages_is_found() {
    let sandbox = guarded_beside("#!/bin/sh\ncp ../secret b.txt\ngit add b.txt\n");
    fs::write(sandbox.beside("secret"), leak()).unwrap();
    assert_blocked(sandbox.try_git(&["commit", "--allow-empty", "-m", "leak"]), "b.txt");
}

#[test]
fn the_code_of_the_hook_from_before_counts_when_all_else_is_clean() {
    let sandbox = guarded_beside("#!/bin/sh\necho no >&2\nexit 9\n");
    sandbox
        .run_in("", sandbox.path(HOOK), &[])
        .expect(9)
        .says("refused with exit code 9");
    let said = sandbox.try_git(&["commit", "--allow-empty", "-m", "x"]).expect(1);
    assert!(
        said.err.contains("no\n") && said.err.contains("refused with exit code 9"),
        "{}",
        said.err
    );
}

#[test]
fn both_verdicts_are_said() {
    let sandbox = guarded_beside("#!/bin/sh\nexit 9\n");
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "leak.sh"]);
    let said = sandbox.run_in("", sandbox.path(HOOK), &[]);
    assert_blocked(said.says("refused with exit code 9"), "leak.sh");
}

#[test]
fn hooks_of_other_languages_and_links_are_run_as_they_were() {
    let python = guarded_beside("#!/usr/bin/env python3\nimport sys\nsys.exit(4)\n");
    python.run_in("", python.path(HOOK), &[]).expect(4);
    let sandbox = Sandbox::new();
    sandbox.write_executable("tools/check", "#!/bin/sh\nexit 5\n");
    symlink("../../tools/check", sandbox.path(HOOK)).unwrap();
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.run_in("", sandbox.path(HOOK), &[]).expect(5);
}

#[test]
fn a_hook_that_git_ignored_stays_ignored_and_this_is_said() {
    let sandbox = Sandbox::new();
    sandbox.write(HOOK, "#!/bin/sh\nexit 1\n");
    sandbox.keyfence(&["install"]).expect(0).says("is not executable");
    let said = sandbox.try_git(&["commit", "--allow-empty", "-m", "x"]).expect(0);
    assert!(said.err.contains("is not executable"), "{}", said.err);
}

#[test]
fn a_hook_from_before_that_cannot_start_blocks() {
    let sandbox = guarded_beside("#!/nowhere/interpreter\n");
    sandbox
        .run_in("", sandbox.path(HOOK), &[])
        .expect(2)
        .says("could not be run");
}

#[test]
fn without_the_program_every_commit_is_blocked_and_told_why() {
    let sandbox = guarded();
    let shim = sandbox
        .read(HOOK)
        .replace(env!("CARGO_BIN_EXE_keyfence"), "/nowhere/keyfence");
    sandbox.write_executable(HOOK, &shim);
    let said = sandbox.try_git(&["commit", "--allow-empty", "-m", "x"]).expect(1);
    for part in [
        "blocked",
        "keyfence is gone",
        "/nowhere/keyfence",
        "keyfence install",
        "delete .git/hooks/pre-commit",
    ] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
}

#[test]
fn a_program_on_the_path_steps_in() {
    let mut sandbox = guarded();
    let shim = sandbox
        .read(HOOK)
        .replace(env!("CARGO_BIN_EXE_keyfence"), "/nowhere/keyfence");
    sandbox.write_executable(HOOK, &shim);
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_keyfence")).parent().unwrap();
    sandbox.set(
        "PATH",
        &format!("{}:{}", folder.display(), std::env::var("PATH").unwrap()),
    );
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
}

#[test]
fn a_guard_told_to_look_for_a_canary_that_is_not_there_blocks() {
    let mut sandbox = guarded();
    sandbox.set("KEYFENCE_CANARY", "keyfence-canary-0.txt");
    assert_ne!(sandbox.try_git(&["commit", "--allow-empty", "-m", "x"]).code, 0);
}

#[test]
fn the_framework_s_check_of_all_files_reads_what_was_committed_long_ago() {
    let mut sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    let guard = ["guard", "pre-commit"];
    sandbox.keyfence(&guard).expect(0);
    sandbox.set("PRE_COMMIT", "1");
    sandbox.keyfence(&guard).expect(1).says("leak.sh");
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
}

#[test]
fn the_project_s_configuration_counts_and_a_broken_one_blocks() {
    let sandbox = guarded();
    sandbox.write("keyfence.toml", "[scan]\nexclude = [\"*\"]\n");
    sandbox.keyfence(&["status", "--test"]).expect(0);
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "allowed"]);
    sandbox.write("keyfence.toml", "fail-on = \n");
    let said = sandbox.try_git(&["commit", "--allow-empty", "-m", "x"]).expect(1);
    assert!(
        said.err.contains("keyfence.toml:1") && said.err.contains("hint: "),
        "{}",
        said.err
    );
}
