//! `keyfence guard commit-msg`, met through `git commit`.

use crate::{blocked, repository, value};

#[test]
fn a_key_in_a_message_is_blocked_and_a_clean_message_passes() {
    let sandbox = repository();
    sandbox
        .keyfence(&["install", "--hook", "commit-msg"])
        .expect(0)
        .says("Tested");
    let said = sandbox.try_git(&["commit", "--allow-empty", "-m", &format!("use {}", value())]);
    blocked(said, &["<commit message>:1:5", "This commit is blocked", "hint: "]);
    let said = sandbox.git(&["commit", "-q", "--allow-empty", "-m", "use the vault"]);
    assert_eq!(said.err, "");
}

#[test]
fn the_diff_that_verbose_shows_is_no_message() {
    let mut sandbox = repository();
    sandbox.commit("leak.sh", &crate::sandbox::leak());
    sandbox.keyfence(&["install", "--hook", "commit-msg"]).expect(0);
    sandbox.git(&["rm", "-q", "leak.sh"]);
    sandbox.set("GIT_EDITOR", "sed -i 1s/^/words/");
    sandbox.git(&["commit", "-q", "--verbose"]);
}

#[test]
fn the_hook_from_before_may_write_the_message_anew() {
    let sandbox = repository();
    let hook = format!("#!/bin/sh\necho 'use {}' >> \"$1\"\n", value());
    sandbox.write_executable(".git/hooks/commit-msg", &hook);
    sandbox.keyfence(&["install", "--hook", "commit-msg"]).expect(0);
    blocked(
        sandbox.try_git(&["commit", "--allow-empty", "-m", "words"]),
        &["<commit message>:2:5"],
    );
}

#[test]
fn without_its_file_the_gate_stays_shut() {
    repository().keyfence(&["guard", "commit-msg"]).expect(2).says("hint: ");
}
