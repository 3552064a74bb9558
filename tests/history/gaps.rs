//! Histories with holes: what is not there is said, and never called clean.

use std::fs;

use crate::report::{line, scan, scan_in};
use crate::sandbox::Sandbox;

/// A repository of three commits, and its address.
fn upstream() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    sandbox.commit("a", &line(1));
    sandbox.commit("a", "clean\n");
    sandbox.commit("b", "clean, too\n");
    let address = format!("file://{}", sandbox.repo().display());
    (sandbox, address)
}

#[test]
fn a_shallow_clone_is_incomplete_unless_that_is_accepted() {
    let (sandbox, address) = upstream();
    sandbox.git(&["clone", "-q", "--depth=1", &address, "clone"]);
    let report = scan_in(&sandbox, "clone", &[]);
    assert_eq!(
        (report.code, report.json["scan"]["complete"].as_bool()),
        (2, Some(false))
    );
    assert!(
        report.failed()[0].contains("git fetch --unshallow"),
        "{:?}",
        report.failed()
    );
    let accepted = scan_in(&sandbox, "clone", &["--allow-shallow"]);
    assert_eq!((accepted.code, accepted.failed().len()), (0, 0));
    assert_eq!(accepted.json["coverage"]["skipped"][0]["reason"], "shallow");
    sandbox
        .run_in("clone", "git", &["fetch", "-q", "--unshallow"])
        .expect(0);
    assert_eq!(
        scan_in(&sandbox, "clone", &[]).places(),
        ["content a"],
        "the command completes the picture"
    );
}

#[test]
fn a_partial_clone_is_incomplete_unless_that_is_accepted() {
    let (sandbox, address) = upstream();
    for filter in ["blob:none", "tree:0"] {
        sandbox.git(&[
            "clone",
            "-q",
            "--no-checkout",
            &format!("--filter={filter}"),
            &address,
            filter,
        ]);
        let report = scan_in(&sandbox, filter, &[]);
        assert_eq!((report.code, report.failed().is_empty()), (2, false), "{filter}");
        assert!(
            report.failed()[0].contains("git fetch --refetch --no-filter"),
            "{:?}",
            report.failed()
        );
        let accepted = scan_in(&sandbox, filter, &["--allow-partial"]);
        assert_eq!((accepted.code, accepted.failed().len()), (0, 0), "{filter}");
        sandbox
            .run_in(filter, "git", &["fetch", "-q", "--refetch", "--no-filter"])
            .expect(0);
        let complete = scan_in(&sandbox, filter, &[]);
        assert_eq!(
            (complete.code, complete.places()),
            (1, vec!["content a".to_owned()]),
            "{filter}"
        );
    }
}

#[test]
fn a_missing_object_is_named() {
    for what in ["HEAD~2:a", "HEAD~1^{tree}", "HEAD~1"] {
        let (sandbox, _) = upstream();
        let object = sandbox.git(&["rev-parse", what]).out.trim().to_owned();
        fs::remove_file(sandbox.path(&format!(".git/objects/{}/{}", &object[..2], &object[2..]))).unwrap();
        let report = scan(&sandbox, &["--allow-shallow", "--allow-partial"]);
        assert!(
            report.failed().iter().any(|failed| failed.contains(&object)),
            "{what}: {:?}",
            report.failed()
        );
        assert_eq!(report.json["scan"]["complete"], false, "{what}");
        assert_ne!(report.code, 0, "{what}");
    }
}

#[test]
fn a_damaged_object_is_named_and_the_rest_is_read() {
    for what in ["HEAD:b", "HEAD^{tree}", "HEAD"] {
        let (sandbox, _) = upstream();
        let object = sandbox.git(&["rev-parse", what]).out.trim().to_owned();
        let path = sandbox.path(&format!(".git/objects/{}/{}", &object[..2], &object[2..]));
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"no object at all").unwrap();
        let report = scan(
            &sandbox,
            &["HEAD", "HEAD~1"].map(|rev| if what == "HEAD" { "main" } else { rev })[..1],
        );
        assert!(
            report.failed().iter().any(|failed| failed.contains(&object)),
            "{what}: {:?}",
            report.failed()
        );
        assert_ne!(report.code, 0, "{what}");
    }
}

#[test]
fn a_damaged_pack_is_never_clean() {
    let (sandbox, _) = upstream();
    sandbox.git(&["repack", "-adq"]);
    let pack = fs::read_dir(sandbox.path(".git/objects/pack")).unwrap();
    let pack = pack
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().unwrap() == "pack")
        .unwrap();
    let whole = fs::read(&pack).unwrap();
    fs::remove_file(&pack).unwrap();
    for at in (12..whole.len() - 20).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        fs::write(&pack, &damaged).unwrap();
        let said = sandbox.keyfence(&["scan", "--history"]);
        assert_ne!(said.code, 0, "a pack with byte {at} damaged passed: {}", said.all());
        assert!(!said.all().contains("keyfence has a bug"), "{}", said.all());
        fs::remove_file(&pack).unwrap();
    }
}
