//! Entries against findings, and the file as text.

use super::*;
use crate::model::{Confidence, Excerpt, Location, Occurrence, Origin, Place, RuleId, Secret, Severity};

fn finding(path: &str, value: &str) -> Finding {
    Finding {
        rule: RuleId::new("a-key"),
        title: "A".into(),
        severity: Severity::High,
        confidence: Confidence::High,
        path: path.into(),
        location: Location::default(),
        place: Place::Content,
        secret: Secret::new(value),
        excerpt: Excerpt::default(),
        origin: Origin::Worktree,
        commit: None,
        origins: Vec::new(),
        whole: None,
        cell: None,
        fingerprint: Fingerprint::new("a-key", path.into(), value.as_bytes(), false),
        remedy: None,
    }
}

fn outcome(findings: &[(&str, &str)]) -> Outcome {
    Outcome {
        findings: findings.iter().map(|(path, value)| finding(path, value)).collect(),
        ..Outcome::default()
    }
}

fn of(findings: &[(&str, &str)]) -> Baseline {
    Baseline::of(&outcome(findings), Scope::Files, &Baseline::default())
}

/// The paths of what is left when a baseline has been applied.
fn left(baseline: &Baseline, findings: &[(&str, &str)]) -> Vec<String> {
    let mut outcome = outcome(findings);
    baseline.apply(&mut outcome);
    assert_eq!(outcome.findings.len() + outcome.suppressed.len(), findings.len());
    outcome
        .findings
        .iter()
        .map(|finding| finding.path.to_string())
        .collect()
}

#[test]
fn the_file_is_sorted_and_reads_back_to_the_same_bytes() {
    let baseline = of(&[("b.py", "value two"), ("a.py", "value one"), ("a.py", "value three")]);
    let text = baseline.render();
    insta::assert_snapshot!(text, @"
    # keyfence baseline, version 1, of files
    # Findings that somebody accepted, one a line: path, rule, fingerprint, verdict, reason. `keyfence baseline review` judges them.
    a.py	a-key	kf1:5111c6c4-838dad	open
    a.py	a-key	kf1:5111c6c4-df2653	open
    b.py	a-key	kf1:ae23060f-7e7678	open
    ");
    let again = Baseline::parse("b", &text).unwrap();
    assert_eq!(again.render(), text);
    let made = Baseline::of(
        &outcome(&[("a.py", "value one"), ("b.py", "value two"), ("a.py", "value three")]),
        Scope::Files,
        &again,
    );
    assert_eq!(made.render(), text);
}

#[test]
fn what_is_accepted_is_held_back_and_a_changed_value_is_not() {
    let baseline = of(&[("a.py", "value one")]);
    assert_eq!(left(&baseline, &[("a.py", "value one")]), [""; 0]);
    assert_eq!(left(&baseline, &[("a.py", "value two")]), ["a.py"]);
    assert_eq!(left(&baseline, &[("b.py", "value one")]), ["b.py"]);
}

#[test]
fn a_value_in_one_more_file_is_news() {
    let spot = |path: &str| Occurrence {
        path: path.into(),
        line: 1,
        commit: None,
        in_head: true,
        removed: None,
    };
    let mut outcome = outcome(&[("a.py", "value one")]);
    outcome.findings[0].origins = vec![spot("a.py"), spot("b.py")];
    let both = Baseline::of(&outcome, Scope::History, &Baseline::default());
    assert_eq!(both.len(), 2);
    let mut later = outcome.clone();
    both.apply(&mut later);
    assert!(later.findings.is_empty());
    outcome.findings[0].origins.push(spot("c.py"));
    both.apply(&mut outcome);
    assert_eq!(outcome.findings.len(), 1);
}

#[test]
fn what_is_known_to_be_true_is_reported() {
    let mut baseline = of(&[("a.py", "value one")]);
    let outcome = outcome(&[("a.py", "value one")]);
    baseline.record(&outcome, &outcome.findings[0], Verdict::True, "rotate it");
    assert_eq!(left(&baseline, &[("a.py", "value one")]), ["a.py"]);
    assert_eq!(baseline.verdict(&outcome.findings[0]), Some(Verdict::True));
    assert!(baseline.render().contains("\ttrue\trotate it\n"));
}

#[test]
fn what_is_gone_is_stale() {
    let baseline = of(&[("a.py", "value one"), ("b.py", "value two")]);
    let mut outcome = outcome(&[("a.py", "value one")]);
    baseline.apply(&mut outcome);
    let stale: Vec<_> = baseline
        .stale(&outcome)
        .into_iter()
        .map(|(_, entry)| entry.path.as_str())
        .collect();
    assert_eq!(stale, ["b.py"]);
}

#[test]
fn no_value_gets_into_the_file() {
    let value = "tok_0123456789abcdef";
    let outcome = outcome(&[(&format!("keys/{value}.txt"), value)]);
    let mut baseline = Baseline::of(&outcome, Scope::Files, &Baseline::default());
    baseline.record(
        &outcome,
        &outcome.findings[0],
        Verdict::False,
        &format!("{value} is old"),
    );
    let text = baseline.render();
    assert!(!text.contains(value) && text.contains("keys/to…(20).txt"), "{text}");
}

#[test]
fn no_path_begins_another_line_or_field_or_a_comment() {
    let baseline = of(&[("# a\tb\nkf1:11111111-111111\u{202e}", "value one")]);
    let text = baseline.render();
    assert_eq!(text.lines().filter(|line| !line.starts_with('#')).count(), 1, "{text}");
    assert!(
        text.contains("\\x23 a\\tb\\nkf1:11111111-111111\\u{202e}\ta-key\t"),
        "{text}"
    );
    assert_eq!(Baseline::parse("b", &text).unwrap().len(), 1);
}

#[test]
fn a_merge_leaves_the_stricter_of_two_lines() {
    let line = |verdict: &str| format!("a.py\ta-key\tkf1:1f0c22a9-5be301\t{verdict}\tx\n");
    for (one, other, kept) in [
        ("open", "false", "false"),
        ("true", "false", "true"),
        ("false", "later", "later"),
    ] {
        for text in [line(one) + &line(other), line(other) + &line(one)] {
            let merged = Baseline::parse("b", &text).unwrap();
            assert!(merged.render().contains(&format!("\t{kept}\t")), "{text}");
            assert_eq!(merged.len(), 1);
        }
    }
}

#[test]
fn a_line_that_cannot_be_read_is_an_error_that_does_not_repeat_it() {
    let error = |text: &str| Baseline::parse(".keyfence-baseline", text).unwrap_err();
    insta::assert_snapshot!(error("kf1:1f0c22a9-5be301\nhunter22\n"), @".keyfence-baseline:2 is no entry.");
    insta::assert_snapshot!(error("<<<<<<< HEAD\n"), @".keyfence-baseline:1 is where a merge has stopped.");
    insta::assert_snapshot!(error("# keyfence baseline, version 2, of files\n"), @"The baseline .keyfence-baseline is of another version of keyfence.");
}

#[test]
fn a_line_fits_a_good_part_of_all_guesses_at_a_password() {
    let chosen = |value: &str| Fingerprint::new("generic-password", "app.ini".into(), value.as_bytes(), true);
    let line = chosen("hunter22").to_string();
    let fits = (0..50_000)
        .filter(|number| chosen(&format!("guess{number}")).to_string() == line)
        .count();
    assert!((100..350).contains(&fits), "{fits}");
}
