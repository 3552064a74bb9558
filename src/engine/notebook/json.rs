//! Reads the texts out of a notebook's JSON, each byte with its place; everything else is passed over.
//! A reader of its own, for no library tells where in the file a piece of a string stands.

use std::ops::Range;

use crate::engine::decode::Collage;
use crate::engine::notebook::{Kind, Text};

/// How deep values may stand in one another; the texts of a notebook stand at the eighth level.
const DEEPEST: usize = 40;

/// What a value is, by the keys that lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Notebook,
    Cells,
    Cell,
    CellType,
    Source,
    Outputs,
    Printed,
    Other,
}

impl Role {
    /// Returns the role of what an object of this role has under `key`.
    fn under(self, key: &[u8]) -> Self {
        match (self, key) {
            (Self::Notebook, b"worksheets") => Self::Notebook,
            (Self::Notebook, b"cells") => Self::Cells,
            (Self::Cell, b"cell_type") => Self::CellType,
            (Self::Cell, b"source" | b"input") => Self::Source,
            (Self::Cell, b"outputs") => Self::Outputs,
            // A picture's digits are no text.
            (Self::Outputs, b"text" | b"data" | b"traceback" | b"evalue") => Self::Printed,
            (Self::Printed, key) if !key.starts_with(b"image/") => Self::Printed,
            _ => Self::Other,
        }
    }

    /// Returns the role of the elements of an array of this role.
    fn within(self) -> Self {
        if self == Self::Cells { Self::Cell } else { self }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Source | Self::Printed)
    }
}

/// A reader of one notebook. Every reading function returns `None` where the JSON is broken or too deep.
pub(super) struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    cell: u32,
    texts: Vec<Text>,
    /// The text whose strings are being read.
    open: Option<Collage>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            cell: 0,
            texts: Vec::new(),
            open: None,
        }
    }

    /// Returns all texts, as far as the JSON goes.
    pub(super) fn read(mut self) -> Vec<Text> {
        let _ = self.value(Role::Notebook);
        self.texts
    }

    fn value(&mut self, role: Role) -> Option<()> {
        let byte = self.peek()?;
        let role = match byte {
            b'"' | b'[' if role.is_text() && self.open.is_none() => return self.whole_text(role),
            // What stands deeper in a text is data of its own.
            b'{' | b'[' if self.open.is_some() => Role::Other,
            _ => role,
        };
        match byte {
            b'{' => self.nested(role, Self::object),
            b'[' => self.nested(role, Self::array),
            b'"' => self.string(role).map(drop),
            _ => self.scalar(),
        }
    }

    /// Reads a string, or an array of the lines of one.
    fn whole_text(&mut self, role: Role) -> Option<()> {
        let start = self.at;
        self.open = Some(Collage::default());
        let read = match self.peek()? {
            b'[' => self.nested(role, Self::array),
            _ => self.string(role).map(drop),
        };
        let content = self.open.take()?;
        if !content.bytes().is_empty() {
            self.texts.push(Text {
                cell: self.cell,
                kind: if role == Role::Source { Kind::Code } else { Kind::Output },
                ends: memchr::memchr_iter(b'\n', content.bytes())
                    .map(|end| content.origin(end))
                    .collect(),
                content,
                span: start..self.at,
            });
        }
        read
    }

    fn nested(&mut self, role: Role, read: fn(&mut Self, Role) -> Option<()>) -> Option<()> {
        self.depth += 1;
        self.at += 1;
        (self.depth <= DEEPEST).then(|| read(self, role)).flatten()?;
        self.depth -= 1;
        Some(())
    }

    fn array(&mut self, role: Role) -> Option<()> {
        while self.peek()? != b']' {
            self.value(role.within())?;
            self.skip_comma()?;
        }
        self.at += 1;
        Some(())
    }

    fn object(&mut self, role: Role) -> Option<()> {
        let first = self.texts.len();
        self.cell += u32::from(role == Role::Cell);
        let mut is_prose = false;
        while self.peek()? != b'}' {
            let key = self.string(Role::Other)?;
            (self.peek()? == b':').then(|| self.at += 1)?;
            let role = role.under(&self.text[key]);
            let start = self.at;
            self.value(role)?;
            let is_code = self.text[start..self.at].trim_ascii() == b"\"code\"";
            is_prose |= role == Role::CellType && !is_code;
            self.skip_comma()?;
        }
        self.at += 1;
        let sources = self.texts[first..]
            .iter_mut()
            .filter(|text| is_prose && text.kind == Kind::Code);
        sources.for_each(|text| text.kind = Kind::Prose);
        Some(())
    }

    /// Reads a string, into the open text if its role is that of one, and returns where it stands.
    fn string(&mut self, role: Role) -> Option<Range<usize>> {
        (self.peek()? == b'"').then_some(())?;
        let start = self.at + 1;
        let mut content = self.open.take_if(|_| role.is_text());
        let mut at = start;
        let end = loop {
            let stop = at + memchr::memchr2(b'"', b'\\', &self.text[at..])?;
            if let Some(content) = &mut content {
                content.copy(self.text, at..stop);
            }
            if self.text[stop] == b'"' {
                break stop;
            }
            let (char, len) = escape(&self.text[stop..])?;
            if let Some(content) = &mut content {
                content.put(char.encode_utf8(&mut [0; 4]).as_bytes(), stop);
            }
            at = stop + len;
        };
        if content.is_some() {
            self.open = content;
        }
        self.at = end + 1;
        Some(start..end)
    }

    /// Passes over a number or a word.
    fn scalar(&mut self) -> Option<()> {
        let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let len = self.text[self.at..].iter().take_while(|byte| is_scalar(byte)).count();
        self.at += len;
        (len > 0).then_some(())
    }

    fn skip_comma(&mut self) -> Option<()> {
        self.at += usize::from(self.peek()? == b',');
        Some(())
    }

    /// Returns the next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..)?;
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.get(self.at).copied()
    }
}

/// Reads an escape: the character that it stands for, and how long it is. Half a pair of surrogates is a question mark.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let plain = |char: char| Some((char, 2));
    match rest.get(1)? {
        b'n' => plain('\n'),
        b't' => plain('\t'),
        b'r' => plain('\r'),
        b'b' => plain('\u{8}'),
        b'f' => plain('\u{c}'),
        b'u' => {
            let digits = str::from_utf8(rest.get(2..6)?).ok()?;
            let number = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(number).unwrap_or('?'), 6))
        }
        &byte => plain(char::from(byte)),
    }
}
