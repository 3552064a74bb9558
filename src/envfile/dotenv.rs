//! Reads `.env` and its kin line by line: `NAME=value`, `export`, quotes over several lines, comments.

use std::ops::Range;

use bstr::ByteSlice;

use crate::envfile::{Entry, Item, What, is_blank, line_end, skip_blanks, start, trim_end};

/// The longest name that is taken for one.
const LONGEST_NAME: usize = 100;

/// Reads every line.
pub(super) fn read(text: &[u8]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let (mut at, mut line) = (start(text), 1);
    let mut in_key = false;
    while at < text.len() {
        let (what, end) = if in_key {
            (What::Other, line_end(text, at))
        } else {
            read_item(text, at)
        };
        let span = at..end;
        in_key = leads_into_key(&text[span.clone()], &what, in_key);
        at = end;
        let lines = text[span.clone()].iter().filter(|&&byte| byte == b'\n').count();
        items.push(Item { span, line, what });
        line += u32::try_from(lines).unwrap_or(u32::MAX);
    }
    items
}

/// Tells whether the next line belongs to a key block without quotes: `abc==` in it is no name.
fn leads_into_key(text: &[u8], what: &What, in_key: bool) -> bool {
    let ends = text.contains_str("-----END");
    let begins = text.contains_str("-----BEGIN") && text.iter().filter(|&&byte| byte == b'\n').count() <= 1;
    let can_begin = !matches!(what, What::Comment | What::Blank);
    (in_key || begins && can_begin) && !ends
}

fn read_item(text: &[u8], at: usize) -> (What, usize) {
    let end = line_end(text, at);
    let word = skip_blanks(text, at);
    if text[word..end].trim_ascii().is_empty() {
        return (What::Blank, end);
    }
    if text[word] == b'#' {
        let inner = word + text[word..end].iter().take_while(|&&byte| byte == b'#').count();
        let disabled = entry(text, inner, end, true).filter(|entry| is_assignment(text, entry));
        return (disabled.map_or(What::Comment, What::Entry), end);
    }
    match entry(text, word, text.len(), false) {
        None => (What::Other, end),
        Some(entry) => {
            let last = entry.comment.as_ref().unwrap_or(&entry.raw).end;
            (What::Entry(entry), line_end(text, last))
        }
    }
}

/// Tells a name that was switched off from a sentence that happens to hold a `=`.
fn is_assignment(text: &[u8], entry: &Entry) -> bool {
    let name = &text[entry.name.clone()];
    let is_upper = name.iter().all(|byte| !byte.is_ascii_lowercase());
    let is_tight = text[entry.name.end] == b'=';
    is_upper || is_tight
}

/// Reads a name with its value; what ends the text ends the value, too.
fn entry(text: &[u8], at: usize, end: usize, is_disabled: bool) -> Option<Entry> {
    let mut at = skip_blanks(text, at);
    for word in [&b"export "[..], b"set "] {
        if text[at..end].starts_with(word) {
            at = skip_blanks(text, at + word.len());
        }
    }
    let len = text[at..end].iter().take_while(|&&byte| is_name(byte)).count();
    let name = at..at + len;
    let separator = skip_blanks(text, name.end);
    let is_named = len > 0 && len <= LONGEST_NAME && !text[at].is_ascii_digit() && separator < end;
    let separates = |byte: u8| byte == b'=' || byte == b':' && !is_disabled;
    if !is_named || !separates(text[separator]) {
        return None;
    }
    let (raw, value, comment) = value(&text[..end], skip_blanks(text, separator + 1).min(end));
    Some(Entry {
        name,
        section: None,
        raw,
        value,
        comment,
        is_disabled,
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

type Value = (Range<usize>, Range<usize>, Option<Range<usize>>);

/// Reads a value with its quotes, the value alone, and the comment behind it.
fn value(text: &[u8], at: usize) -> Value {
    if let Some(&quote @ (b'"' | b'\'' | b'`')) = text.get(at)
        && let Some(len) = closing(&text[at + 1..], quote)
    {
        let inner = at + 1..at + 1 + len;
        let raw = at..inner.end + 1;
        let comment = comment_behind(text, raw.end);
        return (raw, inner, comment);
    }
    let line = at..line_end(text, at);
    // A `#` is a comment behind a blank only: `abc#def` is a password.
    let opens = |place: &usize| text[*place] == b'#' && (*place == at || is_blank(text[*place - 1]));
    let sign = line.clone().find(opens);
    let value = trim_end(text, at..sign.unwrap_or(line.end));
    let comment = sign.map(|sign| trim_end(text, sign..line.end));
    (value.clone(), value, comment)
}

fn comment_behind(text: &[u8], at: usize) -> Option<Range<usize>> {
    let sign = skip_blanks(text, at);
    (text.get(sign) == Some(&b'#')).then(|| trim_end(text, sign..line_end(text, sign)))
}

/// Finds the quote that closes a value, perhaps lines below; only in double quotes a backslash escapes.
fn closing(body: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote => return Some(at),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::envfile::{Document, Syntax, What};

    fn read(text: &str) -> Vec<String> {
        let document = Document::read(text.as_bytes(), Syntax::Dotenv);
        let rest = document
            .items
            .windows(2)
            .all(|two| two[0].span.end == two[1].span.start);
        assert!(rest, "no gaps");
        let show = |item: &crate::envfile::Item| match &item.what {
            What::Blank => "blank".to_owned(),
            What::Comment => "comment".to_owned(),
            What::Other => "other".to_owned(),
            What::Entry(entry) => {
                let off = if entry.is_disabled { "#" } else { "" };
                format!("{off}{}={}", document.at(&entry.name), document.at(&entry.value))
            }
        };
        document
            .items
            .iter()
            .map(|item| format!("{} {}", item.line, show(item)))
            .collect()
    }

    #[test]
    fn each_line_is_what_it_is() {
        let text = "# Database\r\n\r\nexport A=1 # one\r\n# B=2\r\nC: 'x y'\r\njust words\r\n";
        assert_eq!(
            read(text),
            ["1 comment", "2 blank", "3 A=1", "4 #B=2", "5 C=x y", "6 other"]
        );
    }

    #[test]
    fn a_value_in_quotes_goes_on_over_lines_and_keeps_its_signs() {
        assert_eq!(
            read("A=\"x#y\nB=\\\"z\" # why\nC=a#b #c\nD=#e\nE='lone\nF=1"),
            ["1 A=x#y\nB=\\\"z", "3 C=a#b", "4 D=", "5 E='lone", "6 F=1"]
        );
    }

    #[test]
    fn the_body_of_a_key_without_quotes_holds_no_names() {
        let fence = |word: &str| ["-----", word, " PRIVATE KEY-----"].concat();
        let text = format!("K={}\nMIIabc\nxyz==\n{}\nB=1\n", fence("BEGIN"), fence("END"));
        let lines = read(&text);
        assert_eq!(lines[1..], ["2 other", "3 other", "4 other", "5 B=1"]);
    }

    #[test]
    fn a_sentence_with_an_equals_sign_is_a_comment() {
        assert_eq!(
            read("# where x = y\n# Debug=true\n#DEBUG = true"),
            ["1 comment", "2 #Debug=true", "3 #DEBUG=true"]
        );
    }

    #[test]
    fn a_byte_order_mark_belongs_to_no_name() {
        let document = Document::read(b"\xEF\xBB\xBFA=1\r\n", Syntax::Dotenv);
        assert_eq!(document.line_end(), b"\r\n");
        assert!(document.get("A".into()).is_some());
    }
}
