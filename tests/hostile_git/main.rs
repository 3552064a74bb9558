//! Repositories that somebody has forged: each ends soon, in bounded memory, and is never called clean.
//!
//! The whole program is run, with a limit on its address space and on its time, which are also those of the git that it
//! starts. What is forged no git would write: a pack whose index lies, a delta of itself, folders without end.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod alternates;
mod bombs;
mod files;
mod forge;
mod index;
mod packs;
#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;
mod special;
mod trees;

use sandbox::{Said, Sandbox, leak};
use serde_json::Value;

/// What a run may take: kilobytes of address space, which is more than memory, and seconds.
const MEMORY: u32 = 2 << 20;
const SECONDS: u32 = 120;

/// Runs keyfence within the limits.
#[track_caller]
fn bounded(sandbox: &Sandbox, args: &[&str]) -> Said {
    let script = format!("ulimit -v {MEMORY}; exec timeout -s KILL {SECONDS} \"$0\" \"$@\"");
    let all = [&["-c", &script, env!("CARGO_BIN_EXE_keyfence")], args].concat();
    let said = sandbox.run_in("", "sh", &all);
    assert!(
        (0..=2).contains(&said.code),
        "it ended with {} (137: too slow, 134: too large)\n{}",
        said.code,
        said.all()
    );
    for word in ["panicked", "bug in keyfence", "keyfence has a bug"] {
        assert!(!said.all().contains(word), "{}", said.all());
    }
    said
}

/// Expects that a run finds the forgery: it is incomplete, says what is missing, and stays shut.
#[track_caller]
fn incomplete(sandbox: &Sandbox, args: &[&str]) -> String {
    let said = bounded(sandbox, &[args, &["--format", "json"]].concat());
    assert_ne!(said.code, 0, "it passed for clean:\n{}", said.all());
    let Ok(report) = serde_json::from_str::<Value>(&said.out) else {
        assert_eq!(said.code, 2, "{}", said.all());
        assert!(said.err.contains("hint: "), "{}", said.all());
        return said.err;
    };
    assert_eq!(report["scan"]["complete"], false, "{}", said.all());
    let failed = report["coverage"]["failed"].as_array().unwrap();
    assert!(!failed.is_empty(), "{}", said.all());
    said.out
}

/// Expects that all was read and these paths have findings.
#[track_caller]
fn found(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    let said = bounded(sandbox, &[args, &["--format", "json"]].concat());
    assert_eq!(said.code, 1, "{}", said.all());
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["scan"]["complete"], true, "{}", said.all());
    let mut paths: Vec<String> = Vec::new();
    for finding in report["findings"].as_array().unwrap() {
        let origins = finding["origins"].as_array().unwrap();
        paths.extend(origins.iter().map(|origin| origin["path"].as_str().unwrap().to_owned()));
    }
    paths.sort();
    paths
}
