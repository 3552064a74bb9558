//! Secrets that stand encoded in a file are found where they stand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;

use bstr::{BStr, ByteSlice};
use keyfence::engine::Searched;
use keyfence::model::{Kind, Nature, Origin, Scope};
use keyfence::{Blob, Engine, EngineSettings, Finding, RuleSet};

fn search(path: &str, text: &str) -> Searched {
    let engine = Engine::new(&RuleSet::builtin(), &EngineSettings::default()).unwrap();
    engine.scan_blob(&Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(BStr::new(path)),
        bytes: Cow::Borrowed(text.as_bytes()),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    })
}

fn findings(path: &str, text: &str) -> Vec<Finding> {
    let judged = search(path, text).judged;
    judged.into_iter().map(|judged| judged.finding).collect()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | usize::from(*group.get(at).unwrap_or(&0)));
        let digit = |at: usize| match at <= group.len() {
            true => char::from(DIGITS[bits >> (18 - 6 * at) & 63]),
            false => '=',
        };
        [digit(0), digit(1), digit(2), digit(3)]
    };
    bytes.chunks(3).flat_map(group).collect()
}

/// A token with the right checksum, broken so that this file holds none.
fn token() -> String {
    "gh·p_9kQ2vW7xLmR4tYpZ8nB3cD6fG1hJ5s3TrUCK".replace('·', "")
}

#[test]
fn a_token_inside_base64_is_found_on_its_line() {
    let inner = format!("first line\nexport GITHUB_TOKEN={}\n", token());
    let text = format!("a: 1\nb: {}\nc: 2\n", base64(inner.as_bytes()));
    let found = findings("conf.yaml", &text);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rule.as_str(), found[0].location.line), ("github-pat", 2));
    assert_eq!(found[0].secret.expose(), token().as_bytes());
    let shown = found[0].excerpt.masked();
    assert!(!shown.contains_str(&base64(inner.as_bytes())[50..70]), "{shown}");
}

#[test]
fn a_wrapped_text_gives_the_line_of_the_secret() {
    let inner = format!("{}\nexport GITHUB_TOKEN={}\n", "x ".repeat(90), token());
    let encoded = base64(inner.as_bytes());
    let lines: Vec<&str> = (0..encoded.len())
        .step_by(76)
        .map(|at| &encoded[at..encoded.len().min(at + 76)])
        .collect();
    let text = format!("data: |\n  {}\n", lines.join("\n  "));
    let found = findings("conf.yaml", &text);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].location.line, found[0].location.end_line), (5, 6));
}

#[test]
fn every_encoding_is_seen_through() {
    let inner = format!("token = \"{}\"", token());
    let wide: Vec<u8> = inner.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex: String = inner.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String = inner.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
    let unicode: String = inner.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let percent: String = inner.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let entities: String = inner.bytes().map(|byte| format!("&#{byte};")).collect();
    let deep = base64(base64(base64(inner.as_bytes()).as_bytes()).as_bytes());
    for text in [base64(&wide), hex, escaped, unicode, percent, entities, deep] {
        let found = findings("a.txt", &format!("x: {text} y"));
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].secret.expose(), token().as_bytes(), "{text}");
    }
}

#[test]
fn a_value_in_a_kubernetes_secret_is_judged_by_what_it_says() {
    let yaml = |value: &str| format!("apiVersion: v1\ndata:\n  db-password: {}\n", base64(value.as_bytes()));
    assert_eq!(findings("s.yaml", &yaml("mango-Tree42-x")).len(), 1);
    assert_eq!(findings("s.yaml", &yaml("changeme")).len(), 0);
    assert_eq!(findings("s.yaml", &yaml("your-password-here")).len(), 0);
}

#[test]
fn what_is_found_raw_and_decoded_is_one_finding() {
    let auth = base64(format!("ada:{}", token()).as_bytes());
    assert_eq!(
        findings("a.py", &format!("headers = {{'Authorization': 'Basic {auth}'}}")).len(),
        1
    );
    let secret = base64(format!("{{\"token\": \"{}\"}}", token()).as_bytes());
    let found = findings("a.py", &format!("client_secret = \"{secret}\""));
    assert_eq!(
        found.iter().map(|found| found.rule.as_str()).collect::<Vec<_>>(),
        ["github-pat"]
    );
}

#[test]
fn deeper_than_any_honest_file_goes_is_said() {
    let mut text = format!("token = {}", token());
    for _ in 0..8 {
        text = base64(text.as_bytes());
    }
    assert!(search("a.txt", &text).gave_up);
}
