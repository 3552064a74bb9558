//! Rules one a line for people, and as a list for programs.
//! As in the report of a scan, fields of the JSON are added and never renamed.

use std::io::{self, Write};

use serde::Serialize;

use crate::report::catalog::kind;
use crate::report::escape;
use crate::report::json;
use crate::rules::Rule;

/// Writes a table, and how many rules it has.
///
/// # Errors
/// Those of the writer.
pub fn as_table(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0).max(2);
    if !rules.is_empty() {
        writeln!(out, "{:width$}  severity  confidence  kind        title", "id")?;
    }
    for rule in rules {
        let (severity, confidence) = (rule.severity.as_str(), rule.base_confidence().as_str());
        let title = escape::terminal(&rule.description);
        write!(
            out,
            "{:width$}  {severity:8}  {confidence:10}  {:10}  {title}",
            rule.id,
            kind(rule)
        )?;
        match rule.tags.join(", ") {
            none if none.is_empty() => writeln!(out)?,
            tags => writeln!(out, " [{}]", escape::terminal(&tags))?,
        }
    }
    match rules.len() {
        1 => writeln!(out, "1 rule"),
        count => writeln!(out, "{count} rules"),
    }
}

/// Writes version 1 of the list for programs.
///
/// # Errors
/// Those of the writer.
pub fn as_json(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let rules = rules.iter().map(|rule| V1Rule::of(rule)).collect();
    json::write(&V1Rules { version: 1, rules }, out)
}

#[derive(Serialize)]
struct V1Rules<'a> {
    version: u32,
    rules: Vec<V1Rule<'a>>,
}

#[derive(Serialize)]
pub(super) struct V1Rule<'a> {
    id: &'a str,
    title: &'a str,
    severity: &'static str,
    confidence: &'static str,
    kind: &'static str,
    tags: &'a [String],
    keywords: &'a [String],
    pattern: Option<&'a str>,
    paths: &'a [String],
    checksum: Option<&'a str>,
    entropy: Option<f32>,
    min_length: Option<usize>,
    remedy: Option<&'a str>,
}

impl<'a> V1Rule<'a> {
    fn of(rule: &'a Rule) -> Self {
        Self {
            id: &rule.id,
            title: &rule.description,
            severity: rule.severity.as_str(),
            confidence: rule.base_confidence().as_str(),
            kind: kind(rule),
            tags: &rule.tags,
            keywords: &rule.keywords,
            pattern: rule.pattern.as_deref(),
            paths: &rule.paths,
            checksum: rule.checksum.as_deref(),
            entropy: rule.entropy,
            min_length: rule.min_length,
            remedy: rule.remedy.as_deref(),
        }
    }
}
