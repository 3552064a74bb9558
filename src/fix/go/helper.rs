//! The function that lookups call, once in a package, and the import that it needs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::edit::Edit;
use crate::fix::go::package;
use crate::fix::source::{Source, children, field_of, parts};

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

/// Adds the function that lookups call, and the import that it needs.
///
/// `planned` are the files that will have changed by then.
pub(in crate::fix) fn finish(source: &Source<'_>, planned: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<Edit>, Refusal> {
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
