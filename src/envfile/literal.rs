//! Reads the literals of `secrets.py`, `secrets.toml` and `terraform.tfvars`: strings, and bare values behind a name.
//!
//! One small reader serves all three, for it needs to know no grammar: where strings and comments begin and end, and
//! which name stands before a value. What it takes for a value and is none costs a placeholder more in a template; what
//! is one is never missed, for every string counts.

use std::ops::Range;

use bstr::ByteSlice;

use crate::envfile::{Entry, Item, Syntax, What, is_blank, line_end, skip_blanks, start, trim_end};

/// Reads every literal and every comment.
pub(super) fn read(text: &[u8], syntax: Syntax) -> Vec<Item> {
    let mut reader = Reader {
        text,
        syntax,
        at: start(text),
        section: None,
        names: Vec::new(),
        last: 0..0,
        items: Vec::new(),
    };
    while reader.at < text.len() {
        reader.step();
    }
    number(text, reader.items)
}

/// Counts lines once for all.
fn number(text: &[u8], mut items: Vec<Item>) -> Vec<Item> {
    let (mut line, mut counted) = (1_u32, 0);
    for item in &mut items {
        let more = text[counted..item.span.start].iter().filter(|&&byte| byte == b'\n');
        line += u32::try_from(more.count()).unwrap_or(0);
        counted = item.span.start;
        item.line = line;
    }
    items
}

struct Reader<'t> {
    text: &'t [u8],
    syntax: Syntax,
    at: usize,
    section: Option<Range<usize>>,
    /// The names of the brackets that are open.
    names: Vec<Range<usize>>,
    /// The name that was read last, for values in a list.
    last: Range<usize>,
    items: Vec<Item>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let (text, at) = (self.text, self.at);
        if let Some(end) = self.comment(at) {
            return self.push(at..end, What::Comment);
        }
        if let Some((raw, value)) = self.string(at) {
            return self.literal(raw, value);
        }
        match text[at] {
            b'[' if self.syntax == Syntax::Toml && self.starts_line(at) => self.header(),
            b'[' | b'{' | b'(' => {
                self.names.push(self.last.clone());
                self.at += 1;
            }
            b']' | b'}' | b')' => {
                self.last = self.names.pop().unwrap_or(0..0);
                self.at += 1;
            }
            b'=' | b':' => self.separator(),
            _ => self.at += 1,
        }
    }

    fn push(&mut self, span: Range<usize>, what: What) {
        self.at = span.end.max(self.at + 1);
        self.items.push(Item { span, line: 0, what });
    }

    fn starts_line(&self, at: usize) -> bool {
        let line = self.text[..at]
            .rfind_byte(b'\n')
            .map_or(start(self.text), |end| end + 1);
        self.names.is_empty() && self.text[line..at].iter().all(|&byte| is_blank(byte))
    }

    /// Reads `[section]` of a TOML file, or `[[section]]`.
    fn header(&mut self) {
        let end = line_end(self.text, self.at);
        let open = self.at + self.text[self.at..end].iter().take_while(|&&byte| byte == b'[').count();
        let len = self.text[open..end].find_byte(b']').unwrap_or(0);
        self.section = (len > 0).then(|| open..open + len);
        self.last = 0..0;
        self.at = (open + len).max(self.at + 1);
        while self.at < end && self.text[self.at] == b']' {
            self.at += 1;
        }
    }

    fn comment(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let is_terraform = self.syntax == Syntax::Terraform;
        match rest {
            [b'#', ..] => {}
            [b'/', b'/', ..] if is_terraform => {}
            [b'/', b'*', ..] if is_terraform => {
                return Some(at + rest.find(b"*/").map_or(rest.len(), |end| end + 2));
            }
            _ => return None,
        }
        Some(trim_end(self.text, at..line_end(self.text, at)).end)
    }

    /// Reads a string with its quotes, and what is between them; one that never ends goes to the end of its line.
    fn string(&self, at: usize) -> Option<(Range<usize>, Range<usize>)> {
        let text = self.text;
        let quote = match text[at] {
            b'"' => b'"',
            b'\'' if self.syntax != Syntax::Terraform => b'\'',
            b'<' if self.syntax == Syntax::Terraform => return self.heredoc(at),
            _ => return None,
        };
        let is_long = self.syntax != Syntax::Terraform && text[at..].starts_with(&[quote; 3]);
        let mark: &[u8] = if is_long { &[quote; 3] } else { &[quote] };
        let is_raw = self.syntax == Syntax::Toml && quote == b'\'';
        let limit = if is_long {
            text.len()
        } else {
            trim_end(text, at..line_end(text, at)).end
        };
        let body = at + mark.len();
        let mut end = body;
        while end < limit && !text[end..].starts_with(mark) {
            end += if text[end] == b'\\' && !is_raw { 2 } else { 1 };
        }
        let end = end.min(limit);
        Some((at..(end + mark.len()).min(limit.max(end)), body.min(end)..end))
    }

    fn heredoc(&self, at: usize) -> Option<(Range<usize>, Range<usize>)> {
        let rest = self.text[at..].strip_prefix(b"<<")?;
        let rest = rest.strip_prefix(b"-").unwrap_or(rest);
        let len = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let word = &rest[..len];
        let body = line_end(self.text, at);
        let mut end = body;
        while len > 0 && end < self.text.len() {
            let next = line_end(self.text, end);
            if self.text[end..next].trim_ascii() == word {
                return Some((at..trim_end(self.text, end..next).end, body..end));
            }
            end = next;
        }
        (len > 0).then_some((at..self.text.len(), body..self.text.len()))
    }

    fn literal(&mut self, raw: Range<usize>, value: Range<usize>) {
        let after = skip_blanks(self.text, raw.end);
        let is_key = match self.text.get(after) {
            Some(b':') => self.syntax != Syntax::Toml,
            Some(b'=') => self.syntax != Syntax::Python && self.text.get(after + 1) != Some(&b'='),
            _ => false,
        };
        if !is_key && !self.is_reference(raw.start) {
            return self.entry(raw, value);
        }
        self.at = raw.end.max(self.at + 1);
        if is_key {
            self.last = value;
        }
    }

    /// Tells whether a string says where to look: `os.environ["NAME"]`, `getenv("NAME")`.
    fn is_reference(&self, at: usize) -> bool {
        const LOOKUPS: &[&str] = &["environ[", "environ.get(", "getenv(", "import_module(", "secrets["];
        self.syntax == Syntax::Python && LOOKUPS.iter().any(|lookup| self.text[..at].ends_with_str(lookup))
    }

    fn entry(&mut self, raw: Range<usize>, value: Range<usize>) {
        let entry = Entry {
            name: self.last.clone(),
            section: self.section.clone(),
            raw: raw.clone(),
            value,
            // A comment is an item of its own here.
            comment: None,
            is_disabled: false,
        };
        self.push(raw, What::Entry(entry));
    }

    /// Reads the name before a `=` or `:`, and a bare value behind it: `port = 8080`.
    fn separator(&mut self) {
        let (text, at) = (self.text, self.at);
        self.at += 1;
        let is_comparison = text.get(at + 1) == Some(&b'=') || at > 0 && b"=!<>".contains(&text[at - 1]);
        let Some(name) = name_before(text, at).filter(|_| !is_comparison) else {
            return;
        };
        self.last = name;
        let from = skip_blanks(text, at + 1);
        let end = from
            + text[from..]
                .iter()
                .take_while(|byte| !b"\r\n #\t,]})".contains(byte))
                .count();
        let value = trim_end(text, from..end);
        let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.+-:".contains(byte);
        let is_literal = |value: &[u8]| value.first().is_some_and(u8::is_ascii_digit) || is_word(value);
        let word = &text[value.clone()];
        if !word.is_empty() && word.iter().all(is_bare) && is_literal(word) {
            self.entry(value.clone(), value);
        }
    }
}

fn is_word(value: &[u8]) -> bool {
    matches!(value, b"true" | b"false" | b"null" | b"True" | b"False" | b"None")
        || value.starts_with(b"-")
        || value.starts_with(b"+")
}

fn name_before(text: &[u8], separator: usize) -> Option<Range<usize>> {
    let end = text[..separator].trim_ascii_end().len();
    let is_quoted = end > 0 && matches!(text[end - 1], b'"' | b'\'');
    let end = if is_quoted { end - 1 } else { end };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let len = text[..end]
        .iter()
        .rev()
        .take(100)
        .take_while(|byte| is_name(byte))
        .count();
    (len > 0).then(|| end - len..end)
}

#[cfg(test)]
mod tests {
    use crate::envfile::{Document, Syntax, What};

    fn read(text: &str, syntax: Syntax) -> Vec<String> {
        let document = Document::read(text.as_bytes(), syntax);
        let show = |item: &crate::envfile::Item| match &item.what {
            What::Entry(entry) => format!(
                "{} {}={}",
                item.line,
                document.name_of(entry),
                document.at(&entry.value)
            ),
            _ => format!("{} {}", item.line, document.at(&item.span)),
        };
        document.items.iter().map(show).collect()
    }

    #[test]
    fn python_gives_its_strings_and_numbers_and_leaves_its_code() {
        let text = "import os  # one\nTOKEN = r'v\\'1'\nPIN = 1234\nDB = {\n  'user': \"u\",\n  'list': ['a', \"b\"],\n}\n\
                    X = os.environ[\"X\"]\nif A == \"c\":\n  pass\n";
        assert_eq!(
            read(text, Syntax::Python),
            [
                "1 # one",
                "2 TOKEN=v\\'1",
                "3 PIN=1234",
                "5 user=u",
                "6 list=a",
                "6 list=b"
            ]
        );
    }

    #[test]
    fn toml_gives_its_values_by_section() {
        let text =
            "# top\nkey = \"v\" # c\n[db]\npassword = '''a\nb'''\nport = 5432\ntags = [\"x\"]\n[[s.t]]\n\"k\" = true\n";
        assert_eq!(
            read(text, Syntax::Toml),
            [
                "1 # top",
                "2 key=v",
                "2 # c",
                "4 db.password=a\nb",
                "6 db.port=5432",
                "7 db.tags=x",
                "9 s.t.k=true"
            ]
        );
    }

    #[test]
    fn terraform_gives_maps_and_texts_over_lines() {
        let text =
            "/* a */ region = \"eu-west-1\"\ntags = { \"team\" = \"x\" }\nkey = <<-EOT\n  one\n  EOT\nn = 3 // c\n";
        assert_eq!(
            read(text, Syntax::Terraform),
            [
                "1 /* a */",
                "1 region=eu-west-1",
                "2 team=x",
                "3 key=  one\n",
                "6 n=3",
                "6 // c"
            ]
        );
    }

    #[test]
    fn whatever_is_in_a_file_it_is_read() {
        for text in [
            "'",
            "\"\\",
            "a = '",
            "[",
            "]]",
            "= =",
            "a = <<",
            "a=<<E\nx",
            "'''",
            "#",
            "\u{feff}a='",
        ] {
            for syntax in [Syntax::Python, Syntax::Toml, Syntax::Terraform, Syntax::Dotenv] {
                let document = Document::read(text.as_bytes(), syntax);
                assert!(document.items.iter().all(|item| item.span.end <= text.len()), "{text}");
            }
        }
    }
}
