//! Whatever a delta does to a text, its places are those that a survey of the whole text finds, and a look at them finds
//! what a search of the whole text finds.
//!
//! `KEYFENCE_CASES=20000 cargo test --lib survey` tries more texts than the few hundred of an ordinary run.

use std::borrow::Cow;

use proptest::prelude::*;

use crate::engine::{Engine, EngineSettings, Searched};
use crate::model::{Blob, Confidence, Copied, Kind, Nature, Origin, Scope};
use crate::rules::RuleSet;

fn engine() -> Engine {
    let settings = EngineSettings {
        min_confidence: Confidence::Low,
        ..EngineSettings::default()
    };
    Engine::new(&RuleSet::builtin(), &settings).unwrap()
}

/// What texts are made of: names, links, quotes, values, and what is encoded, all with seams in every place.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "password",
        "api_key",
        "token",
        "secret",
        "key",
        "pw:",
        "DB_PASSWORD",
        "aws_secret_access_key",
        "auth",
        "client",
        "https://",
        "gh·p_",
        "gl·pat-",
        "AK·IA",
        "sk·_live_",
        "-----BEGIN",
        " PRIVATE KEY-----",
        "%3d",
        "%22",
        "&#34;",
        "\\u0022",
        "\\x70",
        "# keyfence:allow x",
        "dXNlcj1hZGEgcGFzcz1rcTg",
        "machine ",
        "print(",
        "name: ",
        "value: ",
    ]);
    let signs = prop::sample::select(vec![
        " = ",
        ": ",
        "=",
        "\"",
        "'",
        "\n",
        " ",
        "`",
        "(",
        ")",
        ".",
        "-",
        "_",
        "\\n",
        "\r\n",
        "<",
        "@",
        ",",
        "    ",
        "\" + \"",
        "\", \"",
        "\" \n+ '",
        "\\\n",
        "`${\"",
        "concat(\"",
        "[\"",
        "\"].join(\"\")",
        "\" // x\n \"",
    ]);
    let signs = signs.prop_map(str::to_owned);
    prop_oneof![
        4 => words.prop_map(|word| word.replace('·', "")),
        5 => signs,
        3 => "[a-zA-Z0-9]{1,40}",
        1 => "[a-z_]{60,130}",
        1 => "(cGFz|dXNlcj1h|c2VjcmV0)[a-zA-Z0-9+/]{16,90}={0,2}",
        1 => "(a{1,60}|0{20,50})",
        1 => "[ -~\n]{0,30}",
    ]
}

fn text(pieces: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), pieces).prop_map(|pieces| pieces.concat())
}

/// One step of a delta, with numbers for where a copy begins and how long it is.
#[derive(Debug, Clone)]
enum Step {
    Copy(prop::sample::Index, usize),
    On(usize),
    Skip(usize, usize),
    Insert(String),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (any::<prop::sample::Index>(), 1_usize..400).prop_map(|(at, len)| Step::Copy(at, len)),
        2 => (1_usize..1500).prop_map(Step::On),
        2 => (0_usize..60, 1_usize..900).prop_map(|(gap, len)| Step::Skip(gap, len)),
        2 => text(0..4).prop_map(Step::Insert),
    ]
}

fn made(base: &[u8], steps: &[Step]) -> (Vec<u8>, Vec<Copied>) {
    let (mut result, mut copies, mut at) = (Vec::new(), Vec::new(), 0);
    for step in steps {
        let (from, len) = match step {
            Step::Copy(start, len) => (start.index(base.len() + 1), *len),
            Step::On(len) => (at, *len),
            Step::Skip(gap, len) => (at + gap, *len),
            Step::Insert(new) => {
                result.extend_from_slice(new.as_bytes());
                continue;
            }
        };
        let from = from.min(base.len());
        let len = len.min(base.len() - from);
        at = from + len;
        if len > 0 {
            copies.push(Copied {
                from,
                to: result.len(),
                len,
            });
            result.extend_from_slice(&base[from..at]);
        }
    }
    (result, copies)
}

fn blob<'b>(path: &'b str, text: &'b [u8]) -> Blob<'b> {
    Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(path.into()),
        bytes: Cow::Borrowed(text),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    }
}

/// Everything that was found, values and excerpts included.
fn shown(searched: &Searched) -> Vec<String> {
    let judged = searched.judged.iter().map(|judged| {
        let finding = &judged.finding;
        format!(
            "{finding:?} {} {} {:?} {:?}",
            finding.secret.expose(),
            finding.excerpt.masked(),
            finding.confidence,
            judged.suppressed
        )
    });
    judged.chain([searched.gave_up.to_string()]).collect()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "who runs the tests says how many cases there are"
)]
fn a_version_is_found_in_what_its_base_was_found_in() {
    let engine = engine();
    let cases = std::env::var("KEYFENCE_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: cases.unwrap_or(300),
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let paths = prop::sample::select(vec!["a.py", "b.yml", "c.txt", ".env", "package-lock.json", "x.tfvars"]);
    let versions = prop::collection::vec(prop::collection::vec(step(), 0..8), 1..4);
    let checked = runner.run(&(text(0..120), versions, paths), |(first, versions, path)| {
        let mut base = first.into_bytes();
        let mut places = engine.survey(&base);
        for steps in versions {
            let (text, copies) = made(&base, &steps);
            let inherited = engine.survey_again(&text, &places, &copies);
            prop_assert_eq!(&inherited, &engine.survey(&text));
            let blob = blob(path, &text);
            prop_assert_eq!(
                shown(&engine.scan_at(&blob, Some(engine.profile(path.into())), &inherited)),
                shown(&engine.scan_blob(&blob))
            );
            (base, places) = (text, inherited);
        }
        Ok(())
    });
    if let Err(error) = checked {
        panic!("{error}");
    }
}

#[test]
fn a_text_that_did_not_change_has_its_places_still() {
    let engine = engine();
    let text = format!(
        "{}token = '{}'\n",
        "a line\n".repeat(40),
        "kX3vB7·qLw2Zt9RmPcY5d".replace('·', "")
    );
    let places = engine.survey(text.as_bytes());
    assert!(!places.is_empty());
    let whole = Copied {
        from: 0,
        to: 0,
        len: text.len(),
    };
    assert_eq!(engine.survey_again(text.as_bytes(), &places, &[whole]), places);
}

#[test]
fn a_name_that_a_seam_makes_is_found() {
    let engine = engine();
    let filler = "a line that says nothing at all\n".repeat(20);
    let base = format!("{filler}tok{filler}en = 'x'\n{filler}");
    let start = filler.len() + 3;
    let rest = base.len() - start - filler.len();
    let copies = [
        Copied {
            from: 0,
            to: 0,
            len: start,
        },
        Copied {
            from: start + filler.len(),
            to: start,
            len: rest,
        },
    ];
    let text = format!("{filler}token = 'x'\n{filler}");
    let places = engine.survey(base.as_bytes());
    let inherited = engine.survey_again(text.as_bytes(), &places, &copies);
    assert!(!inherited.keywords.is_empty());
    assert_eq!(inherited, engine.survey(text.as_bytes()));
}
