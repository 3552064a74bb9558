//! Reads `name = value` in the syntaxes that people use, by small readers rather than one huge expression.
//!
//! A reader starts at a keyword inside a name, finds the name's ends, what links it to a value, and the value. It knows
//! nothing of secrets: whether the value is one is judged elsewhere.

mod key;
mod link;
mod near;
mod pairs;
mod rare;
mod recent;
mod syntax;
mod value;

use std::ops::Range;

pub(super) use key::{Kind, kind_of};
pub(super) use link::Link;
pub(super) use pairs::{all, is_dotenv};
pub(super) use syntax::Syntax;
pub(super) use value::Quoting;

/// A name with the value that it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assigned {
    /// The name.
    pub(super) key: Range<usize>,
    /// The value, its quotes left out.
    pub(super) value: Range<usize>,
    /// What links the two.
    pub(super) link: Link,
    /// How the value is quoted.
    pub(super) quoting: Quoting,
}

impl Assigned {
    /// Puts together a name and a value that were found apart.
    pub(super) fn written(text: &[u8], key: Range<usize>, value: Range<usize>) -> Self {
        let opens = value.start.checked_sub(1).map(|before| text[before]);
        let is_quoted = matches!(opens, Some(b'"' | b'\'' | b'`'));
        Self {
            key,
            value,
            link: Link::Equals,
            quoting: if is_quoted { Quoting::Quoted } else { Quoting::Inside },
        }
    }
}

/// How far from a keyword in its name a value may end, or its name begin.
pub(super) const REACH: usize = 8 * 1024;
/// The longest name that is read as one.
pub(super) const LONGEST_KEY: usize = 100;

/// A name that promises a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// Where it stands.
    pub(super) key: Range<usize>,
    kind: Kind,
}

/// Finds the name that holds the bytes at `hit`, if it promises a secret; most do not, so no value is looked for yet.
///
/// Only the name itself is looked at and the word before it, never farther than twice [`LONGEST_KEY`] bytes.
pub(super) fn name(text: &[u8], hit: &Range<usize>, syntax: Syntax) -> Option<Named> {
    let key = name_around(text, &letters_of(text, hit))?;
    if syntax == Syntax::Code && is_modifier(text, &key) {
        return None;
    }
    let key = with_word_before(text, key, syntax);
    let kind = kind_of(&text[key.clone()])?;
    Some(Named { key, kind })
}

/// Tells whether a name that holds the bytes at `hit` may promise a secret, in whatever syntax it stands.
///
/// A word before it can only take the promise back. Nothing is looked at beyond the name, or farther than
/// [`LONGEST_KEY`] bytes from the hit.
pub(super) fn may_promise(text: &[u8], hit: &Range<usize>) -> bool {
    let key = name_around(text, &letters_of(text, hit));
    key.is_some_and(|key| kind_of(&text[key]).is_some())
}

/// Reads what is assigned to a name.
pub(super) fn read(text: &[u8], name: &Named, syntax: Syntax) -> Option<Assigned> {
    from_key(text, name.key.clone(), syntax)
        .or_else(|| near::below(text, &name.key))
        .or_else(|| near::before(text, &name.key))
        .or_else(|| near::after(text, &name.key, name.kind, syntax))
}

/// Reads the assignment whose name holds the bytes at `hit`.
#[cfg(test)]
pub(super) fn around(text: &[u8], hit: &Range<usize>, syntax: Syntax) -> Option<Assigned> {
    read(text, &name(text, hit, syntax)?, syntax)
}

/// Takes in the word that says whose key it is where people write names with a blank: `SECRET KEY: …`, `public key: …`.
fn with_word_before(text: &[u8], key: Range<usize>, syntax: Syntax) -> Range<usize> {
    let name = &text[key.clone()];
    let is_bare = name.eq_ignore_ascii_case(b"key") || name.eq_ignore_ascii_case(b"keys");
    if !is_bare || syntax == Syntax::Json || key.start == 0 || text[key.start - 1] != b' ' {
        return key;
    }
    let before = text[..key.start - 1].iter().rev().take(LONGEST_KEY);
    let len = before.take_while(|byte| byte.is_ascii_alphabetic()).count();
    let whole = key.start - 1 - len..key.end;
    let is_modifier = syntax == Syntax::Code && matches!(&text[whole.start..][..len], b"private" | b"public");
    let says_whose = matches!(kind_of(&text[whole.clone()]), None | Some(Kind::Secret));
    if len > 0 && says_whose && !is_modifier {
        whole
    } else {
        key
    }
}

/// Tells whether a name is what a declaration begins with: `private final String name`. Such a word is on every other
/// line of some languages, and no value is looked for at it.
fn is_modifier(text: &[u8], key: &Range<usize>) -> bool {
    let is_word = matches!(text.get(key.end..), Some([b' ', next, ..]) if next.is_ascii_alphabetic());
    is_word && &text[key.clone()] == b"private"
}

/// Leaves off what ends a keyword and belongs to no name: the colon of `pw:`.
fn letters_of(text: &[u8], hit: &Range<usize>) -> Range<usize> {
    let more = text[hit.clone()]
        .iter()
        .rev()
        .take_while(|&&byte| !is_name(byte))
        .count();
    hit.start..hit.end - more
}

fn from_key(text: &[u8], key: Range<usize>, syntax: Syntax) -> Option<Assigned> {
    if ends_path(text, key.start) {
        return None;
    }
    let link = link::after(text, &key, syntax)?;
    if link.kind == Link::Colon && (is_in_a_row(text, &key) || is_verdict(text, &key)) {
        return None;
    }
    let read = value::read(text, &link, syntax)?;
    Some(Assigned {
        key,
        value: read.span,
        link: link.kind,
        quoting: read.quoting,
    })
}

/// Tells whether a name is one of several words that colons keep apart, as in `urn:app:auth:userpass:2.0` or in a list of
/// ciphers, `HIGH:!PSK:!MD5`.
fn is_in_a_row(text: &[u8], key: &Range<usize>) -> bool {
    let before = |at: usize| key.start.checked_sub(at).map(|at| text[at]);
    let next = text.get(key.end + 1);
    if text.get(key.end) != Some(&b':') {
        return false;
    }
    let is_left_out = before(1) == Some(b'!') && next.is_some_and(|byte| !byte.is_ascii_whitespace());
    is_left_out || before(1) == Some(b':') && before(2).is_some_and(is_name) && next.is_some_and(|byte| is_name(*byte))
}

/// Tells whether a name says how a test ended, as in `--- PASS: TestToken`.
fn is_verdict(text: &[u8], key: &Range<usize>) -> bool {
    &text[key.clone()] == b"PASS" && text[..key.start].ends_with(b"--- ")
}

/// Tells whether what stands before a name makes it the end of a path: `/etc/passwd: no such file`.
fn ends_path(text: &[u8], name: usize) -> bool {
    if name == 0 || text[name - 1] != b'/' {
        return false;
    }
    let is_path = |byte: &u8| is_name(*byte) || matches!(byte, b'/' | b'~');
    let len = text[..name]
        .iter()
        .rev()
        .take(LONGEST_KEY)
        .take_while(|byte| is_path(byte))
        .count();
    let starts_path = matches!(text[name - len], b'/' | b'.' | b'~');
    let stands_alone =
        name == len || text[name - len - 1].is_ascii_whitespace() || b"\"'`(=:".contains(&text[name - len - 1]);
    starts_path && stands_alone
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

fn name_around(text: &[u8], hit: &Range<usize>) -> Option<Range<usize>> {
    let before = text[..hit.start]
        .iter()
        .rev()
        .take(LONGEST_KEY)
        .take_while(|&&byte| is_name(byte))
        .count();
    let after = text[hit.end..]
        .iter()
        .take(LONGEST_KEY)
        .take_while(|&&byte| is_name(byte))
        .count();
    let mut key = hit.start - before..hit.end + after;
    while key.end > hit.end && matches!(text[key.end - 1], b'.' | b'-' | b'$') {
        key.end -= 1;
    }
    // `\npassword` inside a string is a line break and a name.
    if key.start > 0
        && text[key.start - 1] == b'\\'
        && matches!(text[key.start], b'n' | b't' | b'r')
        && key.start < hit.start
    {
        key.start += 1;
    }
    (key.len() < LONGEST_KEY).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, path: &str) -> Option<(String, String)> {
        let at = text.to_lowercase().find("pass").unwrap_or_default();
        let assigned = around(text.as_bytes(), &(at..at + 4), Syntax::of(path.into()))?;
        Some((text[assigned.key].to_owned(), text[assigned.value].to_owned()))
    }

    fn value(text: &str, path: &str) -> Option<String> {
        read(text, path).map(|(_, value)| value)
    }

    #[test]
    fn assignments_are_read_in_every_syntax() {
        let cases = [
            ("a.py", "db_password = 'v-1'"),
            ("a.py", "password: str = \"v-1\""),
            ("a.py", "conn(password='v-1', x=2)"),
            ("a.py", "d['password'] = 'v-1'"),
            ("a.py", "pw = Field(password = SecretStr('v-1'))"),
            ("a.py", "if password == 'v-1':"),
            ("a.go", "password := `v-1`"),
            ("a.go", "var password string = \"v-1\""),
            ("a.java", "private static final String PASSWORD = \"v-1\";"),
            ("a.java", "props.put(\"password\", \"v-1\");"),
            ("a.java", "user.setPassword(\"v-1\");"),
            ("a.ts", "const password: string = 'v-1'"),
            ("a.js", "{password: 'v-1'}"),
            ("a.rb", ":password => 'v-1'"),
            ("a.c", "char password[] = \"v-1\";"),
            ("a.json", "{\"password\": \"v-1\"}"),
            ("a.json", "\"{\\\"password\\\": \\\"v-1\\\"}\""),
            ("a.json", "{\"name\": \"DB_PASSWORD\", \"value\": \"v-1\"}"),
            ("a.yaml", "password: v-1"),
            ("a.yaml", "password: v-1 # why"),
            ("a.yaml", "- name: DB_PASSWORD\n  value: v-1\n"),
            ("a.yaml", "- DB_PASSWORD=v-1"),
            ("a.toml", "password = \"v-1\""),
            ("a.ini", "password=v-1\r\nuser=x"),
            (".env", "export DB_PASSWORD=v-1"),
            ("a.properties", "db.password=v-1"),
            ("a.xml", "<password>v-1</password>"),
            ("a.xml", "<db password=\"v-1\"/>"),
            ("a.xml", "<property name=\"password\" value=\"v-1\"/>"),
            ("a.xml", "<string name=\"password\">v-1</string>"),
            ("a.html", "password=&quot;v-1&quot;"),
            ("a.sh", "PGPASSWORD=v-1 psql"),
            ("a.sh", "mysql --password v-1 -u root"),
            ("a.sh", "mysql --password=v-1 -u root"),
            ("Dockerfile", "ENV DB_PASSWORD v-1"),
            ("Dockerfile", "ARG DB_PASSWORD=v-1"),
            ("a.sql", "CREATE USER x WITH PASSWORD 'v-1'"),
            ("a.md", "http://h/?user=x&password=v-1&y=2"),
            ("a.py", "url = 'http://h/?password=v-1&y=2'"),
            ("a.go", "dsn := \"user=x password=v-1 host=y\""),
            ("a.tf", "password = \"v-1\""),
            ("a.tf", "variable \"password\" {\n  default = \"v-1\"\n}"),
            ("a.yml", "password: >-\n  v-1\n"),
            ("a.yml", "password: |\n  v-1\nuser: x\n"),
            ("a.md", "- **password**: v-1"),
            ("a.txt", "ID:master/PASS:v-1"),
            ("a.txt", "ID:x!/PASS:v-1"),
            ("a.c", "setopt(curl, OPT_PASSWORD, \"v-1\");"),
            ("a.txt", "The password is 'v-1'"),
            ("a.xml", "<password encoded=\"no\">v-1</password>"),
            ("a.js", "if ('v-1' === password) {"),
            ("a.java", "key.setPassword(Base64.decode(\"v-1\"));"),
        ];
        for (path, text) in cases {
            assert_eq!(value(text, path).as_deref(), Some("v-1"), "{path}: {text}");
        }
    }

    #[test]
    fn an_expression_in_code_is_no_literal() {
        for (path, text) in [
            ("a.py", "password = get_password()"),
            ("a.js", "password: req.body.password,"),
            ("a.go", "password: password,"),
            ("a.java", "this.password = password;"),
        ] {
            assert_eq!(value(text, path), None, "{path}: {text}");
        }
    }

    #[test]
    fn a_bracket_inside_a_bare_value_belongs_to_it() {
        assert_eq!(value("password: a)b}c]d", "a.txt").as_deref(), Some("a)b}c]d"));
        assert_eq!(value("(password: ab)", "a.txt").as_deref(), Some("ab"));
    }

    #[test]
    fn a_hole_in_brackets_is_no_element() {
        assert_eq!(value("login <password>\n\nSee v-1 and <b>", "a.md"), None);
    }

    #[test]
    fn a_path_is_no_name() {
        assert_eq!(value("cat: /etc/passwd: Permission", "a.txt"), None);
    }

    #[test]
    fn a_literal_that_goes_on_below_is_read_as_far_as_its_line() {
        let long = "v1v1v1v1v1v1v1v1v1v1v1v1";
        for text in [
            format!("pass = '{long}\\\nv2'"),
            format!("pass = '''{long}\nv2'''"),
            format!("$pass = '{long}\nv2';"),
        ] {
            assert_eq!(value(&text, "a.php").as_deref(), Some(long), "{text}");
        }
        assert_eq!(value("pass = '\nv2'", "a.php"), None);
    }

    #[test]
    fn a_word_in_a_row_of_words_is_no_name() {
        assert_eq!(value("lic:go:auth:userpass:MPL-2.0", "a.html"), None);
        assert_eq!(value("user:bob:password: v-1", "a.txt").as_deref(), Some("v-1"));
    }

    #[test]
    fn a_list_of_names_gives_no_value() {
        assert_eq!(value("['user', 'password', 'email']", "a.py"), None);
        assert_eq!(value("def f(user, password, email):", "a.py"), None);
    }
}
