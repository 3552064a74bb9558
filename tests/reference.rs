//! The fast ways of the engine give what its plain ways give, byte for byte.
//!
//! Texts are made of what the rules look for: their own examples, whole, cut short or in another case, their keywords,
//! runs of token characters, and what stands between names and values. `PROPTEST_CASES=20000` asks for more of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::sync::LazyLock;

use keyfence::model::{Blob, Confidence, Kind, Nature, Origin, Scope};
use keyfence::rules::Example;
use keyfence::{Engine, EngineSettings, RuleSet};
use proptest::prelude::*;

fn engine(reference: bool) -> Engine {
    let settings = EngineSettings {
        min_confidence: Confidence::Low,
        reference,
        ..EngineSettings::default()
    };
    Engine::new(&RuleSet::builtin(), &settings).unwrap()
}

static FAST: LazyLock<Engine> = LazyLock::new(|| engine(false));
static PLAIN: LazyLock<Engine> = LazyLock::new(|| engine(true));

/// Every example of every rule, those in which nothing is to be found, too.
static EXAMPLES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = RuleSet::builtin_with_examples().unwrap();
    let written = rules
        .iter()
        .flat_map(|rule| rule.must_match.iter().chain(&rule.must_not_match));
    written.map(|written| Example::parse(written).unwrap().text).collect()
});

static KEYWORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let rules = RuleSet::builtin();
    rules.iter().flat_map(|rule| rule.keywords.clone()).collect()
});

/// A piece of an example in a case of its own: 0 as it is, 1 all upper, 2 all lower.
fn example() -> impl Strategy<Value = String> {
    (any::<prop::sample::Index>(), 0_usize..40, 0_usize..12, 0..8).prop_map(|(index, from, cut, case)| {
        let text = index.get(&EXAMPLES);
        let kept: String = if cut > 3 {
            text.clone()
        } else {
            text.chars().skip(from).collect()
        };
        match case {
            0 => kept.to_uppercase(),
            1 => kept.to_lowercase(),
            2 => kept.chars().take(from).collect(),
            _ => kept,
        }
    })
}

fn keyword() -> impl Strategy<Value = String> {
    (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(index, upper)| {
        let keyword = index.get(&KEYWORDS);
        if upper { keyword.to_uppercase() } else { keyword.clone() }
    })
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => example(),
        4 => keyword(),
        3 => "[0-9A-Za-z]{8,44}",
        1 => "[0-9a-f]{16,40}",
        1 => "[0-9A-Za-z+/=_.-]{0,70}",
        3 => r#"( |_|-|\.|=|: |"|'|\n|,|\(|\)|\[|%3[Dd]|\\u0022|=> | = "|": "|x|" \+ "|", "|\\\n|\$\{"){1,3}"#,
        1 => "\\PC{0,6}",
    ]
}

fn found(engine: &Engine, text: &str, path: &str, nature: Nature) -> String {
    let blob = Blob {
        origin: Origin::Worktree,
        path: Cow::Borrowed(path.into()),
        bytes: Cow::Borrowed(text.as_bytes()),
        scope: Scope::Whole,
        kind: Kind::File,
        nature,
    };
    format!("{:#?}", engine.scan_blob(&blob))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_fast_ways_find_what_the_plain_ways_find(
        pieces in proptest::collection::vec(piece(), 1..30),
        path in prop::sample::select(vec!["src/app.py", "conf.yaml", "notes.md", ".env", "data.json", "run.sh", "Dockerfile"]),
        is_text in prop::bool::weighted(0.95),
    ) {
        let text = pieces.concat();
        let nature = if is_text { Nature::Text } else { Nature::Binary };
        prop_assert_eq!(found(&FAST, &text, path, nature), found(&PLAIN, &text, path, nature));
    }
}

#[test]
fn every_example_is_found_alike() {
    for text in EXAMPLES.iter() {
        let (fast, plain) = (
            found(&FAST, text, "app.py", Nature::Text),
            found(&PLAIN, text, "app.py", Nature::Text),
        );
        assert_eq!(fast, plain, "{text}");
    }
}
