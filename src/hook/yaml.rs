//! Just enough of YAML's layout to put lines into a person's file: lines, their indents and the blocks they make.
//!
//! It reads block style only. Whoever asks for a key written in another style gets `None`, and then nothing is written.

use std::ops::Range;

/// A text as lines, each with its own line end.
#[derive(Debug)]
pub(super) struct Yaml<'a> {
    lines: Vec<&'a str>,
}

impl<'a> Yaml<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            lines: text.split_inclusive('\n').collect(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.lines.iter().copied()
    }

    pub(super) fn lines_of(&self, block: Range<usize>) -> impl Iterator<Item = &'a str> {
        self.lines[block].iter().copied()
    }

    /// Finds the line `name:` with nothing behind it but a comment.
    pub(super) fn key(&self, name: &str, mut within: Range<usize>, indent: usize) -> Option<usize> {
        within.find(|&at| {
            let rest = self.lines[at]
                .trim()
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix(':'));
            let is_bare = rest.is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with('#'));
            is_bare && self.indent(at) == Some(indent)
        })
    }

    /// Returns the lines that belong to the key at `key`.
    pub(super) fn block(&self, key: usize, indent: usize) -> Range<usize> {
        self.belonging(key, |_, own| own > indent)
    }

    /// Returns the lines of the list that belongs to the key at `key`; its dashes may stand right under the key.
    pub(super) fn list(&self, key: usize, indent: usize) -> Range<usize> {
        let dashed = |at: usize, own| own == indent && self.lines[at].trim_start().starts_with("- ");
        self.belonging(key, |at, own| own > indent || dashed(at, own))
    }

    /// Returns the indent of the first line that says anything.
    pub(super) fn indent_in(&self, block: Range<usize>) -> Option<usize> {
        block.into_iter().find_map(|at| self.indent(at))
    }

    /// Returns the line after the last one in the block that says anything.
    pub(super) fn end_of(&self, block: Range<usize>) -> usize {
        let last = block.clone().rev().find(|&at| !self.is_empty(at));
        last.map_or(block.start, |at| at + 1)
    }

    /// Returns the text with lines put in before the line `at`.
    pub(super) fn with(&self, at: usize, entry: &[String]) -> String {
        let end = self.line_end();
        let mut text: String = self.lines[..at].concat();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(end);
        }
        for line in entry {
            text.push_str(line);
            text.push_str(end);
        }
        text + &self.lines[at..].concat()
    }

    /// Returns the text with a block of its own at the end, an empty line before it.
    pub(super) fn with_block_at_end(&self, block: &str) -> String {
        let gap = self.lines.last().is_some_and(|line| !line.trim().is_empty());
        let lines = gap
            .then(String::new)
            .into_iter()
            .chain(block.lines().map(str::to_owned));
        self.with(self.len(), &lines.collect::<Vec<_>>())
    }

    fn belonging(&self, key: usize, belongs: impl Fn(usize, usize) -> bool) -> Range<usize> {
        let start = key + 1;
        let ends = |&at: &usize| self.indent(at).is_some_and(|own| !belongs(at, own));
        start..(start..self.len()).find(ends).unwrap_or(self.len())
    }

    /// Empty lines and comments have no indent: they may stand anywhere.
    fn indent(&self, at: usize) -> Option<usize> {
        let line = self.lines[at];
        (!self.is_empty(at)).then(|| line.len() - line.trim_start_matches(' ').len())
    }

    fn is_empty(&self, at: usize) -> bool {
        let line = self.lines[at].trim();
        line.is_empty() || line.starts_with('#')
    }

    fn line_end(&self) -> &'static str {
        match self.lines.first() {
            Some(line) if line.ends_with("\r\n") => "\r\n",
            _ => "\n",
        }
    }
}
