//! What was imported, written as a configuration that a person can read and go on with.

use std::fmt::Write;

use toml::Value;

use crate::rules::import::{Imported, ImportedAllow, ImportedRule};

/// Writes a whole configuration.
pub(super) fn config(imported: &Imported) -> String {
    let mut out = String::new();
    if !imported.exclude.is_empty() {
        out.push_str("[scan]\nexclude = [\n");
        for glob in unique(&imported.exclude) {
            put(&mut out, format_args!("  {},\n", text(glob)));
        }
        out.push_str("]\n");
    }
    if !imported.off.is_empty() {
        out.push_str("\n[rules]\n");
        for id in unique(&imported.off) {
            put(&mut out, format_args!("{id} = \"off\"\n"));
        }
    }
    imported.allow.iter().for_each(|entry| allow(&mut out, entry));
    imported.rules.iter().for_each(|entry| rule(&mut out, entry));
    out.trim_start().to_owned()
}

fn rule(out: &mut String, rule: &ImportedRule) {
    out.push_str("\n[[rule]]\n");
    field(out, "id", &text(&rule.id));
    field(out, "description", &text(&rule.description));
    field(out, "severity", "\"high\"");
    list(out, "keywords", &rule.keywords);
    if let Some(pattern) = &rule.pattern {
        field(out, "pattern", &text(pattern));
    }
    if rule.anywhere {
        field(out, "anywhere", "true");
    }
    list(out, "paths", &rule.paths);
    if let Some(entropy) = rule.entropy {
        field(out, "entropy", &entropy.to_string());
    }
    if let Some((pattern, lines)) = &rule.near {
        field(
            out,
            "near",
            &format!("{{ pattern = {}, lines = {lines} }}", text(pattern)),
        );
    }
    list(out, "tags", &rule.tags);
}

fn allow(out: &mut String, allow: &ImportedAllow) {
    out.push_str("\n[[allow]]\n");
    field(out, "reason", &text(&allow.reason));
    list(out, "rules", &allow.rules);
    list(out, "paths", &allow.paths);
    list(out, "secrets", &allow.secrets);
    list(out, "commits", &allow.commits);
    for (key, pattern) in [("pattern", &allow.pattern), ("line", &allow.line)] {
        if let Some(pattern) = pattern {
            field(out, key, &text(pattern));
        }
    }
}

fn field(out: &mut String, key: &str, value: &str) {
    put(out, format_args!("{key} = {value}\n"));
}

fn list(out: &mut String, key: &str, values: &[String]) {
    if values.is_empty() {
        return;
    }
    let values: Vec<String> = values.iter().map(|value| text(value)).collect();
    let line = values.join(", ");
    if line.len() <= 100 {
        field(out, key, &format!("[{line}]"));
    } else {
        field(out, key, &format!("[\n  {},\n]", values.join(",\n  ")));
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    let _ = out.write_fmt(text);
}

/// A string as TOML quotes it, literally where that is enough.
fn text(text: &str) -> String {
    let is_plain = |text: &str| !text.contains(['\'', '\n', '\r']) && !text.chars().any(|sign| sign.is_control());
    if is_plain(text) && text.contains(['\\', '"']) {
        return format!("'{text}'");
    }
    Value::from(text).to_string()
}

fn unique(values: &[String]) -> Vec<&String> {
    let mut unique: Vec<&String> = Vec::new();
    for value in values {
        if !unique.contains(&value) {
            unique.push(value);
        }
    }
    unique
}
