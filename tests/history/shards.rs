//! Shards of a history, on machines that share the work: all of them together are one run, byte for byte.

use std::fs;

use crate::report::{line, token};
use crate::sandbox::{Said, Sandbox};

/// A history with findings in contents, messages, tags, notes and names, in merges, packs and what is lost.
fn repository() -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.set("SOURCE_DATE_EPOCH", "1700000000");
    for number in 0..12 {
        sandbox.commit(
            &format!("module-{}/file-{number}.py", number % 3),
            &format!("# {number}\n{}", line(number % 5)),
        );
    }
    sandbox.commit("module-0/file-0.py", "# changed\n");
    sandbox.commit("module-0/file-0.py", &format!("# and again\n{}", line(3)));
    sandbox.commit(&format!("{}.txt", token(20)), "a name\n");
    sandbox.commit(
        "held.py",
        &line(21).replace('\n', &[" # keyfence", ":allow a sample\n"].concat()),
    );
    sandbox.git(&[
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        &format!("message {}", token(22)),
    ]);
    sandbox.git(&["tag", "-a", "v1", "-m", &format!("tag {}", token(23))]);
    sandbox.git(&["notes", "add", "-m", &format!("note {}", token(1)), "HEAD"]);
    sandbox.git(&["checkout", "-q", "-b", "side", "HEAD~5"]);
    sandbox.commit("side.py", &line(4));
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.git(&["merge", "-q", "--no-edit", "-m", "merge", "side"]);
    fs::write(sandbox.path("logo.png"), b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").unwrap();
    sandbox.git(&["add", "logo.png"]);
    sandbox.commit("lost.txt", "nobody will read this\n");
    let oid = sandbox.git(&["rev-parse", "HEAD:lost.txt"]).out;
    let (folder, file) = oid.trim().split_at(2);
    fs::remove_file(sandbox.path(&format!(".git/objects/{folder}/{file}"))).unwrap();
    sandbox
}

/// Reads each of `count` shards and returns the names of their reports.
fn shards(sandbox: &Sandbox, count: u32, more: &[&str]) -> Vec<String> {
    let read = |number: u32| {
        let file = sandbox
            .beside(&format!("shard-{number}-of-{count}.json"))
            .display()
            .to_string();
        let shard = format!("{number}/{count}");
        let args = ["scan", "--history", "--shard", &shard, "--format", "json", "-o", &file];
        let said = sandbox.keyfence(&[&args[..], more].concat());
        assert!(said.code <= 2, "{}", said.all());
        file
    };
    (1..=count).map(read).collect()
}

fn merge(sandbox: &Sandbox, files: &[String], more: &[&str]) -> Said {
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    sandbox.keyfence(&[&["report", "merge"], files.as_slice(), more].concat())
}

const FORMATS: &[&str] = &[
    "json",
    "jsonl",
    "sarif",
    "csv",
    "junit",
    "gitlab-codequality",
    "github",
    "html",
];

/// Returns the options for a file of each format.
fn outputs(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let file = |format: &str| sandbox.beside(&format!("{name}.{format}")).display().to_string();
    let option = |format: &&str| {
        [
            "--format".to_owned(),
            (*format).to_owned(),
            "-o".to_owned(),
            file(format),
        ]
    };
    FORMATS.iter().flat_map(option).collect()
}

#[test]
fn shards_together_are_one_run_in_every_format() {
    let sandbox = repository();
    let read = |name: &str, format: &str| fs::read_to_string(sandbox.beside(&format!("{name}.{format}"))).unwrap();
    let options = outputs(&sandbox, "whole");
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    sandbox
        .keyfence(&[&["scan", "--history"], options.as_slice()].concat())
        .expect(1);
    for count in [2, 5] {
        let files = shards(&sandbox, count, &[]);
        let options = outputs(&sandbox, "merged");
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        merge(&sandbox, &files, &options).expect(1);
        for format in FORMATS {
            assert_eq!(read("merged", format), read("whole", format), "{format} of {count}");
        }
    }
}

#[test]
fn each_shard_reads_a_part_and_shows_no_value() {
    let sandbox = repository();
    let mut files = 0;
    for file in shards(&sandbox, 3, &[]) {
        let text = fs::read_to_string(&file).unwrap();
        for number in 0..24 {
            assert!(!text.contains(&token(number)), "{text}");
        }
        let report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let read = report["coverage"]["scanned"]["files"].as_u64().unwrap();
        assert!(read > 0);
        files += read;
    }
    let whole = sandbox.keyfence(&["scan", "--history", "--format", "json"]).out;
    let whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["coverage"]["scanned"]["files"], files);
    assert!(whole.get("shard").is_none());
}

#[test]
fn a_part_that_is_missing_twice_there_or_of_another_scan_is_no_whole() {
    let sandbox = repository();
    let mut files = shards(&sandbox, 3, &[]);
    let third = files.pop().unwrap();
    merge(&sandbox, &files, &[])
        .expect(2)
        .says("These are not the shards 1 to 3");
    files.push(files[0].clone());
    merge(&sandbox, &files, &[])
        .expect(2)
        .says("These are not the shards 1 to 3");
    let stricter = shards(&sandbox, 4, &["--min-confidence", "high"]);
    merge(&sandbox, &[files[0].clone(), stricter[1].clone()], &[])
        .expect(2)
        .says("not of one scan");
    merge(&sandbox, &stricter, &[])
        .expect(2)
        .says("other rules or settings");
    merge(&sandbox, &stricter, &["--min-confidence", "high"]).expect(1);
    files = vec![files[0].clone(), files[1].clone(), third];
    sandbox.git(&["tag", "-a", "v2", "-m", "later"]);
    merge(&sandbox, &files, &[]).expect(2).says("of another history");
}

#[test]
fn a_baseline_and_the_severity_that_blocks_are_asked_of_the_whole() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.py", &line(1));
    sandbox.commit("b.py", &line(2));
    sandbox.keyfence(&["baseline", "create", "--history"]).expect(0);
    let files = shards(&sandbox, 2, &[]);
    merge(&sandbox, &files, &[]).expect(0).says("2 suppressed (baseline)");
    fs::remove_file(sandbox.path(".keyfence-baseline")).unwrap();
    merge(&sandbox, &files, &[]).expect(1);
    merge(&sandbox, &files, &["--fail-on", "critical"]);
}

#[test]
fn a_shard_is_asked_for_with_its_number_and_their_count() {
    let sandbox = Sandbox::new();
    sandbox.commit("a", "a\n");
    sandbox
        .keyfence(&["scan", "--history", "--shard", "3/2"])
        .expect(2)
        .says("a shard is written like 2/8");
    sandbox.keyfence(&["scan", "--shard", "1/2"]).expect(2);
    sandbox.keyfence(&["report", "merge", "no-such-file"]).expect(2);
}
