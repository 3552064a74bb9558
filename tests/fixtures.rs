//! Whole trees: `fixtures/trees/NAME` is scanned without its break marks, and `want.txt` says what must be found.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use keyfence::rules::Example;
use keyfence::source::{Limits, Worktree};
use keyfence::{Engine, EngineSettings, RuleSet, scan};

/// Copies a tree, the break marks left out.
fn unbroken(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            unbroken(&path, &target);
        } else if !path.ends_with("want.txt") {
            fs::write(target, Example::unbroken(&fs::read_to_string(&path).unwrap())).unwrap();
        }
    }
}

/// Returns the findings of a tree as `path:line rule`.
fn found(tree: &Path) -> Vec<String> {
    let engine = Engine::new(&RuleSet::builtin(), &EngineSettings::default()).unwrap();
    let outcome = scan(&engine, &Worktree::new([tree], Limits::default())).unwrap();
    assert!(outcome.coverage.is_complete() && outcome.coverage.scanned.files > 0);
    let inside = format!("{}/", tree.display());
    let line = |finding: &keyfence::Finding| {
        let path = finding.path.to_string();
        let path = path.strip_prefix(&inside).unwrap_or(&path).to_owned();
        format!("{path}:{} {}", finding.location.line, finding.rule)
    };
    outcome.findings.iter().map(line).collect()
}

#[test]
fn in_each_tree_exactly_what_it_asks_for_is_found() {
    let trees = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/trees");
    let mut seen = 0;
    for entry in fs::read_dir(trees).unwrap() {
        let tree = entry.unwrap().path();
        let copy = tempfile::tempdir().unwrap();
        unbroken(&tree, copy.path());
        let want = fs::read_to_string(tree.join("want.txt")).unwrap();
        assert_eq!(
            found(copy.path()),
            want.lines().collect::<Vec<_>>(),
            "{}",
            tree.display()
        );
        seen += 1;
    }
    assert!(seen >= 2, "the trees are gone");
}
