//! Java: a constant that an annotation or a `switch` needs when the program is built stays one.

use std::collections::HashSet;
use std::path::Path;

use ignore::WalkBuilder;
use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::source::{Source, field_of, parts, upwards};
use crate::git::special;

/// Refuses the value of a constant that is, or may be, needed when the program is built.
pub(super) fn fits(source: &Source<'_>, literal: Node<'_>) -> Result<(), Refusal> {
    let is_shadowed = |name: &[u8]| declared(source).contains(name);
    if is_shadowed(b"java") || is_shadowed(b"System") {
        return Err(Refusal::new(
            "`System` or `java` means something else in this file",
            "move the value by hand",
        ));
    }
    let Some((name, is_private)) = constant(source, literal) else {
        return Ok(());
    };
    let is_needed = || !is_private && elsewhere(source.place).any(|text| names_constant(&text, name));
    if is_named_early(source, name) || is_needed() {
        return Err(Refusal::new(
            "it is a constant that an annotation or a `switch` may need when the program is built",
            "let those name a property or an `if`, and run this again",
        ));
    }
    Ok(())
}

/// Reads the other Java files of the project.
fn elsewhere(place: &Path) -> impl Iterator<Item = Vec<u8>> {
    let root = place.ancestors().find(|folder| folder.join(".git").exists());
    let walk = root.into_iter().flat_map(|root| WalkBuilder::new(root).build());
    let paths = walk.filter_map(|entry| entry.ok().map(|entry| entry.into_path()));
    paths
        .filter(move |path| path.extension().is_some_and(|ending| ending == "java") && path != place)
        .filter_map(|path| special::read(&path).ok())
}

/// Returns the name of the constant whose value is the literal, and whether only its own file sees it.
fn constant<'t>(source: &Source<'t>, literal: Node<'_>) -> Option<(&'t [u8], bool)> {
    let declarator = literal
        .parent()
        .filter(|parent| parent.kind() == "variable_declarator")?;
    let declaration = declarator.parent()?;
    let modifiers = parts(declaration).into_iter().find(|part| part.kind() == "modifiers");
    let is = |word: &[u8]| modifiers.is_some_and(|modifiers| contains_word(source.text(modifiers), word));
    let is_private = is(b"private") || declaration.kind() == "local_variable_declaration";
    let is_constant = declaration.kind() == "constant_declaration" || is(b"final");
    let name = declarator
        .child_by_field_name("name")
        .filter(|_| is_constant && field_of(literal) == Some("value"))?;
    Some((source.text(name), is_private))
}

/// Tells whether an annotation or a label of this file names the constant.
fn is_named_early(source: &Source<'_>, name: &[u8]) -> bool {
    let mut found = false;
    source.each(&mut |node| {
        let is_name = node.kind() == "identifier" && source.text(node) == name;
        found |= is_name && upwards(node).any(|outer| matches!(outer.kind(), "annotation" | "switch_label"));
    });
    found
}

/// Tells whether another file has the name on a line that may be an annotation or a label.
fn names_constant(text: &[u8], name: &[u8]) -> bool {
    text.split(|&byte| byte == b'\n')
        .any(|line| contains_word(line, name) && (line.contains(&b'@') || contains_word(line, b"case")))
}

fn contains_word(text: &[u8], word: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .any(|found| found == word)
}

/// Collects the names that this file declares itself.
fn declared<'t>(source: &Source<'t>) -> HashSet<&'t [u8]> {
    let mut names = HashSet::new();
    source.each(&mut |node| {
        if node.kind() == "identifier" && field_of(node) == Some("name") {
            let kind = node.parent().map_or("", |parent| parent.kind());
            if matches!(
                kind,
                "variable_declarator" | "class_declaration" | "formal_parameter" | "enum_declaration"
            ) {
                names.insert(source.text(node));
            }
        }
    });
    names
}
