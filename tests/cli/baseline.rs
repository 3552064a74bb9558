//! The baseline as a team meets it: made, merged, outlived, judged, and no way past a gate.

use keyfence::rules::Example;

use crate::sandbox::{Said, Sandbox, leak};

const FILE: &str = ".keyfence-baseline";

/// A line with another key for each number.
fn key(number: usize) -> String {
    let line = [
        "export GITLAB_TOKEN=glpat-·kQ2vW7xLmR4tYpZ8nB3c\n",
        "export GITLAB_TOKEN=glpat-·mT7qL2xWc8RvN5bYz1Kp\n",
        "export GITLAB_TOKEN=glpat-·Hs6DfJ3gU3D9xBLa2rVw\n",
    ];
    Example::unbroken(line[number])
}

/// A line with a password that somebody chose.
fn chosen(value: &str) -> String {
    format!("db_password = \"{}\"\n", Example::unbroken(value))
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("old.sh", &leak());
    sandbox
        .keyfence(&["baseline", "create"])
        .expect(0)
        .says("1 accepted (1 open)");
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "accept what is there"]);
    sandbox
}

/// Adds a key and accepts it, on a branch of its own.
fn branch(sandbox: &Sandbox, name: &str, file: &str, number: usize) {
    sandbox.git(&["checkout", "-q", "-b", name, "main"]);
    sandbox.write(file, &key(number));
    sandbox.git(&["add", "-A"]);
    sandbox.keyfence(&["baseline", "create", "--update"]).expect(0);
    sandbox.git(&["add", "-A"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", name]);
}

fn review(sandbox: &Sandbox, answers: &str) -> Said {
    let keyfence = env!("CARGO_BIN_EXE_keyfence");
    let script = format!("printf '{answers}' | {keyfence} baseline review");
    sandbox.run_in("", "sh", &["-c", &script])
}

#[test]
fn what_was_there_is_held_back_and_what_is_new_blocks() {
    let sandbox = sandbox();
    sandbox.keyfence(&["scan"]).expect(0).says("1 suppressed (baseline)");
    sandbox.keyfence(&["scan", "--history"]).expect(0);
    sandbox.write("new.sh", &key(0));
    sandbox.keyfence(&["scan"]).expect(1).says("new.sh:1");
    sandbox.keyfence(&["baseline", "check"]).expect(1).says("new.sh:1");
}

#[test]
fn a_changed_secret_in_the_same_place_is_new() {
    let sandbox = sandbox();
    sandbox.write("old.sh", &key(0));
    sandbox.keyfence(&["scan"]).expect(1).says("old.sh:1");
    sandbox.write("old.sh", &chosen("Rain·7bow-Fox"));
    sandbox.keyfence(&["baseline", "create", "--update"]).expect(0);
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.write("old.sh", &chosen("Snow·7ball-Owl"));
    sandbox.keyfence(&["scan"]).expect(1).says("old.sh:1");
}

#[test]
fn a_moved_line_and_a_second_look_change_no_byte() {
    let sandbox = sandbox();
    let before = sandbox.read(FILE);
    sandbox.write("old.sh", &format!("# moved\n\n\n{}", leak()));
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.keyfence(&["baseline", "create", "--update"]).expect(0);
    assert_eq!(sandbox.read(FILE), before);
    sandbox
        .keyfence(&["baseline", "create"])
        .expect(2)
        .says("is there already");
}

#[test]
fn two_branches_that_both_add_entries_merge_without_conflict() {
    let sandbox = sandbox();
    assert_eq!(sandbox.read(".gitattributes"), ".keyfence-baseline merge=union\n");
    branch(&sandbox, "one", "new-one.sh", 0);
    branch(&sandbox, "two", "new-two.sh", 1);
    sandbox.git(&["merge", "-q", "--no-edit", "one"]);
    sandbox
        .keyfence(&["baseline", "check", "--fail-on-stale"])
        .expect(0)
        .says("3 accepted");
    let merged = sandbox.read(FILE);
    sandbox.keyfence(&["baseline", "create", "--update"]).expect(0);
    let mut lines: Vec<&str> = merged.lines().collect();
    lines.sort_unstable();
    let again = sandbox.read(FILE);
    let mut sorted: Vec<&str> = again.lines().collect();
    sorted.sort_unstable();
    assert_eq!(lines, sorted);
}

#[test]
fn two_branches_that_both_make_a_baseline_merge_without_conflict() {
    let sandbox = Sandbox::new();
    sandbox.commit("README.md", "hello\n");
    for (name, number) in [("one", 0), ("two", 1)] {
        sandbox.git(&["checkout", "-q", "-b", name, "main"]);
        sandbox.write(&format!("{name}.sh"), &key(number));
        sandbox.keyfence(&["baseline", "create"]).expect(0);
        sandbox.git(&["add", "-A"]);
        sandbox.git(&["commit", "-q", "--no-verify", "-m", name]);
    }
    sandbox.git(&["merge", "-q", "--no-edit", "one"]);
    sandbox
        .keyfence(&["baseline", "check", "--fail-on-stale"])
        .expect(0)
        .says("2 accepted");
}

#[test]
fn entries_of_files_that_stand_apart_merge_even_without_attributes() {
    let sandbox = sandbox();
    sandbox.git(&["rm", "-q", ".gitattributes"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "no attributes"]);
    branch(&sandbox, "one", "api/one.sh", 0);
    sandbox.git(&["checkout", "-q", "-f", "main"]);
    branch(&sandbox, "two", "web/two.sh", 1);
    sandbox.git(&["merge", "-q", "--no-edit", "-s", "recursive", "one"]);
    sandbox
        .keyfence(&["baseline", "check", "--fail-on-stale"])
        .expect(0)
        .says("3 accepted");
}

#[test]
fn a_merge_that_stopped_is_no_baseline() {
    let sandbox = sandbox();
    let text = sandbox.read(FILE);
    sandbox.write(FILE, &format!("<<<<<<< HEAD\n{text}=======\n>>>>>>> one\n"));
    sandbox
        .keyfence(&["scan"])
        .expect(2)
        .says(":1 is where a merge has stopped");
}

#[test]
fn what_is_gone_is_told_and_pruned() {
    let sandbox = sandbox();
    sandbox.write("old.sh", "echo none\n");
    sandbox
        .keyfence(&["scan"])
        .expect(0)
        .says("old.sh")
        .says("is out of use");
    sandbox.keyfence(&["baseline", "check"]).expect(0).says("is out of use");
    sandbox.keyfence(&["baseline", "check", "--fail-on-stale"]).expect(1);
    sandbox.keyfence(&["baseline", "prune"]).expect(0).says("Took out 1");
    assert!(!sandbox.read(FILE).contains("kf1:"));
    let before = sandbox.read(FILE);
    sandbox.keyfence(&["baseline", "prune"]).expect(0).says("Took out 0");
    assert_eq!(sandbox.read(FILE), before);
}

#[test]
fn a_baseline_of_history_is_compared_with_history() {
    let sandbox = Sandbox::new();
    sandbox.commit("old.sh", &leak());
    sandbox.commit("old.sh", "echo none\n");
    sandbox
        .keyfence(&["baseline", "create", "--history"])
        .expect(0)
        .says("1 accepted");
    sandbox
        .keyfence(&["scan", "--history"])
        .expect(0)
        .says("1 suppressed (baseline)");
    sandbox.keyfence(&["baseline", "check", "--fail-on-stale"]).expect(0);
    sandbox.keyfence(&["baseline", "prune"]).expect(0).says("Took out 0");
}

#[test]
fn another_file_counts_by_the_settings_or_by_a_flag() {
    let sandbox = Sandbox::new();
    sandbox.commit("old.sh", &leak());
    sandbox
        .keyfence(&["baseline", "create", "--baseline", "accepted.txt"])
        .expect(0);
    sandbox.keyfence(&["scan"]).expect(1);
    sandbox.keyfence(&["scan", "--baseline", "accepted.txt"]).expect(0);
    sandbox.keyfence(&["scan", "--baseline", "no-such-file"]).expect(2);
    sandbox.write("keyfence.toml", "baseline = \"accepted.txt\"\n");
    sandbox.keyfence(&["scan"]).expect(0);
    sandbox.write("keyfence.toml", "baseline = \"acepted.txt\"\n");
    sandbox
        .keyfence(&["scan"])
        .expect(1)
        .says("`acepted.txt` that the configuration names is not there");
}

#[test]
fn a_commit_may_touch_what_is_accepted_and_no_other_secret() {
    let sandbox = sandbox();
    sandbox.keyfence(&["install"]).expect(0);
    sandbox.write("old.sh", &format!("# moved\n{}", leak()));
    sandbox.git(&["commit", "-q", "-am", "move"]);
    sandbox.write("old.sh", &key(2));
    assert_ne!(sandbox.try_git(&["commit", "-q", "-am", "another"]).code, 0);
}

#[test]
fn a_change_cannot_accept_its_own_findings() {
    let sandbox = sandbox();
    for name in [FILE, "accepted.txt"] {
        sandbox.git(&["checkout", "-q", "-f", "main"]);
        if name != FILE {
            sandbox.write("keyfence.toml", &format!("baseline = \"{name}\"\n"));
            sandbox.git(&["mv", FILE, name]);
            sandbox.git(&["add", "-A"]);
            sandbox.git(&["commit", "-q", "--no-verify", "-m", "another name"]);
        }
        branch(&sandbox, &format!("smuggle-{name}"), "new.sh", 0);
        let said = sandbox.keyfence(&["guard", "ci", "--base", "main"]).expect(1);
        let said = said.says("new.sh:1").says("it accepts one finding more");
        assert!(said.all().contains(&format!("{name}:")), "{}", said.all());
    }
}

#[test]
fn what_the_base_accepts_passes_in_ci_and_on_a_server() {
    let sandbox = sandbox();
    sandbox.git(&["init", "-q", "--bare", "../server.git"]);
    sandbox.git(&["push", "-q", "../server.git", "main"]);
    sandbox.keyfence(&["install", "--server", "../server.git"]).expect(0);
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    sandbox.commit("old.sh", &format!("# moved\n{}", leak()));
    sandbox.keyfence(&["guard", "ci", "--base", "main"]).expect(0);
    sandbox.git(&["push", "-q", "../server.git", "topic:main"]);
    sandbox.commit("new.sh", &key(1));
    assert_ne!(sandbox.try_git(&["push", "-q", "../server.git", "topic:main"]).code, 0);
}

#[test]
fn a_review_records_what_each_finding_is() {
    let sandbox = sandbox();
    sandbox.write("one.sh", &key(0));
    sandbox.write("two.sh", &key(1));
    let said = review(&sandbox, "what\\nf\\n\\na sample\\nt\\nrotate it\\nl\\nask Ada\\n").expect(0);
    for words in ["[1/3]", "[3/3]", "old.sh:1", "one.sh:1", "two.sh:1", "Judged 3 of 3"] {
        assert!(said.all().contains(words), "{words}: {}", said.all());
    }
    for line in [leak(), key(0), key(1)] {
        let value = line.trim().split_once('=').unwrap().1.to_owned();
        assert!(!said.all().contains(&value) && !sandbox.read(FILE).contains(&value));
    }
    let text = sandbox.read(FILE);
    for words in ["\tfalse\ta sample\n", "\ttrue\trotate it\n", "\tlater\task Ada\n"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    // What is true is reported until it is gone; what is decided is not asked about again.
    sandbox.keyfence(&["scan"]).expect(1).says("one.sh:1");
    review(&sandbox, "").expect(0).says("[1/1]").says("two.sh:1");
}

#[test]
fn leaving_a_review_loses_nothing() {
    let sandbox = sandbox();
    sandbox.write("one.sh", &key(0));
    review(&sandbox, "s\\nf\\na sample\\n").expect(0).says("Judged 1 of 2");
    review(&sandbox, "q\\n").expect(0).says("Judged 0 of 1");
    review(&sandbox, "t\\n").expect(0).says("Judged 0 of 1");
}
