//! The program is killed, refused by the disk, interrupted, or has no git: it says so, and nothing is half-written.
//!
//! The calls are the real ones: the program is started with a library (`kill/kill.c`) before the C library.

#![cfg(all(target_os = "linux", feature = "cli"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::thread;

mod kill;
#[path = "cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;

use sandbox::{Said, Sandbox, leak};

const HOOK: &str = ".git/hooks/pre-commit";
const KEPT: &str = ".git/hooks/pre-commit.before-keyfence";
const OLD: &str = "#!/bin/sh\nexit 0\n";
const SHIM: &str = "# keyfence shim";

/// Runs keyfence with some faults.
fn faulty(sandbox: &Sandbox, faults: &[&str], args: &[&str]) -> Said {
    let preload = format!("LD_PRELOAD={}", kill::library().display());
    let run = [&[preload.as_str()], faults, &[env!("CARGO_BIN_EXE_keyfence")], args].concat();
    sandbox.run_in("", "env", &run)
}

/// Kills and refuses a command at each of its calls that change something; after each, `check` looks at what is there,
/// and `finish` whether the same command does its work now.
#[track_caller]
fn at_every_write(
    scene: impl Fn() -> Sandbox,
    args: &[&str],
    least: usize,
    check: impl Fn(&Sandbox, &str),
    finish: impl Fn(&Sandbox, &str),
) {
    let run = |how: &str, call: usize| {
        let when = format!("{how} at call {call} of {args:?}");
        let sandbox = scene();
        let said = faulty(
            &sandbox,
            &[&format!("KILL_AT={call}"), &format!("KILL_HOW={how}")],
            args,
        );
        check(&sandbox, &when);
        if said.code != 0 {
            finish(&sandbox, &when);
        }
        said
    };
    // The first run that goes well met its call no more.
    let calls = (1..200).find(|&call| run("kill", call).code == 0).unwrap() - 1;
    assert!(calls >= least, "only {calls} calls were met");
    for call in 1..=calls {
        let said = run("refuse", call);
        // A refusal may be of no consequence.
        let is_told = said.code == 0 || said.code == 2 && said.err.contains("error: ") && said.err.contains("hint: ");
        assert!(
            is_told,
            "refused at call {call} of {args:?}: {}: {}",
            said.code,
            said.all()
        );
    }
}

/// A repository with a hook of somebody else's.
fn with_hook() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write_executable(HOOK, OLD);
    sandbox
}

fn content(sandbox: &Sandbox, name: &str) -> String {
    fs::read_to_string(sandbox.path(name)).unwrap_or_default()
}

/// Each hook is whole, and the old one is somewhere.
#[track_caller]
fn assert_hooks_are_whole(sandbox: &Sandbox, when: &str) {
    let (hook, kept) = (content(sandbox, HOOK), content(sandbox, KEPT));
    let whole = |text: &str| text.is_empty() || text == OLD || text.contains(SHIM) && text.ends_with("\"$@\"\n");
    assert!(whole(&hook), "{when}: half a hook:\n{hook}");
    assert!(kept.is_empty() || kept == OLD, "{when}: half of what was kept:\n{kept}");
    assert!(hook == OLD || kept == OLD, "{when}: the old hook is lost");
}

#[test]
fn install_killed_or_refused_at_any_write_loses_no_hook() {
    at_every_write(with_hook, &["install"], 5, assert_hooks_are_whole, |sandbox, when| {
        let said = sandbox.keyfence(&["install"]);
        assert_eq!(said.code, 0, "{when}: it cannot be finished: {}", said.all());
        sandbox.keyfence(&["uninstall"]).expect(0);
        assert_eq!(content(sandbox, HOOK), OLD, "{when}");
        assert!(!sandbox.path(KEPT).exists(), "{when}");
    });
}

#[test]
fn uninstall_killed_or_refused_at_any_write_loses_no_hook() {
    let installed = || {
        let sandbox = with_hook();
        sandbox.keyfence(&["install"]).expect(0);
        sandbox
    };
    at_every_write(installed, &["uninstall"], 1, assert_hooks_are_whole, |sandbox, when| {
        let said = sandbox.keyfence(&["uninstall"]);
        assert_eq!(said.code, 0, "{when}: it cannot be finished: {}", said.all());
        assert_eq!(content(sandbox, HOOK), OLD, "{when}");
    });
}

/// Runs a command that rewrites one file; whatever happens, that file is old or new.
#[track_caller]
fn assert_rewritten_whole(scene: impl Fn() -> Sandbox, args: &[&str], file: &str) {
    let done = scene();
    let old = content(&done, file);
    let rights = |sandbox: &Sandbox| sandbox.path(file).metadata().unwrap().permissions().mode() & 0o777;
    let readable = rights(&done);
    done.keyfence(args).expect(0);
    let new = content(&done, file);
    assert_ne!(old, new, "the command changes the file");
    let is_whole = |sandbox: &Sandbox, when: &str| {
        assert_eq!(rights(sandbox), readable, "{when}: {file} has other rights");
        let now = content(sandbox, file);
        assert!(
            now == old || now == new,
            "{when}: {file} is neither old nor new:\n{now}"
        );
    };
    at_every_write(&scene, args, 2, is_whole, |sandbox, when| {
        let said = sandbox.keyfence(args);
        assert_eq!(said.code, 0, "{when}: it cannot be finished: {}", said.all());
        assert_eq!(content(sandbox, file), new, "{when}");
    });
}

#[test]
fn a_baseline_killed_or_refused_at_any_write_is_old_or_new() {
    let scene = || {
        let sandbox = Sandbox::new();
        sandbox.commit("old.sh", &leak());
        sandbox.keyfence(&["baseline", "create"]).expect(0);
        sandbox.write("new.sh", &leak());
        sandbox
    };
    assert_rewritten_whole(scene, &["baseline", "create", "--update"], ".keyfence-baseline");
}

#[test]
fn a_template_killed_or_refused_at_any_write_is_old_or_new() {
    let scene = || {
        let sandbox = Sandbox::new();
        sandbox.write(".gitignore", ".env\n");
        sandbox.write(".env", "ONE=1\nTWO=2\n");
        sandbox.write(".env.example", "ONE=\n");
        sandbox
    };
    assert_rewritten_whole(scene, &["template", "sync", "--write"], ".env.example");
}

#[test]
fn a_report_that_the_disk_refuses_is_an_error_and_the_old_one_stays() {
    let scene = || {
        let sandbox = Sandbox::new();
        sandbox.write("a.txt", "a\n");
        sandbox.write("report.json", "old\n");
        sandbox
    };
    let args = ["scan", "a.txt", "--format", "json", "--output", "report.json"];
    for call in 1..20 {
        let sandbox = scene();
        let said = faulty(&sandbox, &[&format!("KILL_AT={call}"), "KILL_HOW=refuse"], &args);
        let report = content(&sandbox, "report.json");
        match said.code {
            0 => return assert!(report.ends_with("}\n"), "{report}"),
            code => assert_eq!((code, report.as_str()), (2, "old\n"), "call {call}: {}", said.all()),
        }
    }
    panic!("it never came to an end");
}

#[test]
fn eight_installs_at_once_lose_no_hook() {
    let sandbox = with_hook();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let said = sandbox.keyfence(&["install"]);
                assert!(
                    said.code == 0 || said.code == 2 && said.err.contains("hint: "),
                    "{}",
                    said.all()
                );
            });
        }
    });
    assert_hooks_are_whole(&sandbox, "eight installs");
    sandbox.keyfence(&["install"]).expect(0);
    assert!(content(&sandbox, HOOK).contains(SHIM));
    sandbox.keyfence(&["uninstall"]).expect(0);
    assert_eq!(content(&sandbox, HOOK), OLD);
}

/// A repository with a large file and a small one.
fn two_files() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("large.txt", &"word\n".repeat(200_000));
    sandbox.write("small.txt", "word\n");
    sandbox
}

#[test]
fn a_read_that_fails_in_the_middle_of_a_file_is_said() {
    for (file, reads) in [("large.txt", "1"), ("large.txt", "0"), ("small.txt", "0")] {
        let faults = [
            format!("FAIL_FILE={file}"),
            "FAIL_WITH=5".to_owned(),
            format!("FAIL_READS={reads}"),
        ];
        let said = faulty(&two_files(), &faults.each_ref().map(String::as_str), &["scan", "."]);
        said.expect(2).says(file).says("INCOMPLETE");
    }
}

#[test]
fn a_pack_that_is_cut_while_it_is_mapped_is_said() {
    for (ending, args) in [
        (".pack", ["scan", "--history"]),
        (".idx", ["scan", "--history"]),
        ("/index", ["scan", "--staged"]),
    ] {
        let sandbox = Sandbox::new();
        sandbox.commit("run.sh", &leak());
        sandbox.git(&["repack", "-qad"]);
        // Git makes it read-only, which does not keep its owner from cutting it.
        let pack = sandbox.path(".git/objects/pack");
        for file in fs::read_dir(pack).unwrap() {
            fs::set_permissions(file.unwrap().path(), fs::Permissions::from_mode(0o600)).unwrap();
        }
        faulty(&sandbox, &[&format!("CUT_FILE={ending}")], &args)
            .expect(2)
            .says("was cut while it was read");
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_said() {
    for errno in ["13", "5", "24", "23"] {
        let faults = ["FAIL_FILE=small.txt", &format!("FAIL_WITH={errno}")];
        faulty(&two_files(), &faults, &["scan", "."])
            .expect(2)
            .says("small.txt");
    }
}

#[test]
fn settings_and_a_baseline_that_cannot_be_read_are_an_error() {
    for file in ["keyfence.toml", ".keyfence-baseline"] {
        let sandbox = Sandbox::new();
        sandbox.write("keyfence.toml", "fail-on = \"low\"\n");
        sandbox.commit("old.sh", &leak());
        sandbox.keyfence(&["baseline", "create"]).expect(0);
        for more in [vec![], vec!["FAIL_READS=0"]] {
            let faults = [
                vec![format!("FAIL_FILE={file}"), "FAIL_WITH=5".to_owned()],
                more.iter().map(|&it| it.into()).collect(),
            ];
            let faults: Vec<String> = faults.concat();
            let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
            let said = faulty(&sandbox, &faults, &["scan", "."]).expect(2);
            assert!(said.err.contains("hint: "), "{file}: {}", said.all());
        }
    }
}

#[test]
fn interrupted_calls_change_nothing() {
    let sandbox = two_files();
    sandbox.commit("leak.sh", &leak());
    for args in [
        &["scan", ".", "--format", "json"][..],
        &["scan", "--history", "--format", "json"],
    ] {
        let (plain, interrupted) = (sandbox.keyfence(args), faulty(&sandbox, &["INTERRUPT=1"], args));
        assert_eq!(
            (plain.code, plain.out),
            (interrupted.code, interrupted.out),
            "{args:?}: {}",
            interrupted.err
        );
    }
}

#[test]
fn without_a_home_everything_works() {
    let sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    let program = env!("CARGO_BIN_EXE_keyfence");
    let without = [
        "-u",
        "HOME",
        "-u",
        "XDG_CONFIG_HOME",
        "-u",
        "GIT_CONFIG_GLOBAL",
        program,
    ];
    for (args, code) in [
        (&["scan", "."][..], 1),
        (&["scan", "--history"], 1),
        (&["scan", "--staged"], 0),
        (&["install"], 0),
        (&["status"], 0),
        (&["uninstall"], 0),
    ] {
        sandbox.run_in("", "env", &[&without, args].concat()).expect(code);
    }
}

/// Runs keyfence where `git` is this script; none when it is empty.
fn with_git(sandbox: &Sandbox, script: &str, args: &[&str]) -> Said {
    let folder = sandbox.beside("bin");
    fs::create_dir_all(&folder).unwrap();
    if !script.is_empty() {
        let path = sandbox.write_executable("../bin/git", script);
        assert!(path.exists());
    }
    let path = format!("PATH={}", folder.display());
    sandbox.run_in(
        "",
        "/usr/bin/env",
        &[&[path.as_str(), env!("CARGO_BIN_EXE_keyfence")], args].concat(),
    )
}

#[test]
fn without_git_what_libgit2_cannot_tell_is_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("leak.sh", &leak());
    sandbox.git(&["add", "."]);
    with_git(&sandbox, "", &["scan", "--staged"]).expect(1);
    for args in [
        &["scan", "--history"][..],
        &["guard", "ci"],
        &["guard", "pre-push", "origin", "x"],
    ] {
        let said = with_git(&sandbox, "", args).expect(2);
        assert!(said.err.contains("hint: "), "{args:?}: {}", said.all());
    }
}

#[test]
fn a_git_that_is_too_old_or_is_killed_never_leads_to_a_clean_answer() {
    let sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    for script in [
        "#!/bin/sh\nkill -9 $$\n",
        "#!/bin/sh\necho 'unknown option: --no-replace-objects' >&2\nexit 129\n",
        "#!/bin/sh\nexit 0\n",
        "#!/bin/sh\nwhile :; do echo; done | head -c 100000\n",
    ] {
        for args in [&["scan", "--history"][..], &["guard", "ci", "--base", "HEAD~1"]] {
            let said = with_git(&sandbox, script, args);
            assert_ne!(said.code, 0, "{script} {args:?}: {}", said.all());
        }
    }
}

#[test]
fn git_has_a_ration_of_memory() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    let real = sandbox
        .run_in("", "sh", &["-c", "command -v git"])
        .out
        .trim()
        .to_owned();
    let seen = sandbox.beside("seen");
    // The ration is given just after it was started.
    let script = format!(
        "#!/bin/sh\n/bin/sleep 0.2\nulimit -d >> {}\nexec {real} \"$@\"\n",
        seen.display()
    );
    with_git(&sandbox, &script, &["scan", "--history"]).expect(0);
    let seen = fs::read_to_string(seen).unwrap();
    assert!(
        !seen.is_empty() && seen.lines().all(|limit| limit == "4194304"),
        "{seen}"
    );
}

#[test]
fn a_git_killed_at_any_of_its_calls_keeps_a_gate_shut() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.commit("leak.sh", &leak());
    let real = sandbox
        .run_in("", "sh", &["-c", "command -v git"])
        .out
        .trim()
        .to_owned();
    let count = sandbox.beside("count");
    for last in 0..100 {
        fs::write(&count, "").unwrap();
        let script = format!(
            "#!/bin/sh\necho x >> {0}\nn=0\nwhile read -r _; do n=$((n+1)); done < {0}\n\
             [ $n -le {last} ] || kill -9 $$\nexec {real} \"$@\"\n",
            count.display()
        );
        let said = with_git(&sandbox, &script, &["guard", "ci", "--base", "HEAD~1"]);
        let calls = fs::read_to_string(&count).unwrap().lines().count();
        assert_ne!(said.code, 0, "killed at call {}: {}", last + 1, said.all());
        if calls <= last {
            return assert!(last > 5 && said.code == 1, "after {last} calls: {}", said.all());
        }
    }
    panic!("it never came to an end");
}
