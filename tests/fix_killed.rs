//! `fix` is killed, and refused by the disk, at each call that changes something there.
//!
//! Whatever happens: each file is whole, old or new; each value stands in its source or in `.env`; no file that git
//! would take has a value that it did not have before; and the next run finishes the work. The calls are the real ones:
//! this test starts itself with a library (`kill/kill.c`) before the C library, which counts them.

#![cfg(all(target_os = "linux", feature = "fix"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(
    clippy::disallowed_methods,
    reason = "it starts programs, and reads what it was started with"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use keyfence::engine::EngineSettings;
use keyfence::fix::{self, Asked, Desk};
use keyfence::source::{Limits, Worktree};
use keyfence::{Engine, RuleSet};
use tempfile::TempDir;

const FILES: [&str; 5] = ["app.py", "b.sh", ".env", ".env.example", ".gitignore"];
const SOURCES: [&str; 2] = ["app.py", "b.sh"];

/// One rule, so that a run takes no time.
const RULE: &str = "
[[rule]]
id          = \"planted\"
description = \"A planted value\"
severity    = \"high\"
keywords    = [\"planted\"]
pattern     = '(planted[0-9A-Z]{19})'
remedy      = \"None.\"
must-match  = ['«planted·0123456789ABCDEFGHI»']
must-not-match = ['planted']
";

fn values() -> [String; 2] {
    ["planted0K3B7QL2Z9RMPCY5D8W", "planted9KQ2W7XLMR4TYPZ8NB3"].map(str::to_owned)
}

/// Two files with a value each, and a `.env` that others can read.
fn scene() -> TempDir {
    let folder = TempDir::new().unwrap();
    let [one, two] = values();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("app.py", &format!("KEY = \"{one}\"\n"));
    write("b.sh", &format!("ACME_KEY={two}\n"));
    write(".env", "OLD=1\n");
    write(".env.example", "OLD=\n");
    write(".gitignore", "*.log\n");
    git(folder.path(), &["init", "-q"]);
    folder
}

fn git(folder: &Path, args: &[&str]) -> String {
    let mut git = Command::new("git");
    let output = git
        .current_dir(folder)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What `keyfence fix --write` does.
fn run(folder: &Path) {
    let mut desk = Desk::open(folder).unwrap();
    desk.hold().unwrap();
    fix::resume(&desk).unwrap();
    let mut rules = RuleSet::default();
    rules.add_toml("rules", RULE).unwrap();
    let engine = Engine::new(&rules, &EngineSettings::default()).unwrap();
    let outcome = keyfence::scan(&engine, &Worktree::new([folder], Limits::default())).unwrap();
    let asked = Asked {
        findings: outcome.findings.iter().collect(),
        known: outcome.findings.iter().collect(),
        name: None,
        env: None,
        whole_files: true,
    };
    fix::apply(&desk, &fix::plan(&desk, &asked).unwrap()).unwrap();
}

/// Not a test of its own: what the test below starts.
#[test]
fn a_run_that_was_asked_for_by_the_environment() {
    if let Some(folder) = std::env::var_os("KILL_SCENE") {
        run(Path::new(&folder));
    }
}

/// The library that kills, compiled once.
fn killer() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kill/kill.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libkill.so");
    let beside = library.with_extension(std::process::id().to_string());
    let mut cc = Command::new("cc");
    let built = cc
        .args(["-shared", "-fPIC", "-o"])
        .arg(&beside)
        .arg(source)
        .arg("-ldl")
        .status();
    assert!(built.unwrap().success());
    fs::rename(&beside, &library).unwrap();
    library
}

/// Runs until the n-th such call.
fn run_until(killer: &Path, folder: &Path, call: usize, how: &str) -> (ExitStatus, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_run_that_was_asked_for_by_the_environment", "--nocapture"])
        .env("KILL_SCENE", folder)
        .env("KILL_AT", call.to_string())
        .env("KILL_HOW", how)
        .env("LD_PRELOAD", killer)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status, String::from_utf8_lossy(&said).into_owned())
}

fn contents(folder: &Path) -> BTreeMap<&'static str, String> {
    FILES
        .into_iter()
        .map(|name| (name, fs::read_to_string(folder.join(name)).unwrap()))
        .collect()
}

type Contents = BTreeMap<&'static str, String>;

#[track_caller]
fn assert_nothing_lost(folder: &Path, old: &Contents, new: &Contents, when: &str) {
    let now = contents(folder);
    for (name, text) in &now {
        assert!(
            *text == old[name] || *text == new[name],
            "{when}: {name} is neither old nor new:\n{text}"
        );
    }
    for (value, source) in values().iter().zip(SOURCES) {
        assert!(
            now[source].contains(value) || now[".env"].contains(value),
            "{when}: a value is lost"
        );
    }
    if now[".env"] != old[".env"] {
        assert_eq!(mode(&folder.join(".env")) & 0o777, 0o600, "{when}");
        git(folder, &["check-ignore", "-q", ".env"]);
    }
}

/// Nothing that git would take, and nothing that others could read, has a value but the sources as they were.
#[track_caller]
fn assert_nothing_leaked(folder: &Path, when: &str) {
    let has_value = |path: &Path| {
        let text = fs::read(path).unwrap();
        values()
            .iter()
            .any(|value| String::from_utf8_lossy(&text).contains(value))
    };
    let taken = git(folder, &["ls-files", "-z", "--others", "--exclude-standard"]);
    for name in taken
        .split('\0')
        .filter(|name| !name.is_empty() && !SOURCES.contains(name))
    {
        assert!(!has_value(&folder.join(name)), "{when}: git would take {name}");
    }
    for path in files(&folder.join(".git")) {
        assert!(
            mode(&path) & 0o077 == 0 || !has_value(&path),
            "{when}: others can read {}",
            path.display()
        );
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn killed_or_refused_at_any_write_nothing_is_lost_and_a_rerun_finishes() {
    let killer = killer();
    let finished = scene();
    let old = contents(finished.path());
    run(finished.path());
    let new = contents(finished.path());
    assert!(
        FILES.iter().all(|name| old[name] != new[name]),
        "the scene changes every file"
    );
    for how in ["kill", "refuse"] {
        let mut interrupted = 0;
        for call in 1.. {
            let when = format!("{how} at call {call}");
            let scene = scene();
            let (status, said) = run_until(&killer, scene.path(), call, how);
            assert!(
                !values().iter().any(|value| said.contains(value)),
                "{when}: a value was shown:\n{said}"
            );
            assert_nothing_lost(scene.path(), &old, &new, &when);
            assert_nothing_leaked(scene.path(), &when);
            if status.success() {
                break;
            }
            assert!(how != "kill" || status.signal() == Some(9), "{when}: {status}\n{said}");
            interrupted += 1;
            run(scene.path());
            assert_eq!(contents(scene.path()), new, "{when}: the rerun did not finish");
            assert!(
                !scene.path().join(".git/keyfence/fix/new").exists(),
                "{when}: something is left behind"
            );
        }
        assert!(interrupted > 35, "{how}: only {interrupted} calls were met");
    }
}
