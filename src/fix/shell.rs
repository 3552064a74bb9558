//! The shell: a variable of the script and one of the environment are the same, so an assignment can undo a lookup.

use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::slot::Slot;
use crate::fix::source::{Source, upwards};

/// Allows the value of an assignment and a whole argument of a command, and nothing else.
pub(super) fn fits(source: &Source<'_>, literal: Node<'_>) -> Result<(), Refusal> {
    let parent = literal.parent().map_or("", |parent| parent.kind());
    if source.language.name == "shell" && !matches!(parent, "variable_assignment" | "command") {
        return Err(Refusal::new(
            "it is neither the value of a variable nor a whole argument",
            "write \"${NAME:?}\" there",
        ));
    }
    Ok(())
}

/// Refuses a name that the script gives another value.
pub(super) fn accepts(source: &Source<'_>, slot: &Slot, name: &str) -> Result<(), Refusal> {
    let mut is_assigned = false;
    source.each(&mut |node| {
        let is_name = node.kind() == "variable_name" && source.text(node) == name.as_bytes();
        is_assigned |= is_name && gives(node) && !upwards(node).any(|outer| holds(outer, slot));
    });
    if is_assigned {
        return Err(Refusal::new(
            format!("the script gives {name} another value, too"),
            "choose another name with --name",
        ));
    }
    Ok(())
}

/// Tells whether a node gives its variable a value.
fn gives(name: Node<'_>) -> bool {
    let kind = name.parent().map_or("", |parent| parent.kind());
    matches!(kind, "variable_assignment" | "for_statement" | "unset_command")
}

fn holds(node: Node<'_>, slot: &Slot) -> bool {
    node.kind() == "variable_assignment" && node.byte_range().contains(&slot.replaced.start)
}
