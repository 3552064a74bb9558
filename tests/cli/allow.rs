//! Exceptions: what an entry says must all hold, any entry will do, and none counts longer or wider than it says.

use crate::sandbox::{Sandbox, leak};

/// A line with a comment that accepts it, put together here so that this file holds none.
fn accepted(words: &str) -> String {
    leak().replace('\n', &format!(" # keyfence{}{words}\n", ":allow "))
}

fn config(sandbox: &Sandbox, entry: &str) {
    sandbox.write("keyfence.toml", &format!("[[allow]]\nreason = \"a sample\"\n{entry}\n"));
}

#[test]
fn everything_an_entry_says_must_hold_and_any_entry_will_do() {
    let sandbox = Sandbox::new();
    sandbox.commit("a/leak.sh", &leak());
    for (entry, code) in [
        ("paths = ['a/']\nrules = ['github-pat']", 0),
        ("paths = ['b/']\nrules = ['github-pat']", 1),
        ("paths = ['a/']\nrules = ['gitlab-pat']", 1),
        ("paths = ['b/']\n[[allow]]\nreason = 'other'\nrules = ['github-pat']", 0),
        ("patterns = ['ghx_.*', 'ghp_.*']", 0),
        ("patterns = ['ghx_.*', 'gh']", 1),
        ("paths = ['a/']\nuntil = 2999-01-01", 0),
        ("paths = ['a/']\nexpires = '2999-01-01'", 0),
    ] {
        config(&sandbox, entry);
        let said = sandbox.keyfence(&["scan"]);
        assert_eq!(said.code, code, "{entry}: {}", said.all());
    }
}

#[test]
fn an_entry_whose_day_is_over_counts_no_longer_and_is_told() {
    let sandbox = Sandbox::new();
    sandbox.commit("leak.sh", &leak());
    config(&sandbox, "paths = ['leak.sh']\nuntil = 2020-12-31");
    sandbox
        .keyfence(&["scan"])
        .expect(1)
        .says("keyfence.toml:1: the allow entry \"a sample\" counted until 2020-12-31 and counts no longer");
    config(&sandbox, "paths = ['leak.sh']\nuntil = 2020-12-32");
    sandbox.keyfence(&["scan"]).expect(2);
}

#[test]
fn a_comment_counts_until_its_day_and_is_told_when_it_is_over() {
    let sandbox = Sandbox::new();
    sandbox.write("leak.sh", &accepted("a sample until=2999-12-31"));
    sandbox.keyfence(&["scan"]).expect(0).says("1 suppressed (comment)");
    sandbox.write("leak.sh", &accepted("a sample until=2020-12-31"));
    sandbox
        .keyfence(&["scan"])
        .expect(1)
        .says("leak.sh:1: the comment that allows this counted until 2020-12-31");
    sandbox.write("leak.sh", &accepted("a sample until=soon"));
    sandbox
        .keyfence(&["scan"])
        .expect(1)
        .says("does not count, for its `until=` is no day");
}

#[test]
fn a_commit_is_allowed_and_no_other_that_brings_the_same() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    sandbox.commit("leak.sh", &leak());
    let name = sandbox.git(&["rev-parse", "--short=10", "HEAD"]).out;
    config(&sandbox, &format!("commits = ['{}']", name.trim()));
    sandbox
        .keyfence(&["scan", "--history"])
        .expect(0)
        .says("1 suppressed (allow entry)");
    sandbox.keyfence(&["scan", "--range", "HEAD~1..HEAD"]).expect(0);
    // A scan of files knows no commits, so the entry says nothing there.
    sandbox.keyfence(&["scan", "leak.sh"]).expect(1);
    sandbox.commit("copy.sh", &leak());
    sandbox.keyfence(&["scan", "--history"]).expect(1);
    config(&sandbox, "commits = ['main']");
    sandbox
        .keyfence(&["scan"])
        .expect(2)
        .says("`commits` holds names of commits");
}

#[test]
fn an_exception_for_a_path_is_none_for_the_same_content_elsewhere() {
    let sandbox = Sandbox::new();
    sandbox.commit("a/sample.sh", &leak());
    sandbox.commit("b/sample.sh", &leak());
    config(&sandbox, "paths = ['a/']");
    sandbox.keyfence(&["scan", "--history"]).expect(1).says("b/sample.sh");
}

#[test]
fn a_fingerprint_is_an_exception_in_its_file_and_none_for_the_same_content_elsewhere() {
    let sandbox = Sandbox::new();
    let fingerprint = |name: &str| {
        let said = sandbox.keyfence(&["scan", name, "--format", "jsonl"]).out;
        let print = said.split("\"fingerprint\":\"").nth(1).unwrap();
        print.split('"').next().unwrap().to_owned()
    };
    sandbox.commit("a/sample.sh", &leak());
    let first = fingerprint("a/sample.sh");
    config(&sandbox, &format!("secrets = ['{first}']"));
    let scans: [&[&str]; 3] = [&[], &["--history"], &["--range", "HEAD"]];
    let expect = |code| {
        for scan in scans {
            sandbox.keyfence(&[&["scan"], scan].concat()).expect(code);
        }
    };
    expect(0);
    sandbox.commit("b/sample.sh", &leak());
    expect(1);
    let second = fingerprint("b/sample.sh");
    let other = format!("secrets = ['{first}']\n[[allow]]\nreason = \"y\"\nsecrets = ['{second}']");
    config(&sandbox, &other);
    expect(0);
}

#[test]
fn too_broad_an_entry_is_told_or_refused() {
    let sandbox = Sandbox::new();
    for number in 0..30 {
        sandbox.write(&format!("src/{number}.py"), "x = 1\n");
    }
    config(&sandbox, "paths = ['src/']");
    sandbox.keyfence(&["scan"]).expect(0).says("covers 30 of 31 files");
    config(&sandbox, "paths = ['src/']\nrules = ['github-pat']");
    assert!(!sandbox.keyfence(&["scan"]).expect(0).all().contains("covers"));
    config(&sandbox, "patterns = ['(.|\\n)+']");
    sandbox.keyfence(&["scan"]).expect(2).says("would allow everything");
}

#[test]
fn unused_entries_and_unknown_rules_are_told() {
    let sandbox = Sandbox::new();
    sandbox.write("a.py", "x = 1\n");
    config(&sandbox, "rules = ['github-pta']");
    let said = sandbox.keyfence(&["scan"]).expect(0);
    said.says("did you mean `github-pat`").says("held nothing back");
}

#[test]
fn a_change_cannot_make_an_exception_last_longer() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "keyfence.toml",
        "[[allow]]\nreason = \"x\"\npaths = ['a']\nuntil = 2999-01-01\n",
    );
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "base"]);
    sandbox.git(&["branch", "base"]);
    sandbox.commit(
        "keyfence.toml",
        "[[allow]]\nreason = \"x\"\npaths = ['a']\nuntil = 2999-12-31\n",
    );
    sandbox
        .keyfence(&["guard", "ci", "--base", "base"])
        .expect(0)
        .says("it adds an [[allow]] entry");
}
