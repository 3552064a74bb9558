//! Where reports go: several in one run, safely, and what GitHub shows of a job.

use std::fs;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};

use crate::sandbox::{Sandbox, leak};
use crate::value;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("a.sh", &leak());
    sandbox
}

#[test]
fn one_run_writes_several_reports() {
    let sandbox = sandbox();
    let args = [
        "scan", "--format", "sarif", "--output", "a.sarif", "--format", "html", "-o", "a.html", "--format", "csv",
    ];
    let said = sandbox.keyfence(&args).expect(1);
    assert!(said.out.starts_with("state,rule,"), "{}", said.out);
    assert!(sandbox.read("a.sarif").contains("\"version\":\"2.1.0\""));
    assert!(sandbox.read("a.html").starts_with("<!DOCTYPE html>"));
    for file in ["a.sarif", "a.html"] {
        assert!(!sandbox.read(file).contains(&value()));
        let mode = fs::metadata(sandbox.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[test]
fn two_reports_on_one_output_are_a_usage_error() {
    let sandbox = sandbox();
    sandbox
        .keyfence(&["scan", "--format", "json", "--format", "csv"])
        .expect(2)
        .says("one report can go to standard output");
    sandbox
        .keyfence(&["scan", "--format", "json", "-o", "a", "--format", "csv", "-o", "a"])
        .expect(2)
        .says("the same file");
}

#[test]
fn a_link_in_the_way_is_replaced_and_what_it_leads_to_stays() {
    let sandbox = sandbox();
    let victim = sandbox.beside("victim");
    fs::write(&victim, "precious").unwrap();
    symlink(&victim, sandbox.path("out.json")).unwrap();
    sandbox
        .keyfence(&["scan", "--format", "json", "-o", "out.json"])
        .expect(1);
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert!(fs::symlink_metadata(sandbox.path("out.json")).unwrap().is_file());
}

#[test]
fn a_device_stays_a_device() {
    sandbox().keyfence(&["scan", "-o", "/dev/null"]).expect(1);
    assert!(fs::symlink_metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_report_that_cannot_be_written_leaves_nothing_behind() {
    let sandbox = sandbox();
    sandbox.write("folder/file", "x");
    let before = sandbox.snapshot("");
    sandbox
        .keyfence(&["scan", "--format", "json", "-o", "folder"])
        .expect(2)
        .says("folder could not be written");
    assert_eq!(sandbox.snapshot(""), before);
}

#[test]
fn github_gets_annotations_and_a_summary_of_the_job() {
    let mut sandbox = sandbox();
    let page = sandbox.beside("summary.md");
    fs::write(&page, "an earlier step\n").unwrap();
    sandbox.set("GITHUB_STEP_SUMMARY", &page.display().to_string());
    let said = sandbox.keyfence(&["scan", "--format", "github"]).expect(1);
    assert!(said.out.starts_with("::error file=a.sh,line=1,"), "{}", said.out);
    let summary = fs::read_to_string(&page).unwrap();
    assert!(
        summary.starts_with("an earlier step\n## keyfence: 1 finding"),
        "{summary}"
    );
    assert!(!said.all().contains(&value()) && !summary.contains(&value()));
}

#[test]
fn a_report_of_a_set_moment_is_the_same_bytes_again() {
    let mut sandbox = sandbox();
    sandbox.set("SOURCE_DATE_EPOCH", "1700000000");
    let page = |sandbox: &Sandbox| sandbox.keyfence(&["scan", "--format", "html"]).expect(1).out;
    let first = page(&sandbox);
    assert!(first.contains("begun on 2023-11-14 at 22:13"), "{first}");
    assert_eq!(first, page(&sandbox));
}
