//! A parsed file, and the questions that are asked of its nodes.

use std::cell::OnceCell;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::ByteSlice;
use tree_sitter::{Node, Parser, Query, QueryCursor, StreamingIterator, Tree};

use crate::fix::fallback::{self, Fallback};
use crate::fix::language::Language;
use crate::fix::{Refusal, edit};
use crate::git::special;

/// A file in a language that is known, parsed without an error.
pub(super) struct Source<'t> {
    /// Where it lies on disk.
    pub(super) place: &'t Path,
    pub(super) text: &'t [u8],
    pub(super) language: &'static Language,
    tree: Tree,
    fallbacks: OnceCell<Vec<Fallback>>,
}

impl<'t> Source<'t> {
    /// Parses a file; one that its grammar does not understand in every place is refused.
    pub(super) fn parse(place: &'t Path, text: &'t [u8], language: &'static Language) -> Result<Self, Refusal> {
        let tree = tree_of(text, language).ok_or_else(|| not_parsed(language, None))?;
        match first_error(tree.root_node()) {
            Some(error) => Err(not_parsed(language, Some(error.start_position().row + 1))),
            None => Ok(Self {
                place,
                text,
                language,
                tree,
                fallbacks: OnceCell::new(),
            }),
        }
    }

    /// Returns the literals that lookups fall back on.
    pub(super) fn fallbacks(&self) -> &[Fallback] {
        self.fallbacks.get_or_init(|| fallback::all(self))
    }

    /// Returns the node around the whole file.
    pub(super) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// Returns how the lines of the file end.
    pub(super) fn line_end(&self) -> &'static str {
        edit::line_end(self.text)
    }

    /// Returns the other files of this ending in the same folder, by name.
    pub(super) fn neighbours(&self, ending: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = self.place.parent().and_then(|folder| fs::read_dir(folder).ok());
        let paths = folder
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let mut files: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|found| found == ending) && path != self.place)
            .collect();
        files.sort();
        files
            .into_iter()
            .filter_map(|path| Some((path.clone(), special::read(&path).ok()?)))
            .collect()
    }

    /// Returns a node's text.
    pub(super) fn text(&self, node: Node<'_>) -> &'t [u8] {
        &self.text[node.byte_range()]
    }

    /// Returns the first node around `span` that satisfies `wanted`, from the inside out.
    pub(super) fn around(&self, span: &Range<usize>, wanted: impl Fn(Node<'_>) -> bool) -> Option<Node<'_>> {
        let first = self.root().descendant_for_byte_range(span.start, span.end)?;
        upwards(first).find(|node| wanted(*node))
    }

    /// Calls `visit` with every node.
    pub(super) fn each<'a>(&'a self, visit: &mut dyn FnMut(Node<'a>)) {
        let mut open = vec![self.root()];
        while let Some(node) = open.pop() {
            visit(node);
            open.extend(children(node));
        }
    }

    /// Returns the nodes that satisfy `wanted`.
    pub(super) fn nodes(&self, wanted: impl Fn(Node<'_>) -> bool) -> Vec<Node<'_>> {
        let mut nodes = Vec::new();
        self.each(&mut |node| {
            if wanted(node) {
                nodes.push(node);
            }
        });
        nodes
    }

    /// Returns, for each match of a query, the nodes of the named captures.
    pub(super) fn matches<'a>(&'a self, query: &str) -> Vec<Vec<(String, Node<'a>)>> {
        let Ok(query) = Query::new(&self.language.grammar.tables(), query) else {
            return Vec::new();
        };
        let names = query.capture_names();
        let mut cursor = QueryCursor::new();
        let mut matches = cursor.matches(&query, self.root(), self.text);
        let mut found = Vec::new();
        while let Some(one) = matches.next() {
            let capture =
                |capture: &tree_sitter::QueryCapture<'a>| (names[capture.index as usize].to_owned(), capture.node);
            found.push(one.captures.iter().map(capture).collect());
        }
        found
    }
}

fn tree_of(text: &[u8], language: &Language) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&language.grammar.tables()).ok()?;
    parser.parse(text, None)
}

fn not_parsed(language: &Language, line: Option<usize>) -> Refusal {
    let place = line.map(|line| format!(" at line {line}")).unwrap_or_default();
    Refusal::new(
        format!("the file does not parse as {}{place}", language.name),
        "mend the file first, or move the value by hand",
    )
}

/// Finds the first place that the grammar did not understand.
fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    if !root.has_error() {
        return None;
    }
    let mut node = root;
    while !node.is_error() && !node.is_missing() {
        match children(node)
            .into_iter()
            .find(|child| child.has_error() || child.is_missing())
        {
            Some(child) => node = child,
            None => break,
        }
    }
    Some(node)
}

/// Returns a node and all those around it, from the inside out.
pub(super) fn upwards(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::successors(Some(node), Node::parent)
}

/// Returns the children of a node.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.children(&mut node.walk()).collect()
}

/// Returns the children of a node that are more than punctuation, comments left out.
pub(super) fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut parts: Vec<_> = node.named_children(&mut node.walk()).collect();
    parts.retain(|part| !part.kind().contains("comment"));
    parts
}

/// Returns which field of its parent a node is.
pub(super) fn field_of(node: Node<'_>) -> Option<&'static str> {
    let parent = node.parent()?;
    let index = children(parent).iter().position(|child| *child == node)?;
    parent.field_name_for_child(u32::try_from(index).ok()?)
}

/// Returns the last word of a text: of `self.api_key` that is `api_key`, of `cfg["token"]` it is `token`.
pub(super) fn last_word(text: &[u8]) -> Option<String> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'-';
    let end = text.iter().rposition(is_word)? + 1;
    let start = text[..end]
        .iter()
        .rposition(|byte| !is_word(byte))
        .map_or(0, |at| at + 1);
    let word = text[start..end].to_str().ok()?.trim_matches('-');
    (!word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Parses a text by the name of its file.
    pub(crate) fn parsed<'t>(path: &'t str, text: &'t str) -> Source<'t> {
        let language = Language::of(path.into(), text.as_bytes()).unwrap();
        Source::parse(Path::new(path), text.as_bytes(), language).unwrap_or_else(|refusal| panic!("{refusal:?}"))
    }

    #[test]
    fn a_file_with_an_error_in_it_is_refused_with_its_line() {
        let text = "a = 1\nb = (\n";
        let language = Language::of("a.py".into(), b"").unwrap();
        let refusal = Source::parse(Path::new("a.py"), text.as_bytes(), language)
            .err()
            .unwrap();
        assert!(refusal.what.contains("does not parse as Python at line"), "{refusal:?}");
    }

    #[test]
    fn the_last_word_names_a_place() {
        for (text, word) in [
            ("self.api_key", "api_key"),
            ("cfg[\"token\"]", "token"),
            ("'x-api-key'", "x-api-key"),
        ] {
            assert_eq!(last_word(text.as_bytes()).as_deref(), Some(word));
        }
        assert_eq!(last_word(b"()"), None);
    }
}
