//! One secret is one finding, wherever it stands; each of its places is accepted by itself.

use serde_json::Value;

use keyfence::rules::Example;

use crate::sandbox::{Said, Sandbox, leak};

fn findings(said: &Said) -> Vec<Value> {
    let report: Value = serde_json::from_str(&said.out).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// Returns `path:line rule` of each place.
fn places(finding: &Value) -> Vec<String> {
    let origins = finding["origins"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    origins
        .map(|origin| format!("{}:{} {}", text(&origin["path"]), origin["line"], text(&origin["rule"])))
        .collect()
}

const JSON: &[&str] = &["scan", "--format", "json"];

#[test]
fn a_value_in_many_files_is_one_finding_with_all_its_places() {
    let sandbox = Sandbox::new();
    sandbox.write("a.sh", &leak());
    sandbox.write("b.sh", &format!("#!/bin/sh\n\n{}{}", leak(), leak()));
    let said = sandbox.keyfence(JSON).expect(1);
    let found = findings(&said);
    assert_eq!(found.len(), 1, "{}", said.out);
    assert_eq!(
        places(&found[0]),
        ["a.sh:1 github-pat", "b.sh:3 github-pat", "b.sh:4 github-pat"]
    );
    assert_eq!(found[0]["fingerprint"], found[0]["origins"][0]["fingerprint"]);
    assert_ne!(found[0]["fingerprint"], found[0]["origins"][1]["fingerprint"]);
    sandbox
        .keyfence(&["scan"])
        .expect(1)
        .says(" and b.sh:3:21\n and b.sh:4:21\n")
        .says("1 finding ·");
}

#[test]
fn what_is_staged_is_put_together_too() {
    let sandbox = Sandbox::new();
    for name in ["a.sh", "b.sh"] {
        sandbox.write(name, &leak());
    }
    sandbox.git(&["add", "."]);
    let said = sandbox.keyfence(&["scan", "--staged", "--format", "json"]).expect(1);
    assert_eq!(places(&findings(&said)[0]).len(), 2, "{}", said.out);
}

#[test]
fn to_accept_one_place_accepts_no_other() {
    let sandbox = Sandbox::new();
    let accepted = format!("# keyfence:{} a test vector\n{}", "allow", leak());
    sandbox.write("a.sh", &accepted);
    sandbox.write("b.sh", &leak());
    let said = sandbox.keyfence(JSON).expect(1);
    let found = findings(&said);
    assert_eq!((found.len(), found[0]["path"].as_str()), (1, Some("b.sh")));
    assert_eq!(places(&found[0]), [""; 0]);
    let fingerprint = found[0]["fingerprint"].as_str().unwrap();
    let entry = format!("[[allow]]\nreason = \"a test vector\"\nsecrets = [\"{fingerprint}\"]\n");
    sandbox.write("keyfence.toml", &entry);
    sandbox.keyfence(JSON).expect(0);
    sandbox.write("c.sh", &leak());
    assert_eq!(findings(&sandbox.keyfence(JSON).expect(1))[0]["path"], "c.sh");
}

#[test]
fn a_key_and_its_id_are_one_finding() {
    let sandbox = Sandbox::new();
    let pair = "[default]\naws_access_key_id = AKIAXPIK2K·EHBQ2KTWEH\n\
                aws_secret_access_key = thLeqk·TO2oa3NLR1wMf5jdXzItqRtXw1vhmSQHU3\n";
    let pair = Example::unbroken(pair);
    sandbox.write("credentials.ini", &pair);
    let found = findings(&sandbox.keyfence(JSON).expect(1));
    assert_eq!(
        (found.len(), &found[0]["severity"]),
        (1, &"critical".into()),
        "{found:?}"
    );
    let places = places(&found[0]);
    assert_eq!(places[0], "credentials.ini:2 aws-access-key-id");
    assert!(
        places[1].starts_with("credentials.ini:3 aws-secret-access-key"),
        "{places:?}"
    );
    let alone = pair.lines().take(2).collect::<Vec<_>>().join("\n");
    sandbox.write("credentials.ini", &alone);
    assert_eq!(
        findings(&sandbox.keyfence(JSON).expect(1))[0]["rule"],
        "aws-access-key-id"
    );
}

#[test]
fn a_password_that_is_a_folders_name_leaves_paths_readable() {
    let sandbox = Sandbox::new();
    let address = Example::unbroken("postgres://shop:sand·castle@db.internal/shop");
    sandbox.write("sandcastle/app.py", &format!("DATABASE_URL = \"{address}\"\n"));
    let said = sandbox.keyfence(JSON).expect(1);
    assert_eq!(findings(&said)[0]["path"], "sandcastle/app.py");
    let said = sandbox.keyfence(&["scan"]).expect(1).says("sandcastle/app.py:1:");
    assert!(!said.out.contains("shop:sandcastle"), "{}", said.out);
}
