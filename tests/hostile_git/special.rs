//! Fifos and devices where git, libgit2 and keyfence expect files of git's own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::forge::{self, BLOB};
use crate::sandbox::Sandbox;
use crate::{bounded, incomplete, leak};

const COMMANDS: [&[&str]; 3] = [&["scan", "."], &["scan", "--staged"], &["scan", "--history"]];

fn fifo(place: &Path) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(place).status().unwrap().success());
}

/// A repository with a packed commit and a staged file.
fn packed() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    sandbox.git(&["repack", "-qad"]);
    sandbox.write("a", &leak());
    sandbox.git(&["add", "a"]);
    sandbox
}

#[test]
fn a_fifo_in_place_of_any_file_of_git_s_is_refused_with_a_reason() {
    let sandbox = packed();
    for place in [
        "HEAD",
        "MERGE_HEAD",
        "commondir",
        "config",
        "gitdir",
        "index",
        "info/exclude",
        "info/grafts",
        "logs/HEAD",
        "objects/info/alternates",
        "objects/info/commit-graph",
        "objects/pack/pack-1111111111111111111111111111111111111111.idx",
        "packed-refs",
        "refs/heads/main",
        "refs/heads/of/another",
        "refs/stash",
        "shallow",
    ] {
        let (file, aside) = (sandbox.path(&format!(".git/{place}")), sandbox.beside("aside"));
        let was_there = fs::rename(&file, &aside).is_ok();
        fifo(&file);
        for command in COMMANDS {
            if is_unasked(place, command) {
                assert_eq!(bounded(&sandbox, command).code, 1, "{place}");
                continue;
            }
            let said = incomplete(&sandbox, command);
            assert!(said.contains("is no file but a fifo"), "{place}: {said}");
        }
        fs::remove_file(&file).unwrap();
        if was_there {
            fs::rename(&aside, &file).unwrap();
        }
    }
    assert_eq!(bounded(&sandbox, COMMANDS[1]).code, 1);
}

/// Tells whether a command asks for no such ref: then it holds up nobody, and is not looked for.
fn is_unasked(place: &str, command: &[&str]) -> bool {
    let is_ref = place.starts_with("refs/") || place.starts_with("logs/");
    match command {
        [_, "--history"] => false,
        [_, "--staged"] => is_ref && place != "refs/heads/main",
        _ => is_ref,
    }
}

#[test]
fn a_ref_that_is_a_fifo_holds_up_no_other_command() {
    for place in ["refs/heads/main", "refs/heads/of/another", "refs/stash", "logs/HEAD"] {
        let sandbox = packed();
        let file = sandbox.path(&format!(".git/{place}"));
        let _ = fs::remove_file(&file);
        fifo(&file);
        for command in [
            &["status"][..],
            &["install"],
            &["audit"],
            &["guard", "pre-commit"],
            &["guard", "ci", "--base", "HEAD"],
            &["scan", "--range", "HEAD"],
            &["baseline", "create"],
            &["template", "check"],
            &["fix"],
            &["init"],
        ] {
            bounded(&sandbox, command);
        }
    }
}

#[test]
fn a_link_to_a_device_and_a_fifo_in_another_store_are_refused() {
    let sandbox = packed();
    symlink("/dev/zero", sandbox.path(".git/packed-refs")).unwrap();
    incomplete(&sandbox, COMMANDS[1]);
    fs::remove_file(sandbox.path(".git/packed-refs")).unwrap();
    let store = sandbox.beside("store");
    fifo(&store.join("pack/pack-1.pack"));
    fs::write(sandbox.path(".git/objects/info/alternates"), store.to_str().unwrap()).unwrap();
    incomplete(&sandbox, COMMANDS[2]);
}

#[test]
fn a_fifo_in_place_of_an_object_is_refused_and_never_opened() {
    for name in ["a", "tree"] {
        let sandbox = Sandbox::new();
        let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
        forge::tip_with(&sandbox, "a", &blob);
        sandbox.git(&["reset", "-q"]);
        sandbox.write("b", "hello\n");
        sandbox.git(&["add", "b"]);
        let name = match name {
            "a" => forge::hex(&blob),
            _ => sandbox.git(&["rev-parse", "HEAD^{tree}"]).out.trim().to_owned(),
        };
        let file = sandbox.path(&format!(".git/objects/{}/{}", &name[..2], &name[2..]));
        fs::remove_file(&file).unwrap();
        fifo(&file);
        incomplete(&sandbox, COMMANDS[2]);
        bounded(&sandbox, COMMANDS[1]);
    }
}

#[test]
fn rules_that_never_end_leave_their_folder_unread_and_nothing_else() {
    let sandbox = packed();
    sandbox.write("open/b", &leak());
    fifo(&sandbox.path("held/.gitignore"));
    symlink("/dev/zero", sandbox.path("open/link")).unwrap();
    let said = incomplete(&sandbox, COMMANDS[0]);
    assert!(said.contains("held/.gitignore") && said.contains("open/b"), "{said}");
    fifo(&sandbox.path(".gitignore"));
    incomplete(&sandbox, COMMANDS[0]);
    incomplete(&sandbox, &["scan", "open"]);
}

#[test]
fn a_fifo_in_place_of_a_hook_holds_up_nobody() {
    let sandbox = packed();
    fifo(&sandbox.path(".git/hooks/pre-commit"));
    for command in [&["status"][..], &["install"], &["audit"]] {
        bounded(&sandbox, command);
    }
}
