//! `keyfence guard pre-push`, met through `git push` to a bare repository.

use crate::sandbox::{Said, Sandbox, leak};
use crate::{blocked, other_leak, repository, value};

/// A repository whose commit a remote has already, with the hook installed.
fn guarded() -> Sandbox {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.git(&["push", "-q", "origin", "main"]);
    sandbox
        .keyfence(&["install", "--hook", "pre-push"])
        .expect(0)
        .says("Tested");
    sandbox
}

fn push(sandbox: &Sandbox, what: &[&str]) -> Said {
    sandbox.try_git(&[&["push", "-q", "origin"], what].concat())
}

fn refs(sandbox: &Sandbox) -> String {
    sandbox
        .git(&["--git-dir=../server.git", "for-each-ref", "--format=%(refname)"])
        .out
}

#[test]
fn a_key_is_stopped_and_a_clean_push_goes_through() {
    let sandbox = guarded();
    sandbox.commit("leak.sh", &leak());
    blocked(
        push(&sandbox, &["main"]),
        &["leak.sh", "This push is blocked", "hint: "],
    );
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.commit("b.txt", "b\n");
    push(&sandbox, &["main"])
        .expect(0)
        .says("keyfence: clean · 1 commit, 1 file");
}

#[test]
fn what_was_added_and_removed_again_within_the_push_is_found() {
    let sandbox = guarded();
    sandbox.commit("leak.sh", &leak());
    sandbox.git(&["rm", "-q", "leak.sh"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "away"]);
    blocked(push(&sandbox, &["main"]), &["leak.sh"]);
}

#[test]
fn a_new_branch_answers_for_what_the_remote_has_not() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    push(&sandbox, &["topic"]).expect(0);
    sandbox.commit("leak.sh", &leak());
    sandbox.git(&["checkout", "-q", "-b", "other"]);
    blocked(push(&sandbox, &["other"]), &["leak.sh", "· 1 commit,"]);
}

#[test]
fn every_ref_of_a_push_is_read() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "-q", "-b", "one"]);
    sandbox.commit("one.txt", "1\n");
    sandbox.git(&["checkout", "-q", "-b", "two", "main"]);
    sandbox.commit("two.sh", &leak());
    sandbox.git(&["checkout", "-q", "-b", "three", "main"]);
    sandbox.commit("three.sh", &other_leak());
    blocked(
        push(&sandbox, &["one", "two", "three"]),
        &["two.sh", "three.sh", "3 commits"],
    );
    blocked(push(&sandbox, &["--all"]), &["two.sh", "three.sh"]);
}

#[test]
fn what_the_remote_has_is_known_whoever_pushed_it_and_read_once() {
    let sandbox = guarded();
    sandbox.commit("leak.sh", &leak());
    sandbox.git(&["push", "-q", "--no-verify", "origin", "main"]);
    sandbox.commit("b.txt", "b\n");
    push(&sandbox, &["main"]).expect(0).says("1 commit, 1 file");
    sandbox.git(&["branch", "copy"]);
    push(&sandbox, &["copy"]).expect(0).says("nothing to read");
}

#[test]
fn another_remote_proves_nothing() {
    let sandbox = guarded();
    sandbox.git(&["init", "-q", "--bare", "../private.git"]);
    sandbox.git(&["remote", "add", "private", "../private.git"]);
    sandbox.git(&["remote", "add", "origin/fork", "../private.git"]);
    sandbox.commit("leak.sh", &leak());
    for remote in ["private", "origin/fork"] {
        sandbox.git(&["push", "-q", "--no-verify", remote, "main"]);
    }
    blocked(push(&sandbox, &["main"]), &["leak.sh"]);
}

#[test]
fn a_push_to_an_address_knows_the_remote_of_that_address() {
    let sandbox = guarded();
    sandbox.commit("b.txt", "b\n");
    sandbox
        .try_git(&["push", "-q", "../server.git", "main"])
        .expect(0)
        .says("1 commit, 1 file");
    sandbox.git(&["init", "-q", "--bare", "../fresh.git"]);
    sandbox
        .try_git(&["push", "-q", "../fresh.git", "main"])
        .expect(0)
        .says("2 commits");
}

#[test]
fn a_forced_update_answers_for_its_new_commits_only() {
    let sandbox = guarded();
    sandbox.commit("b.txt", "b\n");
    push(&sandbox, &["main"]).expect(0);
    sandbox.git(&["commit", "-q", "--amend", "--no-verify", "-m", "again"]);
    push(&sandbox, &["--force", "main"]).expect(0).says("1 commit, 1 file");
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "--amend", "--no-verify", "-m", "again"]);
    blocked(push(&sandbox, &["--force", "main"]), &["leak.sh"]);
}

#[test]
fn a_remote_that_moved_on_unseen_stops_nothing() {
    let sandbox = guarded();
    sandbox.git(&["clone", "-q", "../server.git", "../clone"]);
    for args in [
        &["commit", "-q", "--allow-empty", "-m", "theirs"][..],
        &["push", "-q", "origin", "main"],
    ] {
        sandbox.run_in("../clone", "git", args).expect(0);
    }
    sandbox.commit("b.txt", "b\n");
    push(&sandbox, &["--force", "main"]).expect(0).says("1 commit");
}

#[test]
fn tags_are_read_with_their_messages_and_what_they_tag() {
    let sandbox = guarded();
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("release {}", value())]);
    blocked(push(&sandbox, &["v1"]), &["<tag message>:1:9"]);
    sandbox.git(&["tag", "-d", "v1"]);
    sandbox.write("leak.sh", &leak());
    let blob = sandbox.git(&["hash-object", "-w", "leak.sh"]).out;
    sandbox.git(&["tag", "blob", blob.trim()]);
    blocked(push(&sandbox, &["blob"]), &[blob.trim()]);
    sandbox.git(&["add", "leak.sh"]);
    let tree = sandbox.git(&["write-tree"]).out;
    sandbox.git(&["tag", "-a", "inner", "-m", "x", tree.trim()]);
    sandbox.git(&["tag", "-a", "outer", "-m", "y", "inner"]);
    blocked(push(&sandbox, &["outer"]), &["leak.sh"]);
}

#[test]
fn a_deletion_carries_nothing_away() {
    let sandbox = guarded();
    sandbox.git(&["branch", "topic"]);
    push(&sandbox, &["topic"]).expect(0);
    assert_eq!(push(&sandbox, &["--delete", "topic"]).expect(0).err, "");
    assert_eq!(refs(&sandbox), "refs/heads/main\n");
}

#[test]
fn the_hook_from_before_gets_the_same_input_and_both_must_agree() {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.write_executable(
        ".git/hooks/pre-push",
        "#!/bin/sh\n{ echo \"$@\"; cat; } > said\ntest ! -e stop\n",
    );
    sandbox.keyfence(&["install", "--hook", "pre-push"]).expect(0);
    push(&sandbox, &["main"]).expect(0);
    let said = sandbox.read("said");
    assert!(said.starts_with("origin ../server.git\nrefs/heads/main "), "{said}");
    sandbox.commit("b.txt", "b\n");
    sandbox.write("stop", "");
    blocked(push(&sandbox, &["main"]), &["refused with exit code 1"]);
}

#[test]
fn input_that_is_not_git_s_blocks() {
    repository()
        .run_in(
            "",
            "sh",
            &[
                "-c",
                &format!(
                    "echo nonsense | {} guard pre-push origin url",
                    env!("CARGO_BIN_EXE_keyfence")
                ),
            ],
        )
        .expect(2)
        .says("hint: ");
}

#[test]
fn sha256_reftable_alternates_and_linked_worktrees_are_guarded_alike() {
    let sandbox = repository();
    let keyfence = env!("CARGO_BIN_EXE_keyfence");
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["clone", "-q", "--shared", ".", "../shared"]);
    sandbox.git(&["init", "-q", "--object-format=sha256", "../sha256"]);
    sandbox.git(&["init", "-q", "--bare", "--object-format=sha256", "../server256.git"]);
    sandbox.git(&["init", "-q", "--ref-format=reftable", "../reftable"]);
    sandbox.git(&["worktree", "add", "-q", "../linked"]);
    for (folder, server) in [
        ("../shared", "../server.git"),
        ("../sha256", "../server256.git"),
        ("../linked", "../server.git"),
        ("../reftable", "../server.git"),
    ] {
        sandbox
            .run_in(folder, keyfence, &["install", "--hook", "pre-push"])
            .expect(0);
        std::fs::write(sandbox.path(folder).join("leak.sh"), leak()).unwrap();
        sandbox.run_in(folder, "git", &["add", "leak.sh"]).expect(0);
        sandbox.run_in(folder, "git", &["commit", "-q", "-m", "x"]).expect(0);
        blocked(
            sandbox.run_in(folder, "git", &["push", "-q", server, "HEAD:refs/heads/x"]),
            &["leak.sh"],
        );
    }
}
