//! Packs the rule files for the program: parsing 500 rules with all their examples would take longer than the scan of
//! a commit. What is packed is JSON: each rule in the same schema without its examples, and the outline of its pattern.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output and stops the build where it cannot go on"
)]

#[path = "../src/rules/issuer.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod issuer;
#[path = "../src/rules/keyword.rs"]
mod keyword;
#[path = "../src/rules/opening.rs"]
mod opening;
#[path = "../src/rules/outline.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod outline;

use std::path::{Path, PathBuf};
use std::{env, fs};

use issuer::Issuer;
use outline::Outline;
use serde_json::Value;

fn main() {
    let folder = Path::new("rules");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=src/rules");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("rules/ is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let rules: Vec<_> = files.iter().flat_map(|file| rules_of(file)).collect();
    let packed = serde_json::to_string(&rules).expect("rules are plain data");
    let target = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("rules.json");
    fs::write(target, packed).expect("OUT_DIR can be written");
}

fn rules_of(file: &Path) -> Vec<(Value, Option<Outline>)> {
    let text = fs::read_to_string(file).expect("a rule file is text");
    let parsed: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let rules = parsed
        .get("rule")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    rules.into_iter().map(pack).collect()
}

fn pack(mut rule: toml::Value) -> (Value, Option<Outline>) {
    if let Some(table) = rule.as_table_mut() {
        table.remove("must-match");
        table.remove("must-not-match");
    }
    let rule = serde_json::to_value(rule).expect("TOML fits into JSON");
    let outline = pattern(&rule).and_then(|(pattern, keywords)| Outline::of(&pattern, &keywords).ok());
    (rule, outline)
}

/// Returns a rule's pattern and keywords, spelt out where it names an issuer.
fn pattern(rule: &Value) -> Option<(String, Vec<String>)> {
    if let Some(issuer) = rule.get("issuer") {
        let issuer: Issuer = serde_json::from_value(issuer.clone()).expect("an issuer of the schema");
        return Some((issuer.pattern(), issuer.keywords()));
    }
    let keywords = rule.get("keywords").and_then(Value::as_array).into_iter().flatten();
    let keywords: Vec<String> = keywords.filter_map(Value::as_str).map(str::to_owned).collect();
    let keywords = keyword::spelt(&keywords)
        .iter()
        .map(|keyword| keyword.to_ascii_lowercase())
        .collect();
    Some((rule.get("pattern")?.as_str()?.to_owned(), keywords))
}
