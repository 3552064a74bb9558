//! One string token, taken apart: its quotes, its body, and the bytes that the program sees.
//! What is not certain is refused: an escape that is not listed here makes no guess about the value.

use std::ops::Range;

use crate::fix::Refusal;
use crate::fix::language::Grammar;

/// A string token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The text between the quotes, as a span of the token.
    pub(super) body: Range<usize>,
    /// What the program sees.
    pub(super) value: Vec<u8>,
}

/// What a backslash means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// A backslash.
    None,
    /// These bytes stand for themselves behind it; `\n`, `\t`, `\x41` and `\u0041` are read; others are refused.
    Usual(&'static [u8]),
    /// These stand for themselves behind it; before any other it is a backslash.
    Only(&'static [u8]),
    /// There must be none.
    Refused,
}

const PUNCTUATION: &[u8] = b"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Takes a token apart.
pub(super) fn read(grammar: Grammar, raw: &[u8]) -> Result<Token, Refusal> {
    let (open, close, escapes) = quotes(grammar, raw)?;
    let body = open..raw.len().saturating_sub(close).max(open);
    let text = &raw[body.clone()];
    if text.contains(&b'\r') {
        return Err(Refusal::new(
            "it goes over lines that end in CR LF, which languages read in different ways",
            "write the line ends as \\n first",
        ));
    }
    match unescape(text, escapes) {
        Some(value) if str::from_utf8(&value).is_ok() => Ok(Token { body, value }),
        _ => Err(Refusal::new(
            "it holds an escape that keyfence does not take apart",
            "write the character itself, or move the value by hand",
        )),
    }
}

/// Returns the lengths of the quotes before and behind, and what a backslash means between them.
fn quotes(grammar: Grammar, raw: &[u8]) -> Result<(usize, usize, Escapes), Refusal> {
    let unknown = || {
        Refusal::new(
            "it is written in a form that keyfence does not take apart",
            "write it in plain quotes",
        )
    };
    let first = raw.first().copied().ok_or_else(unknown)?;
    let plain = |escapes| Ok((1, 1, escapes));
    match (grammar, first) {
        (Grammar::Python, _) => python(raw),
        (Grammar::JavaScript | Grammar::TypeScript | Grammar::Tsx, b'"' | b'\'' | b'`') => {
            plain(Escapes::Usual(PUNCTUATION))
        }
        (Grammar::Go, b'"') | (Grammar::Java, b'"') if !raw.starts_with(b"\"\"\"") => plain(Escapes::Usual(b"\\\"'")),
        (Grammar::Go, b'`') => plain(Escapes::None),
        (Grammar::Ruby, b'"') => plain(Escapes::Usual(PUNCTUATION)),
        (Grammar::Ruby, b'\'') => plain(Escapes::Only(b"\\'")),
        (Grammar::Bash, b'"') => plain(Escapes::Only(b"\\\"$`")),
        (Grammar::Bash, b'\'') => plain(Escapes::None),
        (Grammar::Bash, _) => Ok((0, 0, Escapes::Refused)),
        _ => Err(unknown()),
    }
}

fn python(raw: &[u8]) -> Result<(usize, usize, Escapes), Refusal> {
    let prefix = raw.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let letters = raw[..prefix].to_ascii_lowercase();
    if letters.contains(&b'b') {
        return Err(Refusal::new(
            "it is bytes, and the environment holds text",
            "write os.environ[\"NAME\"].encode() there",
        ));
    }
    if letters.iter().any(|letter| b"ft".contains(letter)) {
        return Err(Refusal::new(
            "it is an f-string or a template string",
            "leave out the letter before the quotes if nothing is put into it",
        ));
    }
    let rest = &raw[prefix..];
    let quote = if rest.starts_with(b"\"\"\"") || rest.starts_with(b"'''") {
        3
    } else {
        1
    };
    let escapes = if letters.contains(&b'r') {
        Escapes::None
    } else {
        Escapes::Usual(b"\\\"'")
    };
    Ok((prefix + quote, quote, escapes))
}

fn unescape(text: &[u8], escapes: Escapes) -> Option<Vec<u8>> {
    let mut value = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' || escapes == Escapes::None {
            value.push(byte);
            continue;
        }
        let (&next, after) = rest.split_first()?;
        match escapes {
            Escapes::Usual(itself) | Escapes::Only(itself) if itself.contains(&next) => value.push(next),
            // A backslash at the end of a line joins it to the next one.
            Escapes::Only(_) if next != b'\n' => value.extend([byte, next]),
            Escapes::Usual(_) => {
                rest = usual(next, after, &mut value)?;
                continue;
            }
            _ => return None,
        }
        rest = after;
    }
    Some(value)
}

/// Reads what stands behind a backslash, and returns what is left of the text.
fn usual<'t>(next: u8, after: &'t [u8], value: &mut Vec<u8>) -> Option<&'t [u8]> {
    let code = match next {
        b'n' => return push(value, '\n', after),
        b't' => return push(value, '\t', after),
        b'x' => after.get(..2)?,
        b'u' => after.get(..4)?,
        _ => return None,
    };
    let number = u32::from_str_radix(str::from_utf8(code).ok()?, 16).ok()?;
    // Beyond ASCII, \x is a byte in one language and a character in another; half of a pair is no character at all.
    let is_certain = code.iter().all(u8::is_ascii_hexdigit) && (next == b'u' || number < 0x80);
    let read = char::from_u32(number).filter(|_| is_certain)?;
    push(value, read, &after[code.len()..])
}

fn push<'t>(value: &mut Vec<u8>, read: char, rest: &'t [u8]) -> Option<&'t [u8]> {
    value.extend(read.encode_utf8(&mut [0; 4]).bytes());
    Some(rest)
}

/// Returns the bodies that a value may have had between `quote`s, the likeliest first: to undo a move.
pub(super) fn bodies(value: &[u8], quote: Option<u8>) -> Vec<Vec<u8>> {
    let escape = |marks: &[u8], letters: bool| {
        let mut body = Vec::with_capacity(value.len());
        for &byte in value {
            match byte {
                b'\n' if letters => body.extend(b"\\n"),
                b'\t' if letters => body.extend(b"\\t"),
                _ if marks.contains(&byte) || Some(byte) == quote => body.extend([b'\\', byte]),
                _ => body.push(byte),
            }
        }
        body
    };
    vec![
        value.to_vec(),
        escape(b"\\", true),
        escape(b"\\", false),
        escape(b"", true),
        escape(b"\\\"$`", false),
        escape(b"", false),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(grammar: Grammar, raw: &str) -> Result<String, String> {
        let read = read(grammar, raw.as_bytes());
        read.map(|token| String::from_utf8(token.value).unwrap())
            .map_err(|refusal| refusal.what)
    }

    #[test]
    fn each_language_reads_its_own_quotes() {
        let read = [
            (Grammar::Python, r#"'a"b'"#, "a\"b"),
            (Grammar::Python, r"u'\u00e4\x41\n'", "äA\n"),
            (Grammar::Python, r"r'a\nb'", r"a\nb"),
            (Grammar::Python, "'''one\ntwo'''", "one\ntwo"),
            (Grammar::JavaScript, r"'it\'s \$5'", "it's $5"),
            (Grammar::Go, r"`a\b`", r"a\b"),
            (Grammar::Java, r#""a\"b\\c""#, r#"a"b\c"#),
            (Grammar::Ruby, r"'a\nb\'c\\d'", r"a\nb'c\d"),
            (Grammar::Bash, r#""a\$b\c\"d""#, r#"a$b\c"d"#),
            (Grammar::Bash, "plain", "plain"),
        ];
        for (grammar, raw, expected) in read {
            assert_eq!(value(grammar, raw).as_deref(), Ok(expected), "{raw}");
        }
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let refused = [
            (Grammar::Python, "b'abc'", "bytes"),
            (Grammar::Python, "rb'abc'", "bytes"),
            (Grammar::Python, "f'abc'", "f-string"),
            (Grammar::Python, r"'\N{BULLET}'", "escape"),
            (Grammar::Python, r"'\xe4'", "escape"),
            (Grammar::JavaScript, r"'\ud83d\ude00'", "escape"),
            (Grammar::Python, "'''a\r\nb'''", "CR LF"),
            (Grammar::Java, "\"\"\"\n a\"\"\"", "form"),
            (Grammar::Ruby, "%q(abc)", "form"),
            (Grammar::Bash, r"a\ b", "escape"),
        ];
        for (grammar, raw, why) in refused {
            assert!(value(grammar, raw).unwrap_err().contains(why), "{raw}");
        }
    }

    #[test]
    fn a_body_is_found_again_from_its_value() {
        for (grammar, raw) in [
            (Grammar::Python, r#""a\"b\\c\n""#),
            (Grammar::JavaScript, "'it\\'s'"),
            (Grammar::Bash, r#""a\$b""#),
            (Grammar::Go, r"`a\b`"),
        ] {
            let token = read(grammar, raw.as_bytes()).unwrap();
            let body = raw.as_bytes()[token.body.clone()].to_vec();
            assert!(bodies(&token.value, raw.bytes().next()).contains(&body), "{raw}");
        }
    }
}
