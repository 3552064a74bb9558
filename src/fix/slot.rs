//! The literal in which a value stands, and what gives way when the value leaves.
//!
//! The literal must be exactly one whole string token of a file that parses. Whatever is only nearly that is refused
//! with the reason: a value that a program puts together from pieces would come out of the environment changed.

use std::ops::Range;

use bstr::ByteSlice;
use tree_sitter::Node;

use crate::engine::opinion::promise;
use crate::fix::language::{Grammar, Never};
use crate::fix::source::{Source, children, field_of, last_word, parts, upwards};
use crate::fix::{Refusal, fallback, go, java, script, shell, token};

/// A literal that can give way to a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// The text between the literal's quotes, in the file.
    pub(super) body: Range<usize>,
    /// What gives way: the literal, or the call around it.
    pub(super) replaced: Range<usize>,
    /// What the program sees.
    pub(super) value: Vec<u8>,
    /// What takes the place, with `{name}` for the variable.
    pub(super) lookup: String,
    /// What names the value, nearest first.
    pub(super) names: Vec<String>,
    /// The variable that the code looks up already.
    pub(super) fixed: Option<String>,
}

/// Finds the literal around a value that stands at `span`.
pub(super) fn find(source: &Source<'_>, span: &Range<usize>) -> Result<Slot, Refusal> {
    let language = source.language;
    let is_string = |node: Node<'_>| node.is_named() && language.strings.iter().any(|kind| kind == node.kind());
    let literal = source.around(span, is_string).ok_or_else(|| no_string(source, span))?;
    if children(literal)
        .iter()
        .any(|child| language.pieces.iter().any(|kind| kind == child.kind()))
    {
        return Err(Refusal::new(
            "it is a piece of a string that is put together when the program runs",
            "give the secret itself a variable, and put that into the string",
        ));
    }
    if let Some(never) = language.never.iter().find(|never| forbids(source, never, literal)) {
        return Err(Refusal::new(&never.what, &never.instead));
    }
    let token = token::read(language.grammar, source.text(literal))?;
    let body = literal.start_byte() + token.body.start..literal.start_byte() + token.body.end;
    if !is_whole(source.text, &body, span) && !is_address(&token.value) {
        return Err(part_of_string(&language.look_up("NAME", false)));
    }
    let mut slot = Slot {
        body,
        replaced: literal.byte_range(),
        value: token.value,
        lookup: language.look_up("{name}", false),
        names: names(source, literal),
        fixed: None,
    };
    if !fallback::apply(source, literal, &mut slot) {
        fits(source, literal)?;
    }
    Ok(slot)
}

/// Finds the strings that are assigned at the top of a Python module.
pub(super) fn module_values(source: &Source<'_>) -> Vec<Slot> {
    let mut slots = Vec::new();
    for literal in source.nodes(|node| node.kind() == "string") {
        let kinds: Vec<&str> = upwards(literal).map(|node| node.kind()).collect();
        let is_value = kinds.contains(&"assignment");
        let is_at_top = !kinds
            .iter()
            .any(|kind| matches!(*kind, "function_definition" | "class_definition" | "call" | "lambda"));
        let Ok(token) = token::read(source.language.grammar, source.text(literal)) else {
            continue;
        };
        let body = literal.start_byte() + token.body.start..literal.start_byte() + token.body.end;
        if is_value && is_at_top && !token.value.is_empty() {
            slots.extend(find(source, &body));
        }
    }
    slots.sort_by_key(|slot| slot.replaced.start);
    slots
}

/// Finds the strings under a name that promises a secret, whatever they hold: a placeholder beside a value may be the
/// next value, and what was too short for a rule is still nobody's business.
pub(super) fn promised(source: &Source<'_>) -> Vec<Range<usize>> {
    let is_string = |node: Node<'_>| node.is_named() && source.language.strings.iter().any(|kind| kind == node.kind());
    let is_promised = |node: &Node<'_>| {
        let names = names(source, *node);
        names.first().is_some_and(|name| promise(name.as_bytes()).is_some())
    };
    let body = |node: Node<'_>| match token::read(source.language.grammar, source.text(node)) {
        Ok(token) => node.start_byte() + token.body.start..node.start_byte() + token.body.end,
        Err(_) => node.byte_range(),
    };
    source
        .nodes(is_string)
        .into_iter()
        .filter(is_promised)
        .map(body)
        .collect()
}

/// What only one language knows of a place.
fn fits(source: &Source<'_>, literal: Node<'_>) -> Result<(), Refusal> {
    match source.language.grammar {
        Grammar::Go => go::fits(source, literal),
        Grammar::Java => java::fits(source, literal),
        Grammar::JavaScript | Grammar::TypeScript | Grammar::Tsx => script::fits(source),
        Grammar::Bash => shell::fits(source, literal),
        Grammar::Python | Grammar::Ruby => Ok(()),
    }
}

/// Says of what else than a string the value is a part.
fn no_string(source: &Source<'_>, span: &Range<usize>) -> Refusal {
    let is_comment = |node: Node<'_>| node.kind().contains("comment");
    if source.around(span, is_comment).is_some() {
        return Refusal::new("it stands in a comment", "delete it there");
    }
    if source.around(span, |node| node.kind().contains("heredoc")).is_some() {
        return Refusal::new(
            "it stands in a here-document",
            "give the secret itself a variable, and name that variable there",
        );
    }
    Refusal::new("it is no string of its own", "move it by hand")
}

pub(super) fn part_of_string(lookup: &str) -> Refusal {
    Refusal::new(
        "the secret is only a part of the string",
        format!("read the secret itself by {lookup} and put the rest around it"),
    )
}

/// Tells whether the value is all that stands between the quotes; blanks around a key of several lines do not count.
fn is_whole(text: &[u8], body: &Range<usize>, span: &Range<usize>) -> bool {
    text[body.clone()].trim() == text[span.clone()].trim() && body.start <= span.start && span.end <= body.end
}

/// Tells whether a value is an address or a connection string, which is a secret as a whole.
pub(super) fn is_address(value: &[u8]) -> bool {
    let text = value.trim_ascii();
    if text.find(b"://").is_some_and(|at| {
        at > 0
            && text[..at]
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.:".contains(byte))
    }) {
        return !text.iter().any(u8::is_ascii_whitespace);
    }
    let are_pairs = |pieces: Vec<&[u8]>| {
        let is_pair = |piece: &&[u8]| piece.find_byte(b'=').is_some_and(|at| at > 0);
        pieces.len() > 1 && pieces.iter().all(is_pair)
    };
    are_pairs(text.trim_end_with(|c| c == ';').split_str(";").collect()) || are_pairs(text.fields().collect())
}

/// Tells whether a place is one in which a string cannot give way.
fn forbids(source: &Source<'_>, never: &Never, literal: Node<'_>) -> bool {
    if let Some(kind) = &never.inside {
        return upwards(literal).skip(1).any(|node| node.kind() == kind);
    }
    let mut inner = literal;
    let Some(mut parent) = literal.parent() else {
        return false;
    };
    while parent.kind() == "parenthesized_expression" {
        inner = parent;
        match parent.parent() {
            Some(next) => parent = next,
            None => return false,
        }
    }
    let fits = |asked: &Option<String>, node| asked.as_deref().is_none_or(|asked| field_of(node) == Some(asked));
    never.parent.as_deref() == Some(parent.kind())
        && fits(&never.field, inner)
        && fits(&never.under, parent)
        && (never.operators.is_empty() || has_operator(source, parent, &never.operators))
}

fn has_operator(source: &Source<'_>, node: Node<'_>, operators: &[String]) -> bool {
    let is_one = |text: &[u8]| operators.iter().any(|operator| operator.as_bytes() == text);
    children(node)
        .iter()
        .any(|child| !child.is_named() && is_one(source.text(*child)))
}

/// Collects what names a value, nearest first.
fn names(source: &Source<'_>, literal: Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut inner = literal;
    for node in upwards(literal).skip(1) {
        for naming in source.language.names.iter().filter(|naming| naming.node == node.kind()) {
            let name = match &naming.name {
                Some(field) => named_by(source, node, field, inner, literal),
                None => argument_before(source, inner),
            };
            names.extend(name);
        }
        inner = node;
    }
    names
}

/// Reads the name in a field, unless the value itself stands in it.
fn named_by(source: &Source<'_>, node: Node<'_>, field: &str, inner: Node<'_>, literal: Node<'_>) -> Option<String> {
    let name = node.child_by_field_name(field)?;
    if name == inner {
        return None;
    }
    // `a, b = "x", "y"`: the name in the same place.
    let several = parts(name);
    let name = if several.len() > 1 && name.kind().ends_with("_list") {
        let holds = |part: &Node<'_>| part.byte_range().contains(&literal.start_byte());
        *several.get(parts(inner).iter().position(holds)?)?
    } else {
        name
    };
    last_word(source.text(name))
}

/// Reads the argument before a value, if that is a name: `set("API_KEY", "…")`, `--api-key …`.
fn argument_before(source: &Source<'_>, inner: Node<'_>) -> Option<String> {
    let before = source.text(inner.prev_named_sibling()?);
    let text = before.trim_with(|c| matches!(c, '"' | '\'' | '`' | '-' | '='));
    let is_name = text.len() > 2
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte));
    let is_text = before.first().is_some_and(|byte| b"\"'`-".contains(byte));
    (is_name && is_text).then(|| last_word(text)).flatten()
}
