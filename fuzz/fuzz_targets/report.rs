//! No format shows a value that was found.

#![no_main]

use std::sync::Arc;

use bstr::ByteSlice;
use keyfence::model::Severity;
use keyfence::report::{self, Style};
use keyfence::{Format, Outcome};
use keyfence_fuzz::{path, scan};
use libfuzzer_sys::fuzz_target;

const FORMATS: [Format; 6] = [
    Format::Human,
    Format::Json,
    Format::Sarif,
    Format::Csv,
    Format::Gitlab,
    Format::Html,
];

fuzz_target!(|data: &[u8]| {
    let (path, text) = path(data);
    let outcome = scan(path, text);
    let values = values(&outcome);
    for format in FORMATS.into_iter().filter(|_| !values.is_empty()) {
        let mut page = Vec::new();
        report::render(&outcome, format, &style(), &mut page).expect("memory takes it");
        for value in &values {
            assert!(page.find(value).is_none(), "{format:?} shows {:?}", value.as_bstr());
        }
    }
});

/// The values that no report holds by chance.
fn values(outcome: &Outcome) -> Vec<Vec<u8>> {
    let is_telling = |value: &Vec<u8>| {
        let has = |is: fn(&u8) -> bool| value.iter().filter(|byte| is(byte)).count() > 3;
        value.len() >= 16 && has(u8::is_ascii_digit) && has(u8::is_ascii_uppercase) && !value.contains(&b'*')
    };
    let contents = outcome.findings.iter().filter(|finding| finding.place.holds_secret());
    contents
        .map(|finding| finding.secret.expose().to_vec())
        .filter(is_telling)
        .collect()
}

fn style() -> Style {
    Style {
        color: false,
        show_secrets: false,
        quiet: false,
        verbose: true,
        fail_on: Severity::Medium,
        mode: "stdin",
        root: String::new(),
        project: None,
        config: None,
        rules: 1,
        known: Arc::default(),
        began: None,
        shard: None,
        elapsed: None,
    }
}
