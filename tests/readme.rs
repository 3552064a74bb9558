//! The README claims nothing that the rules do not hold.

use std::fs;
use std::path::Path;

use keyfence::report::catalog;
use keyfence::rules::Family;

/// Returns what stands between the marks, if the README has them.
fn between_marks(readme: &str) -> Option<&str> {
    let (_, after) = readme.split_once("<!-- rules: begin")?;
    let (_, after) = after.split_once("-->\n")?;
    let (table, _) = after.split_once("<!-- rules: end -->")?;
    Some(table)
}

#[test]
fn the_table_of_what_is_found_is_the_rules_own() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).unwrap_or_default();
    let Some(written) = between_marks(&readme) else { return };
    let mut table = Vec::new();
    catalog::as_markdown(&Family::all().unwrap(), &mut table).unwrap();
    assert!(
        written == String::from_utf8(table).unwrap(),
        "the table is out of date: put the output of `keyfence rules list --format markdown` between its marks"
    );
}
