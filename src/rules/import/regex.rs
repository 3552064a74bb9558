//! From Go's dialect of regular expressions to ours.
//!
//! The two are nearly one. What differs: Go takes a brace that repeats nothing, `\<`, `\Q…\E` and octal numbers, and a
//! class of it knows no sets; ours are ASCII, so what needs Unicode says so.

use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::ParserBuilder;

/// A pattern in our dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Translated {
    text: String,
    /// Where each group that captures opens, and how long its opening is.
    groups: Vec<(usize, usize)>,
}

/// Translates a pattern.
///
/// # Errors
/// When it is none, in the parser's words.
pub(super) fn translate(source: &str) -> Result<Translated, String> {
    let mut translator = Translator {
        rest: source.chars().peekable(),
        out: Translated::default(),
    };
    translator.run()?;
    check(&translator.out.text)?;
    Ok(translator.out)
}

fn check(pattern: &str) -> Result<(), String> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let last_line = |drawn: String| drawn.lines().last().unwrap_or_default().replace("error: ", "");
    parser
        .parse(pattern)
        .map(drop)
        .map_err(|error| last_line(error.to_string()))
}

impl Translated {
    /// Returns the pattern with the groups as they are, for where nothing is captured.
    pub(super) fn plain(&self) -> String {
        self.text.clone()
    }

    /// Returns the pattern with the group that holds the secret named so; without a number that is the first one that
    /// is not empty, and without groups the whole match.
    ///
    /// # Errors
    /// When there is no group of that number.
    pub(super) fn with_secret(&self, number: usize) -> Result<String, String> {
        if number > self.groups.len() {
            return Err(format!("there is no group {number} in it"));
        }
        let mut text = self.text.clone();
        for (index, &(start, len)) in self.groups.iter().enumerate().rev() {
            let opening = match (number, index) {
                (0, 0) => "(?P<secret>".to_owned(),
                (0, _) => format!("(?P<secret_{}>", index + 1),
                (number, index) if number == index + 1 => "(?P<secret>".to_owned(),
                _ => "(".to_owned(),
            };
            text.replace_range(start..start + len, &opening);
        }
        check(&text).map(|()| text)
    }
}

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    out: Translated,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(sign) = self.rest.next() {
            match sign {
                '\\' => {
                    let escaped = self.escape()?;
                    self.put(&escaped.text());
                }
                '[' => self.class()?,
                '(' => self.group(),
                '{' => self.brace(),
                sign if sign.is_ascii() => self.out.text.push(sign),
                sign => self.put(&format!("(?u:{sign})")),
            }
        }
        Ok(())
    }

    fn put(&mut self, text: &str) {
        self.out.text.push_str(text);
    }

    /// Tells what comes next without taking it.
    fn ahead(&self) -> String {
        self.rest.clone().collect()
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.rest.next();
        }
    }

    fn group(&mut self) {
        let ahead = self.ahead();
        let name = ["?P<", "?<"].iter().find_map(|start| ahead.strip_prefix(start));
        let start = self.out.text.len();
        match name.and_then(|name| name.find('>')) {
            Some(end) => {
                let len = ahead.len() - name.map_or(0, str::len) + end + 1;
                let opening: String = self.rest.by_ref().take(ahead[..len].chars().count()).collect();
                self.put(&format!("({opening}"));
            }
            None => self.put("("),
        }
        if name.is_some() || !ahead.starts_with('?') {
            self.out.groups.push((start, self.out.text.len() - start));
        }
    }

    /// A brace that says how often, or one that is just a brace.
    fn brace(&mut self) {
        let ahead = self.ahead();
        let inside = ahead.split('}').next().filter(|inside| inside.len() < ahead.len());
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let repeats = inside.is_some_and(|inside| match inside.split_once(',') {
            None => is_number(inside),
            Some((least, most)) => is_number(least) && (most.is_empty() || is_number(most)),
        });
        self.put(if repeats { "{" } else { "\\{" });
    }

    /// What stands after a backslash.
    fn escape(&mut self) -> Result<Escaped, String> {
        let sign = self.rest.next().ok_or("it ends with a backslash")?;
        Ok(match sign {
            'Q' => Escaped::Plain(regex_syntax::escape(&self.quoted())),
            'C' => Escaped::Plain("(?s-u:.)".to_owned()),
            'p' | 'P' => Escaped::Unicode(self.property(sign)),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Escaped::Class(format!("\\{sign}")),
            '0'..='7' => Escaped::Plain(self.octal(sign)?),
            '<' | '>' => Escaped::Plain(sign.to_string()),
            sign => Escaped::Plain(format!("\\{sign}")),
        })
    }

    fn quoted(&mut self) -> String {
        let ahead = self.ahead();
        let (text, len) = match ahead.find("\\E") {
            Some(end) => (&ahead[..end], end + 2),
            None => (ahead.as_str(), ahead.len()),
        };
        self.skip(ahead[..len].chars().count());
        text.to_owned()
    }

    fn property(&mut self, sign: char) -> String {
        let mut text = format!("\\{sign}");
        let braced = self.rest.peek() == Some(&'{');
        for sign in self.rest.by_ref() {
            text.push(sign);
            if !braced || sign == '}' {
                break;
            }
        }
        text
    }

    fn octal(&mut self, first: char) -> Result<String, String> {
        let mut digits = first.to_string();
        while digits.len() < 3 && self.rest.peek().is_some_and(|next| ('0'..='7').contains(next)) {
            digits.extend(self.rest.next());
        }
        if first != '0' && digits.len() == 1 {
            return Err(format!("it refers back to group {first}"));
        }
        let number = u32::from_str_radix(&digits, 8).map_err(|error| error.to_string())?;
        Ok(format!("\\x{{{number:X}}}"))
    }

    fn class(&mut self) -> Result<(), String> {
        let mut class = Class::default();
        if self.rest.next_if_eq(&'^').is_some() {
            class.text.push('^');
        }
        if self.rest.next_if_eq(&']').is_some() {
            class.put("\\]");
        }
        loop {
            let sign = self.rest.next().ok_or("a class in it is not closed")?;
            match sign {
                ']' => break,
                '[' => match self.posix() {
                    Some(name) => class.put_class(&name),
                    None => class.put("\\["),
                },
                '\\' => match self.escape()? {
                    Escaped::Class(text) => class.put_class(&text),
                    Escaped::Unicode(text) => {
                        class.put_class(&text);
                        class.is_unicode = true;
                    }
                    Escaped::Plain(text) => class.put(&text),
                },
                '-' => class.dash(self.rest.peek() == Some(&']')),
                '&' | '~' => class.put(&format!("\\{sign}")),
                sign => {
                    class.is_unicode |= !sign.is_ascii();
                    class.put(sign.encode_utf8(&mut [0; 4]));
                }
            }
        }
        let Class { text, is_unicode, .. } = class;
        self.put(&if is_unicode {
            format!("(?u:[{text}])")
        } else {
            format!("[{text}]")
        });
        Ok(())
    }

    /// Takes the rest of `[:alpha:]`, if that is what begins here.
    fn posix(&mut self) -> Option<String> {
        let ahead = self.ahead();
        let inside = ahead.strip_prefix(':')?;
        let end = inside.find(":]")?;
        let is_name = inside[..end]
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'^');
        is_name.then(|| {
            self.skip(end + 3);
            format!("[:{}:]", &inside[..end])
        })
    }
}

/// What an escape comes to.
enum Escaped {
    /// A sign, or something that stands for one place.
    Plain(String),
    /// A class of signs.
    Class(String),
    /// A class that needs Unicode.
    Unicode(String),
}

impl Escaped {
    fn text(self) -> String {
        match self {
            Self::Plain(text) | Self::Class(text) => text,
            Self::Unicode(text) => format!("(?u:{text})"),
        }
    }
}

/// A class as it is put together.
#[derive(Default)]
struct Class {
    text: String,
    is_unicode: bool,
    /// What a dash would mean here.
    last: Last,
}

#[derive(Default, PartialEq, Eq)]
enum Last {
    /// Nothing, a class or a range: a dash is a dash.
    #[default]
    Whole,
    /// A sign: a dash makes a range of it.
    Sign,
    /// The dash of a range, whose end comes next.
    Dash,
}

impl Class {
    fn put(&mut self, sign: &str) {
        self.text.push_str(sign);
        self.last = if self.last == Last::Dash {
            Last::Whole
        } else {
            Last::Sign
        };
    }

    fn put_class(&mut self, text: &str) {
        if self.last == Last::Dash {
            // Go reads `a-\w` as three things.
            self.text.insert(self.text.len() - 1, '\\');
        }
        self.text.push_str(text);
        self.last = Last::Whole;
    }

    fn dash(&mut self, is_last: bool) {
        if self.last == Last::Sign && !is_last {
            self.text.push('-');
            self.last = Last::Dash;
        } else {
            self.put("\\-");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(source: &str) -> String {
        translate(source).unwrap().plain()
    }

    #[test]
    fn what_both_dialects_know_stays_as_it_is() {
        for same in [
            r"(?i)\bkey[_-]?[a-z0-9]{16,32}\b",
            r"^a|b$",
            r"(?:x(y))+?",
            r"[[:alnum:]_]{4}",
            r"a\.b\x41\s",
        ] {
            assert_eq!(plain(same).replace("\\-", "-"), same);
        }
    }

    #[test]
    fn what_go_writes_otherwise_is_rewritten() {
        assert_eq!(plain(r"a{b}{,3}"), r"a\{b}\{,3}");
        assert_eq!(plain(r"\<a\>"), "<a>");
        assert_eq!(plain(r"\Qa.b\Ec"), r"a\.bc");
        assert_eq!(plain(r"[a[b&&c]"), r"[a\[b\&\&c]");
        assert_eq!(plain(r"[\w-.]"), r"[\w\-.]");
        assert_eq!(plain(r"[a-\w]"), r"[a\-\w]");
        assert_eq!(plain(r"[--/]"), r"[\--/]");
        assert_eq!(plain(r"\012"), r"\x{A}");
        assert_eq!(plain(r"[\p{L}é]"), r"(?u:[\p{L}é])");
    }

    #[test]
    fn what_no_automaton_can_match_is_refused() {
        assert!(translate(r"(a)\1").unwrap_err().contains("refers back"));
        assert!(translate("a(b").is_err() && translate("[a").is_err() && translate("(?=a)b").is_err());
    }

    #[test]
    fn the_group_of_the_secret_gets_its_name() {
        let pattern = translate(r"(a)(?:b)(?P<id>c)\(").unwrap();
        assert_eq!(pattern.with_secret(2).unwrap(), r"(a)(?:b)(?P<secret>c)\(");
        assert_eq!(pattern.with_secret(0).unwrap(), r"(?P<secret>a)(?:b)(?P<secret_2>c)\(");
        assert!(pattern.with_secret(3).is_err());
        assert_eq!(translate("abc").unwrap().with_secret(0).unwrap(), "abc");
    }
}
