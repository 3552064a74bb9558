//! The rule families as a whole: enough examples on both sides, and found without lowering any threshold.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::sync::LazyLock;

use bstr::BStr;
use keyfence::model::{Blob, Confidence, Finding, Kind, Nature, Origin, Place, Scope};
use keyfence::rules::{Example, Rule};
use keyfence::{Engine, EngineSettings, RuleSet};

const FAMILIES: &[&str] = &["fallback", "exposure", "image", "pipeline", "file"];

fn family<'r>(rules: &'r RuleSet, tag: &str) -> Vec<&'r Rule> {
    let is_tagged = |rule: &&Rule| rule.tags.iter().any(|known| known == tag);
    rules.iter().filter(is_tagged).collect()
}

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&RuleSet::builtin(), &EngineSettings::default()).unwrap());

fn scan(path: &str, text: &str, scope: Scope) -> Vec<Finding> {
    let blob = Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(BStr::new(path)),
        bytes: Cow::Borrowed(text.as_bytes()),
        scope,
        kind: Kind::File,
        nature: Nature::Text,
    };
    let judged = ENGINE.scan_blob(&blob).judged;
    judged.into_iter().map(|judged| judged.finding).collect()
}

fn ids(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.rule.as_str()).collect()
}

#[test]
fn every_family_has_twenty_examples_and_half_stay_silent() {
    let rules = RuleSet::builtin_with_examples().unwrap();
    for tag in FAMILIES {
        let family = family(&rules, tag);
        let loud: usize = family.iter().map(|rule| rule.must_match.len()).sum();
        let silent: usize = family.iter().map(|rule| rule.must_not_match.len()).sum();
        assert!(loud + silent >= 20 && loud >= 10, "{tag}: {loud} loud, {silent} silent");
        assert!(silent >= loud, "{tag}: {loud} loud, {silent} silent");
    }
}

#[test]
fn no_rule_of_a_family_speaks_of_its_look_alikes() {
    let rules = RuleSet::builtin_with_examples().unwrap();
    // A file's name is one rule's business, and its look-alike another's.
    for tag in FAMILIES.iter().filter(|tag| **tag != "file") {
        let family = family(&rules, tag);
        for written in family.iter().flat_map(|rule| &rule.must_not_match) {
            let example = Example::parse(written).unwrap();
            let found = scan(&example.path, &example.text, Scope::Whole);
            let speaks = |id: &&str| family.iter().any(|rule| rule.id.as_str() == *id);
            let spoke: Vec<_> = ids(&found).into_iter().filter(speaks).collect();
            assert!(spoke.is_empty(), "{tag}: {spoke:?} in {written}");
        }
    }
}

#[test]
fn a_family_is_found_at_the_default_confidence() {
    let rules = RuleSet::builtin_with_examples().unwrap();
    let families = FAMILIES.iter().flat_map(|tag| family(&rules, tag));
    // What is only a hint by its own saying is not among them.
    for rule in families.filter(|rule| rule.confidence != Some(Confidence::Low)) {
        for written in &rule.must_match {
            let example = Example::parse(written).unwrap();
            let found = scan(&example.path, &example.text, Scope::Whole);
            assert!(ids(&found).contains(&rule.id.as_str()), "{}: {written}", rule.id);
        }
    }
}

#[test]
fn one_fallback_is_one_finding() {
    let text = Example::unbroken("password = os.getenv(\"DB_PASSWORD\", \"Rain·7bow-Fox\")\n");
    assert_eq!(ids(&scan("app.py", &text, Scope::Whole)), ["fallback-call"]);
    let text = Example::unbroken("env:\n  DB_PASSWORD: Rain·7bow-Fox\n");
    assert_eq!(
        ids(&scan(".github/workflows/a.yml", &text, Scope::Whole)),
        ["pipeline-value"]
    );
}

#[test]
fn a_harmless_environment_file_is_reported_by_its_name_only() {
    let found = scan("app/.env", "DEBUG=true\nPORT=8080\n", Scope::Whole);
    assert_eq!(ids(&found), ["dotenv-file"]);
}

#[test]
fn an_added_value_is_reported_though_the_file_was_there_before() {
    let text = Example::unbroken("ADMIN_PASSWORD=kq8·Zt4vPw\nROOT_PASSWORD=kq8·Zt4vPx\n");
    let scope = Scope::Added {
        lines: vec![2..3, 5..6],
        path: false,
    };
    let found = scan(".env", &text, scope);
    assert_eq!(ids(&found), ["dotenv-value"]);
    assert_eq!(found[0].location.line, 2);
}

#[test]
fn a_key_file_whose_name_alone_is_new_is_reported_by_its_name() {
    let scope = Scope::Added {
        lines: vec![],
        path: true,
    };
    assert_eq!(ids(&scan("deploy/id_ed25519", "\n", scope)), ["ssh-key-file"]);
}

#[test]
fn a_key_store_of_any_content_is_reported_by_its_name() {
    let found = scan("certs/server.p12", "\u{30}\u{82}\u{1}", Scope::Whole);
    assert_eq!(ids(&found), ["key-store-file"]);
}

#[test]
fn an_expression_holds_no_value_and_is_shown() {
    let text = Example::unbroken("print(os.environ[\"DB_PASS·WORD\"])\n");
    let found = scan("app.py", &text, Scope::Whole);
    assert_eq!(ids(&found), ["exposure-lookup"]);
    assert_eq!(found[0].place, Place::Expression);
    assert_eq!(found[0].excerpt.masked(), text.trim_end().as_bytes());
}
