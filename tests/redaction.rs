//! No report contains a value that was found, whatever text it stands in; a new format is tested as soon as it exists.

#![cfg(feature = "cli")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use clap::ValueEnum;
use keyfence::baseline::{Baseline, Scope, Verdict};
use keyfence::model::{
    Check, Confidence, Date, Evidence, Excerpt, Failed, Finding, Fingerprint, Introduced, Lines, Occurrence, Origin,
    Outcome, Page, Place, Reason, RuleId, Secret, Severity, SkipReason, Skipped, State, Suppressed,
};
use keyfence::report::page;
use keyfence::{Format, report};
use proptest::prelude::*;

/// Values as issuers make them and as people choose them; `Q7` keeps them apart from a report's own words.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9]{2}Q7[A-Za-z0-9_-]{2,60}",
        "[A-Za-z0-9]{2}Q7[ -~]{2,40}",
        "[!-~]{2}Q7[ -~\n\r\t\u{1b}\u{202e}äß€🦀\"\\\\]{2,40}",
        "-----[A-Z]{2}Q7 KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{20,64}\n-----END-----",
    ]
}

/// Some values, and parts of them that are values, too.
fn values() -> impl Strategy<Value = Vec<String>> {
    // A star in a value would look like the stars over its neighbour; blanks at its end do not count as a part of it.
    let is_plain = |value: &String| !value.contains('*') && value.trim_ascii().len() >= 6;
    let value = value().prop_filter("plain", is_plain);
    prop::collection::vec(value, 1..5).prop_map(move |mut values| {
        let chars: Vec<char> = values[0].chars().collect();
        values.push(chars[..6].iter().collect());
        values.push(chars[1..].iter().chain(&['x', 'y']).collect());
        values.retain(is_plain);
        values
    })
}

/// A text with a value in it, as it is or in a form in which one meets it.
fn text(value: &str, form: u8) -> String {
    match form % 6 {
        0 => format!("see {value}."),
        1 => value.to_owned(),
        2 => format!("cannot open {value:?}"),
        3 => format!("{{\"k\":{}}}", serde_json::to_string(value).unwrap()),
        4 => format!("https://example.com/?k={}&x=1", percent(value)),
        _ => format!("Basic {}", base64(value)),
    }
}

fn percent(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    value.bytes().map(encode).collect()
}

fn base64(value: &str) -> String {
    let digits: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("+/".chars())
        .collect();
    let mut encoded = String::new();
    for group in value.as_bytes().chunks(3) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 8 | usize::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = digits[bits >> (18 - 6 * place) & 63];
            encoded.push(if place <= group.len() { digit } else { '=' });
        }
    }
    encoded
}

/// A finding of the first value; every text of it holds another one.
fn finding(values: &[String], forms: &[u8], number: usize) -> Finding {
    let other = |index: usize| {
        text(
            &values[(number + index) % values.len()],
            forms[(number + index) % forms.len()],
        )
    };
    let before = format!("{}\nkey = \"", other(1));
    let content = format!(
        "{before}{}\" # {} {}",
        values[number],
        other(2),
        " filler".repeat(number * 9)
    );
    let span = before.len()..before.len() + values[number].len();
    let lines = Lines::new(content.as_bytes());
    let location = lines.locate(&span);
    Finding {
        rule: RuleId::new("some-rule"),
        title: other(3).as_str().into(),
        severity: if number.is_multiple_of(2) {
            Severity::High
        } else {
            Severity::Low
        },
        confidence: Confidence::High,
        path: format!("dir/{}.txt", other(4)).into(),
        location,
        place: Place::Content,
        secret: Secret::new(values[number].as_str()),
        excerpt: Excerpt::new(content.as_bytes(), &lines.span(location.line), &span, &[]),
        origin: Origin::Index,
        commit: Some(commit(&other(2))),
        whole: None,
        cell: None,
        origins: vec![Occurrence {
            path: other(1).as_str().into(),
            line: 1,
            commit: Some(commit(&other(0))),
            in_head: false,
            removed: Some(commit(&other(4))),
        }],
        fingerprint: Fingerprint::new("some-rule", "p".into(), values[number].as_bytes(), false),
        remedy: Some(other(5).as_str().into()),
    }
}

fn commit(text: &str) -> Arc<Introduced> {
    Arc::new(Introduced {
        id: "1".repeat(40).into(),
        author: text.into(),
        date: Date::default(),
        summary: text.into(),
    })
}

/// An outcome in which every text there is holds a value; half of the findings are suppressed.
fn outcome(values: &[String], forms: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    let mut all: Vec<Finding> = (0..values.len()).map(|number| finding(values, forms, number)).collect();
    let mut named = all[0].clone();
    (named.place, named.secret) = (Place::Path, Secret::new(named.path.clone()));
    for (number, finding) in all.split_off(values.len() / 2).into_iter().enumerate() {
        let why = text(&values[number], forms[0]).as_str().into();
        let reason = if number == 0 {
            Reason::Allow(0, why)
        } else {
            Reason::Comment(why)
        };
        outcome.suppressed.push(Suppressed { finding, reason });
    }
    outcome.findings = all;
    outcome.findings.push(named);
    outcome.coverage.failed = values.iter().zip(forms).map(failed).collect();
    outcome.coverage.skipped.push(Skipped {
        path: text(&values[0], forms[1]).into(),
        reason: SkipReason::Binary,
    });
    outcome.sort();
    outcome
}

fn failed((value, &form): (&String, &u8)) -> Failed {
    Failed {
        path: text(value, form).into(),
        error: text(value, form.wrapping_add(1)),
    }
}

/// A page in which every text there is holds a value.
fn page(values: &[String], forms: &[u8]) -> Page {
    let other = |index: usize| text(&values[index % values.len()], forms[index % forms.len()]);
    let check = |number: usize| Check {
        id: "some-check",
        group: "files",
        title: "something holds",
        state: if number.is_multiple_of(2) {
            State::Fail
        } else {
            State::Ok
        },
        says: other(number),
        evidence: vec![Evidence {
            path: format!("dir/{}.txt", other(number + 1)).into(),
            line: Some(1),
            what: other(number + 2),
        }],
        remedy: Some(other(number + 3)),
    };
    Page {
        root: other(0),
        checks: (0..values.len()).map(check).collect(),
        secrets: values.iter().map(|value| Secret::new(value.as_str())).collect(),
    }
}

fn style(values: &[String]) -> report::Style {
    report::Style {
        color: false,
        show_secrets: false,
        quiet: false,
        verbose: true,
        fail_on: Severity::Medium,
        mode: "staged",
        root: text(&values[0], 0),
        project: Some(text(&values[0], 0)),
        config: Some(text(&values[0], 3)),
        rules: 1,
        known: Arc::default(),
        began: None,
        shard: None,
        elapsed: None,
    }
}

fn draw(outcome: &Outcome, format: Format, style: &report::Style) -> String {
    let mut out = Vec::new();
    report::render(outcome, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every form in which a value would be recognised in a report.
fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let debug = format!("{value:?}");
    let inside = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
    vec![
        value.to_owned(),
        inside(&json),
        inside(&debug),
        percent(value),
        base64(value),
    ]
}

fn assert_silent(text: &str, values: &[String], what: &str) -> Result<(), TestCaseError> {
    for value in values {
        for form in forms(value) {
            prop_assert!(!text.contains(&form), "{what} shows {value:?} as {form:?}:\n{text}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_format_shows_a_value(values in values(), forms in prop::collection::vec(0_u8..6, 6)) {
        let outcome = outcome(&values, &forms);
        for &format in Format::value_variants() {
            for (color, quiet) in [(false, false), (true, false), (false, true)] {
                let style = report::Style { color, quiet, ..style(&values) };
                assert_silent(&draw(&outcome, format, &style), &values, &format!("{format:?}"))?;
            }
        }
    }

    #[test]
    fn nothing_else_that_is_written_shows_a_value(values in values(), forms in prop::collection::vec(0_u8..6, 6)) {
        let outcome = outcome(&values, &forms);
        let mut page = Vec::new();
        report::render_job_summary(&outcome, &style(&values), &mut page).unwrap();
        for finding in &outcome.findings {
            report::render_finding(&outcome, finding, &style(&values), &mut page).unwrap();
        }
        assert_silent(&String::from_utf8(page).unwrap(), &values, "a page")?;
        let mut baseline = Baseline::of(&outcome, Scope::Files, &Baseline::default());
        baseline.record(&outcome, &outcome.findings[0], Verdict::False, &text(&values[0], forms[0]));
        assert_silent(&baseline.render(), &values, "a baseline")?;
    }

    #[test]
    fn no_format_shows_a_value_in_a_long_report(values in values(), forms in prop::collection::vec(0_u8..6, 6)) {
        let mut outcome = outcome(&values, &forms);
        outcome.findings = outcome.findings.iter().cycle().take(120).cloned().collect();
        for &format in Format::value_variants() {
            assert_silent(&draw(&outcome, format, &style(&values)), &values, &format!("{format:?}"))?;
        }
    }

    #[test]
    fn no_page_shows_a_value(values in values(), forms in prop::collection::vec(0_u8..6, 6)) {
        let page = page(&values, &forms);
        for format in [page::Format::Human, page::Format::Json] {
            for color in [false, true] {
                let mut out = Vec::new();
                page::render(&page, format, color, true, &mut out).unwrap();
                assert_silent(&String::from_utf8(out).unwrap(), &values, &format!("a page as {format:?}"))?;
            }
        }
    }

    #[test]
    fn debug_shows_no_value(values in values(), forms in prop::collection::vec(0_u8..6, 6)) {
        let outcome = outcome(&values, &forms);
        assert_silent(&format!("{outcome:?}{outcome:#?}"), &values, "Debug of an outcome")?;
        for finding in &outcome.findings {
            let own = if finding.place != Place::Path { vec![finding.secret.expose().to_string()] } else { vec![] };
            assert_silent(&format!("{:?}{:?}", finding.secret, finding.excerpt), &own, "Debug of a value")?;
            assert_silent(&format!("{finding:?}"), &own, "Debug of a finding")?;
        }
    }

    #[test]
    fn values_are_shown_on_request(value in "[A-Za-z0-9]{2}Q7[A-Za-z0-9_-]{2,60}") {
        let values = [value.clone(), "an0therQ7one".to_owned()];
        let outcome = outcome(&values, &[0, 0, 0, 0, 0, 0]);
        for &format in Format::value_variants() {
            let style = report::Style { show_secrets: true, ..style(&values) };
            prop_assert!(draw(&outcome, format, &style).contains(&value), "{format:?} hides it");
        }
    }
}
