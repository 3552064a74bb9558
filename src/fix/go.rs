//! Go: a lookup is a call that returns a `string`, so the literal must stand where nothing else is asked for.
//!
//! A literal is an untyped constant, which any type made of strings takes; a call is not. Where the type is not written
//! down in the package itself, only a compiler could tell, and the literal stays.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::edit::Edit;
use crate::fix::source::{Source, children, field_of, parts, upwards};

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

/// The lookup's own function.
const HELPER: &str = "mustEnv";
const BODY: &str = "
// mustEnv returns the value of a variable of the environment, without which the program cannot run.
func mustEnv(name string) string {
	value, ok := os.LookupEnv(name)
	if !ok {
		panic(name + \" is not set\")
	}
	return value
}
";

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

/// Adds the function that lookups call, and the import that it needs.
///
/// `planned` are the files that will have changed by then.
pub(super) fn finish(source: &Source<'_>, planned: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<Edit>, Refusal> {
    let mut is_taken = false;
    let mut is_os_hidden = false;
    source.each(&mut |node| {
        let text = source.text(node);
        is_taken |= node.kind() == "identifier" && text == HELPER.as_bytes() && !is_called(node);
        is_os_hidden |= node.kind() == "identifier" && text == b"os" && binds(node);
    });
    if is_os_hidden {
        return Err(Refusal::new(
            "`os` is not the package here",
            "look the variable up by hand",
        ));
    }
    if is_taken && !has_helper(source.text) {
        return Err(taken());
    }
    if has_helper(source.text) || is_declared_beside(source, planned)? {
        return Ok(Vec::new());
    }
    let helper = BODY.replace('\n', source.line_end());
    let at = source.text.len();
    let helper = if source.text.ends_with(b"\n") {
        helper
    } else {
        format!("{}{helper}", source.line_end())
    };
    let mut edits = vec![Edit::insert(at, helper)];
    edits.extend(import(source));
    Ok(edits)
}

fn taken() -> Refusal {
    Refusal::new(
        "the package has another `mustEnv`",
        "look the variable up by hand, with os.LookupEnv",
    )
}

/// Tells whether a text has the function, whatever its line ends.
fn has_helper(text: &[u8]) -> bool {
    text.replace("\r\n", "\n").contains_str(BODY)
}

/// Tells whether another file of the package, one that is always built with this one, has the function.
fn is_declared_beside(source: &Source<'_>, planned: &BTreeMap<PathBuf, Vec<u8>>) -> Result<bool, Refusal> {
    let mut others = source.neighbours("go");
    for (path, text) in &mut others {
        if let Some(changed) = planned.get(path) {
            text.clone_from(changed);
        }
    }
    let has_one = |text: &[u8]| package(text) == package(source.text) && text.contains_str("func mustEnv(");
    let Some((path, text)) = others.iter().find(|(_, text)| has_one(text)) else {
        return Ok(false);
    };
    let is_conditional = text.contains_str("//go:build") || text.contains_str("// +build");
    let is_built_here = is_always_built(path) || is_test(path) && is_test(source.place);
    if has_helper(text) && is_built_here && !is_conditional {
        Ok(true)
    } else {
        Err(taken())
    }
}

fn is_test(path: &Path) -> bool {
    path.file_stem()
        .is_some_and(|stem| stem.to_string_lossy().ends_with("_test"))
}

/// Tells whether a file is built for every system, by its name: `_test`, `_linux` and `_arm64` at its end say otherwise.
fn is_always_built(path: &Path) -> bool {
    const SYSTEMS: &[&str] = &[
        "386",
        "aix",
        "amd64",
        "android",
        "arm",
        "arm64",
        "darwin",
        "dragonfly",
        "freebsd",
        "illumos",
        "ios",
        "js",
        "linux",
        "loong64",
        "mips",
        "mips64",
        "mips64le",
        "mipsle",
        "netbsd",
        "openbsd",
        "plan9",
        "ppc64",
        "ppc64le",
        "riscv64",
        "s390x",
        "solaris",
        "wasip1",
        "wasm",
        "windows",
    ];
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let last = stem.rsplit_once('_').map(|(_, last)| last);
    last.is_none_or(|last| last != "test" && !SYSTEMS.contains(&last))
}

fn is_called(node: Node<'_>) -> bool {
    field_of(node) == Some("function")
}

/// Tells whether an identifier is declared here, other than by an import.
fn binds(node: Node<'_>) -> bool {
    let kind = |node: Option<Node<'_>>| node.map_or("", |node| node.kind());
    let parent = node.parent();
    match kind(parent) {
        "expression_list" => {
            let is_left = parent.and_then(field_of) == Some("left");
            is_left
                && matches!(
                    kind(parent.and_then(|list| list.parent())),
                    "short_var_declaration" | "range_clause"
                )
        }
        "parameter_declaration"
        | "variadic_parameter_declaration"
        | "var_spec"
        | "const_spec"
        | "function_declaration" => field_of(node) == Some("name"),
        _ => false,
    }
}

/// Adds `"os"` to the imports, in its place by the alphabet.
fn import(source: &Source<'_>) -> Option<Edit> {
    let end = source.line_end();
    let declarations = parts(source.root());
    let imports: Vec<_> = declarations
        .iter()
        .filter(|node| node.kind() == "import_declaration")
        .collect();
    let is_os = |spec: &Node<'_>| {
        let path = spec.child_by_field_name("path").map(|path| source.text(path));
        path == Some(b"\"os\"") && spec.child_by_field_name("name").is_none()
    };
    if imports.iter().flat_map(|node| specs(**node)).any(|spec| is_os(&spec)) {
        return None;
    }
    let list = imports
        .iter()
        .flat_map(|node| parts(**node))
        .find(|node| node.kind() == "import_spec_list");
    if let Some(list) = list {
        return Some(into_list(source, list, end));
    }
    let before = imports
        .last()
        .copied()
        .or(declarations.iter().find(|node| node.kind() == "package_clause"))?;
    let gap = if before.kind() == "package_clause" { end } else { "" };
    Some(Edit::insert(
        line_behind(source.text, &before.byte_range()),
        format!("{gap}import \"os\"{end}"),
    ))
}

/// Returns where the line after a node begins.
fn line_behind(text: &[u8], span: &Range<usize>) -> usize {
    memchr::memchr(b'\n', &text[span.end..]).map_or(text.len(), |at| span.end + at + 1)
}

fn specs(declaration: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for part in parts(declaration) {
        if part.kind() == "import_spec" {
            found.push(part);
        } else {
            found.extend(parts(part).into_iter().filter(|spec| spec.kind() == "import_spec"));
        }
    }
    found
}

/// Puts the import where gofmt would: sorted among the first group of the list.
fn into_list(source: &Source<'_>, list: Node<'_>, end: &str) -> Edit {
    let line = format!("\t\"os\"{end}");
    let specs: Vec<_> = children(list)
        .into_iter()
        .filter(|spec| spec.kind() == "import_spec")
        .collect();
    let path = |spec: &Node<'_>| {
        spec.child_by_field_name("path")
            .map_or(&b""[..], |path| source.text(path))
    };
    let row = |spec: &Node<'_>| spec.start_position().row;
    let group = 1 + specs
        .windows(2)
        .take_while(|pair| row(&pair[1]) <= row(&pair[0]) + 1)
        .count();
    let first = specs.iter().take(group).find(|spec| path(spec) > &b"\"os\""[..]);
    match (first, specs.get(group.min(specs.len()).wrapping_sub(1))) {
        (Some(spec), _) => {
            let start = memchr::memrchr(b'\n', &source.text[..spec.start_byte()]).map_or(0, |at| at + 1);
            Edit::insert(start, line)
        }
        (None, Some(last)) => Edit::insert(line_behind(source.text, &last.byte_range()), line),
        (None, None) => Edit::insert(list.start_byte() + 1, format!("{end}{line}")),
    }
}
