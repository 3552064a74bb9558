//! Literals that a lookup falls back on: `os.getenv("X", "…")` becomes `os.environ["X"]`.

use std::ops::Range;

use tree_sitter::Node;

use crate::fix::slot::Slot;
use crate::fix::source::{Source, last_word};

/// A literal that a lookup falls back on.
#[derive(Debug)]
pub(super) struct Fallback {
    /// The literal.
    value: Range<usize>,
    /// What is looked up.
    name: String,
    /// What gives way to a lookup that stops.
    whole: Option<Range<usize>>,
    /// What is left out so that the lookup itself stops, with the comma before it.
    dropped: Option<Range<usize>>,
}

/// Finds them all: a query costs more than the file that it is asked of, so each is asked once.
pub(super) fn all(source: &Source<'_>) -> Vec<Fallback> {
    let queries = source.language.fallback.iter();
    queries
        .flat_map(|query| source.matches(query))
        .filter_map(|found| of(source, &found))
        .collect()
}

fn of(source: &Source<'_>, found: &[(String, Node<'_>)]) -> Option<Fallback> {
    let named = |wanted: &str| found.iter().find(|(name, _)| name == wanted).map(|(_, node)| *node);
    let dropped = named("drop").map(|dropped| {
        let before = dropped.prev_named_sibling();
        before.map_or(dropped.start_byte(), |node| node.end_byte())..dropped.end_byte()
    });
    Some(Fallback {
        value: named("value")?.byte_range(),
        name: last_word(source.text(named("name")?))?,
        whole: named("whole").map(|node| node.byte_range()),
        dropped,
    })
}

/// Makes a lookup lose its literal, if the literal is what a lookup falls back on.
pub(super) fn apply(source: &Source<'_>, literal: Node<'_>, slot: &mut Slot) -> bool {
    let is_it = |fallback: &&Fallback| fallback.value == literal.byte_range();
    let Some(fallback) = source.fallbacks().iter().find(is_it) else {
        return false;
    };
    if let Some(whole) = &fallback.whole {
        slot.replaced = whole.clone();
        slot.lookup = source.language.look_up("{name}", true);
    } else if let Some(dropped) = &fallback.dropped {
        slot.replaced = dropped.clone();
        slot.lookup = String::new();
    }
    slot.fixed = Some(fallback.name.clone());
    true
}
