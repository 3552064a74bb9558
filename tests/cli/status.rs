//! `keyfence status`: what git really runs, and who hides whom.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::sandbox::Sandbox;

const HOOK: &str = ".git/hooks/pre-commit";

#[test]
fn a_repository_without_hooks_is_unguarded() {
    let sandbox = Sandbox::new();
    let said = sandbox.keyfence(&["status"]).expect(1);
    assert!(
        said.out.contains("NOT in force") && said.out.contains("nothing: there is no"),
        "{}",
        said.out
    );
}

#[test]
fn an_installed_hook_is_in_force() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\n");
    sandbox.keyfence(&["install"]).expect(0);
    let said = sandbox.keyfence(&["status", "--test"]).expect(0);
    for part in [
        "keyfence is in force",
        "git's own choice",
        "both must agree",
        "made-up key",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
}

#[test]
fn a_hook_that_lost_its_mode_is_not_in_force() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    fs::set_permissions(sandbox.path(HOOK), fs::Permissions::from_mode(0o644)).unwrap();
    sandbox.keyfence(&["status"]).expect(1).says("not executable");
    sandbox.keyfence(&["status", "--test"]).expect(2).says("not executable");
    sandbox.keyfence(&["install"]).expect(0).says("Renewed");
    sandbox.keyfence(&["status"]).expect(0);
}

#[test]
fn a_hooks_path_set_later_hides_the_hook_and_status_says_where_it_is_set() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    let global = sandbox.beside("corporate");
    sandbox.git(&["config", "--global", "core.hooksPath", global.to_str().unwrap()]);
    let said = sandbox.keyfence(&["status"]).expect(1);
    for part in [
        "global",
        ".gitconfig",
        "outside this repository",
        "never run",
        "(keyfence), for git looks elsewhere",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    sandbox
        .keyfence(&["status", "--test"])
        .expect(2)
        .says("git runs nothing");
    sandbox.git(&["config", "core.hooksPath", ".git/hooks"]);
    sandbox.keyfence(&["status"]).expect(0).says("overruled");
}

#[test]
fn a_stranger_s_hook_is_named_and_never_run_for_a_test() {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, "#!/bin/sh\ntouch ran\n");
    sandbox.keyfence(&["status"]).expect(1).says("not keyfence's");
    sandbox
        .keyfence(&["status", "--test"])
        .expect(2)
        .says("not keyfence's own");
    assert!(!sandbox.path("ran").exists());
    sandbox.write_executable(HOOK, "#!/bin/sh\nmake lint\nkeyfence guard pre-commit\n");
    sandbox.keyfence(&["status"]).expect(0).says("which calls keyfence");
}

#[test]
fn a_program_that_does_not_stop_the_canary_is_found_out() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    let dud = sandbox.write_executable("dud", "#!/bin/sh\necho all is well\n");
    let shim = sandbox
        .read(HOOK)
        .replace(env!("CARGO_BIN_EXE_keyfence"), dud.to_str().unwrap());
    sandbox.write_executable(HOOK, &shim);
    let said = sandbox.keyfence(&["status", "--test"]).expect(2);
    assert!(
        said.err.contains("let a made-up key pass") && said.err.contains("| all is well"),
        "{}",
        said.err
    );
}

#[test]
fn a_program_that_is_gone_is_said_to_block() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    let shim = sandbox
        .read(HOOK)
        .replace(env!("CARGO_BIN_EXE_keyfence"), "/nowhere/keyfence");
    sandbox.write_executable(HOOK, &shim);
    sandbox
        .keyfence(&["status"])
        .expect(0)
        .says("/nowhere/keyfence is gone")
        .says("blocked");
}
