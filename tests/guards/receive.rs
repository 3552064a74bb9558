//! `keyfence guard pre-receive` and `update`, met through `git push` to a bare repository that guards itself.

use std::fs;

use crate::sandbox::{Said, Sandbox, leak};
use crate::{accepted, blocked, other_leak, repository, value};

/// A repository and its guarded remote, which has the first commit.
fn guarded_by(hook: &str) -> Sandbox {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.git(&["push", "-q", "origin", "main"]);
    sandbox
        .keyfence(&["install", "--server", "../server.git", "--hook", hook])
        .expect(0)
        .says("Tested");
    sandbox
}

fn guarded() -> Sandbox {
    guarded_by("pre-receive")
}

fn push(sandbox: &Sandbox, what: &[&str]) -> Said {
    sandbox.try_git(&[&["push", "-q", "origin"], what].concat())
}

fn server(sandbox: &Sandbox, args: &[&str]) -> Said {
    sandbox.git(&[&["--git-dir=../server.git"], args].concat())
}

#[test]
fn the_pusher_is_told_commit_path_line_rule_and_fingerprint() {
    for hook in ["pre-receive", "update"] {
        let sandbox = guarded_by(hook);
        sandbox.commit("leak.sh", &leak());
        let commit = sandbox.git(&["rev-parse", "--short=12", "HEAD"]).out;
        let words = [
            commit.trim(),
            "leak.sh:1:21",
            "github-pat",
            "known as kf1:",
            "This push is blocked",
            "hint: ",
        ];
        blocked(push(&sandbox, &["main"]), &words);
        assert_eq!(server(&sandbox, &["rev-list", "--count", "main"]).out, "1\n");
        sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]);
        sandbox.commit("b.txt", "b\n");
        push(&sandbox, &["main"])
            .expect(0)
            .says("keyfence: clean · 1 commit, 1 file");
    }
}

#[test]
fn all_refs_messages_tags_and_merges_are_read() {
    let sandbox = guarded();
    sandbox.git(&["branch", "clean"]);
    sandbox.git(&["checkout", "-q", "-b", "two"]);
    sandbox.commit("two.sh", &leak());
    blocked(push(&sandbox, &["clean", "two"]), &["two.sh"]);
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", &format!("use {}", value())]);
    blocked(push(&sandbox, &["main"]), &["<commit message>"]);
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("use {}", value())]);
    blocked(push(&sandbox, &["v1"]), &["<tag message>", "known as kf1:"]);
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("side.txt", "x\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    sandbox.write("evil.sh", &leak());
    sandbox.git(&["add", "evil.sh"]);
    sandbox.git(&["commit", "-q", "-m", "merge"]);
    blocked(push(&sandbox, &["main"]), &["evil.sh"]);
}

#[test]
fn a_push_cannot_allow_itself() {
    let sandbox = guarded();
    sandbox.write("keyfence.toml", "[scan]\nexclude = [\"*\"]\n");
    sandbox.write("leak.sh", &accepted(&leak()));
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "trust me"]);
    let said = blocked(
        push(&sandbox, &["main"]),
        &["leak.sh", "relaxes the guard", "does not count here"],
    );
    assert!(!said.all().contains("Write `keyfence:allow"), "{}", said.all());
    blocked(push(&sandbox, &["main:fresh"]), &["leak.sh"]);
}

#[test]
fn what_the_base_allows_is_allowed() {
    let sandbox = guarded();
    sandbox.commit(
        "keyfence.toml",
        "[[allow]]\nreason = \"made up\"\npaths = [\"samples/**\"]\n",
    );
    push(&sandbox, &["main"]).expect(0);
    sandbox.commit("samples/a.sh", &leak());
    push(&sandbox, &["main"]).expect(0).says("1 suppressed (allow entry)");
    push(&sandbox, &["main:fresh"]).expect(0);
}

#[test]
fn a_broken_configuration_on_the_base_gives_way_to_the_defaults() {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    sandbox.commit("keyfence.toml", "fail-on =\n");
    sandbox.git(&["push", "-q", "origin", "main"]);
    sandbox.keyfence(&["install", "--server", "../server.git"]).expect(0);
    sandbox.commit("keyfence.toml", "fail-on = \"low\"\n");
    push(&sandbox, &["main"]).expect(0).says("The defaults count instead.");
}

#[test]
fn refs_with_different_bases_are_judged_by_their_own() {
    let sandbox = guarded();
    sandbox.git(&["checkout", "-q", "-b", "lax"]);
    sandbox.commit("keyfence.toml", "[scan]\nexclude = [\"*.sh\"]\n");
    push(&sandbox, &["lax"]).expect(0);
    sandbox.commit("leak.sh", &leak());
    push(&sandbox, &["lax"]).expect(0).says("excluded");
    sandbox.commit("more.sh", &other_leak());
    blocked(push(&sandbox, &["lax", "lax:main"]), &["more.sh"]);
}

#[test]
fn a_push_option_counts_where_the_server_says_so_and_is_logged() {
    let sandbox = guarded();
    server(&sandbox, &["config", "receive.advertisePushOptions", "true"]);
    sandbox.commit("leak.sh", &leak());
    let said = blocked(push(&sandbox, &["main"]), &["known as kf1:"]).all();
    let known = said
        .split("known as ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    let option = format!("keyfence.allow={known}:a sample of the docs");
    let wish = ["-o", option.as_str(), "main"];
    blocked(push(&sandbox, &wish), &["does not count", "keyfence.allowPushOption"]);
    server(&sandbox, &["config", "keyfence.allowPushOption", "true"]);
    blocked(
        push(&sandbox, &["-o", &format!("keyfence.allow={known}:"), "main"]),
        &["hint: "],
    );
    blocked(
        push(&sandbox, &["-o", "keyfence.allow=kf1:00000000-000000:x", "main"]),
        &["Nothing in this push"],
    );
    push(&sandbox, &wish)
        .expect(0)
        .says("this is logged")
        .says("push option");
    let log = fs::read_to_string(sandbox.beside("server.git/keyfence-allowed.log")).unwrap();
    assert_eq!(log.lines().count(), 1);
    for word in ["refs/heads/main", "github-pat", known.as_str(), "a sample of the docs"] {
        assert!(log.contains(word), "{log}");
    }
    assert!(!log.contains(&value()));
}

#[test]
fn deletions_and_forced_updates_are_let_in_when_they_bring_nothing() {
    let sandbox = guarded();
    sandbox.commit("b.txt", "b\n");
    push(&sandbox, &["main", "main:topic"]).expect(0);
    push(&sandbox, &["--delete", "topic"]).expect(0);
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]);
    push(&sandbox, &["--force", "main"]).expect(0).says("nothing to read");
}

#[test]
fn the_hook_from_before_runs_with_the_same_input() {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["remote", "add", "origin", "../server.git"]);
    let hooks = sandbox.beside("server.git/hooks");
    fs::create_dir_all(&hooks).unwrap();
    sandbox.write_executable(
        "../server.git/hooks/pre-receive",
        "#!/bin/sh\ncat > said\ntest ! -e stop\n",
    );
    sandbox
        .keyfence(&["install", "--server", "../server.git"])
        .expect(0)
        .says("runs first");
    push(&sandbox, &["main"]).expect(0);
    let said = fs::read_to_string(sandbox.beside("server.git/said")).unwrap();
    assert!(said.ends_with(" refs/heads/main\n"), "{said}");
    fs::write(sandbox.beside("server.git/stop"), "").unwrap();
    blocked(push(&sandbox, &["main:other"]), &["refused with exit code 1"]);
    sandbox
        .keyfence(&["uninstall", "--server", "../server.git"])
        .expect(0)
        .says("Restored");
}

#[test]
fn status_and_install_know_a_server() {
    let sandbox = guarded();
    sandbox
        .keyfence(&["status", "--server", "../server.git", "--test"])
        .expect(0)
        .says("keyfence is in force");
    sandbox.keyfence(&["uninstall", "--server", "../server.git"]).expect(0);
    sandbox
        .keyfence(&["status", "--server", "../server.git"])
        .expect(1)
        .says("NOT in force");
    sandbox
        .keyfence(&["install", "--hook", "update"])
        .expect(2)
        .says("--server DIR");
    sandbox
        .keyfence(&["install", "--server", "../server.git", "--hook", "pre-push"])
        .expect(2)
        .says("hint: ");
}

#[test]
fn objects_that_an_alternate_brought_are_read_when_a_ref_first_names_them() {
    let sandbox = guarded();
    sandbox.commit("leak.sh", &leak());
    let info = sandbox.beside("server.git/objects/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(
        info.join("alternates"),
        format!("{}\n", sandbox.path(".git/objects").display()),
    )
    .unwrap();
    blocked(push(&sandbox, &["main"]), &["leak.sh"]);
}

#[test]
fn a_sha256_server_is_guarded_alike() {
    let sandbox = repository();
    sandbox.git(&["init", "-q", "--bare", "--object-format=sha256", "../server.git"]);
    sandbox.git(&["init", "-q", "--object-format=sha256", "../work"]);
    sandbox.keyfence(&["install", "--server", "../server.git"]).expect(0);
    fs::write(sandbox.beside("work/leak.sh"), leak()).unwrap();
    for args in [&["add", "leak.sh"][..], &["commit", "-q", "-m", "x"]] {
        sandbox.run_in("../work", "git", args).expect(0);
    }
    blocked(
        sandbox.run_in("../work", "git", &["push", "-q", "../server.git", "HEAD:refs/heads/x"]),
        &["leak.sh"],
    );
}

#[test]
fn a_gate_that_is_not_told_anything_stays_shut() {
    let sandbox = repository();
    sandbox
        .keyfence(&["guard", "update", "refs/heads/main"])
        .expect(2)
        .says("hint: ");
    let call = format!("echo a b | {} guard pre-receive", env!("CARGO_BIN_EXE_keyfence"));
    sandbox.run_in("", "sh", &["-c", &call]).expect(2).says("hint: ");
}
