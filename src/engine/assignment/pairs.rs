//! Reads every `name = value` of a file that exists to hold secrets or settings, whatever the names are.
//! It never reads a comment: what is switched off there is for the rules that look for names they know.

use std::ops::Range;

use bstr::{BStr, ByteSlice};

use crate::engine::assignment::link::Link;
use crate::engine::assignment::value::Quoting;
use crate::engine::assignment::{Assigned, LONGEST_KEY, Syntax, from_key, is_name};

/// The longest value of a dotenv file, in bytes: a whole private key goes in.
const LONGEST: usize = 16 * 1024;

/// Returns all pairs in the order in which they stand.
pub(in crate::engine) fn all(text: &[u8], path: &BStr, syntax: Syntax) -> Vec<Assigned> {
    let mut pairs = Vec::new();
    if is_dotenv(path) {
        dotenv(text, &mut pairs);
    } else {
        scan(text, syntax, &mut pairs);
    }
    pairs
}

/// Tells whether a file's name says that it holds lines `NAME=value`.
pub(in crate::engine) fn is_dotenv(path: &BStr) -> bool {
    let name = path.rsplit_str("/").next().unwrap_or_default();
    name.starts_with(b".env") || name.ends_with(b".env") || name.starts_with(b"env.")
}

/// Reads lines `NAME=value`, with `export`, comments, and quoted values over several lines.
fn dotenv(text: &[u8], pairs: &mut Vec<Assigned>) {
    let mut at = 0;
    while at < text.len() {
        let pair = dotenv_pair(text, at);
        let read = pair.as_ref().map_or(at, |pair| pair.value.end);
        at = text[read..].find_byte(b'\n').map_or(text.len(), |end| read + end + 1);
        pairs.extend(pair.filter(|pair| !pair.value.is_empty()));
    }
}

fn dotenv_pair(text: &[u8], line: usize) -> Option<Assigned> {
    let mut at = skip_blanks(text, line);
    for word in [&b"export "[..], b"set "] {
        if text[at..].starts_with(word) {
            at = skip_blanks(text, at + word.len());
        }
    }
    let key = at..at + text[at..].iter().take_while(|&&byte| is_name(byte)).count();
    let separator = skip_blanks(text, key.end);
    let link = match text.get(separator) {
        Some(b'=') if !key.is_empty() => Link::Equals,
        Some(b':') if !key.is_empty() => Link::Colon,
        _ => return None,
    };
    let (value, quoting) = dotenv_value(text, skip_blanks(text, separator + 1));
    Some(Assigned {
        key,
        value,
        link,
        quoting,
    })
}

fn dotenv_value(text: &[u8], start: usize) -> (Range<usize>, Quoting) {
    let rest = &text[start..text.len().min(start + LONGEST)];
    if let Some(&quote @ (b'"' | b'\'' | b'`')) = rest.first()
        && let Some(end) = closing(&rest[1..], quote)
    {
        return (start + 1..start + 1 + end, Quoting::Quoted);
    }
    let line = &rest[..rest.find_byte(b'\n').unwrap_or(rest.len())];
    // A `#` is a comment behind a blank only: `abc#def` is a password.
    let comment = [&b" #"[..], b"\t#"].iter().filter_map(|sign| line.find(sign)).min();
    let value = line[..comment.unwrap_or(line.len())].trim_ascii_end();
    let is_comment = value.starts_with(b"#");
    let len = if is_comment { 0 } else { value.len() };
    (start..start + len, Quoting::Bare)
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

fn skip_blanks(text: &[u8], at: usize) -> usize {
    at + text[at.min(text.len())..]
        .iter()
        .take_while(|&&byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// Reads whatever stands around a `=` or a `:` in any other syntax.
fn scan(text: &[u8], syntax: Syntax, pairs: &mut Vec<Assigned>) {
    let mut at = 0;
    while at < text.len() {
        let starts_line = at == 0 || text[at - 1] == b'\n';
        if let Some(end) = comment(text, at, syntax) {
            at = end;
            continue;
        }
        let key = match text[at] {
            b'=' | b':' => name_before(text, at),
            _ if starts_line && syntax == Syntax::Shell => image_name(text, at),
            _ => None,
        };
        at += 1;
        let Some(pair) = key.and_then(|key| from_key(text, key, syntax)) else {
            continue;
        };
        if is_key(text, &pair) {
            continue;
        }
        at = at.max(pair.value.end);
        let named = named_pair(text, &pair, syntax);
        at = named.as_ref().map_or(at, |named| named.value.end);
        pairs.push(named.unwrap_or(pair));
    }
}

/// Returns where a comment that opens at `at` ends.
fn comment(text: &[u8], at: usize, syntax: Syntax) -> Option<usize> {
    let rest = &text[at..];
    let before = at.checked_sub(1).map(|before| text[before]);
    let stands_free = before.is_none_or(|byte| byte.is_ascii_whitespace());
    if !stands_free {
        return None;
    }
    let opens_line = text[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    let opens_line = opens_line.is_none_or(|&byte| byte == b'\n');
    let has_slashes = matches!(syntax, Syntax::Code | Syntax::Json);
    let to_line_end = match rest {
        [b'#', ..] => syntax != Syntax::Json,
        [b'/', b'/', ..] => has_slashes,
        [b';', ..] => opens_line,
        _ => false,
    };
    if to_line_end {
        return Some(at + rest.find_byte(b'\n').unwrap_or(rest.len()));
    }
    let is_block = has_slashes && rest.starts_with(b"/*");
    is_block.then(|| at + rest.find(b"*/").map_or(rest.len(), |end| end + 2))
}

/// Tells whether what was read as a value is itself the key of a nested pair: `"db": {"password": …}`.
fn is_key(text: &[u8], pair: &Assigned) -> bool {
    let after = skip_blanks(text, pair.value.end + 1);
    pair.quoting == Quoting::Quoted && matches!(text.get(after), Some(b':'))
}

/// Reads `name: NAME` and the `value:` beside it as one pair.
fn named_pair(text: &[u8], pair: &Assigned, syntax: Syntax) -> Option<Assigned> {
    let names = [&b"name"[..], b"key"];
    let is_name = names
        .iter()
        .any(|name| text[pair.key.clone()].eq_ignore_ascii_case(name));
    let named = is_name.then(|| from_key(text, pair.value.clone(), syntax)).flatten();
    named.filter(|named| named.link == Link::NameValue)
}

/// Finds the name in `ENV name value`, the old way to write it in a Dockerfile.
fn image_name(text: &[u8], line: usize) -> Option<Range<usize>> {
    let word = skip_blanks(text, line);
    let is_env = text[word..]
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"ENV "));
    let start = skip_blanks(text, word + 4);
    let len = text
        .get(start..)?
        .iter()
        .take(LONGEST_KEY)
        .take_while(|&&byte| is_name(byte))
        .count();
    let is_apart = text.get(start + len) == Some(&b' ');
    (is_env && is_apart && len > 0).then_some(start..start + len)
}

/// Finds the name that ends just before a separator, over blanks, a closing quote or bracket.
fn name_before(text: &[u8], separator: usize) -> Option<Range<usize>> {
    let mut end = separator;
    while end > 0 && matches!(text[end - 1], b' ' | b'\t' | b'"' | b'\'' | b']') && separator - end < 16 {
        end -= 1;
    }
    let len = text[..end]
        .iter()
        .rev()
        .take(LONGEST_KEY)
        .take_while(|&&byte| is_name(byte))
        .count();
    (len > 0 && len < LONGEST_KEY).then_some(end - len..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<String> {
        all(text.as_bytes(), path.into(), Syntax::of(path.into()))
            .into_iter()
            .map(|pair| format!("{}={}", &text[pair.key], &text[pair.value]))
            .collect()
    }

    #[test]
    fn a_dotenv_file_gives_every_pair() {
        let text = "A=1x\r\n# B=no\nexport C='two'\nD = \"th#ree\" # why\nE=\nF=x#y #z\nG=#no\nset H: 4\n";
        assert_eq!(read(".env.local", text), ["A=1x", "C=two", "D=th#ree", "F=x#y", "H=4"]);
    }

    #[test]
    fn a_quoted_value_goes_on_over_line_ends() {
        let text = "A=\"one\ntwo=2\n\"\nB='x\\'\nC=\"lone\nD=4";
        assert_eq!(read("prod.env", text), ["A=one\ntwo=2\n", "B=x\\", "C=\"lone", "D=4"]);
    }

    #[test]
    fn nested_pairs_are_read_and_their_keys_are_no_values() {
        let text = r#"{"db": {"user": "u-1", "password": "v-1"}, "list": [{"key": "k-1"}]}"#;
        assert_eq!(read("secrets.json", text), ["user=u-1", "password=v-1", "key=k-1"]);
        let text = "db:\n  \"user\": u-1\n  password: v-1 # why: x\n# old: no\nlast: 'w#1'\n";
        assert_eq!(read("secrets.yaml", text), ["user=u-1", "password=v-1", "last=w#1"]);
    }

    #[test]
    fn code_and_tables_give_their_literals() {
        let text = "# A = 'no'\nTOKEN = 'v-1'  # was: 'x'\nDB = {\"password\": \"v-2\"}\nX = get(TOKEN)\n";
        assert_eq!(read("secrets.py", text), ["TOKEN=v-1", "password=v-2"]);
        let text = "[db]\npassword = \"v-1\"\nuser = { name = \"u\", token = \"v-2\" }\n";
        assert_eq!(read("secrets.toml", text), ["password=v-1", "name=u", "token=v-2"]);
    }

    #[test]
    fn a_name_and_its_value_are_one_pair() {
        let text = "variables:\n- name: TOKEN\n  value: v-1\n- name: other\n";
        assert_eq!(read("azure-pipelines.yml", text), ["TOKEN=v-1", "name=other"]);
    }

    #[test]
    fn an_image_gives_both_ways_to_write_a_variable() {
        let text = "FROM x:1\nENV TOKEN v-1\nENV A=v-2 B=v-3\n# ENV C v-4\nARG D=v-5\n";
        let pairs = read("Dockerfile", text);
        assert_eq!(pairs[pairs.len() - 4..], ["TOKEN=v-1", "A=v-2", "B=v-3", "D=v-5"]);
    }
}
