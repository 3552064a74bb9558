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

mod kill;

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

const FILES: [&str; 7] = [
    "b.sh",
    "c.js",
    "compose.yml",
    "secrets.py",
    ".env",
    ".env.example",
    ".gitignore",
];
/// The files that hold values at first, and `secrets.py` twice: what no rule finds leaves it, too.
const SOURCES: [&str; 5] = ["b.sh", "c.js", "compose.yml", "secrets.py", "secrets.py"];

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

fn values() -> [String; 5] {
    [
        "planted9KQ2W7XLMR4TYPZ8NB3",
        "planted4HT8XD1SVJ6GNWE5F0U",
        "planted7AC3ZR9PBQ2YKML6TH1",
        "planted2EV5UJ8DXF0SGWN4RC7",
        "unnamedotterlake",
    ]
    .map(str::to_owned)
}

/// A file of each kind with a value in it, and a `.env` that others can read.
fn scene() -> TempDir {
    let folder = TempDir::new().unwrap();
    let [shell, script, compose, module, unnamed] = values();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("b.sh", &format!("ACME_KEY={shell}\n"));
    write("c.js", &format!("const apiToken = '{script}';\n"));
    write(
        "compose.yml",
        &format!("services:\n  db:\n    environment:\n      DB_PASSWORD: {compose}\n"),
    );
    write("secrets.py", &format!("MAIL_KEY = '{module}'\nSSID = '{unnamed}'\n"));
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
    let known = |path: &Path| SOURCES.iter().any(|name| path.ends_with(name)) || path.ends_with(".env");
    for path in files(folder).iter().filter(|path| !known(path) && has_value(path)) {
        // What is written first and renamed then lies where git keeps its own, for its owner only.
        let is_hidden = path.starts_with(folder.join(".git")) && mode(path) & 0o077 == 0;
        assert!(is_hidden, "{when}: {} has a value", path.display());
    }
    let taken = git(folder, &["ls-files", "-z", "--others", "--exclude-standard"]);
    for name in taken
        .split('\0')
        .filter(|name| !name.is_empty() && !SOURCES.contains(name))
    {
        assert!(!has_value(&folder.join(name)), "{when}: git would take {name}");
    }
}

/// Where the work is done, `.env` alone has values.
#[track_caller]
fn assert_only_env_has_values(folder: &Path, when: &str) {
    for path in files(folder).iter().filter(|path| !path.ends_with(".env")) {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let has_value = values().iter().any(|value| text.contains(value));
        assert!(!has_value, "{when}: {} has a value", path.display());
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
fn killed_at_any_write_nothing_is_lost_and_a_rerun_finishes() {
    interrupt("kill");
}

#[test]
fn refused_at_any_write_nothing_is_lost_and_a_rerun_finishes() {
    interrupt("refuse");
}

fn interrupt(how: &str) {
    let killer = kill::library();
    let finished = scene();
    let old = contents(finished.path());
    run(finished.path());
    let new = contents(finished.path());
    assert_only_env_has_values(finished.path(), "without a disturbance");
    assert!(
        FILES.iter().all(|name| old[name] != new[name]),
        "the scene changes every file"
    );
    let mut interrupted = 0;
    for call in 1.. {
        let when = format!("{how} at call {call}");
        let scene = scene();
        let (status, said) = run_until(killer, scene.path(), call, how);
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
        assert_only_env_has_values(scene.path(), &when);
        assert!(
            !scene.path().join(".git/keyfence/fix/new").exists(),
            "{when}: something is left behind"
        );
    }
    assert!(interrupted > 50, "{how}: only {interrupted} calls were met");
}
