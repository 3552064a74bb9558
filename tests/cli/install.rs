//! `keyfence install` and `uninstall`, in every place where git may look for hooks.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::sandbox::{Sandbox, leak};

const HOOK: &str = ".git/hooks/pre-commit";
const KEPT: &str = ".git/hooks/pre-commit.before-keyfence";

/// Stages a key and sees the commit refused, then takes it back.
#[track_caller]
fn assert_blocks(sandbox: &Sandbox, folder: &str) {
    fs::write(sandbox.path(folder).join("leak.sh"), leak()).unwrap();
    sandbox.run_in(folder, "git", &["add", "leak.sh"]).expect(0);
    sandbox
        .run_in(folder, "git", &["commit", "-m", "leak"])
        .expect(1)
        .says("leak.sh");
    sandbox
        .run_in(folder, "git", &["rm", "-q", "--cached", "leak.sh"])
        .expect(0);
    fs::remove_file(sandbox.path(folder).join("leak.sh")).unwrap();
}

#[test]
fn install_puts_a_hook_in_and_proves_it() {
    let sandbox = Sandbox::new();
    let said = sandbox.keyfence(&["install"]).expect(0);
    assert!(
        said.out.contains("Installed the pre-commit hook") && said.out.contains("Tested"),
        "{}",
        said.out
    );
    assert_eq!(said.err, "");
    assert_eq!(
        sandbox.path(HOOK).metadata().unwrap().permissions().mode() & 0o111,
        0o111
    );
    assert_blocks(&sandbox, "");
}

#[test]
fn a_second_install_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\nexit 0\n");
    sandbox.keyfence(&["install"]).expect(0);
    let before = sandbox.snapshot(".git");
    sandbox.keyfence(&["install"]).expect(0).says("installed already");
    assert_eq!(sandbox.snapshot(".git"), before);
}

#[test]
fn the_canary_leaves_no_trace() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.write("b.txt", "b\n");
    sandbox.git(&["add", "b.txt"]);
    sandbox.write("a.txt", "changed\n");
    let before = sandbox.snapshot("");
    sandbox.keyfence(&["status", "--test"]).expect(0);
    assert_eq!(sandbox.snapshot(""), before);
    assert_eq!(sandbox.litter(), 0);
}

#[test]
fn the_canary_leaves_no_trace_in_a_split_index() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.splitIndex", "true"]);
    sandbox.git(&["config", "splitIndex.maxPercentChange", "0"]);
    sandbox.commit("a.txt", "a\n");
    sandbox.keyfence(&["install"]).expect(0);
    let before = sandbox.snapshot(".git");
    sandbox.keyfence(&["status", "--test"]).expect(0);
    assert_eq!(sandbox.snapshot(".git"), before);
}

#[test]
fn the_canary_does_not_run_the_hook_from_before() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\ntouch ran\n");
    sandbox.keyfence(&["install"]).expect(0);
    assert!(!sandbox.path("ran").exists());
}

#[test]
fn uninstall_restores_every_kind_of_hook_byte_for_byte() {
    let set_ups: [fn(&Sandbox); 6] = [
        |_| {},
        |sandbox| drop(sandbox.write_executable(HOOK, "#!/bin/sh\nexit 0")),
        |sandbox| drop(sandbox.write_executable(HOOK, "#!/usr/bin/env python3\nprint('hi')\n")),
        |sandbox| drop(sandbox.write(HOOK, "#!/bin/sh\n# not executable\n")),
        |sandbox| {
            sandbox.write_executable("tools/check", "#!/bin/sh\nexit 0\n");
            symlink("../../tools/check", sandbox.path(HOOK)).unwrap();
        },
        |sandbox| symlink("../nowhere", sandbox.path(HOOK)).unwrap(),
    ];
    for set_up in set_ups {
        let sandbox = Sandbox::new();
        set_up(&sandbox);
        let before = sandbox.snapshot(".git");
        sandbox.keyfence(&["install"]).expect(0);
        assert_ne!(sandbox.snapshot(".git"), before);
        sandbox.keyfence(&["uninstall"]).expect(0);
        assert_eq!(sandbox.snapshot(".git"), before);
        sandbox.keyfence(&["uninstall"]).expect(0).says("no hook of keyfence");
    }
}

#[test]
fn a_missing_hooks_folder_is_made() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    sandbox.keyfence(&["install"]).expect(0);
    assert_blocks(&sandbox, "");
}

#[test]
fn a_link_as_hooks_folder_is_followed_inside_the_repository() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    fs::create_dir(sandbox.path("githooks")).unwrap();
    symlink("../githooks", sandbox.path(".git/hooks")).unwrap();
    sandbox.keyfence(&["install"]).expect(0);
    assert!(sandbox.path("githooks/pre-commit").is_file());
    sandbox
        .keyfence(&["install"])
        .expect(0)
        .says("the hook lies in the work tree");
}

#[test]
fn a_link_as_hooks_folder_that_leads_out_of_the_repository_is_not_followed_silently() {
    let sandbox = Sandbox::new();
    fs::remove_dir_all(sandbox.path(".git/hooks")).unwrap();
    fs::create_dir(sandbox.beside("dotfiles")).unwrap();
    symlink("../../dotfiles", sandbox.path(".git/hooks")).unwrap();
    sandbox
        .keyfence(&["install"])
        .expect(2)
        .says("outside")
        .says("--shared");
    assert!(!sandbox.beside("dotfiles/pre-commit").exists());
}

#[test]
fn hooks_path_of_this_repository_is_honoured_wherever_install_is_run() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", "git hooks"]);
    sandbox.write("src/deep/x", "");
    sandbox
        .run_in("src/deep", env!("CARGO_BIN_EXE_keyfence"), &["install"])
        .expect(0);
    assert!(sandbox.path("git hooks/pre-commit").is_file());
    assert_blocks(&sandbox, "src/deep");
}

#[test]
fn a_global_hooks_folder_needs_consent() {
    let sandbox = Sandbox::new();
    let folder = sandbox.beside("all hooks");
    sandbox.git(&["config", "--global", "core.hooksPath", folder.to_str().unwrap()]);
    let said = sandbox.keyfence(&["install"]).expect(2);
    assert!(
        said.err.contains("global") && said.err.contains("--shared"),
        "{}",
        said.err
    );
    assert!(!folder.exists());
    sandbox.keyfence(&["install", "--shared"]).expect(0);
    assert_blocks(&sandbox, "");
    sandbox.keyfence(&["uninstall"]).expect(2).says("--shared");
    sandbox.keyfence(&["uninstall", "--shared"]).expect(0);
    assert!(!folder.join("pre-commit").exists());
}

#[test]
fn a_linked_worktree_shares_the_hooks_and_may_have_its_own() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.git(&["worktree", "add", "-q", "../linked"]);
    let keyfence = env!("CARGO_BIN_EXE_keyfence");
    sandbox.run_in("../linked", keyfence, &["install"]).expect(0);
    assert!(sandbox.path(HOOK).is_file());
    assert_blocks(&sandbox, "../linked");
    sandbox.git(&["config", "extensions.worktreeConfig", "true"]);
    sandbox
        .run_in("../linked", "git", &["config", "--worktree", "core.hooksPath", "own"])
        .expect(0);
    sandbox
        .run_in("../linked", keyfence, &["status"])
        .expect(1)
        .says("worktree")
        .says("never run");
    sandbox.run_in("../linked", keyfence, &["install"]).expect(0);
    assert!(sandbox.path("../linked/own/pre-commit").is_file());
    assert_blocks(&sandbox, "../linked");
}

#[test]
fn a_submodule_gets_a_hook_of_its_own() {
    let sandbox = Sandbox::new();
    let library = sandbox.beside("library");
    sandbox.git(&["init", "-q", library.to_str().unwrap()]);
    sandbox
        .run_in("../library", "git", &["commit", "-q", "--allow-empty", "-m", "first"])
        .expect(0);
    sandbox.git(&["submodule", "--quiet", "add", library.to_str().unwrap(), "sub"]);
    sandbox
        .run_in("sub", env!("CARGO_BIN_EXE_keyfence"), &["install"])
        .expect(0);
    assert!(sandbox.path(".git/modules/sub/hooks/pre-commit").is_file());
    assert!(!sandbox.path(HOOK).exists());
    assert_blocks(&sandbox, "sub");
}

#[test]
fn odd_repository_names_do_no_harm() {
    for name in [
        "with space",
        "it's",
        "a \"quoted\" $HOME `x`",
        "-dash",
        "two:parts",
        "ünïcode",
        "new\nline",
    ] {
        let sandbox = Sandbox::named(name);
        sandbox.commit("a.txt", "a\n");
        sandbox.write_executable(HOOK, "#!/bin/sh\ntouch ran\n");
        sandbox.keyfence(&["install"]).expect(0);
        assert_blocks(&sandbox, "");
        assert!(sandbox.path("ran").exists());
        sandbox.keyfence(&["uninstall"]).expect(0);
    }
}

#[test]
fn a_hook_kept_earlier_is_never_overwritten() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\nexit 0\n");
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.write_executable(HOOK, "#!/bin/sh\n# another tool was here\n");
    let before = sandbox.snapshot(".git");
    sandbox
        .keyfence(&["install"])
        .expect(2)
        .says("both exist and differ")
        .says("hint: ");
    assert_eq!(sandbox.snapshot(".git"), before);
}

#[test]
fn an_interrupted_install_is_finished() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\nexit 0\n");
    fs::hard_link(sandbox.path(HOOK), sandbox.path(KEPT)).unwrap();
    sandbox.keyfence(&["install"]).expect(0);
    assert!(sandbox.read(HOOK).contains("keyfence shim"));
    assert_eq!(sandbox.read(KEPT), "#!/bin/sh\nexit 0\n");
}

#[test]
fn a_keyfence_that_moved_is_found_by_installing_again() {
    let sandbox = Sandbox::new();
    let moved = sandbox.beside("bin/key fence's");
    fs::create_dir(sandbox.beside("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_keyfence"), &moved).unwrap();
    sandbox.run_in("", &moved, &["install"]).expect(0);
    assert_blocks(&sandbox, "");
    sandbox.keyfence(&["install"]).expect(0).says("Renewed");
    assert!(sandbox.read(HOOK).contains(env!("CARGO_BIN_EXE_keyfence")));
}

#[test]
fn a_link_on_the_path_is_what_the_hook_calls() {
    let mut sandbox = Sandbox::new();
    let bin = sandbox.beside("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_keyfence"), bin.join("keyfence")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    sandbox.set("PATH", &path);
    sandbox.keyfence(&["install"]).expect(0);
    assert!(
        sandbox
            .read(HOOK)
            .contains(&format!("installed='{}'", bin.join("keyfence").display()))
    );
}

#[test]
fn hooks_of_a_shared_repository_can_be_run_by_the_group() {
    let sandbox = Sandbox::new();
    let mode =
        |path: &str, mode: u32| fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode)).unwrap();
    mode(".git/hooks", 0o2770);
    sandbox.keyfence(&["install"]).expect(0);
    assert_eq!(
        sandbox.path(HOOK).metadata().unwrap().permissions().mode() & 0o777,
        0o770
    );
}

#[test]
fn a_hooks_path_that_is_no_folder_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "core.hooksPath", "/dev/null"]);
    sandbox.keyfence(&["install", "--shared"]).expect(2).says("hint: ");
    sandbox.keyfence(&["status"]).expect(1).says("nothing");
}

#[test]
fn a_hooks_folder_that_cannot_be_written_is_an_error_and_nothing_changes() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\nexit 0\n");
    let folder = sandbox.path(".git/hooks");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        return; // Root writes anywhere.
    }
    let before = sandbox.snapshot(".git");
    sandbox.keyfence(&["install"]).expect(2).says("hint: ");
    assert_eq!(sandbox.snapshot(".git"), before);
}

#[test]
fn a_folder_in_the_hook_s_place_is_an_error() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path(HOOK)).unwrap();
    sandbox.keyfence(&["install"]).expect(2).says("is no file");
}

#[test]
fn without_a_repository_there_is_nothing_to_install_into() {
    let sandbox = Sandbox::new();
    for command in ["install", "uninstall", "status"] {
        let said = sandbox
            .run_in("..", env!("CARGO_BIN_EXE_keyfence"), &[command])
            .expect(2);
        assert!(
            said.err.contains("is not inside a git repository") && said.err.contains("hint: "),
            "{}",
            said.err
        );
    }
}
