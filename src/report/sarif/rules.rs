//! The rules of a run: those of its results and no others, each with what a person needs to judge and to act.

use std::collections::BTreeMap;

use crate::model::{Confidence, Severity};
use crate::report::escape;
use crate::report::sarif::level;
use crate::report::sarif::model::{Configuration, Help, Rule, RuleProperties, Text};
use crate::report::view::{Shown, View};

/// GitHub refuses a rule with more tags.
const TAGS: usize = 20;

const EXCEPTION: &str = "If it is no secret, write `keyfence:allow <reason>` on its line, or an [[allow]] entry in \
                         keyfence.toml.";

/// The rules of some results, sorted by id.
pub(super) struct Rules {
    pub(super) list: Vec<Rule>,
    numbers: BTreeMap<String, usize>,
}

impl Rules {
    pub(super) fn of<'s>(view: &View<'_>, results: impl Iterator<Item = &'s Shown<'s>>) -> Self {
        let mut first: BTreeMap<&str, (&Shown<'_>, Severity, Confidence)> = BTreeMap::new();
        for shown in results {
            let (_, severity, confidence) =
                first
                    .entry(shown.rule)
                    .or_insert((shown, shown.severity, shown.confidence));
            *severity = shown.severity.max(*severity);
            *confidence = shown.confidence.max(*confidence);
        }
        let numbers = first.keys().zip(0..).map(|(id, number)| ((*id).to_owned(), number));
        Self {
            numbers: numbers.collect(),
            list: first
                .values()
                .map(|&(shown, severity, confidence)| rule(view, shown, severity, confidence))
                .collect(),
        }
    }

    pub(super) fn index(&self, id: &str) -> usize {
        self.numbers.get(id).copied().unwrap_or_default()
    }
}

fn rule(view: &View<'_>, shown: &Shown<'_>, severity: Severity, confidence: Confidence) -> Rule {
    let remedy = shown
        .remedy
        .as_deref()
        .unwrap_or("Take it out, and replace it at its issuer.");
    let mut tags = vec!["security".to_owned(), "secret".to_owned()];
    tags.extend(
        view.tags(shown.rule)
            .iter()
            .take(TAGS - tags.len())
            .map(|tag| view.text(tag)),
    );
    Rule {
        id: shown.rule.to_owned(),
        short_description: Text::new(&shown.title),
        full_description: Text::new(&format!(
            "{}: whoever reads the repository or its history has it.",
            shown.title
        )),
        help: Help {
            text: format!("{remedy}\n\n{EXCEPTION}"),
            markdown: format!("**What to do:** {}\n\n{EXCEPTION}", escape::markdown(remedy)),
        },
        default_configuration: Configuration { level: level(severity) },
        properties: RuleProperties {
            tags,
            precision: precision(confidence),
            problem_severity: match level(severity) {
                "note" => "recommendation",
                level => level,
            },
            security_severity: score(severity),
        },
    }
}

fn precision(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "very-high",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

/// Returns a score within the band that GitHub has for a severity: over 9, 7, 4, and below.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}
