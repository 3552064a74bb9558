//! The promises of SECURITY.md: each names its tests, and those that speak of the whole program are kept here.

#![cfg(all(unix, feature = "cli"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;

use sandbox::{Sandbox, leak};

/// Everything that reads a repository and is not told to write.
const READING: &[&[&str]] = &[
    &["scan", "."],
    &["scan", "--staged"],
    &["scan", "--range", "HEAD~1..HEAD"],
    &["scan", "--history"],
    &["scan", "--history", "--unreachable"],
    &["guard", "pre-commit"],
    &["guard", "ci", "--base", "HEAD~1"],
    &["explain", "a.txt:1"],
    &["audit"],
    &["status"],
    &["baseline", "check"],
    &["template", "check"],
    &["fix"],
    &["rules", "lint"],
];

/// A repository with history, something staged and something in the work tree.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.commit("leak.sh", &leak());
    sandbox.keyfence(&["baseline", "create"]).expect(0);
    sandbox.write("a.txt", "changed\n");
    sandbox.git(&["add", "a.txt"]);
    sandbox.write("a.txt", "changed again\n");
    sandbox
}

#[test]
fn nothing_of_a_repository_is_run() {
    let sandbox = repository();
    let trap = sandbox.beside("trap");
    let program = format!("touch {}", trap.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "merge.trap.driver",
        "gpg.program",
        "credential.helper",
        "uploadpack.packObjectsHook",
        "pager.diff",
        "pager.log",
        "sequence.editor",
        "trailer.trap.command",
    ] {
        sandbox.git(&["config", key, &program]);
    }
    for (key, value) in [
        ("log.showSignature", "true"),
        ("extensions.partialClone", "trap"),
        ("remote.trap.promisor", "true"),
        ("remote.trap.url", &format!("ext::{program}")),
        ("protocol.ext.allow", "always"),
        ("protocol.allow", "always"),
    ] {
        sandbox.git(&["config", key, value]);
    }
    let attributes = sandbox.path(".git/info/attributes");
    fs::create_dir_all(attributes.parent().unwrap()).unwrap();
    fs::write(attributes, "* diff=trap filter=trap merge=trap\n").unwrap();
    for hook in [
        "post-index-change",
        "reference-transaction",
        "fsmonitor-watchman",
        "query-watchman",
        "post-checkout",
    ] {
        sandbox.write_executable(&format!(".git/hooks/{hook}"), &format!("#!/bin/sh\n{program}\n"));
    }
    // Something to fetch: an object that is not here.
    let blob = sandbox.git(&["rev-parse", "HEAD~1:a.txt"]).out.trim().to_owned();
    fs::remove_file(sandbox.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let _ = fs::remove_file(&trap);
    for args in READING {
        let said = sandbox.keyfence(args);
        assert!(!trap.exists(), "{args:?} ran something: {}", said.all());
    }
}

#[test]
fn reading_changes_no_byte_of_a_repository() {
    let sandbox = repository();
    let before = sandbox.snapshot("");
    for args in READING {
        let said = sandbox.keyfence(args);
        assert!(said.code <= 2, "{args:?}: {}", said.all());
        assert!(
            sandbox.snapshot("") == before,
            "{args:?} wrote into the repository: {}",
            said.all()
        );
        assert_eq!(sandbox.litter(), 0, "{args:?} left something in the temporary folder");
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// Whether a file is of a module: `a/name.rs`, `a/name/mod.rs`, `a/name/tests.rs`.
fn is_of(path: &Path, module: &str) -> bool {
    let inside = path.with_extension("");
    let mut parts: Vec<_> = inside.iter().rev().take(2).map(|part| part.to_str().unwrap()).collect();
    parts.retain(|part| !["mod", "tests", "main"].contains(part));
    parts.first() == Some(&module)
}

#[test]
fn each_test_that_the_promises_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let sources = [files(&root.join("src")), files(&root.join("tests"))].concat();
    let named: Vec<(&str, &str)> = page
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|word| word.split_once("::"))
        .collect();
    assert!(named.len() > 25, "{named:?}");
    for (module, test) in named {
        let has_test = |path: &&PathBuf| {
            let text = fs::read_to_string(path).unwrap_or_default();
            is_of(path, module) && text.contains(&format!("fn {test}("))
        };
        assert!(
            sources.iter().any(|path| has_test(&path)),
            "there is no test `{module}::{test}`"
        );
    }
    let promises: Vec<&str> = page.lines().filter(|line| line.starts_with("**")).collect();
    for promise in promises {
        let after = &page[page.find(promise).unwrap()..];
        let end = after.find("\n\n").unwrap_or(after.len());
        assert!(after[..end].contains("::"), "no test guards: {promise}");
    }
}
