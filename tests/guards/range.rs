//! `keyfence scan --range` and `--since`: each commit for itself, and every end resolved or refused.

use crate::sandbox::{Said, Sandbox, leak};
use crate::{blocked, other_leak, repository, value};

fn scan(sandbox: &Sandbox, range: &str) -> Said {
    sandbox.keyfence(&["scan", "--range", range])
}

fn json(said: &Said) -> serde_json::Value {
    serde_json::from_str(&said.out).unwrap()
}

#[test]
fn what_one_commit_adds_and_the_next_removes_is_found_with_its_commit() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    let id = sandbox.git(&["rev-parse", "HEAD"]).out;
    sandbox.git(&["rm", "-q", "leak.sh"]);
    sandbox.git(&["commit", "-q", "-m", "away with it"]);
    let said = sandbox
        .keyfence(&["scan", "--range", "HEAD~2..HEAD", "--format", "json"])
        .expect(1);
    let finding = &json(&said)["findings"][0];
    assert_eq!(finding["commit"]["id"], id.trim());
    assert_eq!(finding["origins"][0]["in_head"], false);
    scan(&sandbox, "HEAD~1..HEAD").expect(0);
}

#[test]
fn what_the_base_has_already_is_not_reported_again() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    sandbox.commit("leak.sh", &format!("{}# more\n", leak()));
    scan(&sandbox, "HEAD~1..HEAD").expect(0);
    sandbox.git(&["mv", "leak.sh", "moved.sh"]);
    sandbox.git(&["commit", "-q", "-m", "move"]);
    scan(&sandbox, "HEAD~1..HEAD").expect(0);
}

#[test]
fn a_value_that_several_commits_touch_is_one_finding_of_the_oldest() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    let id = sandbox.git(&["rev-parse", "HEAD"]).out;
    sandbox.commit("leak.sh", &format!("  {}", leak()));
    let said = sandbox
        .keyfence(&["scan", "--range", "HEAD~2..", "--format", "json"])
        .expect(1);
    let findings = json(&said)["findings"].clone();
    assert_eq!(findings.as_array().unwrap().len(), 1);
    assert_eq!(findings[0]["commit"]["id"], id.trim());
    assert_eq!(findings[0]["origins"].as_array().unwrap().len(), 2);
}

#[test]
fn a_merge_answers_for_what_no_parent_has() {
    let sandbox = repository();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("old.sh", &other_leak());
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("b.txt", "b\n");
    sandbox.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    sandbox.write("evil.sh", &leak());
    sandbox.git(&["add", "evil.sh"]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "merge"]);
    blocked(scan(&sandbox, "HEAD"), &["evil.sh"]);
    let only_the_merge = scan(&sandbox, "HEAD");
    assert!(!only_the_merge.all().contains("old.sh"), "{}", only_the_merge.all());
    blocked(scan(&sandbox, "HEAD~1..HEAD"), &["evil.sh", "old.sh"]);
}

#[test]
fn both_sides_of_a_symmetric_difference_are_read() {
    let sandbox = repository();
    sandbox.git(&["checkout", "-q", "-b", "side"]);
    sandbox.commit("side.sh", &leak());
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("main.sh", &other_leak());
    blocked(scan(&sandbox, "main...side"), &["side.sh", "main.sh"]);
    let one = blocked(scan(&sandbox, "main..side"), &["side.sh"]);
    assert!(!one.all().contains("main.sh"));
}

#[test]
fn messages_authors_and_paths_are_read_too() {
    let sandbox = repository();
    let value = value();
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", &format!("use {value}")]);
    blocked(scan(&sandbox, "HEAD"), &["<commit message>:1:5"]);
    let author = format!("{value} <a@example.com>");
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "x", "--author", &author]);
    blocked(scan(&sandbox, "HEAD"), &["<commit message>"]);
}

#[test]
fn a_range_with_commits_and_nothing_to_read_never_passes_for_clean() {
    let sandbox = repository();
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
    let said = scan(&sandbox, "HEAD").expect(0).says("no files to read · 1 commit");
    assert!(!said.out.contains("clean"));
    scan(&sandbox, "HEAD..HEAD").expect(0).says("nothing to read");
}

#[test]
fn an_end_that_is_not_here_is_no_range() {
    let sandbox = repository();
    scan(&sandbox, "v9..HEAD")
        .expect(2)
        .says("`v9` names no commit")
        .says("git fetch origin v9");
    scan(&sandbox, "--range=--all").expect(2);
    sandbox
        .keyfence(&["scan", "--since", "some day"])
        .expect(2)
        .says("hint: ");
}

#[test]
fn since_a_day_means_every_commit_since() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    blocked(sandbox.keyfence(&["scan", "--since", "2 days ago"]), &["leak.sh"]);
    sandbox
        .keyfence(&["scan", "--since", "2099-01-01"])
        .expect(0)
        .says("nothing to read");
}

#[test]
fn the_edge_of_a_shallow_clone_is_said_and_never_clean() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    sandbox.commit("b.txt", "b\n");
    let (from, to) = (
        format!("file://{}", sandbox.repo().display()),
        sandbox.beside("shallow"),
    );
    sandbox.git(&["clone", "-q", "--depth", "1", &from, to.to_str().unwrap()]);
    let keyfence = env!("CARGO_BIN_EXE_keyfence");
    let said = sandbox.run_in("../shallow", keyfence, &["scan", "--range", "HEAD~1..HEAD"]);
    said.expect(2).says("git fetch --unshallow");
    let said = sandbox.run_in("../shallow", keyfence, &["scan", "--since", "2 days ago"]);
    said.expect(2).says("shallow");
}

#[test]
fn grafts_and_replaced_objects_hide_nothing() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    sandbox.commit("b.txt", "b\n");
    let [root, middle, tip] =
        ["HEAD~2", "HEAD~1", "HEAD"].map(|rev| sandbox.git(&["rev-parse", rev]).out.trim().to_owned());
    sandbox.write(".git/info/grafts", &format!("{tip} {root}\n"));
    blocked(scan(&sandbox, &format!("{root}..{tip}")), &["leak.sh"]);
    std::fs::remove_file(sandbox.path(".git/info/grafts")).unwrap();
    sandbox.git(&["replace", &middle, &root]);
    blocked(scan(&sandbox, &format!("{root}..{tip}")), &["leak.sh"]);
}

#[test]
fn attributes_and_odd_names_hide_nothing() {
    let sandbox = repository();
    sandbox.write(".gitattributes", "* binary -diff\n");
    sandbox.write("a\nb \"c\".sh", &leak());
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "--no-verify", "-m", "odd"]);
    blocked(scan(&sandbox, "HEAD"), &["b \"c\".sh"]);
}

#[test]
fn a_missing_blob_of_the_range_is_incomplete() {
    let sandbox = repository();
    sandbox.commit("b.txt", "something\n");
    let blob = sandbox.git(&["rev-parse", "HEAD:b.txt"]).out;
    let (folder, file) = blob.trim().split_at(2);
    std::fs::remove_file(sandbox.path(&format!(".git/objects/{folder}/{file}"))).unwrap();
    scan(&sandbox, "HEAD")
        .expect(2)
        .says("b.txt")
        .says("not in this repository");
}

#[test]
fn what_a_partial_clone_has_not_fetched_is_said_with_the_command_that_fetches_it() {
    let sandbox = repository();
    sandbox.commit("leak.sh", &leak());
    sandbox.git(&["rm", "-q", "leak.sh"]);
    sandbox.git(&["commit", "-q", "-m", "away with it"]);
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", sandbox.repo().display());
    sandbox.git(&["clone", "-q", "--filter=blob:none", &from, "../partial"]);
    let keyfence = env!("CARGO_BIN_EXE_keyfence");
    let said = sandbox.run_in("../partial", keyfence, &["scan", "--range", "HEAD~2.."]);
    said.expect(2).says("leak.sh").says("git cat-file -p");
}
