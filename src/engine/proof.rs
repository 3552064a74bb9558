//! Rules prove themselves: every example runs through the whole engine.

use std::borrow::Cow;
use std::fmt;

use bstr::BStr;

use crate::engine::{Engine, EngineSettings};
use crate::model::{Blob, Confidence, Finding, Kind, Nature, Origin, Place, Scope};
use crate::rules::{Example, Rule, RuleError, RuleSet};

/// An example that does not hold, or a rule that proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The rule's id.
    pub rule: String,
    /// What does not hold; no value is quoted.
    pub problem: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.problem)
    }
}

/// Proves every rule by its own examples and returns what does not hold.
///
/// # Errors
/// When a rule cannot be made ready at all.
pub fn check(rules: &RuleSet) -> Result<Vec<Broken>, RuleError> {
    check_those(rules, |_| true)
}

/// Proves the rules that are asked for, among all the others.
///
/// # Errors
/// When a rule cannot be made ready at all.
pub fn check_those(rules: &RuleSet, is_asked: impl Fn(&Rule) -> bool) -> Result<Vec<Broken>, RuleError> {
    let settings = EngineSettings {
        min_confidence: Confidence::Low,
        ..EngineSettings::default()
    };
    let engine = Engine::new(rules, &settings)?;
    engine.check()?;
    let asked = rules.iter().filter(|rule| is_asked(rule));
    Ok(asked.flat_map(|rule| check_rule(&engine, rule)).collect())
}

fn check_rule(engine: &Engine, rule: &Rule) -> Vec<Broken> {
    let broken = |problem: String| Broken {
        rule: rule.id.clone(),
        problem,
    };
    let mut found = Vec::new();
    if rule.must_match.is_empty() || rule.must_not_match.is_empty() {
        found.push(broken(
            "it needs at least one must-match and one must-not-match".to_owned(),
        ));
    }
    for (index, written) in rule.must_match.iter().enumerate() {
        if let Err(problem) = must_match(engine, rule, written) {
            found.push(broken(format!("must-match {}: {problem}", index + 1)));
        }
    }
    for (index, written) in rule.must_not_match.iter().enumerate() {
        if let Err(problem) = must_not_match(engine, rule, written) {
            found.push(broken(format!("must-not-match {}: {problem}", index + 1)));
        }
    }
    found
}

fn must_match(engine: &Engine, rule: &Rule, written: &str) -> Result<(), String> {
    let example = Example::parse(written).map_err(|error| error.to_string())?;
    let lower = example.text.to_ascii_lowercase();
    let has_keyword = rule.keywords.is_empty()
        || rule
            .keywords
            .iter()
            .any(|keyword| lower.contains(&keyword.to_ascii_lowercase()));
    if !has_keyword {
        return Err("no keyword of the rule stands in it".to_owned());
    }
    if example.secret.is_none() && !rule.is_file_name_rule() {
        return Err("the secret is not marked with « and »".to_owned());
    }
    let found = run(engine, &example);
    let ours: Vec<&Finding> = found
        .iter()
        .filter(|finding| finding.rule.as_str() == rule.id)
        .collect();
    match ours.as_slice() {
        [] => Err(format!("nothing was found{}", others(&found, rule))),
        [only] => has_span(only, &example),
        several => Err(format!("it was found {} times", several.len())),
    }
}

fn has_span(finding: &Finding, example: &Example) -> Result<(), String> {
    let Some(span) = &example.secret else { return Ok(()) };
    if finding.place == Place::Path || finding.secret.expose() == &example.text.as_bytes()[span.clone()] {
        return Ok(());
    }
    let (found, marked) = (finding.secret.expose().len(), span.len());
    Err(format!(
        "other bytes were found ({found} long) than are marked ({marked} long)"
    ))
}

fn others(found: &[Finding], rule: &Rule) -> String {
    let ids: Vec<&str> = found
        .iter()
        .map(|finding| finding.rule.as_str())
        .filter(|&id| id != rule.id)
        .collect();
    if ids.is_empty() {
        String::new()
    } else {
        format!("; found by {} instead", ids.join(", "))
    }
}

fn must_not_match(engine: &Engine, rule: &Rule, written: &str) -> Result<(), String> {
    let example = Example::parse(written).map_err(|error| error.to_string())?;
    let found = run(engine, &example);
    if found.iter().any(|finding| finding.rule.as_str() == rule.id) {
        return Err("it was found".to_owned());
    }
    Ok(())
}

fn run(engine: &Engine, example: &Example) -> Vec<Finding> {
    let blob = Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(BStr::new(&example.path)),
        bytes: Cow::Borrowed(example.text.as_bytes()),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    };
    engine
        .scan_blob(&blob)
        .judged
        .into_iter()
        .map(|judged| judged.finding)
        .collect()
}
