//! Python: `import os` stands where the lookup can see it, and `os` means the module everywhere in the file.

use tree_sitter::Node;

use crate::fix::Refusal;
use crate::fix::edit::Edit;
use crate::fix::source::{Source, field_of, parts};

/// Adds the import that lookups from `first` on need.
pub(super) fn finish(source: &Source<'_>, first: usize) -> Result<Option<Edit>, Refusal> {
    let mut is_bound = false;
    source.each(&mut |node| is_bound |= node.kind() == "identifier" && source.text(node) == b"os" && binds(node));
    if is_bound {
        return Err(Refusal::new(
            "`os` is not the module here",
            "import the module under another name and look the variable up there",
        ));
    }
    if has_import(source, first) {
        return Ok(None);
    }
    let (at, is_among_imports) = place(source);
    let end = source.line_end();
    let text = if is_among_imports {
        format!("import os{end}")
    } else {
        format!("import os{end}{end}")
    };
    Ok(Some(Edit::insert(at, text)))
}

/// Tells whether an identifier gives its name another meaning here.
fn binds(node: Node<'_>) -> bool {
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => field_of(node) == Some("left"),
        "default_parameter"
        | "typed_default_parameter"
        | "function_definition"
        | "class_definition"
        | "named_expression" => field_of(node) == Some("name"),
        "aliased_import" => field_of(node) == Some("alias"),
        "dotted_name" => parent
            .parent()
            .is_some_and(|import| import.kind() == "import_from_statement"),
        "parameters"
        | "lambda_parameters"
        | "typed_parameter"
        | "pattern_list"
        | "tuple_pattern"
        | "list_pattern"
        | "list_splat_pattern"
        | "dictionary_splat_pattern"
        | "as_pattern_target"
        | "global_statement"
        | "delete_statement" => true,
        _ => false,
    }
}

/// Tells whether the module is imported at the top level before `first`.
fn has_import(source: &Source<'_>, first: usize) -> bool {
    let is_os = |name: &Node<'_>| {
        let text = source.text(*name);
        name.kind() == "dotted_name" && (text == b"os" || text.starts_with(b"os."))
    };
    parts(source.root())
        .iter()
        .any(|node| node.kind() == "import_statement" && node.end_byte() <= first && parts(*node).iter().any(is_os))
}

/// Finds where an import may stand: behind the docstring and what Python wants first, before everything else.
fn place(source: &Source<'_>) -> (usize, bool) {
    let root = source.root();
    let nodes: Vec<_> = root.named_children(&mut root.walk()).collect();
    let is_text = |node: &Node<'_>| {
        node.kind() == "expression_statement" && node.named_child(0).is_some_and(|child| child.kind() == "string")
    };
    let comes_first =
        |node: &Node<'_>| node.kind() == "comment" || is_text(node) || node.kind() == "future_import_statement";
    let Some(at) = nodes.iter().position(|node| !comes_first(node)) else {
        return (source.text.len(), true);
    };
    if nodes[at].kind().starts_with("import_") {
        return (nodes[at].start_byte(), true);
    }
    (nodes[above_comments(&nodes, at)].start_byte(), false)
}

/// Goes up over the comments that belong to a statement, but not to the top of the file, where others read them.
fn above_comments(nodes: &[Node<'_>], at: usize) -> usize {
    let is_attached = |index: usize| {
        let (above, below) = (nodes[index - 1], nodes[index]);
        above.kind() == "comment" && above.end_position().row + 1 == below.start_position().row
    };
    let mut top = at;
    while top > 0 && is_attached(top) {
        top -= 1;
    }
    if nodes[top].start_position().row < 2 { at } else { top }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fix::edit;
    use crate::fix::source::tests::parsed;

    fn finished(text: &str) -> Result<String, String> {
        let source = parsed("a.py", text);
        let first = text.find("X =").unwrap_or(text.len());
        let edit = finish(&source, first).map_err(|refusal| refusal.what)?;
        let edits: Vec<Edit> = edit.into_iter().collect();
        Ok(String::from_utf8(edit::apply(text.as_bytes(), &edits)).unwrap())
    }

    #[test]
    fn the_import_goes_where_python_allows_it() {
        let before_and_after = [
            ("X = 1\n", "import os\n\nX = 1\n"),
            ("import sys\nX = 1\n", "import os\nimport sys\nX = 1\n"),
            (
                "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nX = 1\n",
                "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nimport os\n\nX = 1\n",
            ),
            (
                "\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n\n# About X.\nX = 1\n",
                "\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n\nimport os\n\n# About X.\nX = 1\n",
            ),
            (
                "def f():\n    import os\nX = 1\n",
                "import os\n\ndef f():\n    import os\nX = 1\n",
            ),
            ("a = 1\r\nX = 1\r\n", "import os\r\n\r\na = 1\r\nX = 1\r\n"),
            ("X = 1\nimport os\n", "import os\n\nX = 1\nimport os\n"),
        ];
        for (before, after) in before_and_after {
            assert_eq!(finished(before).as_deref(), Ok(after));
        }
    }

    #[test]
    fn an_import_that_is_there_is_enough() {
        for text in ["import os\nX = 1\n", "import sys, os.path\nX = f(os=1)\n"] {
            assert_eq!(finished(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_file_in_which_os_means_something_else_is_refused() {
        for text in [
            "os = 1\nX = 1\n",
            "import fake as os\nX = 1\n",
            "from six import os\nX = 1\n",
            "def f(os):\n    pass\nX = 1\n",
        ] {
            assert!(finished(text).unwrap_err().contains("`os` is not the module"), "{text}");
        }
    }
}
