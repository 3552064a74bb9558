//! Everything that one rule says.
//! Its keys stand in the order of the schema, so that what is read here can be written there.

use std::io::{self, Write};

use crate::report::catalog::kind;
use crate::report::escape;
use crate::rules::{Assignment, Rule};

/// Writes a rule with its examples.
///
/// # Errors
/// Those of the writer.
pub fn show(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", rule.id, escape::terminal(&rule.description))?;
    for (name, value) in keys(rule) {
        writeln!(out, "  {name:11} {}", escape::terminal(&value))?;
    }
    write_examples("must match (the secret between « and »)", &rule.must_match, out)?;
    write_examples("must not match", &rule.must_not_match, out)
}

fn write_examples(title: &str, examples: &[String], out: &mut dyn Write) -> io::Result<()> {
    if examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for line in examples.iter().flat_map(|example| example.trim_end().lines()) {
        writeln!(out, "  {}", escape::line(line))?;
    }
    Ok(())
}

fn keys(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut keys = vec![
        ("severity", rule.severity.as_str().to_owned()),
        ("confidence", confidence(rule)),
        ("kind", kind(rule).to_owned()),
    ];
    let mut add = |name, value: Option<String>| keys.extend(value.map(|value| (name, value)));
    let list = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
    add("keywords", list(&rule.keywords));
    add("pattern", rule.pattern.clone());
    add(
        "searched",
        rule.anywhere.then(|| "on the whole of each text".to_owned()),
    );
    add("value", rule.assignment.map(|want| wanted(want).to_owned()));
    add("paths", list(&rule.paths));
    add("checksum", rule.checksum.clone());
    add(
        "entropy",
        rule.entropy.map(|least| format!("at least {least} bits a character")),
    );
    add("length", rule.min_length.map(|least| format!("at least {least} bytes")));
    let near = rule.near.as_ref();
    add(
        "near",
        near.map(|near| format!("{} within {} lines", near.pattern, near.lines)),
    );
    for allow in &rule.allow {
        add("allow", Some(allow.reason.clone()));
    }
    add("tags", list(&rule.tags));
    add("remedy", rule.remedy.clone());
    keys
}

fn confidence(rule: &Rule) -> String {
    let base = rule.base_confidence().as_str();
    match &rule.checksum {
        Some(_) => format!("{base}; certain where its checksum proves it"),
        None => base.to_owned(),
    }
}

/// Says what a value must be to count.
fn wanted(want: Assignment) -> &'static str {
    match want {
        Assignment::Password => "one that a person may have chosen, under a password's name",
        Assignment::Random => "a random one, under the name of a token, a key or a secret",
        Assignment::Likely => "one that looks real, as its name asks",
        Assignment::Named => "any real one under a secret's name",
        Assignment::Any => "any real one",
        Assignment::Template => "any that looks real, where only placeholders belong",
        Assignment::Mention => "none: the name promises a secret",
    }
}
