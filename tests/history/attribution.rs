//! Which commit brought a value, and when it went.

use crate::report::{line, scan};
use crate::sandbox::Sandbox;

#[test]
fn the_oldest_commit_comes_first_and_every_place_is_named() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox.write("old", &line(1));
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "first"]);
    sandbox.git(&["mv", "old", "new"]);
    sandbox.git(&["commit", "-qm", "move"]);
    sandbox.write("copy", &format!("x\ny\n{}", line(1)));
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-qm", "copy"]);
    let report = scan(&sandbox, &[]);
    let found = report.only();
    assert_eq!(
        (&found["commit"]["summary"], &found["path"]),
        (&"first".into(), &"old".into())
    );
    let origins: Vec<String> = (found["origins"].as_array().unwrap().iter())
        .map(|origin| {
            format!(
                "{} {} {} {}",
                origin["path"], origin["line"], origin["commit"]["summary"], origin["in_head"]
            )
        })
        .collect();
    assert_eq!(
        origins,
        [
            r#""old" 1 "first" false"#,
            r#""new" 1 "move" true"#,
            r#""copy" 3 "copy" true"#
        ]
    );
    assert_eq!(found["origins"][0]["removed"]["summary"], "move");
}

#[test]
fn a_version_that_only_keeps_a_value_brings_nothing() {
    let sandbox = Sandbox::new();
    for number in 0..5 {
        sandbox.commit("a", &format!("{number}\n{}", line(1)));
    }
    assert_eq!(scan(&sandbox, &[]).only()["origins"].as_array().unwrap().len(), 1);
}

#[test]
fn a_merge_of_two_sides_brings_nothing_and_a_revert_brings_it_again() {
    let sandbox = Sandbox::new();
    sandbox.commit("base", "b\n");
    sandbox.git(&["checkout", "-qb", "side"]);
    sandbox.commit("a", &line(1));
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("c", "c\n");
    sandbox.git(&["merge", "-q", "--no-edit", "side"]);
    sandbox.git(&["rm", "-q", "a"]);
    sandbox.git(&["commit", "-qm", "remove"]);
    sandbox.git(&["revert", "--no-edit", "HEAD"]);
    let report = scan(&sandbox, &[]);
    let origins = report.only()["origins"].as_array().unwrap();
    let summaries: Vec<&str> = origins
        .iter()
        .map(|origin| origin["commit"]["summary"].as_str().unwrap())
        .collect();
    assert_eq!(summaries, ["a commit", "Revert \"remove\""]);
    assert_eq!(
        (&origins[0]["in_head"], &origins[1]["in_head"]),
        (&true.into(), &true.into())
    );
}

#[test]
fn several_roots_and_an_octopus_are_told_apart() {
    let sandbox = Sandbox::new();
    sandbox.commit("one", &line(1));
    for (number, branch) in [(2, "two"), (3, "three")] {
        sandbox.git(&["checkout", "-q", "--orphan", branch]);
        sandbox.git(&["rm", "-rfq", "."]);
        sandbox.commit(branch, &line(number));
    }
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["merge", "-q", "--allow-unrelated-histories", "--no-edit", "two"]);
    sandbox.git(&["merge", "-q", "--allow-unrelated-histories", "--no-edit", "three"]);
    let report = scan(&sandbox, &[]);
    for finding in report.json["findings"].as_array().unwrap() {
        assert_eq!(finding["commit"]["summary"], "a commit");
        assert_eq!(finding["origins"].as_array().unwrap().len(), 1);
        assert_eq!(finding["origins"][0]["in_head"], true);
    }
    assert_eq!(report.places().len(), 3);
}
