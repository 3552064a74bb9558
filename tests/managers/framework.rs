//! The pre-commit framework and prek, with the hooks that this repository offers them.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, leak};
use crate::tools::{assert_guards, packages, sandbox};

const MANAGERS: &[&str] = &["pre-commit", "prek"];

/// Makes a repository that holds what the managers read of ours, and a project that uses it.
fn with_our_hooks(ids: &[&str]) -> Option<Sandbox> {
    let sandbox = sandbox(false)?;
    packages();
    let ours = sandbox.beside("keyfence");
    fs::create_dir_all(&ours).unwrap();
    for name in [".pre-commit-hooks.yaml", "pyproject.toml"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), ours.join(name)).unwrap();
    }
    let git = |args: &[&str]| sandbox.run_in("../keyfence", "git", args).expect(0).out;
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "hooks"]);
    let hooks: String = ids.iter().map(|id| format!("      - id: {id}\n")).collect();
    let rev = git(&["rev-parse", "HEAD"]);
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}    hooks:\n{hooks}",
        ours.display(),
        rev
    );
    sandbox.write(".pre-commit-config.yaml", &config);
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "configure"]);
    Some(sandbox)
}

#[test]
fn our_hook_blocks_a_staged_key_and_lets_a_clean_commit_pass() {
    for manager in MANAGERS {
        let Some(sandbox) = with_our_hooks(&["keyfence"]) else {
            return;
        };
        sandbox.run_in("", manager, &["install"]).expect(0);
        assert_guards(&sandbox);
        sandbox.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
    }
}

#[test]
fn a_check_of_all_files_reads_every_tracked_file_whatever_is_staged() {
    for manager in MANAGERS {
        let Some(sandbox) = with_our_hooks(&["keyfence"]) else {
            return;
        };
        let all = ["run", "--all-files"];
        sandbox.write("untracked.sh", &leak());
        sandbox.run_in("", manager, &all).expect(0);
        sandbox.commit("leak.sh", &leak());
        sandbox.run_in("", manager, &all).expect(1).says("leak.sh");
        sandbox.write("app.py", "print('hello')\n");
        sandbox.git(&["add", "app.py"]);
        sandbox.run_in("", manager, &["run"]).expect(0);
        sandbox.run_in("", manager, &all).expect(1).says("leak.sh");
    }
}

#[test]
fn a_check_of_a_range_reads_what_its_commits_bring() {
    for manager in MANAGERS {
        let Some(sandbox) = with_our_hooks(&["keyfence"]) else {
            return;
        };
        sandbox.commit("leak.sh", &leak());
        sandbox.commit("leak.sh", "echo none\n");
        let range = ["run", "--from-ref", "HEAD~2", "--to-ref", "HEAD"];
        sandbox.run_in("", manager, &range).expect(1).says("leak.sh");
        let later = ["run", "--from-ref", "HEAD", "--to-ref", "HEAD"];
        sandbox.run_in("", manager, &later).expect(0);
    }
}

#[test]
fn the_other_hook_reads_the_whole_tracked_tree_at_each_commit() {
    let Some(sandbox) = with_our_hooks(&["keyfence-all"]) else {
        return;
    };
    sandbox.commit("old.sh", &leak());
    sandbox.run_in("", "pre-commit", &["install"]).expect(0);
    sandbox.write("app.py", "print('hello')\n");
    sandbox.git(&["add", "app.py"]);
    sandbox.try_git(&["commit", "-m", "clean"]).expect(1).says("old.sh");
}

#[test]
fn the_entry_that_install_writes_works_in_both() {
    for manager in MANAGERS {
        let Some(sandbox) = sandbox(true) else { return };
        sandbox.write(
            ".pre-commit-config.yaml",
            "repos:\n  - repo: meta\n    hooks:\n      - id: identity\n",
        );
        sandbox.git(&["add", "."]);
        sandbox.git(&["commit", "-q", "-m", "configure"]);
        sandbox.run_in("", manager, &["install"]).expect(0);
        sandbox.keyfence(&["install", "--write"]).expect(0);
        sandbox.git(&["add", "."]);
        sandbox.keyfence(&["status"]).expect(0).says("which runs keyfence");
        assert_guards(&sandbox);
    }
}
