//! Settings that people write by hand, a name and a value on a line: no expression can stand there, so even a word is
//! what it seems. It may still be a label, a name of the thing itself, or the name of an algorithm.

use std::ops::Range;

use crate::engine::assignment::{Link, Quoting, Syntax};
use crate::engine::judge::Evidence;
use crate::engine::randomness::Makeup;

/// The shortest word that is taken for a secret.
const SHORTEST_SECRET: usize = 8;
/// The shortest word that is taken for a password; a file that holds one says so in fewer words than a label has.
const SHORTEST_PASSWORD: usize = 4;
/// How far the ends of a line are looked for.
const LONGEST_LINE: usize = 240;

/// Tells whether nothing else stands on the line of a name and its value but what introduces and closes them.
pub(super) fn is_alone(text: &[u8], key: &Range<usize>, value: &Range<usize>) -> bool {
    let before = &text[key.start.saturating_sub(LONGEST_LINE)..key.start];
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |end| end + 1)..];
    let after = &text[value.end..text.len().min(value.end + LONGEST_LINE)];
    let after = &after[..memchr::memchr(b'\n', after).unwrap_or(after.len())];
    introduces(before) && closes(after)
}

/// Tells whether this is what may stand before a name: quotes, signs of lists and comments, `export`.
fn introduces(before: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [b"export", b"set", b"env", b"arg", b"e", b"add key"];
    let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'=';
    let rest = before.trim_ascii();
    // An element whose name has several words.
    if rest.starts_with(b"<") && before.ends_with(b" ") {
        return true;
    }
    let start = rest.iter().take_while(|byte| is_sign(byte)).count();
    let end = rest.iter().rev().take_while(|byte| is_sign(byte)).count();
    let word = rest.get(start..rest.len().saturating_sub(end)).unwrap_or_default();
    word.is_empty() || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Tells whether this is what may stand behind a value: quotes, brackets, separators, a closing tag, a comment.
fn closes(after: &[u8]) -> bool {
    let is_sign = |byte: &u8| b" \t\r\"'`,;)]}>\\/".contains(byte);
    let rest = &after[after.iter().take_while(|byte| is_sign(byte)).count()..];
    let is_comment =
        rest.len() < after.len() && (rest.starts_with(b"#") || after.trim_ascii_start().starts_with(b"//"));
    rest.is_empty() || rest.starts_with(b"</") || is_comment
}

/// Tells whether a word under a password's name is one: on a line of its own, or given to an environment variable.
pub(super) fn holds_password(evidence: &Evidence<'_>, makeup: &Makeup) -> bool {
    let value = evidence.value;
    let is_said = evidence.link == Link::Near && evidence.quoting == Quoting::Quoted;
    // A bare number of a few digits is a limit, a size or a flag.
    let is_word = makeup.letters() > 0 || value.len() > SHORTEST_PASSWORD + 1;
    let is_set =
        value.len() >= SHORTEST_PASSWORD && is_word && (is_setting(evidence) || is_variable_of_environment(evidence));
    // What words are joined in, in quotes, is the name of something.
    let may_join = evidence.link == Link::Equals && evidence.quoting == Quoting::Bare;
    (is_set || is_said) && !is_label(makeup) && !names_itself(value) && (may_join || makeup.others == 0)
}

/// Tells whether a word under a secret's name is one. What a service issues is random; but people choose the secrets
/// that they share, and those of environment variables.
pub(super) fn holds_secret(evidence: &Evidence<'_>, makeup: &Makeup) -> bool {
    let is_chosen = is_shared(evidence.name) || is_constant(evidence.name);
    let is_set = is_setting(evidence) && (evidence.link != Link::Colon || evidence.syntax == Syntax::Text);
    let len = evidence.value.len();
    let is_word =
        makeup.letters() > 0 && (makeup.others == 0 && len >= SHORTEST_SECRET || makeup.symbols > 0 && len >= 6);
    is_chosen && is_set && is_word && !is_label(makeup) && !names_itself(evidence.value)
}

/// Tells whether a word that something is compared with may be a password: no label, and no name of one.
pub(super) fn is_plain_word(value: &[u8], makeup: &Makeup) -> bool {
    makeup.letters() == value.len() && !is_label(makeup) && !names_itself(value)
}

/// Tells whether name and value make up a line of a file that is no code.
fn is_setting(evidence: &Evidence<'_>) -> bool {
    let is_file = matches!(evidence.syntax, Syntax::Data | Syntax::Shell | Syntax::Text);
    let is_line = matches!(
        evidence.link,
        Link::Equals | Link::Colon | Link::Element | Link::Pair | Link::Space
    );
    // A test that passed is reported so, and a shell counts its passes so.
    let is_result = evidence.name.eq_ignore_ascii_case(b"pass")
        && (evidence.syntax == Syntax::Shell
            || evidence.link == Link::Colon && !evidence.value.iter().any(u8::is_ascii_uppercase));
    is_file && is_line && evidence.is_alone && !is_result
}

/// Tells an environment variable from a field or a label: nothing but a literal can stand there.
fn is_variable_of_environment(evidence: &Evidence<'_>) -> bool {
    evidence.syntax != Syntax::Code && evidence.link == Link::Equals && is_constant(evidence.name)
}

fn is_constant(name: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    name.contains(&b'_') && name.iter().all(is_name)
}

/// Tells whether a name says that people share what it names; keys and tokens are issued.
fn is_shared(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    let holds = |word: &[u8]| memchr::memmem::find(&lower, word).is_some();
    (holds(b"secret") || holds(b"credential")) && !holds(b"key") && !holds(b"token")
}

/// Tells a label by its capitals: `Kennwort`, `REQUIRED`.
fn is_label(makeup: &Makeup) -> bool {
    let is_headline = makeup.upper == 1 && makeup.lower > 1 && makeup.starts_upper;
    makeup.digits == 0 && makeup.symbols == 0 && (is_headline || makeup.lower == 0 && makeup.is_words())
}

/// Tells whether words say that they are a password, as in `keystore-password`: that is a name, not a value.
fn names_itself(value: &[u8]) -> bool {
    const NAMES: [&[u8]; 6] = [b"pass", b"pwd", b"secret", b"token", b"key", b"cred"];
    let lower = value.to_ascii_lowercase();
    NAMES.iter().any(|name| memchr::memmem::find(&lower, name).is_some())
}

/// Tells whether a variable is filled into words: a bare `super$ecret`, where a shell looks for `ecret`.
pub(super) fn is_interpolated(value: &[u8], quoting: Quoting) -> bool {
    if quoting != Quoting::Bare && !value.starts_with(b"$") {
        return false;
    }
    let Some(at) = value.iter().rposition(|&byte| byte == b'$') else {
        return false;
    };
    let name = &value[at + 1..];
    let is_name = name.len() >= 4 && name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
    is_name
        && value[..at]
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || *byte == b'$')
}

/// Tells whether the value is the name of an algorithm or an encoding.
pub(super) fn is_technical(value: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"base64",
        b"base32",
        b"utf-8",
        b"utf-16",
        b"sha1",
        b"sha-1",
        b"sha224",
        b"sha256",
        b"sha-256",
        b"sha384",
        b"sha512",
        b"sha-512",
        b"md5sum",
        b"pbkdf2",
        b"oauth2",
        b"scram-sha-256",
        b"hmac-sha256",
        b"aes128",
        b"aes256",
        b"aes-256",
        b"ed25519",
        b"argon2",
        b"argon2i",
        b"argon2id",
        b"bcrypt2",
        b"x25519",
        b"hs256",
        b"rs256",
    ];
    NAMES.iter().any(|name| value.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(line: &str) -> bool {
        let text = format!("first line\n{line}\nlast line");
        let key = text.find("pw").unwrap();
        let value = text.find("VALUE").unwrap();
        is_alone(text.as_bytes(), &(key..key + 2), &(value..value + 5))
    }

    #[test]
    fn a_setting_stands_alone_on_its_line() {
        for line in [
            "pw=VALUE",
            "  \"pw\" : \"VALUE\",",
            "export pw='VALUE'",
            "- pw=VALUE",
            "# pw: VALUE",
            "<pw>VALUE</pw>",
            "pw = VALUE  # for now",
            ".pw=VALUE}",
        ] {
            assert!(alone(line), "{line}");
        }
        for line in [
            "the pw is VALUE",
            "pw=VALUE&page=2",
            "user=bob pw=VALUE",
            "pw=VALUE or other",
        ] {
            assert!(!alone(line), "{line}");
        }
    }

    #[test]
    fn a_label_is_told_by_its_capitals() {
        for value in ["Kennwort", "REQUIRED"] {
            assert!(is_label(&Makeup::of(value.as_bytes())), "{value}");
        }
        for value in ["mangotree", "MangoTree", "mango7tree"] {
            assert!(!is_label(&Makeup::of(value.as_bytes())), "{value}");
        }
    }

    #[test]
    fn a_variable_within_words_is_seen() {
        let bare = |value: &[u8]| is_interpolated(value, Quoting::Bare);
        assert!(bare(b"super$ecret") && is_interpolated(b"$super$ecret", Quoting::Quoted));
        assert!(!is_interpolated(b"super$ecret", Quoting::Quoted));
        assert!(!bare(b"T0pS3cr3t$") && !bare(b"mango$7tree") && !bare(b"mango"));
    }
}
