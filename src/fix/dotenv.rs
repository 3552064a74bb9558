//! Writes a value into `.env` so that every reader reads the same bytes back, and knows what stands there already.
//!
//! Five readers were compared: python-dotenv, node's dotenv, the parser of docker compose, `sh`, and our own. They
//! agree on three forms and on nothing else:
//!
//! * **bare**, of letters, digits and `_ . / : @ % + , = -`;
//! * **in single quotes**, where all of them take every byte as it is but for the quote itself and, in some, a
//!   backslash before a quote or another backslash. python-dotenv puts variables in even here, so `${` is out;
//! * **in double quotes** for a value with a single quote and without `"`, `$`, a backtick or a backslash.
//!
//! A value that fits none of them is refused. `docker run --env-file` is no such reader: it keeps quotes as they are.

use bstr::{BStr, ByteSlice};

use crate::envfile::{Document, Entry, Syntax};
use crate::fix::Refusal;
use crate::model::Secret;

/// Returns the text behind the `=` that all readers take for `value`.
///
/// # Errors
/// When there is no such text.
pub fn form(value: &[u8]) -> Result<Vec<u8>, Refusal> {
    let has = |mark: &str| value.contains_str(mark);
    let text = str::from_utf8(value).map_err(|_| unwritable("it is no text"))?;
    if text.is_empty() {
        return Err(unwritable("it is empty"));
    }
    if text.chars().any(is_unreadable) {
        return Err(unwritable("it holds control characters"));
    }
    if value.iter().all(|&byte| is_bare(byte)) {
        return Ok(value.to_vec());
    }
    let quoted = |quote: &[u8]| [quote, value, quote].concat();
    if !has("'") {
        return match () {
            () if has("${") => Err(unwritable("python-dotenv would put a variable in where it says `${`")),
            () if has("\\\\") || has("\\'") || value.ends_with(b"\\") => {
                Err(unwritable("readers disagree on its backslashes"))
            }
            () => Ok(quoted(b"'")),
        };
    }
    if ["\"", "$", "`", "\\"].into_iter().any(has) {
        return Err(unwritable(
            "it has a single quote together with others or with `$`, a backtick or a backslash",
        ));
    }
    Ok(quoted(b"\""))
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_./:@%+,=-".contains(&byte)
}

/// Tells whether a character ends a line for one reader and not for another, or is none that a terminal shows.
fn is_unreadable(char: char) -> bool {
    char.is_control() && !matches!(char, '\n' | '\t') || matches!(char, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

fn unwritable(why: &str) -> Refusal {
    Refusal::new(
        format!("its value cannot be written into .env so that every program reads the same: {why}"),
        "put it into a secret manager, or into a file of its own that git ignores",
    )
}

/// What an environment file says of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// This value, in the eyes of every reader.
    Value(Secret),
    /// Nothing but its name.
    Empty,
    /// Something that readers may read in different ways.
    Unclear,
}

/// Looks a name up; of several entries the last counts, as it does for every reader.
pub(super) fn look_up(text: &[u8], name: &str) -> Said {
    let document = Document::read(text, Syntax::Dotenv);
    let Some(entry) = document.get(name.into()) else {
        return Said::Nothing;
    };
    let (raw, value) = (document.at(&entry.raw), document.at(&entry.value));
    if raw.is_empty() {
        return Said::Empty;
    }
    match form(value) {
        Ok(_) if is_clear(raw, value) => Said::Value(Secret::new(value)),
        _ => Said::Unclear,
    }
}

/// Tells whether a value means the same to every reader as it is written.
fn is_clear(raw: &BStr, value: &BStr) -> bool {
    let is_closed = raw.len() == value.len() + 2;
    match raw[0] {
        b'\'' => is_closed,
        b'"' => is_closed && !value.iter().any(|byte| b"\\$`".contains(byte)),
        b'`' => false,
        _ => value.iter().all(|&byte| is_bare(byte)),
    }
}

/// Finds the line of a quote that is never closed: it would swallow what is added below it.
pub(super) fn open_quote(text: &[u8]) -> Option<u32> {
    let document = Document::read(text, Syntax::Dotenv);
    let is_open = |entry: &Entry| {
        let raw = document.at(&entry.raw);
        raw.first().is_some_and(|byte| b"\"'`".contains(byte)) && entry.raw == entry.value
    };
    document
        .entries()
        .find(|(_, entry)| is_open(entry))
        .map(|(line, _)| line)
}

/// Gives a name that stands there without a value its value; `None` where a comment follows, which would touch it.
pub(super) fn filled(text: &[u8], name: &str, form: &[u8]) -> Option<Vec<u8>> {
    let document = Document::read(text, Syntax::Dotenv);
    let entry = document
        .get(name.into())
        .filter(|entry| entry.raw.is_empty() && entry.comment.is_none())?;
    let (before, after) = text.split_at(entry.raw.start);
    Some([before, form, after].concat())
}

/// Returns a text with a line added at its end.
pub(super) fn added(text: &[u8], line: &[u8]) -> Vec<u8> {
    let end = Document::read(text, Syntax::Dotenv).line_end();
    let gap = if text.is_empty() || text.ends_with(b"\n") {
        &b""[..]
    } else {
        end
    };
    [text, gap, line, end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Result<String, String> {
        form(value.as_bytes())
            .map(|form| String::from_utf8(form).unwrap())
            .map_err(|refusal| refusal.what)
    }

    #[test]
    fn each_value_gets_the_plainest_form_that_all_readers_agree_on() {
        for (value, form) in [
            ("abc-1.2/x=", "abc-1.2/x="),
            ("a b", "'a b'"),
            ("a#b", "'a#b'"),
            ("$HOME \"x\" `y`", "'$HOME \"x\" `y`'"),
            ("a\\n", "'a\\n'"),
            ("two\nlines", "'two\nlines'"),
            ("it's", "\"it's\""),
            ("~root", "'~root'"),
            ("wörd", "'wörd'"),
        ] {
            assert_eq!(written(value).as_deref(), Ok(form));
            let text = added(b"A=1", format!("X={form}").as_bytes());
            assert_eq!(look_up(&text, "X"), Said::Value(Secret::new(value)), "{form}");
        }
    }

    #[test]
    fn a_value_on_which_readers_disagree_is_refused() {
        for value in [
            "",
            "a${B}",
            "a\\\\b",
            "end\\",
            "it's $5",
            "it's \"so\"",
            "a\rb",
            "a\0b",
            "a\u{2028}b",
        ] {
            assert!(written(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn what_a_file_says_of_a_name_is_known_or_unclear() {
        let text = b"A=1\nexport B='x y'\nC=\"$A\"\nD=\nE=a b\nA=2\nF='a\n";
        let says = |name| look_up(text, name);
        assert_eq!(says("A"), Said::Value(Secret::new("2")));
        assert_eq!(says("B"), Said::Value(Secret::new("x y")));
        assert_eq!(
            [says("C"), says("E"), says("F")],
            [Said::Unclear, Said::Unclear, Said::Unclear]
        );
        assert_eq!([says("D"), says("G")], [Said::Empty, Said::Nothing]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found() {
        assert_eq!(open_quote(b"A='1'\nB=\"2\nC=3\n"), Some(2));
        assert_eq!(open_quote(b"A='1\n2'\nB=it's\n"), None);
    }

    #[test]
    fn a_name_without_a_value_is_filled_where_it_stands() {
        assert_eq!(
            filled(b"A=\nB=1\n", "A", b"'x y'").as_deref(),
            Some(&b"A='x y'\nB=1\n"[..])
        );
        assert_eq!(filled(b"A= # the key\n", "A", b"x"), None);
    }

    #[test]
    fn a_line_is_added_with_the_line_ends_of_the_file() {
        assert_eq!(added(b"", b"A=1"), b"A=1\n");
        assert_eq!(added(b"A=1\r\nB=2", b"C=3"), b"A=1\r\nB=2\r\nC=3\r\n");
    }
}
