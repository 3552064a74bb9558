//! What stands between a name and its value.

use std::ops::Range;

use crate::engine::assignment::{Syntax, rare};

/// What links a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Link {
    /// `=`, `:=`, `=>`, `?=` and their kin.
    Equals,
    /// `:`.
    Colon,
    /// `==`, `!=`.
    Compare,
    /// `name("value")`.
    Call,
    /// `("name", "value")`.
    Pair,
    /// `<name>value</name>`.
    Element,
    /// `--name value`, `ENV name value`, `PASSWORD 'value'`.
    Space,
    /// `name: X` and `value: Y` side by side.
    NameValue,
    /// Close behind the name, with no sign that links them: `name is value`, `name,value`.
    Near,
}

/// A link, and where its value may start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) kind: Link,
    pub(super) value: usize,
    /// True when the name stands in quotes of its own.
    pub(super) quoted_key: bool,
    /// Where the name starts.
    pub(super) key: usize,
}

/// Finds the link after a name.
pub(super) fn after(text: &[u8], key: &Range<usize>, syntax: Syntax) -> Option<Found> {
    let before = key.start.checked_sub(1).map(|at| text[at]);
    // `${NAME:-value}` is a use of the name; its default has rules of its own.
    if text[..key.start].ends_with(b"${") {
        return None;
    }
    if before == Some(b'<')
        && let Some(content) = element_content(text, key.end)
    {
        return Some(found(Link::Element, content, false, key));
    }
    let (closed, quoted) = skip_closers(text, key.end);
    let rest = &text[closed.min(text.len())..];
    let named = quoted || is_yaml_name(text, key);
    if named && let Some(value) = value_of_pair(text, closed) {
        return Some(found(Link::NameValue, value, quoted, key));
    }
    if text[key.clone()].eq_ignore_ascii_case(b"identified") {
        let skip = identified_by(&text[key.start.saturating_sub(120)..key.start], rest)?;
        return Some(found(Link::Space, closed + skip, quoted, key));
    }
    if let Some((kind, len)) = rare::link(text, key, syntax) {
        return Some(found(kind, key.end + len, quoted, key));
    }
    if let Some((kind, len)) = separator(rest) {
        let value = match (kind, annotation(&rest[len..])) {
            (Link::Colon, Some(skip)) => closed + len + skip,
            _ => closed + len,
        };
        return Some(found(kind, value, quoted, key));
    }
    let is_pair = match quoted {
        true => opens_pair(text, key.start),
        false => is_constant(&text[key.clone()]),
    };
    if rest.first() == Some(&b',') && (is_pair || syntax == Syntax::Text && is_record(text, key, rest)) {
        return Some(found(Link::Pair, closed + 1, quoted, key));
    }
    let closes_tag = rest.first() == Some(&b'>') && syntax != Syntax::Code;
    if closes_tag && (quoted || is_in_tag(text, key)) {
        return Some(found(Link::Element, closed + 1, quoted, key));
    }
    if !quoted && text.get(key.end) == Some(&b'(') {
        return Some(found(Link::Call, key.end + 1, quoted, key));
    }
    // Behind a name in quotes it is an attribute of its own, `<a class="token" href="…">`; only these belong to it.
    let holds_value = [&b"value"[..], b"default", b"content"]
        .iter()
        .any(|word| rest.starts_with(word));
    if (!quoted || holds_value)
        && let Some(skip) = declared_type(rest)
    {
        return Some(found(Link::Equals, closed + skip, quoted, key));
    }
    let takes_it = || takes_a_word(text, key, rest) || syntax == Syntax::Text && is_keyword(text, key, rest);
    let spaced = closed > key.end && !quoted && takes_it();
    spaced.then(|| found(Link::Space, closed, quoted, key))
}

/// Finds where the content of an element starts whose name ends at `at`, its attributes skipped.
fn element_content(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at.min(text.len())..];
    match rest.first()? {
        b'>' => Some(at + 1),
        b' ' => {
            let end = rest
                .iter()
                .take(200)
                .position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
            let is_open = rest[end] == b'>' && rest[end - 1] != b'/' && rest[end - 1] != b'=';
            is_open.then_some(at + end + 1)
        }
        _ => None,
    }
}

fn found(kind: Link, value: usize, quoted_key: bool, key: &Range<usize>) -> Found {
    Found {
        kind,
        value,
        quoted_key,
        key: key.start,
    }
}

/// Skips what closes a name: its quote (escaped or not, or an HTML entity), `]`, `()`, `[32]`, and blanks.
fn skip_closers(text: &[u8], mut at: usize) -> (usize, bool) {
    let (start, mut quoted) = (at, false);
    loop {
        let rest = &text[at.min(text.len())..];
        let skip = match rest {
            [b'\\', b'"' | b'\'', ..] => 2,
            [b'"' | b'\'' | b'`', ..] => 1,
            _ if rest.starts_with(b"&quot;") => 6,
            _ if rest.starts_with(b"&#39;") || rest.starts_with(b"&#34;") => 5,
            _ => 0,
        };
        // Bold in a note: `**password**: value`.
        if at == start && (rest.starts_with(b"**") || rest.starts_with(b"__")) {
            at += 2;
            continue;
        }
        // A quote after a blank opens the value.
        if skip > 0 && !quoted && at == start {
            quoted = true;
            at += skip;
            continue;
        }
        match rest {
            [b' ' | b'\t' | b']', ..] => at += 1,
            [b'\\', b't', ..] => at += 2,
            [b'(' | b'[', b')' | b']', ..] => at += 2,
            [b'[', b'0'..=b'9', ..] => match rest.iter().take(8).position(|&byte| byte == b']') {
                Some(end) => at += end + 1,
                None => return (at, quoted),
            },
            _ => return (at, quoted),
        }
    }
}

/// Reads a separator and its length.
fn separator(rest: &[u8]) -> Option<(Link, usize)> {
    const SEPARATORS: &[(&[u8], Link)] = &[
        (b"===", Link::Compare),
        (b"!==", Link::Compare),
        (b"||=", Link::Equals),
        (b"??=", Link::Equals),
        (b"==", Link::Compare),
        (b"!=", Link::Compare),
        (b"=>", Link::Equals),
        (b"=~", Link::Compare),
        (b":=", Link::Equals),
        (b"?=", Link::Equals),
        (b"+=", Link::Equals),
        (b"->", Link::Equals),
        (b"<-", Link::Equals),
        (b"<<-", Link::Equals),
        (b"=", Link::Equals),
        (b"::", Link::Compare),
        (b":", Link::Colon),
        (b"%3D", Link::Equals),
        (b"&#61;", Link::Equals),
    ];
    let (text, kind) = SEPARATORS.iter().find(|(text, _)| rest.starts_with(text))?;
    // A Ruby or C++ `::` leads to another name, a regular expression to no literal, and C's `->` to a member.
    let leads_on = matches!(*text, b"::" | b"=~") || *text == b"->" && !is_literal_start(&rest[2..]);
    (!leads_on).then_some((*kind, text.len()))
}

/// Skips a type between `:` and `=`, as in `name: Option<String> = "value"`.
fn annotation(rest: &[u8]) -> Option<usize> {
    let is_type = |byte: u8| byte.is_ascii_alphanumeric() || b" _<>[]|?&*.,:'".contains(&byte);
    let len = rest.iter().take(48).take_while(|&&byte| is_type(byte)).count();
    let starts_as_type = rest[..len]
        .trim_ascii_start()
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || b"&*[".contains(byte));
    match rest.get(len..len + 2) {
        Some([b'=', next]) if *next != b'=' && starts_as_type && is_literal_start(&rest[len + 1..]) => Some(len + 1),
        _ => None,
    }
}

/// Skips a type that follows the name without a colon, as in Go's `name string = "value"`.
fn declared_type(rest: &[u8]) -> Option<usize> {
    let len = rest
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_*[]".contains(byte))
        .count();
    let gap = rest[len..].iter().take(4).take_while(|&&byte| byte == b' ').count();
    match rest.get(len + gap..len + gap + 2) {
        Some([b'=', next]) if *next != b'=' && len > 0 && is_literal_start(&rest[len + gap + 1..]) => {
            Some(len + gap + 1)
        }
        _ => None,
    }
}

fn is_literal_start(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    matches!(
        rest,
        [b'"' | b'\'' | b'`', ..] | [b'r' | b'b' | b'u' | b'f' | b'@' | b'$' | b'L', b'"' | b'\'', ..]
    ) || rest
        .iter()
        .take(40)
        .position(|&byte| byte == b'(')
        .is_some_and(|at| matches!(rest.get(at + 1), Some(b'"' | b'\'')))
}

/// Tells whether a name is a constant of C, as in `setopt(curl, OPT_PASSWORD, "value")`.
fn is_constant(name: &[u8]) -> bool {
    name.contains(&b'_')
        && name
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// Skips `BY`, `BY PASSWORD` or `WITH plugin BY` before a password in SQL; prose is identified by other things.
fn identified_by(before: &[u8], rest: &[u8]) -> Option<usize> {
    let line = &rest[..rest.len().min(160)];
    let mut words = 0;
    let mut at = 0;
    while words < 5 {
        let blanks = line[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let start = at + blanks;
        let len = line[start..]
            .iter()
            .take_while(|byte| !byte.is_ascii_whitespace())
            .count();
        let word = &line[start..start + len];
        let is = |text: &[u8]| word.eq_ignore_ascii_case(text);
        let is_lead = if words == 0 { is(b"by") || is(b"with") } else { len > 0 };
        if !is_lead {
            return None;
        }
        at = start + len;
        words += 1;
        if is(b"by") || is(b"as") {
            break;
        }
    }
    let rest = &line[at..];
    let value = rest.trim_ascii_start();
    let len = value.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let is_statement = before.split(|byte| !byte.is_ascii_alphabetic()).any(|word| {
        [&b"user"[..], b"role", b"grant", b"login"]
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    });
    let is_value = matches!(value.first(), Some(b'\'' | b'"' | b'\\'))
        || is_statement && value[..len].iter().any(u8::is_ascii_digit);
    is_value.then_some(at + rest.len() - value.len())
}

/// Tells whether the quoted name at `key` opens a pair, as in `("name", …)` or `["name", …]`.
fn opens_pair(text: &[u8], key: usize) -> bool {
    let before = text[..key.saturating_sub(1)].trim_ascii_end();
    matches!(before.last(), Some(b'(' | b'[' | b'{' | b'\\'))
}

/// Tells whether a line holds a name, a comma and a quoted value, and nothing else: `password,"value"`.
fn is_record(text: &[u8], key: &Range<usize>, rest: &[u8]) -> bool {
    let line = &rest[1..rest.len().min(200)];
    let line = line[..memchr::memchr(b'\n', line).unwrap_or(line.len())].trim_ascii();
    let is_literal =
        matches!(line, [open @ (b'"' | b'\''), inner @ .., close] if open == close && !inner.contains(open));
    is_literal && line_before(text, key.start).iter().all(|byte| b" \t\"'".contains(byte))
}

/// Tells whether a name ends the opening tag of an element of several words: `<admin password>value</…>`.
fn is_in_tag(text: &[u8], key: &Range<usize>) -> bool {
    let before = line_before(text, key.start);
    let words = before.iter().rev().take(40);
    let len = words
        .take_while(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(byte))
        .count();
    let opens = before.len().checked_sub(len + 1).is_some_and(|at| before[at] == b'<');
    let content = &text[key.end..text.len().min(key.end + 200)];
    let end = memchr::memchr(b'<', content).map(|end| &content[end..]);
    opens && before.ends_with(b" ") && end.is_some_and(|end| end.starts_with(b"</"))
}

/// Tells whether a line holds a keyword and one word, as data of Lisp does: `:password value`.
fn is_keyword(text: &[u8], key: &Range<usize>, rest: &[u8]) -> bool {
    let line = &rest[..rest
        .iter()
        .take(120)
        .position(|&byte| byte == b'\n')
        .unwrap_or(rest.len().min(120))];
    let is_word = !line.trim_ascii().is_empty() && !line.trim_ascii().contains(&b' ');
    is_word && line_before(text, key.start).trim_ascii() == b":"
}

/// Returns what stands before `at` on its line, as far as anyone looks.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let before = &text[at.saturating_sub(200)..at];
    &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..]
}

/// Tells whether the name is the whole value of a YAML `name:`.
fn is_yaml_name(text: &[u8], key: &Range<usize>) -> bool {
    let line = text[..key.start]
        .iter()
        .rev()
        .take(80)
        .take_while(|&&byte| byte != b'\n')
        .count();
    let before = text[key.start - line..key.start].trim_ascii();
    let before = before.strip_prefix(b"- ").unwrap_or(before).trim_ascii_start();
    matches!(
        before,
        b"name:" | b"key:" | b"Name:" | b"Key:" | b"name: \"" | b"name: '"
    )
}

/// Finds the value of a `name`/`value` pair: `"name": "X", "value": "Y"`, on one line or over two, and the default of
/// Terraform's `variable "X" { default = "Y" }`.
fn value_of_pair(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at.min(text.len())..];
    let gap = rest
        .iter()
        .take(60)
        .take_while(|&&byte| b" \t\r\n,\"'\\-{".contains(&byte))
        .count();
    let word = &rest[gap..];
    let is = |name: &[u8]| {
        word.get(..name.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(name))
    };
    let len = [&b"value"[..], b"default"].iter().find(|name| is(name))?.len();
    if gap == 0 {
        return None;
    }
    let (closed, _) = skip_closers(text, at + gap + len);
    let (kind, len) = separator(&text[closed.min(text.len())..])?;
    matches!(kind, Link::Equals | Link::Colon).then_some(closed + len)
}

/// Tells whether the name takes the next word as its value: a flag, `ENV` and `ARG`, SQL's `PASSWORD 'x'`, netrc.
fn takes_a_word(text: &[u8], key: &Range<usize>, rest: &[u8]) -> bool {
    let line = text[..key.start]
        .iter()
        .rev()
        .take(200)
        .take_while(|&&byte| byte != b'\n')
        .count();
    let before = text[key.start - line..key.start].trim_ascii();
    let is_flag = text[key.start] == b'-';
    let is_image = [&b"ENV"[..], b"ARG", b"env", b"arg"].contains(&before) || before.ends_with(b" ENV");
    let is_quoted = matches!(rest, [b'\'' | b'"', ..] | [b'\\', b'\'' | b'"', ..])
        && text[key.clone()]
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    let is_netrc = before.starts_with(b"machine ") || before.starts_with(b"login ");
    let powershell = rest.starts_with(b"-") && before.ends_with(b"-");
    (is_flag || is_image || is_quoted || is_netrc) && !powershell
}
