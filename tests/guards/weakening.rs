//! "This change also relaxes the guard": said by every gate that examines a change, and blocking where that is asked for.

use crate::sandbox::{Sandbox, leak};
use crate::{accepted, blocked, repository};

/// A guarded project, and on top of it a commit that relaxes the guard in every way there is.
fn relaxed() -> Sandbox {
    let sandbox = repository();
    sandbox.write(".gitignore", ".env\n");
    sandbox.write("keyfence.toml", "fail-on = \"medium\"\n");
    sandbox.write(".keyfence-baseline", "kf1:1f0c22a9-5be301\n");
    sandbox.write(".github/workflows/ci.yml", "steps:\n  - run: keyfence guard ci\n");
    sandbox.write(".husky/pre-commit", "keyfence guard pre-commit\n");
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "guarded"]);
    sandbox.git(&["branch", "base"]);
    sandbox.write(".gitignore", ".env\n!.env\n");
    sandbox.write(
        "keyfence.toml",
        "fail-on = \"high\"\n[scan]\nexclude = [\"vendor/\"]\n[[allow]]\nreason = \"samples\"\npaths = [\"samples/\"]\n",
    );
    sandbox.write(".keyfence-baseline", "kf1:1f0c22a9-5be301\nkf1:1f0c22aa-5be302\n");
    sandbox.write(".gitattributes", "*.env -diff\n");
    sandbox.write(
        ".github/workflows/ci.yml",
        "steps:\n  - run: keyfence guard ci || true\n",
    );
    sandbox.write("b.txt", &accepted("x = 1\n"));
    sandbox.git(&["add", "."]);
    sandbox.git(&["rm", "-q", "-f", ".husky/pre-commit"]);
    sandbox.git(&["commit", "-q", "-m", "relaxed"]);
    sandbox
}

const SAID: &[&str] = &[
    "this change also relaxes the guard:",
    ".gitignore: it no longer keeps `.env` out of commits",
    "keyfence.toml:1: it raises fail-on from medium to high",
    "keyfence.toml:3: it excludes `vendor/`",
    "keyfence.toml:4: it adds an [[allow]] entry, \"samples\"",
    ".keyfence-baseline:2: it accepts one finding more",
    ".gitattributes:1: it keeps `*.env` out of what people see",
    "ci.yml: it calls keyfence less often",
    ".husky/pre-commit: it is gone, and keyfence was called from it",
    "b.txt:1: it adds a comment that accepts",
];

#[test]
fn every_gate_says_what_relaxes_it() {
    let sandbox = relaxed();
    let mut said = vec![
        sandbox.keyfence(&["scan", "--range", "base..HEAD"]).expect(0),
        sandbox.keyfence(&["guard", "ci", "--base", "base"]).expect(0),
    ];
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["push", "-q", "../server.git", "base:main"]);
    sandbox.keyfence(&["install", "--server", "../server.git"]).expect(0);
    said.push(
        sandbox
            .try_git(&["push", "-q", "../server.git", "HEAD:refs/heads/x"])
            .expect(0),
    );
    said.push(sandbox.try_git(&["push", "-q", "../server.git", "HEAD:main"]).expect(0));
    for (number, said) in said.into_iter().enumerate() {
        // The last push brings no new commit, so nothing is read; yet what the ref says changes.
        let words = if number == 3 { &SAID[..9] } else { SAID };
        words.iter().fold(said, |said, word| said.says(word));
    }
}

#[test]
fn strict_gates_stay_shut() {
    let sandbox = relaxed();
    let strict = sandbox
        .keyfence(&["scan", "--range", "base..HEAD", "--strict"])
        .expect(1);
    strict
        .says("error[relaxed-guard]")
        .says("it raises fail-on")
        .says("b.txt");
    sandbox
        .keyfence(&["guard", "ci", "--base", "base", "--strict"])
        .expect(1);
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["push", "-q", "../server.git", "base:main"]);
    sandbox.keyfence(&["install", "--server", "../server.git"]).expect(0);
    sandbox.git(&["--git-dir=../server.git", "config", "keyfence.strict", "true"]);
    blocked(
        sandbox.try_git(&["push", "-q", "../server.git", "HEAD:main"]),
        &["relaxed-guard", "This push is blocked"],
    );
}

#[test]
fn the_json_report_has_it_too() {
    let said = relaxed()
        .keyfence(&["scan", "--range", "base..HEAD", "--format", "json"])
        .expect(0);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let relaxed = report["relaxed"].as_array().unwrap();
    assert_eq!(relaxed.len(), SAID.len() - 1);
    assert_eq!(relaxed[0]["path"], ".gitattributes");
    assert_eq!(relaxed[0]["line"], 1);
}

#[test]
fn what_the_other_side_did_since_is_not_held_against_a_change() {
    let sandbox = relaxed();
    sandbox.git(&["checkout", "-q", "-b", "topic", "base"]);
    sandbox.commit("c.txt", "c\n");
    let said = sandbox.keyfence(&["scan", "--range", "main..topic"]).expect(0);
    assert!(!said.all().contains("relaxes"), "{}", said.all());
}

#[test]
fn a_commit_says_which_comments_it_adds() {
    let sandbox = repository();
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.write("leak.sh", &accepted(&leak()));
    sandbox.git(&["add", "."]);
    sandbox
        .git(&["commit", "-q", "-m", "x"])
        .says("relaxes the guard")
        .says("leak.sh:1: it adds a comment");
}
