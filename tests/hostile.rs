//! Input that is made to be slow, large or deep ends soon, and what was not read is said.
//!
//! The times are ceilings for a busy machine and a build without optimisation, not measurements: what they catch is work
//! that grows with the square of its input.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use bstr::{BString, ByteSlice};
use keyfence::model::Coverage;
use keyfence::source::{Limits, Stdin};
use keyfence::{Engine, EngineSettings, Outcome, RuleSet};

const SOON: Duration = Duration::from_secs(60);
const MIB: usize = 1 << 20;

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&RuleSet::builtin(), &EngineSettings::default()).unwrap());

/// A size for a build without optimisation, which does a twentieth in the same time.
fn scaled(size: usize) -> usize {
    if cfg!(debug_assertions) { size / 20 } else { size }
}

/// Scans a text and checks that it ends soon and that the books balance.
fn scan(path: &str, text: &[u8]) -> Outcome {
    let limits = Limits {
        max_file_size: 200 << 20,
        ..Limits::default()
    };
    let stream = Stdin::new(text, Some(BString::from(path)), limits);
    let began = Instant::now();
    let outcome = keyfence::scan(&ENGINE, &stream).unwrap();
    let taken = began.elapsed();
    assert!(taken < SOON, "{path}: {taken:?}");
    assert_eq!(outcome.coverage.missing(), 0, "{path}");
    assert!(outcome.findings.len() <= 20_000, "{path}: {}", outcome.findings.len());
    outcome
}

fn repeated(piece: &str, size: usize) -> Vec<u8> {
    piece.repeat(size / piece.len()).into_bytes()
}

fn was_read(coverage: &Coverage) -> bool {
    coverage.is_complete() && coverage.scanned.files > 0
}

/// A token with the right checksum, broken so that this file holds none.
fn token() -> String {
    "gh·p_9kQ2vW7xLmR4tYpZ8nB3cD6fG1hJ5s3TrUCK".replace('·', "")
}

/// Part of a password, written apart from any name for it.
const VALUE: &str = "kq8Zt4vPw7x";

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

#[test]
fn a_line_of_100_mb_is_read_to_its_end() {
    let mut text = repeated("lorem ipsum; ", scaled(100 * MIB));
    write!(text, "token = \"{}\"", token()).unwrap();
    let outcome = scan("long.js", &text);
    assert_eq!(outcome.findings.len(), 1);
    assert!(was_read(&outcome.coverage));
    assert!(outcome.findings[0].excerpt.masked().len() <= 160);
}

#[test]
fn one_keyword_over_and_over_ends_soon() {
    for keyword in [
        "password",
        "key",
        "token=",
        "AKIA",
        "eyJ",
        "-----BEGIN ",
        "://",
        "AAAA",
        "curl ",
        "\"kty\"",
    ] {
        let outcome = scan("a.txt", &repeated(keyword, scaled(50 * MIB)));
        assert!(outcome.findings.len() < 100, "{keyword}");
    }
}

#[test]
fn a_million_candidates_on_one_line_are_cut_off_and_said() {
    let text = repeated(&format!("t=\"{}\";", token()), scaled(46 * MIB));
    let outcome = scan("a.js", &text);
    assert!(!outcome.findings.is_empty());
    assert_eq!(outcome.coverage.failed.len(), 1, "what was not read is said");
}

#[test]
fn a_million_assignments_end_soon() {
    for (piece, path) in [
        ("password=", "a.txt"),
        ("password = \"", "a.py"),
        ("password='\n", "a.yaml"),
        ("\"password\": ", "a.json"),
        ("SECRET=", ".env"),
    ] {
        scan(path, &repeated(piece, scaled(9 * MIB)));
    }
}

#[test]
fn candidates_that_overlap_are_settled_soon() {
    // Each value begins inside the one before it.
    let text = repeated(&format!("password={VALUE}&"), scaled(4 * MIB));
    scan("a.py", &[b"url = '".as_slice(), &text, b"'"].concat());
    scan(
        "a.txt",
        &repeated(&format!("password=password:{VALUE}"), scaled(4 * MIB)),
    );
}

#[test]
fn brackets_and_quotes_without_end_are_read() {
    for piece in ["[", "{", "(", "\"'", "'\"`", "\\\"", "${", "/*", "<!--"] {
        let nested = piece.repeat(10_000);
        let text = format!("{nested}password = \"{VALUE}\"{nested}");
        assert!(was_read(&scan("a.js", text.as_bytes()).coverage), "{piece}");
        scan("a.js", &repeated(&format!("{piece}key"), scaled(4 * MIB)));
    }
}

#[test]
fn starts_of_keys_without_ends_are_read() {
    let header = ["-----BEGIN RSA ", "PRIVATE KEY-----\n"].concat();
    let body = "MIIEowIBAAKCAQEAx7Zk4b9qk8Zt4vPw7xk2mQ9rT5yB3nL\n";
    scan("a.pem", &repeated(&header, scaled(20 * MIB)));
    scan("a.pem", &repeated(&format!("{header}{body}"), scaled(20 * MIB)));
    scan("a.txt", &repeated("eyJhbGciOiJIUzI1NiJ9.", scaled(20 * MIB)));
    scan(
        "a.txt",
        &[header.as_bytes(), &repeated(body, scaled(20 * MIB))].concat(),
    );
}

#[test]
fn base64_of_base64_forty_deep_ends_and_is_said() {
    let mut text = format!("token = \"{}\"", token());
    for _ in 0..40 {
        if text.len() > scaled(60 * MIB) {
            break;
        }
        text = base64(text.as_bytes());
    }
    let outcome = scan("a.txt", text.as_bytes());
    assert_eq!(outcome.coverage.failed.len(), 1);
}

#[test]
fn escapes_and_digits_without_end_are_read() {
    for piece in [
        "%3d",
        "%25",
        "\\u003d",
        "\\x3d",
        "&#61;",
        "&#",
        "A",
        "dXNl",
        "a_",
        "aaaaaaaaaaaaaaaaaaaa\n",
        "414243",
    ] {
        scan("a.txt", &repeated(piece, scaled(20 * MIB)));
    }
}

#[test]
fn strings_in_endless_pieces_are_read() {
    for piece in [
        "\"a\"+",
        "'a' ",
        "\"a\", ",
        "[\"a\",",
        "`${'a'}",
        "a\\\n",
        "\"+",
        "'\"",
        "\".join([\"",
        "\"\\\n",
    ] {
        scan("a.py", &repeated(piece, scaled(20 * MIB)));
        scan("a.sh", &repeated(piece, scaled(20 * MIB)));
    }
}

#[test]
fn notebooks_without_end_are_read() {
    let cell = r#"{"cell_type":"code","outputs":[{"text":["a\n"]}],"source":["x = \"y\"\n","!z"]},"#;
    for piece in [cell, "[", "{\"cells\":[", "\"source\":[\"", "\"a\\n\",", "\\u0041"] {
        let start = "{\"cells\":[{\"source\":[".to_owned();
        scan("a.ipynb", &repeated(piece, scaled(20 * MIB)));
        scan(
            "a.ipynb",
            &[start.as_bytes(), &repeated(piece, scaled(20 * MIB))].concat(),
        );
        scan(
            "a.ipynb",
            &[b"{\"cells\":[".as_slice(), &repeated(piece, scaled(20 * MIB))].concat(),
        );
    }
    let printed = format!("token = \\\"{}\\\"\\n", token());
    let lines = format!("\"{printed}\",").repeat(2_000);
    let outcome = scan(
        "a.ipynb",
        format!("{{\"cells\":[{{\"source\":[{lines}\"\"]}}]}}").as_bytes(),
    );
    assert!(outcome.findings.iter().all(|finding| finding.cell.is_some()));
}

#[test]
fn what_unpacks_without_end_is_cut_off_and_said() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b'a'; 64 * MIB]).unwrap();
    let bomb = encoder.finish().unwrap();
    let inside = scan("a.txt", format!("x: {}", base64(&bomb)).as_bytes());
    assert_eq!(inside.coverage.failed.len(), 1);
    if cfg!(feature = "archives") {
        let alone = scan("a.gz", &bomb);
        assert_eq!(alone.coverage.failed.len(), 1);
        assert!(alone.coverage.failed[0].path.contains_str("a.gz!/"));
    }
}
