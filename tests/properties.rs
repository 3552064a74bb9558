//! What a scan says depends on what there is, and on nothing else: not on threads, chunks, order, or how often it is asked.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, Read};
use std::sync::LazyLock;

use bstr::BString;
use keyfence::model::Confidence;
use keyfence::rules::Example;
use keyfence::source::{Limits, Source, Stdin, Worktree};
use keyfence::{Engine, EngineSettings, RuleSet};
use proptest::prelude::*;
use tempfile::TempDir;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let settings = EngineSettings {
        min_confidence: Confidence::Low,
        ..EngineSettings::default()
    };
    Engine::new(&RuleSet::builtin(), &settings).unwrap()
});

/// Every example of every rule.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = RuleSet::builtin_with_examples().unwrap();
    let written = rules
        .iter()
        .flat_map(|rule| rule.must_match.iter().chain(&rule.must_not_match));
    written.map(|written| Example::parse(written).unwrap().text).collect()
});

type File = (&'static str, String);

/// A text of a few examples, and the name of its file: few names, so that they meet.
fn file() -> impl Strategy<Value = File> {
    let names = [
        "a.py",
        "b/.env",
        "b/c.json",
        "d.yaml",
        "e/f/g.txt",
        "h.sh",
        "i.md",
        "j.ipynb",
    ];
    let example = any::<prop::sample::Index>().prop_map(|index| index.get(&EXAMPLES).clone());
    let text = prop::collection::vec(example, 0..4).prop_map(|pieces| pieces.join("\n"));
    (prop::sample::select(names.to_vec()), text)
}

fn files() -> impl Strategy<Value = Vec<File>> {
    prop::collection::vec(file(), 1..7).prop_map(|mut files| {
        files.sort();
        files.dedup_by_key(|(name, _)| *name);
        files
    })
}

fn folder<'f>(files: impl IntoIterator<Item = &'f File>) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Everything that a scan says, but for the value, which Debug does not show.
fn said(source: &dyn Source) -> String {
    let outcome = keyfence::scan(&ENGINE, source).unwrap();
    let value = |finding: &keyfence::Finding| finding.secret.expose().to_string();
    let values: Vec<String> = outcome.findings.iter().map(value).collect();
    format!("{outcome:#?}\n{values:?}")
}

fn tree(folder: &TempDir) -> Worktree {
    Worktree::new([folder.path()], Limits::default()).no_ignore(true)
}

/// The findings of a scan: path, rule, line, column and value.
fn findings(folder: &TempDir) -> Vec<String> {
    let outcome = keyfence::scan(&ENGINE, &tree(folder)).unwrap();
    let root = folder.path().to_str().unwrap();
    let findings = outcome.findings.iter().map(|finding| {
        let place = (finding.location.line, finding.location.column, finding.secret.expose());
        format!(
            "{} {} {place:?}",
            finding.path.to_string().replace(root, ""),
            finding.rule.as_str()
        )
    });
    findings.collect()
}

/// Gives its bytes in pieces of these sizes.
struct Chunks<'b>(&'b [u8], std::iter::Cycle<std::slice::Iter<'b, usize>>);

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = *self.1.next().unwrap();
        let len = size.min(buffer.len()).min(self.0.len());
        buffer[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        Ok(len)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_change_nothing(files in files()) {
        let folder = folder(&files);
        let one = said(&tree(&folder).jobs(1));
        for jobs in [2, 5, 16] {
            prop_assert_eq!(&said(&tree(&folder).jobs(jobs)), &one, "{} threads", jobs);
        }
    }

    #[test]
    fn a_second_scan_says_the_same(files in files()) {
        let folder = folder(&files);
        prop_assert_eq!(said(&tree(&folder)), said(&tree(&folder)));
    }

    #[test]
    fn the_order_in_which_files_came_changes_nothing(files in files()) {
        prop_assert_eq!(findings(&folder(&files)), findings(&folder(files.iter().rev())));
    }

    #[test]
    fn chunks_change_nothing((name, text) in file(), sizes in prop::collection::vec(1_usize..400, 1..9)) {
        let path = || Some(BString::from(name));
        let whole = said(&Stdin::new(text.as_bytes(), path(), Limits::default()));
        let chunks = Chunks(text.as_bytes(), sizes.iter().cycle());
        prop_assert_eq!(said(&Stdin::new(chunks, path(), Limits::default())), whole);
    }

    #[test]
    fn one_more_file_takes_no_finding_from_another(files in files()) {
        let Some((last, rest)) = files.split_last() else { return Ok(()) };
        let (less, more) = (findings(&folder(rest)), findings(&folder(&files)));
        for finding in less {
            prop_assert!(more.contains(&finding), "{} took {finding}\n{more:#?}", last.0);
        }
    }

    #[test]
    fn each_file_has_the_findings_that_it_has_alone(files in files()) {
        let together = findings(&folder(&files));
        let mut alone: Vec<String> = files.iter().flat_map(|file| findings(&folder([file]))).collect();
        alone.sort();
        let mut sorted = together;
        sorted.sort();
        prop_assert_eq!(sorted, alone);
    }
}
