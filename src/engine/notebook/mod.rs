//! Notebooks: JSON in which people write programs, cell by cell, and in which what these print is kept.
//!
//! The file itself is searched like any other; beside that each cell's text is put together as its author saw it, so
//! that no `\"` and no line of its own hides a value, and is read as what it is: code, commands of a shell, prose, or
//! what a program printed.

mod json;

use std::ops::Range;

use bstr::BStr;

use crate::engine::assignment::Syntax;
use crate::engine::decode::{Collage, Layer};
use crate::model::Cell;

use json::Reader;

/// A text in a notebook.
#[derive(Debug)]
struct Text {
    /// The number of its cell, from 1.
    cell: u32,
    kind: Kind,
    content: Collage,
    /// Where its lines end in the file.
    ends: Vec<usize>,
    /// Where it stands in the file.
    span: Range<usize>,
}

/// What a text in a notebook is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Prose,
    Output,
}

/// The texts of a notebook, in the order in which they stand.
#[derive(Debug)]
pub(super) struct Notebook {
    texts: Vec<Text>,
}

/// Tells whether a path names a notebook.
pub(super) fn is_notebook(path: &BStr) -> bool {
    path.ends_with(b".ipynb")
}

impl Notebook {
    /// Reads what can be read: of a notebook that is cut off, everything before.
    pub(super) fn read(text: &[u8]) -> Self {
        Self {
            texts: Reader::new(text).read(),
        }
    }

    /// Returns what there is to search, with the syntax that it is written in.
    pub(super) fn layers(&self) -> Vec<(Layer, Syntax)> {
        let (mut code, mut shell, mut prose) = (Page::default(), Page::default(), Page::default());
        for text in &self.texts {
            let all = 0..text.content.bytes().len();
            match text.kind {
                Kind::Code if is_script(text.content.bytes()) => shell.add(text, all),
                Kind::Code => {
                    commands(text.content.bytes()).for_each(|line| shell.add(text, line));
                    code.add(text, all);
                }
                Kind::Prose | Kind::Output => prose.add(text, all),
            }
        }
        let pages = [(code, Syntax::Code), (shell, Syntax::Shell), (prose, Syntax::Text)];
        let layers = pages
            .into_iter()
            .map(|(page, syntax)| (page.content.finish(page.end), syntax));
        layers.filter(|(layer, _)| !layer.bytes.is_empty()).collect()
    }

    /// Tells in which cell the byte at `offset` of the file stands, and in which of its lines.
    pub(super) fn cell(&self, offset: usize) -> Option<Cell> {
        let next = self.texts.partition_point(|text| text.span.start <= offset);
        let text = self.texts[..next].last().filter(|text| text.span.contains(&offset))?;
        let before = text.ends.partition_point(|&end| end < offset);
        Some(Cell {
            number: text.cell,
            line: u32::try_from(before + 1).unwrap_or(u32::MAX),
            is_output: text.kind == Kind::Output,
        })
    }
}

/// Texts of one syntax, one below the other.
#[derive(Debug, Default)]
struct Page {
    content: Collage,
    /// Where the last of them ends in the file.
    end: usize,
}

impl Page {
    fn add(&mut self, text: &Text, span: Range<usize>) {
        self.content.append(&text.content, span);
        self.content.put(b"\n\n", text.span.end);
        self.end = text.span.end;
    }
}

/// Tells whether a whole cell is a script of a shell.
fn is_script(code: &[u8]) -> bool {
    let line = code.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let shells: [&[u8]; 5] = [b"%%bash", b"%%sh", b"%%script", b"%%cmd", b"%%system"];
    shells.iter().any(|shell| line.starts_with(shell))
}

/// Returns the lines that are commands: `!export NAME=value`, `%env NAME=value`.
fn commands(code: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let lines = code.split_inclusive(|&byte| byte == b'\n').map(move |line| {
        start += line.len();
        (start - line.len()..start, line)
    });
    let is_command = |line: &[u8]| matches!(line.trim_ascii_start().first(), Some(b'!' | b'%'));
    lines.filter(move |(_, line)| is_command(line)).map(|(span, _)| span)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTEBOOK: &str = r##"{
 "cells": [
  {"cell_type": "markdown", "source": ["# Title\n", "text"]},
  {"outputs": [{"data": {"image/png": "iVBO", "text/plain": ["a\n", "b\u00e9"]}, "name": "stdout"}],
   "source": ["x = \"y\"\n", "!export A=b\n", "z"], "cell_type": "code"},
  {"source": "one\ntwo", "cell_type": "code", "metadata": {"source": "no"}}
 ], "nbformat": 4
}"##;

    fn texts(notebook: &str) -> Vec<(u32, Kind, String)> {
        let texts = Notebook::read(notebook.as_bytes()).texts.into_iter();
        let told = |text: Text| {
            (
                text.cell,
                text.kind,
                String::from_utf8(text.content.bytes().to_vec()).unwrap(),
            )
        };
        texts.map(told).collect()
    }

    #[test]
    fn each_cell_is_read_as_its_author_saw_it() {
        let expected = [
            (1, Kind::Prose, "# Title\ntext"),
            (2, Kind::Output, "a\nb\u{e9}"),
            (2, Kind::Code, "x = \"y\"\n!export A=b\nz"),
            (3, Kind::Code, "one\ntwo"),
        ];
        let read = texts(NOTEBOOK);
        let read: Vec<_> = read
            .iter()
            .map(|(cell, kind, text)| (*cell, *kind, text.as_str()))
            .collect();
        assert_eq!(read, expected);
    }

    #[test]
    fn the_notebooks_of_ten_years_ago_are_read() {
        let old =
            r#"{"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1"], "outputs": [{"text": "1"}]}]}]}"#;
        assert_eq!(texts(old).len(), 2);
    }

    #[test]
    fn a_place_in_the_file_is_told_by_cell_and_line() {
        let notebook = Notebook::read(NOTEBOOK.as_bytes());
        let place = |text: &str| {
            notebook
                .cell(NOTEBOOK.find(text).unwrap())
                .map(|cell| (cell.number, cell.line, cell.is_output))
        };
        assert_eq!(place("export"), Some((2, 2, false)));
        assert_eq!(place("two"), Some((3, 2, false)));
        assert_eq!(place("b\\u00e9"), Some((2, 2, true)));
        assert_eq!(place("nbformat"), None);
    }

    #[test]
    fn commands_are_read_as_those_of_a_shell() {
        let layers = Notebook::read(NOTEBOOK.as_bytes()).layers();
        let shell = layers.iter().find(|(_, syntax)| *syntax == Syntax::Shell).unwrap();
        assert_eq!(shell.0.bytes, b"!export A=b\n\n\n");
        let span = shell.0.origin(&(8..11));
        assert_eq!(&NOTEBOOK[span], "A=b");
    }

    #[test]
    fn what_is_no_notebook_or_is_cut_off_is_read_as_far_as_it_goes() {
        assert!(texts("").is_empty() && texts("nothing").is_empty() && texts(&"[".repeat(100_000)).is_empty());
        assert!(texts(&"{\"cells\":".repeat(100_000)).is_empty());
        assert_eq!(texts(&NOTEBOOK[..NOTEBOOK.find("\\n\", \"z").unwrap()]).len(), 2);
    }
}
