//! What the targets share: an engine, and ways to cut an input into what a target needs.

pub mod pack;

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use bstr::BString;
use keyfence::model::{Blob, Confidence, Kind, Nature, Origin, Scope};
use keyfence::source::{Limits, Stdin};
use keyfence::{Engine, EngineSettings, Outcome, RuleSet};

/// The engine that everybody uses, and the one that takes no short cut; both say all that they think.
pub static FAST: LazyLock<Engine> = LazyLock::new(|| engine(false));
pub static PLAIN: LazyLock<Engine> = LazyLock::new(|| engine(true));

fn engine(reference: bool) -> Engine {
    let settings = EngineSettings {
        min_confidence: Confidence::Low,
        reference,
        ..EngineSettings::default()
    };
    Engine::new(&RuleSet::builtin(), &settings).expect("the rules are sound")
}

/// Names that stand for every way in which a content is read.
const PATHS: &[&str] = &[
    "a.txt",
    ".env",
    "a.py",
    "a.js",
    "a.json",
    "a.yaml",
    "a.toml",
    "a.xml",
    "a.ini",
    "a.sh",
    "a.properties",
    "a.tf",
    "a.java",
    "a.go",
    "a.rb",
    "a.php",
    "a.ps1",
    "a.sql",
    "a.html",
    "a.md",
    "a.ipynb",
    "Dockerfile",
    ".npmrc",
    ".netrc",
    "a.csv",
    "a.pem",
    "a.log",
    "a.cs",
    "a.kt",
    "a.c",
    "pom.xml",
    "a.bin",
];

/// Takes a path off an input.
pub fn path(data: &[u8]) -> (&'static str, &[u8]) {
    match data.split_first() {
        Some((&first, rest)) => (PATHS[usize::from(first) % PATHS.len()], rest),
        None => (PATHS[0], data),
    }
}

/// Cuts an input in two at the place that its first two bytes say.
pub fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let Some((head, rest)) = data.split_first_chunk() else {
        return (data, b"");
    };
    rest.split_at(usize::from(u16::from_le_bytes(*head)).min(rest.len()))
}

/// A blob of a work tree.
pub fn blob<'b>(path: &'b str, bytes: &'b [u8]) -> Blob<'b> {
    Blob {
        origin: Origin::Worktree,
        path: Cow::Borrowed(path.into()),
        bytes: Cow::Borrowed(bytes),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    }
}

/// Scans an input as `scan --stdin` does; the books balance.
pub fn scan(path: &str, bytes: &[u8]) -> Outcome {
    let limits = Limits {
        max_file_size: 1 << 20,
        ..Limits::default()
    };
    let outcome = keyfence::scan(&FAST, &Stdin::new(bytes, Some(BString::from(path)), limits));
    let outcome = outcome.expect("an input can be listed");
    assert_eq!(outcome.coverage.missing(), 0, "{:?}", outcome.coverage);
    outcome
}

/// A folder in memory where there is one, for readers that want files.
pub fn folder(name: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let folder = place.join(format!("keyfence-fuzz-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("there is room for it");
    folder
}
