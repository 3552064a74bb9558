//! Floor 1: files of names and values (`.env` and its kin), read as documents.
//!
//! A document keeps where everything stands, so that one value can be changed and nothing else: comments, order,
//! quotes, line ends and even nonsense stay as they are. It judges nothing: what is a secret is asked of the engine.

mod dotenv;
mod literal;

use std::ops::Range;

use bstr::{BStr, BString, ByteSlice};

/// How a file of names and values is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// `NAME=value`, as in `.env`.
    Dotenv,
    /// `NAME = "value"` in `secrets.py`.
    Python,
    /// `name = "value"` under `[sections]`, as in `.streamlit/secrets.toml`.
    Toml,
    /// `name = "value"`, as in `terraform.tfvars`.
    Terraform,
}

impl Syntax {
    /// Tells the syntax by a file's name, what makes a template of it (`.example`, …) left out.
    pub fn of(path: &BStr) -> Self {
        let name = path.rsplit_str("/").next().unwrap_or_default().to_ascii_lowercase();
        let has = |ending: &str| name.ends_with_str(ending) || name.contains_str(format!("{ending}."));
        match () {
            () if has(".tfvars") => Self::Terraform,
            () if has(".toml") => Self::Toml,
            () if has(".py") => Self::Python,
            () => Self::Dotenv,
        }
    }
}

/// A file of names and values.
#[derive(Debug, Clone)]
pub struct Document<'t> {
    text: &'t [u8],
    /// How it is written.
    pub syntax: Syntax,
    /// What stands in it, in order and without gaps behind a byte order mark.
    ///
    /// In a dotenv file an item is a line, or the lines of one value; elsewhere it is a value or a comment, and what
    /// lies between the items is code that holds no literal.
    pub items: Vec<Item>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands; a line with its end.
    pub span: Range<usize>,
    /// The line in which it begins, 1-based.
    pub line: u32,
    /// What it is.
    pub what: What,
}

/// What a part of a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Blanks.
    Blank,
    /// A comment.
    Comment,
    /// A name with its value.
    Entry(Entry),
    /// Anything else, perhaps the rest of a broken value: never to be shown or copied.
    Other,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, or nothing where the value has none of its own.
    pub name: Range<usize>,
    /// The name of the section that it stands in.
    pub section: Option<Range<usize>>,
    /// The value with its quotes.
    pub raw: Range<usize>,
    /// The value without its quotes, escapes as they are written.
    pub value: Range<usize>,
    /// The comment behind the value, with its sign.
    pub comment: Option<Range<usize>>,
    /// True when it is commented out: `# NAME=value`.
    pub is_disabled: bool,
}

impl<'t> Document<'t> {
    /// Reads a file; whatever is in it, this succeeds.
    pub fn read(text: &'t [u8], syntax: Syntax) -> Self {
        let items = match syntax {
            Syntax::Dotenv => dotenv::read(text),
            other => literal::read(text, other),
        };
        Self { text, syntax, items }
    }

    /// Returns the whole text.
    pub fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Returns the text at a place.
    pub fn at(&self, span: &Range<usize>) -> &'t BStr {
        self.text[span.clone()].as_bstr()
    }

    /// Returns the entries with the lines in which they stand, those that are commented out included.
    pub fn all_entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        self.items.iter().filter_map(|item| match &item.what {
            What::Entry(entry) => Some((item.line, entry)),
            _ => None,
        })
    }

    /// Returns the entries in force, with the lines in which they stand.
    pub fn entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        self.all_entries().filter(|(_, entry)| !entry.is_disabled)
    }

    /// Returns the entry in force for a name as [`Document::name_of`] gives it: the last one, as every reader has it.
    pub fn get(&self, name: &BStr) -> Option<&Entry> {
        let entries = self.entries().map(|(_, entry)| entry);
        entries.filter(|entry| self.name_of(entry) == name).last()
    }

    /// Returns the name of an entry, its section before it: `db.password`.
    pub fn name_of(&self, entry: &Entry) -> BString {
        let name = self.at(&entry.name);
        match &entry.section {
            None => name.into(),
            Some(section) => [self.at(section).as_bytes(), b".", name].concat().into(),
        }
    }

    /// Returns how the file ends its lines; one without a line end gets `\n`.
    pub fn line_end(&self) -> &'static [u8] {
        match self.text.find_byte(b'\n') {
            Some(at) if at > 0 && self.text[at - 1] == b'\r' => b"\r\n",
            _ => b"\n",
        }
    }
}

/// The bytes that some editors put before everything else.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Returns where a text begins behind its byte order mark.
fn start(text: &[u8]) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Returns where the blanks end that begin at `at`.
fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..]
        .iter()
        .take_while(|&&byte| is_blank(byte))
        .count()
}

/// Returns where the line ends that `at` stands in, its line end included.
fn line_end(text: &[u8], at: usize) -> usize {
    text[at..].find_byte(b'\n').map_or(text.len(), |end| at + end + 1)
}

/// Takes blanks and line ends off the end of a span.
fn trim_end(text: &[u8], span: Range<usize>) -> Range<usize> {
    let len = text[span.clone()].trim_ascii_end().len();
    span.start..span.start + len
}
