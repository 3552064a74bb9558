//! What the program says of a history, as data.

use serde_json::Value;

use crate::sandbox::{Said, Sandbox};

/// A report in JSON.
pub struct Report {
    pub code: i32,
    pub json: Value,
}

/// A token of the `number`th make, put together here so that no file holds one.
pub fn token(number: u32) -> String {
    let mut state = u64::from(number) + 77;
    let mut character = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[(state >> 33) as usize % 56])
    };
    let random: String = (0..20).map(|_| character()).collect();
    format!("{}-{random}", "glpat")
}

/// A line with that token.
pub fn line(number: u32) -> String {
    format!("token = \"{}\"\n", token(number))
}

/// Scans the history both ways, which must say the same.
#[track_caller]
pub fn scan(sandbox: &Sandbox, more: &[&str]) -> Report {
    scan_in(sandbox, "", more)
}

/// Like [`scan`], in a folder.
#[track_caller]
pub fn scan_in(sandbox: &Sandbox, folder: &str, more: &[&str]) -> Report {
    let run = |way: &[&str]| -> Said {
        let args = [&["scan", "--format", "json", "--history"], way, more].concat();
        sandbox.run_in(folder, env!("CARGO_BIN_EXE_keyfence"), &args)
    };
    let fast = run(&[]);
    let plain = run(&["--reference"]);
    assert_eq!(fast.out, plain.out, "the two ways differ\n{}\n{}", fast.err, plain.err);
    assert_eq!(fast.code, plain.code);
    let json = serde_json::from_str(&fast.out).unwrap_or_else(|_| panic!("no report: {}{}", fast.out, fast.err));
    Report { code: fast.code, json }
}

impl Report {
    /// Returns the findings of tokens as `where path`, sorted.
    pub fn places(&self) -> Vec<String> {
        let findings = self.json["findings"].as_array().unwrap().iter();
        let mut places: Vec<String> = findings
            .filter(|finding| finding["rule"] == "gitlab-pat")
            .flat_map(|finding| {
                let place = finding["where"].as_str().unwrap();
                let origins = finding["origins"].as_array().unwrap();
                let paths = origins.iter().map(|origin| origin["path"].as_str().unwrap());
                paths.map(|path| format!("{place} {path}")).collect::<Vec<_>>()
            })
            .collect();
        places.sort();
        places
    }

    /// Returns the one finding of a token.
    #[track_caller]
    pub fn only(&self) -> &Value {
        let findings = self.json["findings"].as_array().unwrap();
        let found: Vec<&Value> = findings
            .iter()
            .filter(|finding| finding["rule"] == "gitlab-pat")
            .collect();
        assert_eq!(found.len(), 1, "{}", self.json);
        found[0]
    }

    /// Returns what could not be read.
    pub fn failed(&self) -> Vec<String> {
        let failed = self.json["coverage"]["failed"].as_array().unwrap().iter();
        failed
            .map(|failed| {
                format!(
                    "{}: {}",
                    failed["path"].as_str().unwrap(),
                    failed["error"].as_str().unwrap()
                )
            })
            .collect()
    }
}
