//! What `fix` writes into `.env` is read back, byte for byte, by the programs that read such files.
//!
//! python-dotenv and node's dotenv are installed below `target/` from their registries, once; without Python, or without
//! node, that reader is passed over. The parser of docker compose is described in `src/fix/dotenv.rs`, and not here.

#![cfg(all(unix, feature = "fix"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the readers are programs")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keyfence::fix::env_form;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

/// Values with all that has ever been read in two ways.
const HARD: &[&str] = &[
    "plain",
    "two words",
    " leading",
    "trailing ",
    "a#b",
    "a #b",
    "#a",
    "a=b=c==",
    "$HOME",
    "a$b$c",
    "$",
    "a$(id)",
    "`id`",
    "say \"so\"",
    "it's",
    "a'b'c d",
    "back\\slash",
    "\\n is no line",
    "c:\\new\\table",
    "two\nlines",
    "end\n",
    "\n",
    "tab\there",
    "~",
    "~root",
    "*",
    "!important",
    "a;b",
    "a&b|c",
    "<a>",
    "(a)",
    "[a]",
    "{a}",
    "a,b",
    "%41",
    "100%",
    "export A=1",
    "A=1",
    "Straße",
    "日本語",
    "🦀",
    "null",
    "true",
    "0123",
    "-n",
    "--",
    "@",
    ":",
    "?",
    "'",
    "\"",
    "\"'",
    "\"\"",
    "''",
];

/// Every value by the names `V0`, `V1`, … in one environment file; those that are refused are left out.
fn written(values: &[String]) -> (String, Vec<(String, String)>) {
    let mut text = String::from("FIRST=1\n");
    let mut expected = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let Ok(form) = env_form(value.as_bytes()) else { continue };
        let name = format!("V{number}");
        text.push_str(&format!("{name}={}\n", String::from_utf8(form).unwrap()));
        expected.push((name, value.clone()));
    }
    (text, expected)
}

/// A program that prints the values of the names that it is given, each ended by a NUL.
struct Reader {
    name: &'static str,
    command: Vec<String>,
}

const PYTHON: &str = "
import sys
sys.path.insert(0, sys.argv[1])
from dotenv import dotenv_values
read = dotenv_values(sys.argv[2])
for name in sys.argv[3:]:
    sys.stdout.buffer.write(read[name].encode() + b'\\0')
";
const NODE: &str = "
const read = require(process.argv[1] + '/node_modules/dotenv').parse(require('fs').readFileSync(process.argv[2]));
for (const name of process.argv.slice(3)) process.stdout.write(read[name] + '\\0');
";
const SHELL: &str = r#"set -a; . "$2"; shift 2; for name; do eval "printf '%s\\0' \"\$$name\""; done"#;

fn readers() -> Vec<Reader> {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readers");
    let tools_name = tools.to_str().unwrap();
    let python = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
    ];
    let node = ["install", "--silent", "--no-fund", "--no-audit", "--prefix"];
    let mut readers = vec![("sh", vec!["sh", "-c", SHELL, "sh"])];
    if installed(
        &tools.join("dotenv"),
        "python3",
        &[&python[..], &[tools_name, "python-dotenv"]].concat(),
    ) {
        readers.push(("python-dotenv", vec!["python3", "-c", PYTHON]));
    }
    if installed(
        &tools.join("node_modules/dotenv"),
        "npm",
        &[&node[..], &[tools_name, "dotenv"]].concat(),
    ) {
        readers.push(("node's dotenv", vec!["node", "-e", NODE]));
    }
    let own = |words: Vec<&str>| words.into_iter().chain([tools_name]).map(str::to_owned).collect();
    readers
        .into_iter()
        .map(|(name, words)| Reader {
            name,
            command: own(words),
        })
        .collect()
}

/// Installs a package, unless it is there; false when the program that would do so is not.
fn installed(there: &Path, program: &str, args: &[&str]) -> bool {
    if there.exists() {
        return true;
    }
    let has = |program: &str| {
        Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok()
    };
    if !has(program) {
        return false;
    }
    let status = Command::new(program).args(args).stdout(Stdio::null()).status().unwrap();
    assert!(
        status.success() && there.exists(),
        "{program} could not install into {}",
        there.display()
    );
    true
}

impl Reader {
    fn read(&self, file: &Path, names: &[&str]) -> Vec<String> {
        let (program, args) = self.command.split_first().unwrap();
        let output = Command::new(program)
            .args(args)
            .arg(file)
            .args(names)
            .env("PYTHONIOENCODING", "utf-8")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}: {}",
            self.name,
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let mut values: Vec<String> = text.split('\0').map(str::to_owned).collect();
        values.pop();
        values
    }
}

fn env_file(folder: &TempDir, text: &str) -> PathBuf {
    let file = folder.path().join(".env");
    fs::write(&file, text).unwrap();
    file
}

fn assert_read_back(readers: &[Reader], values: &[String]) -> usize {
    let folder = TempDir::new().unwrap();
    let (text, expected) = written(values);
    let file = env_file(&folder, &text);
    let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    for reader in readers {
        let read = reader.read(&file, &names);
        assert_eq!(read.len(), expected.len(), "{}", reader.name);
        for ((name, value), read) in expected.iter().zip(read) {
            assert_eq!(read, *value, "{} reads {name} in another way in\n{text}", reader.name);
        }
    }
    expected.len()
}

#[test]
fn every_reader_reads_the_same_bytes_back() {
    let readers = readers();
    let values: Vec<String> = HARD.iter().map(|&value| value.to_owned()).collect();
    let kept = assert_read_back(&readers, &values);
    assert!(kept > 45, "only {kept} of {} values are written at all", HARD.len());
    let random = prop::collection::vec(
        "[a-zA-Z0-9 '\"\\\\$#`=\n\t~*!;&|<>(){}\\[\\]@%^äß🦀.,:/+_-]{1,24}",
        100..101,
    );
    let mut runner = TestRunner::new(Config {
        cases: 8,
        failure_persistence: None,
        ..Config::default()
    });
    let read = runner.run(&random, |values| {
        prop_assert!(assert_read_back(&readers, &values) > 5);
        Ok(())
    });
    read.unwrap();
}
