//! Recipes that people copy: each command line of ours in them is one that the program understands.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::Sandbox;

const FOLDERS: &[&str] = &["docs", ".github", ".gitlab"];
const FILES: &[&str] = &["README.md", ".pre-commit-hooks.yaml"];

fn recipes() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = FILES.iter().map(|file| root.join(file)).collect();
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_text = path
                .extension()
                .is_some_and(|kind| ["md", "yml", "yaml"].iter().any(|known| kind == *known));
            match path.is_dir() {
                true => folders.push(path),
                false if is_text => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// The lines of a recipe that are not prose.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let is_prose = path.extension().is_some_and(|kind| kind == "md");
    let mut inside = !is_prose;
    let mut lines = Vec::new();
    for line in text.lines() {
        if is_prose && line.trim_start().starts_with("```") {
            // What a terminal showed is no command.
            inside = !inside && line.trim() != "```text";
        } else if inside && !line.trim_start().starts_with('#') {
            lines.push(line.trim().to_owned());
        }
    }
    lines
}

/// Returns the words behind `keyfence` where it is a command.
fn command(line: &str) -> Option<Vec<String>> {
    const BEFORE: &[&str] = &[
        "",
        "- ",
        "run: ",
        "- run: ",
        "entry: ",
        "$ ",
        "npx ",
        "sh '",
        "sh \"",
        "script: ",
        "- script: ",
        "run: npx ",
    ];
    let (before, after) = line.split_once("keyfence ")?;
    let is_start = BEFORE.contains(&before)
        || ["&& ", "| ", "; ", "\"command\": \""]
            .iter()
            .any(|end| before.ends_with(end));
    let is_end = |word: &&str| ["|", ">", ">>", "&&", ";", "#", "\\"].contains(word);
    let bare = |word: &'_ str| word.trim_matches(|sign: char| "\"',;{}[]".contains(sign)).to_owned();
    let words = after.split_whitespace().take_while(|word| !is_end(word)).map(bare);
    let words: Vec<String> = words.take_while(|word| !word.is_empty()).collect();
    (is_start && !words.is_empty()).then(|| without_variables(&words))
}

/// A variable behind an option stands for its value; elsewhere for more arguments, or for none.
fn without_variables(words: &[String]) -> Vec<String> {
    let mut plain: Vec<String> = Vec::new();
    for word in words {
        let is_value = plain.last().is_some_and(|last| last.starts_with("--"));
        match word.starts_with('$') {
            false => plain.push(word.clone()),
            true if plain.last().is_some_and(|last| last == "--shard") => plain.push("1/2".to_owned()),
            true if is_value => plain.push("x".to_owned()),
            true => {}
        }
    }
    plain
}

#[test]
fn every_command_line_in_a_recipe_is_understood() {
    let sandbox = Sandbox::new();
    let mut seen = 0;
    for recipe in recipes() {
        for line in code(&recipe) {
            let Some(words) = command(&line) else { continue };
            let mut args: Vec<&str> = words.iter().map(String::as_str).filter(|word| *word != "--").collect();
            args.push("--help");
            let said = sandbox.keyfence(&args);
            assert_eq!(said.code, 0, "{}: {line}\n{}", recipe.display(), said.err);
            seen += 1;
        }
    }
    assert!(seen > 20, "only {seen} were found");
}

#[test]
fn the_recipes_test_sees_a_command_that_there_is_not() {
    assert_eq!(
        command("- keyfence guard ci --format sarif").unwrap(),
        ["guard", "ci", "--format", "sarif"]
    );
    assert_eq!(command("run: npx keyfence scan | head").unwrap(), ["scan"]);
    assert_eq!(command("uses: owner/keyfence now"), None);
    Sandbox::new().keyfence(&["guard", "cd", "--help"]).expect(2);
}
