//! Packs the rule files for the program: parsing 500 rules with all their examples would take longer than the scan of
//! a commit. What is packed is JSON of the same schema, without the examples; the tests read the files themselves.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output and stops the build where it cannot go on"
)]

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new("rules");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("rules/ is there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let rules: Vec<serde_json::Value> = files.iter().flat_map(|file| rules_of(file)).collect();
    let packed = serde_json::to_string(&rules).expect("rules are plain data");
    let target = Path::new(&env::var_os("OUT_DIR").expect("set by cargo")).join("rules.json");
    fs::write(target, packed).expect("OUT_DIR can be written");
}

fn rules_of(file: &Path) -> Vec<serde_json::Value> {
    let text = fs::read_to_string(file).expect("a rule file is text");
    let parsed: toml::Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let rules = parsed
        .get("rule")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    let pack = |mut rule: toml::Value| {
        if let Some(table) = rule.as_table_mut() {
            table.remove("must-match");
            table.remove("must-not-match");
        }
        serde_json::to_value(rule).expect("TOML fits into JSON")
    };
    rules.into_iter().map(pack).collect()
}
