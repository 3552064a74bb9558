//! Looking only where a change added lines gives what looking everywhere gives, less what stands elsewhere.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use keyfence::model::{Blob, Kind, Nature, Origin, Scope};
use keyfence::{Engine, EngineSettings, RuleSet};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&RuleSet::builtin(), &EngineSettings::default()).unwrap());

/// Lines of which some hold a secret, one begins a key of several lines and one goes on on the next.
fn line() -> impl Strategy<Value = String> {
    let body = "Qm9uam91ciBsZSBtb25kZSwgYyd1c3QgdW4gdGVzdA7x";
    prop_oneof![
        Just(String::new()),
        Just("let token = read_token();".to_owned()),
        Just(["api_key = \"", "kX3vB7qLw2", "Zt9RmPcY5d", "\""].concat()),
        Just(["db_password: \"", "kq8Zt!4vPw", "\""].concat()),
        Just("password = \\".to_owned()),
        Just(["  \"", "Rain7bow-Fox", "\""].concat()),
        Just(["-----BEGIN RSA ", "PRIVATE KEY-----"].concat()),
        Just(body.to_owned()),
        Just(["-----END RSA ", "PRIVATE KEY-----"].concat()),
        Just(["url = \"https://app:", "kq8Zt4vPw9@db.internal/x\""].concat()),
    ]
}

/// Findings as rule, first line, last line.
fn found(text: &str, scope: Scope) -> BTreeSet<(String, u32, u32)> {
    let blob = Blob {
        origin: Origin::Index,
        path: Cow::Borrowed("src/app.py".into()),
        bytes: Cow::Borrowed(text.as_bytes()),
        scope,
        kind: Kind::File,
        nature: Nature::Text,
    };
    let judged = ENGINE.scan_blob(&blob).judged;
    let place = |judged: keyfence::engine::Judged| {
        let (rule, location) = (judged.finding.rule.to_string(), judged.finding.location);
        (rule, location.line, location.end_line)
    };
    judged.into_iter().map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_found_in_added_lines_is_what_is_found_there_anyway(
        lines in proptest::collection::vec(line(), 1..40),
        first in 1_u32..40,
        len in 1_u32..6,
    ) {
        let last = (first + len).min(lines.len() as u32 + 1);
        prop_assume!(first < last);
        let text = lines.join("\n");
        let scope = Scope::Added { lines: std::iter::once(first..last).collect(), path: false };
        let mut everywhere = found(&text, Scope::Whole);
        everywhere.retain(|(_, from, to)| scope.covers(*from, *to));
        prop_assert_eq!(found(&text, scope), everywhere);
    }
}
