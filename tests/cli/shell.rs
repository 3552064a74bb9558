//! The command line as people expect it: help that teaches, completions, pages, pipes that close, Ctrl-C.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::sandbox::{Sandbox, leak};

#[test]
fn completions_are_there_for_each_shell_and_bash_can_read_its_own() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = sandbox.keyfence(&["completions", shell]).expect(0);
        assert!(said.out.contains("keyfence") && said.out.contains("history"), "{shell}");
    }
    let script = sandbox.keyfence(&["completions", "bash"]).out;
    let file = sandbox.write("completions.bash", &script);
    sandbox.run_in("", "bash", &["-n", file.to_str().unwrap()]).expect(0);
}

#[test]
fn there_is_a_page_for_each_command() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["man"]).expect(0).says(".TH keyfence 1");
    sandbox.keyfence(&["man", "--out", "man"]).expect(0);
    for page in [
        "keyfence.1",
        "keyfence-scan.1",
        "keyfence-guard-ci.1",
        "keyfence-rules-import.1",
    ] {
        assert!(sandbox.read(&format!("man/{page}")).contains(".SH SYNOPSIS"), "{page}");
    }
    let page = sandbox.read("man/keyfence-scan.1");
    let (_, examples) = page.split_once("\n.SH EXAMPLES\n.nf\n").unwrap();
    let (examples, _) = examples.split_once("\n.fi\n").unwrap();
    assert!(
        examples
            .lines()
            .any(|line| line.starts_with("  keyfence scan \\-\\-staged  ")),
        "{examples}"
    );
}

#[test]
fn help_teaches_by_examples_and_says_what_an_exit_code_means() {
    let sandbox = Sandbox::new();
    sandbox
        .keyfence(&["--help"])
        .expect(0)
        .says("Examples:")
        .says("Exit codes:");
    let commands = [
        "scan",
        "install",
        "uninstall",
        "status",
        "guard",
        "explain",
        "baseline",
        "fix",
        "report merge",
        "rules",
        "rules import",
        "template",
        "audit",
        "init",
        "completions",
        "man",
    ];
    for command in commands {
        let words: Vec<&str> = command.split(' ').collect();
        let said = sandbox.keyfence(&[words.as_slice(), &["--help"]].concat()).expect(0);
        let examples = said.out.split("Examples:").nth(1);
        let examples = examples.unwrap_or_else(|| panic!("{command} has no examples: {}", said.out));
        // A line that the terminal's width breaks begins with a word, in the column of the commands.
        let lines = examples.lines().skip(1).take_while(|line| line.starts_with("  "));
        let begins = |line: &str| line.starts_with("  keyfence ") || line.starts_with("  git ");
        let broken: Vec<&str> = lines.filter(|line| !begins(line)).collect();
        assert!(broken.is_empty(), "{command} has lines that do not fit: {broken:?}");
    }
}

#[test]
fn a_slip_of_the_finger_is_understood() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["scna"]).expect(2).says("'scan'");
    sandbox
        .keyfence(&["scan", "--formt", "json"])
        .expect(2)
        .says("'--format'");
    sandbox.keyfence(&["scan", "--format", "jsno"]).expect(2).says("json");
}

#[test]
fn no_color_is_obeyed_and_color_is_given_where_it_is_asked_for() {
    let mut sandbox = Sandbox::new();
    sandbox.write("leak.sh", &leak());
    let colored = sandbox.keyfence(&["scan", "--color", "always"]).expect(1).out;
    assert!(colored.contains("\u{1b}["));
    sandbox.set("NO_COLOR", "1");
    assert!(!sandbox.keyfence(&["scan"]).expect(1).all().contains('\u{1b}'));
    assert!(!sandbox.keyfence(&["--help"]).expect(0).all().contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_changes_nothing_and_hears_nothing() {
    let sandbox = Sandbox::new();
    for number in 0..400 {
        sandbox.write(&format!("{number}.sh"), &leak());
    }
    for (args, code) in [
        (&["scan"][..], 1),
        (&["scan", "--format", "json"], 1),
        (&["rules", "list"], 0),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyfence"));
        command.args(args).current_dir(sandbox.repo());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), said.as_str()),
            (Some(code), ""),
            "{args:?}"
        );
    }
}

fn interrupt(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupted_scan_ends_with_130_and_a_terminated_one_with_143() {
    let sandbox = Sandbox::new();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keyfence"));
        command
            .args(["scan", "--stdin"])
            .current_dir(sandbox.repo())
            .stdin(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        // It reads, so it is past its first steps; but a pipe can be written to before anybody reads.
        input.write_all(&vec![b'\n'; 1 << 20]).unwrap();
        interrupt(signal, child.id());
        let said = child.wait_with_output().unwrap();
        assert_eq!(said.status.code(), Some(code));
        assert!(String::from_utf8_lossy(&said.stderr).contains("Interrupted"));
    }
}

#[test]
fn an_interrupted_test_of_the_hook_leaves_no_temporary_files() {
    let sandbox = Sandbox::new();
    sandbox.keyfence(&["install"]).expect(0);
    let program = env!("CARGO_BIN_EXE_keyfence");
    let slow = sandbox.write_executable("slow", &format!("#!/bin/sh\nsleep 3\nexec '{program}' \"$@\"\n"));
    let shim = sandbox
        .read(".git/hooks/pre-commit")
        .replace(program, slow.to_str().unwrap());
    sandbox.write_executable(".git/hooks/pre-commit", &shim);
    let mut command = Command::new(program);
    command
        .args(["status", "--test"])
        .current_dir(sandbox.repo())
        .env("TMPDIR", sandbox.beside("tmp"));
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..500 {
        if sandbox.litter() > 0 {
            break;
        }
        thread::sleep(Duration::from_millis(20));
    }
    assert!(sandbox.litter() > 0, "it made no scratch index");
    interrupt("-INT", child.id());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    assert_eq!(sandbox.litter(), 0);
}
