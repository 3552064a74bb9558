//! Go: a lookup is a call that returns a `string`, so the literal must stand where nothing else is asked for.
//!
//! A literal is an untyped constant, which any type made of strings takes; a call is not. Where the type is not written
//! down in the package itself, only a compiler could tell, and the literal stays.

mod helper;

use bstr::ByteSlice;
use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::source::{Source, field_of, parts, upwards};

pub(super) use helper::finish;

/// Functions of other packages whose arguments are strings.
const TAKE_STRINGS: &[&[u8]] = &[
    b"os.Setenv",
    b"errors.New",
    b"strings.NewReader",
    b"strings.TrimSpace",
    b"fmt.Println",
    b"fmt.Print",
    b"log.Println",
    b"viper.Set",
    b"viper.SetDefault",
    b"string",
];

/// Refuses a place in which something else than a `string` may be asked for.
pub(super) fn fits(source: &Source<'_>, literal: Node<'_>) -> Result<(), Refusal> {
    if is_string(source, literal) {
        return Ok(());
    }
    Err(Refusal::new(
        "its type is written down in another package, and only a compiler can tell whether that is `string`",
        "give the value a variable (`key := \"…\"`), use the variable here, and run this again",
    ))
}

/// Tells whether a literal is certainly a `string`.
fn is_string(source: &Source<'_>, literal: Node<'_>) -> bool {
    let Some(parent) = literal.parent() else { return false };
    match parent.kind() {
        "expression_list" => is_string_in_list(source, parent, literal),
        "literal_element" => is_string_in_composite(source, parent),
        "argument_list" => is_string_argument(source, parent, literal),
        "type_conversion_expression" => true,
        _ => false,
    }
}

fn is_string_in_list(source: &Source<'_>, list: Node<'_>, literal: Node<'_>) -> bool {
    let Some(parent) = list.parent() else { return false };
    match parent.kind() {
        "short_var_declaration" => field_of(list) == Some("right"),
        "var_spec" => parent
            .child_by_field_name("type")
            .is_none_or(|kind| source.text(kind) == b"string"),
        "return_statement" => returns_string(source, parent, position(list, literal)),
        _ => false,
    }
}

fn position(list: Node<'_>, part: Node<'_>) -> usize {
    parts(list)
        .iter()
        .position(|other| *other == part)
        .unwrap_or(usize::MAX)
}

/// Tells whether the function around a `return` gives back a `string` in this place.
fn returns_string(source: &Source<'_>, statement: Node<'_>, place: usize) -> bool {
    let is_function = |node: &Node<'_>| {
        matches!(
            node.kind(),
            "function_declaration" | "method_declaration" | "func_literal"
        )
    };
    let function = upwards(statement).find(is_function);
    let Some(result) = function.and_then(|function| function.child_by_field_name("result")) else {
        return false;
    };
    match result.kind() {
        "parameter_list" => types(source, result).get(place).is_some_and(|kind| kind == b"string"),
        _ => place == 0 && source.text(result) == b"string",
    }
}

/// Lists the types of parameters, one for each name.
fn types(source: &Source<'_>, list: Node<'_>) -> Vec<Vec<u8>> {
    let mut types = Vec::new();
    for parameter in parts(list) {
        let names = children_in_field(parameter, "name").max(1);
        let kind = parameter
            .child_by_field_name("type")
            .map_or(&b""[..], |kind| source.text(kind));
        let dots: &[u8] = if parameter.kind() == "variadic_parameter_declaration" {
            b"..."
        } else {
            b""
        };
        types.extend(std::iter::repeat_n([dots, kind].concat(), names));
    }
    types
}

fn children_in_field(node: Node<'_>, field: &str) -> usize {
    node.children_by_field_name(field, &mut node.walk())
        .filter(Node::is_named)
        .count()
}

/// Tells whether the map, slice or struct around an element has strings there.
fn is_string_in_composite(source: &Source<'_>, element: Node<'_>) -> bool {
    let keyed = element.parent().filter(|parent| parent.kind() == "keyed_element");
    let body = match keyed {
        Some(keyed) => keyed.parent(),
        None => element.parent(),
    };
    let Some(composite) = body
        .and_then(|body| body.parent())
        .filter(|node| node.kind() == "composite_literal")
    else {
        return false;
    };
    let Some(kind) = composite.child_by_field_name("type") else {
        return false;
    };
    let is_string = |field: &str| {
        kind.child_by_field_name(field)
            .is_some_and(|kind| source.text(kind) == b"string")
    };
    match kind.kind() {
        "map_type" => keyed.is_some() && is_string("value"),
        "slice_type" | "array_type" | "implicit_length_array_type" => keyed.is_none() && is_string("element"),
        "type_identifier" => keyed
            .and_then(|keyed| keyed.child_by_field_name("key"))
            .is_some_and(|key| has_string_field(source, source.text(kind), source.text(key))),
        _ => false,
    }
}

/// Tells whether a struct of this package has a field of type `string`.
fn has_string_field(source: &Source<'_>, name: &[u8], field: &[u8]) -> bool {
    in_package(source, |file| {
        let mut answer = None;
        file.each(&mut |node| {
            let is_it = node.kind() == "type_spec"
                && node
                    .child_by_field_name("name")
                    .is_some_and(|found| file.text(found) == name);
            if is_it && answer.is_none() {
                answer = Some(
                    node.child_by_field_name("type")
                        .is_some_and(|kind| fields_hold(file, kind, field)),
                );
            }
        });
        answer
    })
}

fn fields_hold(source: &Source<'_>, kind: Node<'_>, field: &[u8]) -> bool {
    let lists = parts(kind)
        .into_iter()
        .filter(|part| part.kind() == "field_declaration_list");
    lists.flat_map(parts).any(|declaration| {
        let is_string = declaration
            .child_by_field_name("type")
            .is_some_and(|kind| source.text(kind) == b"string");
        let mut walk = declaration.walk();
        let mut names = declaration.children_by_field_name("name", &mut walk);
        is_string && names.any(|name| source.text(name) == field)
    })
}

fn is_string_argument(source: &Source<'_>, list: Node<'_>, literal: Node<'_>) -> bool {
    let Some(function) = list.parent().and_then(|call| call.child_by_field_name("function")) else {
        return false;
    };
    let name = source.text(function);
    if TAKE_STRINGS.contains(&name) || name.ends_with(b".Header.Set") || name.ends_with(b".Header.Add") {
        return true;
    }
    if function.kind() != "identifier" {
        return name.ends_with(b".SetBasicAuth");
    }
    let place = position(list, literal);
    in_package(source, |file| {
        let declared = parts(file.root()).into_iter().find(|node| {
            node.kind() == "function_declaration"
                && node
                    .child_by_field_name("name")
                    .is_some_and(|found| file.text(found) == name)
        });
        let list = declared?.child_by_field_name("parameters")?;
        let types = types(file, list);
        let kind = types
            .get(place)
            .or(types.last().filter(|kind| kind.starts_with(b"...")));
        Some(kind.is_some_and(|kind| kind == b"string" || kind == b"...string"))
    })
}

/// Asks this file and then the others of its package; the first that knows answers.
fn in_package(source: &Source<'_>, ask: impl Fn(&Source<'_>) -> Option<bool>) -> bool {
    if let Some(answer) = ask(source) {
        return answer;
    }
    let others = source.neighbours("go");
    let of_package = others.iter().filter(|(_, text)| package(text) == package(source.text));
    let answer = of_package.filter_map(|(path, text)| Source::parse(path, text, source.language).ok());
    answer.filter_map(|other| ask(&other)).next().unwrap_or(false)
}

fn package(text: &[u8]) -> &[u8] {
    let line = text.lines().find(|line| line.starts_with(b"package "));
    line.and_then(|line| line.fields().nth(1)).unwrap_or_default()
}
