//! Packs the rule files for the program: parsing a thousand rules with all their examples would take longer than the
//! scan of a commit. What is packed is each rule in the same schema as JSON, without its examples, and tables of what
//! is needed of all rules at once: the outlines of their patterns, and their keywords with the automaton that finds them.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output and stops the build where it cannot go on"
)]

#[path = "../src/rules/automaton.rs"]
#[expect(unreachable_pub, reason = "they are the library's")]
mod automaton;
#[path = "../src/rules/index.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod index;
#[path = "../src/rules/issuer.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod issuer;
#[path = "../src/rules/keyword.rs"]
mod keyword;
#[path = "../src/rules/opening.rs"]
#[expect(unreachable_pub, reason = "they are the library's")]
mod opening;
#[path = "../src/rules/outline.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod outline;
#[path = "../src/rules/sketch.rs"]
#[expect(dead_code, unreachable_pub, reason = "they are the library's")]
mod sketch;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use index::{Called, KeywordIndex};
use issuer::Issuer;
use outline::Outline;
use serde_json::Value;
use sketch::Bytes;

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
    let mut sets = Vec::new();
    let rules: Vec<Packed> = files.iter().flat_map(|file| rules_of(file, &mut sets)).collect();
    let target = PathBuf::from(&env::var_os("OUT_DIR").expect("set by cargo"));
    let write = |name: &str, text: &[u8]| fs::write(target.join(name), text).expect("OUT_DIR can be written");
    let json: Vec<String> = rules.iter().map(|rule| rule.rule.to_string()).collect();
    write("rules.json", json.concat().as_bytes());
    let index = KeywordIndex::new((0..).zip(&rules).map(|(number, rule)| Called {
        rule: number,
        keywords: &rule.keywords,
        holds: &rule.holds,
        begins_word: rule.outline.is_some_and(|outline| outline.begins_word()),
    }));
    write("automaton", index.automaton.table.as_flattened());
    write("packed.rs", tables(&rules, &json, &sets, &index).as_bytes());
}

/// A rule and what is read off it ahead.
struct Packed {
    rule: Value,
    keywords: Vec<String>,
    holds: Vec<String>,
    outline: Option<Outline>,
    /// Empty where a match may begin far before its keyword.
    sketch: Vec<u16>,
}

fn rules_of(file: &Path, sets: &mut Vec<Bytes>) -> Vec<Packed> {
    let text = fs::read_to_string(file).expect("a rule file is text");
    let parsed: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let rules = parsed
        .get("rule")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    rules.into_iter().map(|rule| pack(rule, sets)).collect()
}

fn pack(mut rule: toml::Value, sets: &mut Vec<Bytes>) -> Packed {
    if let Some(table) = rule.as_table_mut() {
        table.remove("must-match");
        table.remove("must-not-match");
    }
    let rule = serde_json::to_value(rule).expect("TOML fits into JSON");
    let (pattern, keywords) = pattern(&rule);
    let longest = rule.get("longest").and_then(Value::as_u64);
    let longest = longest.map_or(usize::MAX, |longest| usize::try_from(longest).expect("a length"));
    // A pattern that is tried on whole texts has no place to be looked for around a keyword.
    let is_around = pattern.filter(|_| rule.get("anywhere").is_none());
    let outline = |pattern: &String| Outline::of(pattern, &keywords, longest).ok();
    let outline = is_around.as_ref().and_then(outline);
    let is_here = is_around.filter(|_| outline.is_some_and(|outline| outline.lead <= 1));
    let sketch = is_here.and_then(|pattern| sketch::program(&pattern, sets));
    Packed {
        sketch: sketch.unwrap_or_default(),
        holds: texts(&rule, "holds").map(str::to_owned).collect(),
        rule,
        keywords,
        outline,
    }
}

/// Returns a rule's pattern and keywords, spelt out where it names an issuer.
fn pattern(rule: &Value) -> (Option<String>, Vec<String>) {
    if let Some(issuer) = rule.get("issuer") {
        let issuer: Issuer = serde_json::from_value(issuer.clone()).expect("an issuer of the schema");
        return (Some(issuer.pattern()), issuer.keywords());
    }
    let keywords: Vec<String> = texts(rule, "keywords").map(str::to_owned).collect();
    let keywords = keyword::spelt(&keywords)
        .iter()
        .map(|keyword| keyword.to_ascii_lowercase())
        .collect();
    (rule.get("pattern").and_then(Value::as_str).map(str::to_owned), keywords)
}

/// Returns the texts of a list.
fn texts<'r>(rule: &'r Value, key: &str) -> impl Iterator<Item = &'r str> {
    let list = rule.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str)
}

/// Writes the tables as Rust. Their types have no pointers in them, so that nothing is done when the program is loaded.
fn tables(rules: &[Packed], json: &[String], sets: &[Bytes], index: &KeywordIndex) -> String {
    let mut text = String::new();
    let json_ends = ends(json.iter().map(String::len));
    let sketch_ends = ends(rules.iter().map(|rule| rule.sketch.len()));
    let sketches: Vec<u16> = rules.iter().flat_map(|rule| rule.sketch.iter().copied()).collect();
    let outlines: Vec<Option<Outline>> = rules.iter().map(|rule| rule.outline).collect();
    let with = |key: &str| numbers(rules, |rule| rule.rule.get(key).is_some());
    let everywhere = numbers(rules, |rule| {
        rule.rule.get("anywhere").is_some() && rule.keywords.is_empty()
    });
    let automaton = &index.automaton;
    let mut put = |name: &str, kind: &str, value: &dyn std::fmt::Debug| {
        let mark = if kind.starts_with('&') { "&" } else { "" };
        writeln!(text, "pub static {name}: {kind} = {mark}{value:?};").expect("a string grows");
    };
    put("ENDS", &format!("[u32; {}]", rules.len()), &json_ends);
    put("OUTLINES", &format!("[Option<Outline>; {}]", rules.len()), &outlines);
    put("SKETCHES", "&[u16]", &sketches);
    put("SKETCH_ENDS", &format!("[u32; {}]", rules.len()), &sketch_ends);
    put("SETS", "&[Bytes]", &sets);
    put("WITH_PATHS", "&[usize]", &with("paths"));
    put("HALVES", "&[usize]", &with("half-of"));
    put("EVERYWHERE", "&[usize]", &everywhere);
    put("CLASSES", "&[u8]", &automaton.classes);
    put("MATCHES", "&[(u32, u32)]", &automaton.ends);
    put("MATCHED", "&[u32]", &automaton.ended);
    put("LENGTHS", "&[u32]", &index.lengths);
    put("CALLED", "&[u32]", &index.rules);
    put("CALLED_ENDS", "&[u32]", &index.ends);
    put("MARKS", "&[u32]", &index.marks);
    put("HOLDERS", "&[u32]", &index.holders);
    put("HELD", "&[u8]", &index.held);
    let (stride, first_match, longest) = (automaton.stride, automaton.first_match, automaton.longest);
    write!(
        text,
        r#"
pub static JSON: &str = include_str!(concat!(env!("OUT_DIR"), "/rules.json"));
pub fn keywords() -> KeywordIndex {{
    KeywordIndex {{
        automaton: Automaton {{
            classes: Cow::Borrowed(CLASSES),
            table: Cow::Borrowed(include_bytes!(concat!(env!("OUT_DIR"), "/automaton")).as_chunks().0),
            stride: {stride},
            first_match: {first_match},
            ends: Cow::Borrowed(MATCHES),
            ended: Cow::Borrowed(MATCHED),
            longest: {longest},
        }},
        lengths: Cow::Borrowed(LENGTHS),
        rules: Cow::Borrowed(CALLED),
        ends: Cow::Borrowed(CALLED_ENDS),
        marks: Cow::Borrowed(MARKS),
        holders: Cow::Borrowed(HOLDERS),
        held: Cow::Borrowed(HELD),
    }}
}}
"#
    )
    .expect("a string grows");
    text
}

/// Returns where each of some texts ends when they are laid one after another.
fn ends(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    let sum = |end: &mut usize, length| {
        *end += length;
        Some(*end)
    };
    lengths.scan(0, sum).collect()
}

/// Returns the numbers of the rules for which something holds.
fn numbers(rules: &[Packed], holds: impl Fn(&Packed) -> bool) -> Vec<usize> {
    let those = rules.iter().enumerate().filter(|(_, rule)| holds(rule));
    those.map(|(number, _)| number).collect()
}
