//! Undoes percent signs, `\u0041` and `\x41`, and HTML's numbers, where a text is full of them.
//!
//! The prefilter reports where an escape stands that a name and a value could hide behind; this looks at what is
//! around it. Only what becomes plain ASCII is undone: nothing else changes what can be recognised.

use std::ops::Range;

use crate::engine::decode::Layer;
use crate::engine::decode::map::{Map, Piece};
use crate::engine::radix;

/// A way to write a character by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Escape {
    /// `%3D`
    Percent,
    /// `\u003d`, `\x3d`
    Backslash,
    /// `&#61;`, `&#x3d;`, `&quot;`
    Entity,
}

impl Escape {
    /// Returns the escape that one of [`MARKS`](crate::rules::MARKS) tells of.
    pub(in crate::engine) fn of_mark(mark: &str) -> Self {
        match mark.as_bytes().first() {
            Some(b'%') => Self::Percent,
            Some(b'&') => Self::Entity,
            _ => Self::Backslash,
        }
    }
}

/// An escape in a text: its end so far as its mark tells it.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Mark {
    /// Which one.
    pub(in crate::engine) escape: Escape,
    /// Just after the mark.
    pub(in crate::engine) end: usize,
}

/// How far around a mark to look.
pub(in crate::engine) const REACH: usize = 4096;

/// The places around escapes, undone.
#[derive(Debug)]
pub(super) struct Regions<'t> {
    text: &'t [u8],
    marks: std::vec::IntoIter<Mark>,
    /// The end of the last region of each kind: no byte is undone twice.
    done: [usize; 3],
}

impl<'t> Regions<'t> {
    pub(super) fn new(text: &'t [u8], marks: Vec<Mark>) -> Self {
        Self {
            text,
            marks: marks.into_iter(),
            done: [0; 3],
        }
    }

    /// Undoes the next region.
    pub(super) fn next(&mut self) -> Option<Layer> {
        loop {
            let mark = self.marks.next()?;
            let done = &mut self.done[mark.escape as usize];
            if mark.end <= *done {
                continue;
            }
            let region = around(self.text, mark, *done);
            *done = region.end;
            let layer = undo(&self.text[region.clone()], region.start, mark.escape);
            if layer.is_some() {
                return layer;
            }
        }
    }
}

/// Returns what belongs to an escape: its word, or its line.
fn around(text: &[u8], mark: Mark, done: usize) -> Range<usize> {
    let ends = |byte: u8| match mark.escape {
        Escape::Percent => matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b'"' | b'\'' | b'<' | b'>' | b'`'),
        Escape::Backslash | Escape::Entity => byte == b'\n',
    };
    let before = &text[done.max(mark.end.saturating_sub(REACH))..mark.end];
    let after = &text[mark.end..text.len().min(mark.end + REACH)];
    let start = before.iter().rev().position(|&byte| ends(byte)).unwrap_or(before.len());
    let end = after.iter().position(|&byte| ends(byte)).unwrap_or(after.len());
    mark.end - start..mark.end + end
}

/// Reads one escape: the byte that it stands for, and how long it is.
type Reader = fn(&[u8]) -> Option<(u8, usize)>;

/// Undoes the escapes of one kind; `None` when there are none.
fn undo(text: &[u8], offset: usize, escape: Escape) -> Option<Layer> {
    let (sign, read): (u8, Reader) = match escape {
        Escape::Percent => (b'%', percent),
        Escape::Backslash => (b'\\', backslash),
        Escape::Entity => (b'&', entity),
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = vec![Piece { decoded: 0, at: offset }];
    let mut at = 0;
    for sign in memchr::memchr_iter(sign, text) {
        let Some((byte, len)) = text.get(sign..).filter(|_| sign >= at).and_then(read) else {
            continue;
        };
        bytes.extend_from_slice(&text[at..sign]);
        pieces.push(Piece {
            decoded: bytes.len(),
            at: offset + sign,
        });
        bytes.push(byte);
        at = sign + len;
        pieces.push(Piece {
            decoded: bytes.len(),
            at: offset + at,
        });
    }
    if at == 0 {
        return None;
    }
    bytes.extend_from_slice(&text[at..]);
    pieces.push(Piece {
        decoded: bytes.len(),
        at: offset + text.len(),
    });
    let map = Map::Bytes(pieces);
    Some(Layer { bytes, map })
}

/// Reads `%3D`.
fn percent(text: &[u8]) -> Option<(u8, usize)> {
    hex(text.get(1..3)?).map(|byte| (byte, 3))
}

fn backslash(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [_, b'u', b'0', b'0', high, low, ..] => hex(&[*high, *low]).map(|byte| (byte, 6)),
        [_, b'x', high, low, ..] => hex(&[*high, *low]).map(|byte| (byte, 4)),
        _ => None,
    }
}

fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let end = text.iter().take(8).position(|&byte| byte == b';')?;
    let byte = match &text[1..end] {
        b"quot" => b'"',
        b"apos" => b'\'',
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        [b'#', b'x' | b'X', digits @ ..] => hex(digits)?,
        [b'#', digits @ ..] => str::from_utf8(digits)
            .ok()?
            .parse()
            .ok()
            .filter(|&byte| is_plain(byte))?,
        _ => return None,
    };
    Some((byte, end + 1))
}

/// Reads two hex digits that stand for a printable character or a line end.
fn hex(digits: &[u8]) -> Option<u8> {
    let &[high, low] = digits else { return None };
    let byte = radix::digit16(high)? << 4 | radix::digit16(low)?;
    is_plain(byte).then_some(byte)
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')
}

/// Finds the marks as the prefilter would.
#[cfg(any(test, fuzzing))]
pub(in crate::engine) fn marks(text: &[u8]) -> Vec<Mark> {
    let lower = text.to_ascii_lowercase();
    let mut marks = Vec::new();
    for end in 0..=text.len() {
        let ended = crate::rules::MARKS
            .iter()
            .filter(|mark| lower[..end].ends_with(mark.as_bytes()));
        let escapes = ended.map(|mark| Escape::of_mark(mark));
        marks.extend(escapes.map(|escape| Mark { escape, end }));
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_becomes_ascii_is_undone() {
        assert_eq!(backslash(b"\\u003dx"), Some((b'=', 6)));
        assert_eq!(backslash(b"\\u00e9"), None);
        assert_eq!(backslash(b"\\x00"), None);
        assert_eq!(entity(b"&#233;"), None);
        assert_eq!(entity(b"&nbsp;"), None);
        assert_eq!(percent(b"%d"), None);
    }

    #[test]
    fn no_byte_is_undone_twice() {
        let text = "%3d".repeat(20_000);
        let ends = (3..=text.len()).step_by(3);
        let escape = Escape::Percent;
        let mut regions = Regions::new(text.as_bytes(), ends.map(|end| Mark { escape, end }).collect());
        let mut total = 0;
        while let Some(layer) = regions.next() {
            total += layer.bytes.len();
        }
        assert!(total <= text.len(), "{total}");
    }
}
