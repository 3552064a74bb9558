//! Where a value can hide in a history, and how a history can be stored.

use std::fs;

use crate::report::{line, scan, scan_in, token};
use crate::sandbox::Sandbox;

#[test]
fn what_was_added_and_deleted_again_is_found() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.py", &line(1));
    sandbox.commit("a.py", "nothing\n");
    let report = scan(&sandbox, &[]);
    assert_eq!((report.code, report.places()), (1, vec!["content a.py".to_owned()]));
    assert_eq!(report.json["scan"]["mode"], "history");
    assert_eq!(report.json["coverage"]["scanned"]["commits"], 2);
}

#[test]
fn a_clean_history_is_clean_and_an_empty_one_has_nothing_to_read() {
    let sandbox = Sandbox::new();
    assert_eq!(scan(&sandbox, &[]).code, 0);
    sandbox.commit("a.py", "nothing\n");
    assert_eq!(scan(&sandbox, &[]).code, 0);
}

#[test]
fn what_only_a_merge_holds_is_found() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox.git(&["checkout", "-qb", "side"]);
    sandbox.commit("b", "b\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("c", "c\n");
    sandbox.git(&["merge", "-q", "--no-commit", "side"]);
    sandbox.write("evil", &line(1));
    sandbox.git(&["add", "evil"]);
    sandbox.git(&["commit", "-qm", "merge"]);
    sandbox.git(&["rm", "-q", "evil"]);
    sandbox.git(&["commit", "-qm", "gone"]);
    let report = scan(&sandbox, &[]);
    assert_eq!(report.places(), ["content evil"]);
    assert_eq!(report.only()["commit"]["summary"], "merge");
    assert_eq!(report.only()["origins"][0]["removed"]["summary"], "gone");
}

#[test]
fn messages_people_tags_notes_and_names_are_read() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "a\n");
    sandbox.git(&["add", "a"]);
    sandbox.git(&["commit", "-qm", &format!("subject\n\nbody {}", token(1))]);
    let author = format!("{} <a@example.com>", token(2));
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "x", "--author", &author]);
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("tag {}", token(3))]);
    sandbox.git(&["notes", "add", "-m", &format!("note {}", token(4)), "HEAD"]);
    sandbox.commit(&format!("{}.txt", token(5)), "a file\n");
    let report = scan(&sandbox, &[]);
    let kinds: Vec<String> = report
        .places()
        .iter()
        .map(|place| place.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        kinds,
        ["commit-message", "commit-message", "note", "path", "tag-message"]
    );
    let shown = report.json.to_string();
    assert!(
        (1..6).all(|number| !shown.contains(&token(number))),
        "a value is shown: {shown}"
    );
    let message = report.json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|found| found["line"] == 3)
        .unwrap();
    assert_eq!(message["commit"]["summary"], "subject");
    assert_eq!(message["origins"][0]["in_head"], true);
}

#[test]
fn stashes_are_read_the_older_ones_too() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    for number in 1..4 {
        sandbox.write("a", &line(number));
        sandbox.git(&["stash", "-q"]);
    }
    assert_eq!(scan(&sandbox, &[]).places().len(), 3);
}

#[test]
fn a_tag_can_name_a_blob_or_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox.write("loose", &line(1));
    let blob = sandbox.git(&["hash-object", "-w", "loose"]).out.trim().to_owned();
    sandbox.git(&["tag", "blob", &blob]);
    sandbox.write("folder/in", &line(2));
    sandbox.git(&["add", "folder"]);
    let tree = sandbox.git(&["write-tree"]).out.trim().to_owned();
    sandbox.git(&["tag", "-a", "tree", "-m", "t", &tree]);
    sandbox.git(&["rm", "-rq", "--cached", "folder"]);
    assert_eq!(
        scan(&sandbox, &[]).places(),
        ["content folder/in", "content refs/tags/blob"]
    );
}

#[test]
fn replace_refs_and_grafts_hide_nothing() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "clean\n");
    let clean = sandbox.git(&["rev-parse", "HEAD:a"]).out.trim().to_owned();
    sandbox.commit("a", &line(1));
    let bad = sandbox.git(&["rev-parse", "HEAD:a"]).out.trim().to_owned();
    sandbox.commit("a", &line(2));
    let head = sandbox.git(&["rev-parse", "HEAD"]).out.trim().to_owned();
    sandbox.git(&["replace", &bad, &clean]);
    fs::write(sandbox.path(".git/info/grafts"), format!("{head}\n")).unwrap();
    assert_eq!(scan(&sandbox, &[]).places(), ["content a", "content a"]);
}

#[test]
fn attributes_encodings_and_nuls_hide_nothing() {
    let sandbox = Sandbox::new();
    sandbox.commit(".gitattributes", "* -diff -text\n");
    sandbox.commit("attribute", &line(1));
    let wide: Vec<u8> = line(2).repeat(3).encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(sandbox.path("wide"), [b"\xFF\xFE", &wide[..]].concat()).unwrap();
    fs::write(sandbox.path("nul"), format!("a\0b\n{}", line(3))).unwrap();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "x"]);
    sandbox.git(&["rm", "-q", "wide", "nul", "attribute"]);
    sandbox.git(&["commit", "-qm", "y"]);
    assert_eq!(
        scan(&sandbox, &[]).places(),
        ["content attribute", "content nul", "content wide"]
    );
}

#[test]
fn a_link_is_read_by_its_target_and_a_type_may_change() {
    let sandbox = Sandbox::new();
    std::os::unix::fs::symlink(format!("/x/{}", token(1)), sandbox.path("link")).unwrap();
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "x"]);
    fs::remove_file(sandbox.path("link")).unwrap();
    sandbox.commit("link", &line(2));
    assert_eq!(scan(&sandbox, &[]).places(), ["content link", "content link"]);
}

#[test]
fn only_what_the_revisions_reach_is_read() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox.git(&["checkout", "-qb", "side"]);
    sandbox.commit("b", &line(1));
    assert_eq!(scan(&sandbox, &["main"]).places().len(), 0);
    assert_eq!(scan(&sandbox, &["main", "side"]).places(), ["content b"]);
    sandbox
        .keyfence(&["scan", "--history", "nowhere"])
        .expect(2)
        .says("`nowhere` names no object");
    sandbox
        .keyfence(&["scan", "--history", "main..side"])
        .expect(2)
        .says("--range");
}

#[test]
fn what_nothing_reaches_is_read_on_request() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox.commit("b", &line(1));
    sandbox.git(&["reset", "-q", "--hard", "HEAD^"]);
    sandbox.write("c", &line(2));
    sandbox.git(&["hash-object", "-w", "c"]);
    assert_eq!(scan(&sandbox, &[]).places().len(), 0);
    assert_eq!(scan(&sandbox, &["--unreachable"]).places().len(), 2);
}

#[test]
fn packed_and_loose_objects_read_alike() {
    let sandbox = Sandbox::new();
    let filler = |from: u32| (from..from + 400).map(|n| format!("line {n}\n")).collect::<String>();
    for number in 0..12 {
        sandbox.commit(
            "big",
            &format!("{}{}{}", filler(number), line(number / 3), filler(number)),
        );
    }
    let loose = scan(&sandbox, &[]);
    sandbox.git(&["repack", "-adfq", "--depth=50", "--window=50"]);
    sandbox.commit("other", &line(50));
    let packed = scan(&sandbox, &[]);
    assert_eq!((loose.places().len(), packed.places().len()), (4, 5));
    // Bases named by their names instead of their places.
    sandbox.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]);
    assert_eq!(scan(&sandbox, &[]).places().len(), 5);
    sandbox.git(&["multi-pack-index", "write"]);
    assert_eq!(scan(&sandbox, &[]).places().len(), 5);
}

#[test]
fn sha256_and_reftable_are_read() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        let sandbox = Sandbox::new();
        if sandbox.run_in("", "git", &["init", "-q", option, "other"]).code != 0 {
            continue;
        }
        sandbox.write("other/a", &line(1));
        sandbox.run_in("other", "git", &["add", "a"]).expect(0);
        sandbox.run_in("other", "git", &["commit", "-qm", "x"]).expect(0);
        sandbox.run_in("other", "git", &["rm", "-q", "a"]).expect(0);
        sandbox.run_in("other", "git", &["commit", "-qm", "y"]).expect(0);
        assert_eq!(scan_in(&sandbox, "other", &[]).places(), ["content a"], "{option}");
        sandbox.run_in("other", "git", &["repack", "-adq"]).expect(0);
        assert_eq!(
            scan_in(&sandbox, "other", &[]).places(),
            ["content a"],
            "{option}, packed"
        );
    }
}

#[test]
fn alternates_linked_work_trees_and_bare_repositories_are_read() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", &line(1));
    sandbox.commit("a", "clean\n");
    sandbox.git(&["clone", "-q", "--shared", ".", "shared"]);
    assert_eq!(scan_in(&sandbox, "shared", &[]).places(), ["content a"]);
    sandbox.git(&["clone", "-q", "--bare", ".", "bare"]);
    assert_eq!(scan_in(&sandbox, "bare", &[]).places(), ["content a"]);
    sandbox.git(&["worktree", "add", "-q", "--detach", "linked"]);
    sandbox.write("linked/b", &line(2));
    sandbox.run_in("linked", "git", &["add", "b"]).expect(0);
    sandbox
        .run_in("linked", "git", &["commit", "-qm", "detached"])
        .expect(0);
    assert_eq!(
        scan(&sandbox, &[]).places(),
        ["content a", "content b"],
        "HEAD of another work tree"
    );
    assert_eq!(scan_in(&sandbox, "linked", &[]).places(), ["content a", "content b"]);
}

#[test]
fn a_name_that_makes_rules_read_another_way_is_read_that_way() {
    let sandbox = Sandbox::new();
    let pair = format!("machine host login me password {}\n", &token(1)[6..]);
    sandbox.commit("a.txt", &pair);
    sandbox.git(&["mv", "a.txt", ".netrc"]);
    sandbox.git(&["commit", "-qm", "rename"]);
    sandbox.git(&["rm", "-q", ".netrc"]);
    sandbox.git(&["commit", "-qm", "remove"]);
    let report = scan(&sandbox, &[]);
    assert!(
        report.json["findings"].to_string().contains(".netrc"),
        "{}",
        report.json
    );
}

#[test]
fn an_exception_for_one_name_of_a_content_holds_for_that_name_only() {
    let sandbox = Sandbox::new();
    let exception = "[[allow]]\nrules = [\"gitlab-pat\"]\npaths = [\"a/**\"]\nreason = \"a sample\"\n";
    sandbox.write("keyfence.toml", exception);
    sandbox.write("a/same", &line(1));
    sandbox.write("b/same", &line(1));
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "x"]);
    let report = scan(&sandbox, &[]);
    assert_eq!(
        (report.code, report.places()),
        (1, vec!["content a/same".to_owned(), "content b/same".to_owned()])
    );
}

#[test]
fn what_one_version_copies_from_another_is_found_in_both() {
    let sandbox = Sandbox::new();
    let filler = |from: u32| {
        (from..from + 200)
            .map(|n| format!("line {n} of many\n"))
            .collect::<String>()
    };
    for number in 0..6 {
        let text = format!("{}{}{}{}", filler(number), line(1), filler(7 * number), line(number));
        sandbox.commit(&format!("copy{}", number % 2), &text);
    }
    sandbox.git(&["repack", "-adfq", "--depth=50", "--window=50"]);
    let report = scan(&sandbox, &[]);
    let places: std::collections::BTreeSet<String> = report.places().into_iter().collect();
    assert_eq!(places.len(), 2);
    assert_eq!(report.json["findings"].as_array().unwrap().len(), 6);
}
