//! Floor 1: where code reads a variable of its environment, and what it does when there is none.
//!
//! Found by shape, language by language, and not by running or parsing anything: what is read through a name that the
//! program puts together itself is not seen, and whoever concludes something from this must not claim more.

mod compose;
mod language;
mod need;
mod platform;
mod pydantic;

use std::ops::Range;

use bstr::{BStr, BString, ByteSlice};

pub use language::{Language, is_aside};
pub use need::{Fallback, Need};
pub use platform::{is_library, is_platform};

/// A place where a variable is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The variable's name; in Streamlit the path in `secrets.toml`: `db.password`.
    pub name: BString,
    /// The line, 1-based.
    pub line: u32,
    /// What the code does when there is none.
    pub need: Need,
    /// By what it is read.
    pub language: Language,
}

/// Finds every lookup in a file, in the order in which they stand.
pub fn find(path: &BStr, text: &[u8]) -> Vec<Lookup> {
    let Some(language) = Language::of(path, text) else {
        return Vec::new();
    };
    let mut found: Vec<(usize, BString, Need, Language)> = match language {
        Language::Compose => compose::find(text),
        language => language.find(text),
    };
    if language == Language::Python {
        found.extend(pydantic::find(text));
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    found.dedup_by(|a, b| a.0 == b.0 && a.1 == b.1);
    number(text, found)
}

fn number(text: &[u8], found: Vec<(usize, BString, Need, Language)>) -> Vec<Lookup> {
    let (mut line, mut counted) = (1, 0);
    let lookup = |(at, name, need, language): (usize, BString, Need, Language)| {
        let more = text[counted..at].iter().filter(|&&byte| byte == b'\n').count();
        line += u32::try_from(more).unwrap_or(0);
        counted = at;
        Lookup {
            name,
            line,
            need,
            language,
        }
    };
    found.into_iter().map(lookup).collect()
}

/// Returns the text of the line before a place.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let start = text[..at].rfind_byte(b'\n').map_or(0, |end| end + 1);
    &text[start..at]
}

/// Returns the rest of a call from behind one of its arguments to its closing bracket, brackets inside skipped.
fn rest_of_call(text: &[u8], at: usize) -> Range<usize> {
    const LONGEST: usize = 400;
    let (mut depth, mut quote) = (0_usize, None);
    let end = text.len().min(at + LONGEST);
    for place in at..end {
        match (quote, text[place]) {
            (Some(open), byte) if byte == open && text[place - 1] != b'\\' => quote = None,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth == 0 => return at..place,
            (None, b')' | b']' | b'}') => depth -= 1,
            _ => {}
        }
    }
    at..end
}
