//! What a name promises: a password, a token, a key, or nothing secret at all.
//!
//! A name is split into words (`dbPassword`, `DB_PASSWORD` and `db.password` are the same two); the last secret word
//! decides the kind, and what follows it decides whether the value is the secret itself or something about it.

use std::collections::HashSet;
use std::sync::LazyLock;

type Words = LazyLock<HashSet<&'static str>>;

/// Reads one of the word lists in `src/engine/words/`.
macro_rules! words_of {
    ($list:literal) => {
        LazyLock::new(|| {
            include_str!(concat!("../words/", $list, ".txt"))
                .split_whitespace()
                .collect()
        })
    };
}

/// What a name says its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    /// Something a person may have chosen.
    Password,
    /// A secret, a token, a credential or a key of a service: random when real.
    Secret,
    /// A plain `key` or `auth`, which names many harmless things too.
    Key,
}

static PASSWORDS: Words = words_of!("passwords");
static SECRETS: Words = words_of!("secrets");
/// Words that make a secret of the `key` that follows them.
static KEYS_OF: Words = words_of!("keys-of");
/// Words after which the value is something about the secret.
static ABOUT: Words = words_of!("about");
/// Words after which it is still the secret itself.
static ITSELF: Words = words_of!("itself");
/// Words that end in a secret word and are none.
static INNOCENT: Words = words_of!("innocent");

/// Tells what a name promises; `None` when its value is no secret.
pub(in crate::engine) fn kind_of(name: &[u8]) -> Option<Kind> {
    let words = words(name);
    let (at, kind) = words
        .iter()
        .enumerate()
        .rev()
        .find_map(|(at, word)| secret_word(&words, at, word).map(|kind| (at, kind)))?;
    let after = &words[at + 1..];
    let is_about = |word: &String| ABOUT.contains(word.as_str()) && !ITSELF.contains(word.as_str());
    if after.iter().any(is_about) || is_negated(&words[..at]) {
        return None;
    }
    Some(kind)
}

fn secret_word(words: &[String], at: usize, word: &str) -> Option<Kind> {
    if INNOCENT.contains(word) {
        return None;
    }
    let before = at.checked_sub(1).map(|before| words[before].as_str());
    let is_public = before.is_some_and(|before| {
        matches!(
            before,
            "public" | "pub" | "primary" | "foreign" | "partition" | "sort" | "cache"
        )
    });
    match word {
        "key" | "keys" if is_public => None,
        "key" | "keys" if before.is_some_and(|before| KEYS_OF.contains(before)) => Some(Kind::Secret),
        "key" | "keys" | "auth" | "authorization" | "authentication" => Some(Kind::Key),
        _ if PASSWORDS.contains(word) => Some(Kind::Password),
        _ if SECRETS.contains(word) => Some(Kind::Secret),
        _ => glued(word),
    }
}

/// Reads a word that was written without a seam, such as `mysqlpassword` or `stripetoken`.
fn glued(word: &str) -> Option<Kind> {
    let ends = |list: &[&str]| list.iter().any(|end| word.len() > end.len() && word.ends_with(end));
    if ends(&["password", "passwd", "passphrase", "pwd", "passwort"]) {
        Some(Kind::Password)
    } else if ends(&[
        "secret",
        "token",
        "apikey",
        "accesskey",
        "secretkey",
        "privatekey",
        "authkey",
        "credentials",
    ]) {
        Some(Kind::Secret)
    } else if word.len() >= 6 && ends(&["key"]) {
        Some(Kind::Key)
    } else {
        None
    }
}

/// Tells whether the words before say that there is no secret: `is_password`, `has_token`, `max_tokens`.
fn is_negated(before: &[String]) -> bool {
    const NEGATIONS: &[&str] = &[
        "is", "has", "have", "no", "use", "uses", "max", "min", "num", "show", "hide", "get", "find", "check",
        "verify", "validate", "reset", "forgot", "change", "parse", "generate", "need", "needs", "require", "requires",
        "required", "enable", "disable", "allow", "skip", "count", "total", "wrong", "invalid", "confirm", "csrf",
        "by", "delete", "remove", "public", "n", "next", "last", "prev", "error", "amz",
    ];
    before.iter().any(|word| NEGATIONS.contains(&word.as_str()))
}

/// Splits a name into lower-case words at anything that is no letter, and where the case changes.
fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &byte) in name.iter().enumerate() {
        let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let last_was_lower = at > 0 && name[at - 1].is_ascii_lowercase();
        let last_was_upper = at > 0 && name[at - 1].is_ascii_uppercase();
        let starts_word = byte.is_ascii_uppercase() && (last_was_lower || (last_was_upper && next_is_lower));
        if !byte.is_ascii_alphabetic() || starts_word {
            push(&mut words, &mut word);
        }
        if byte.is_ascii_alphabetic() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    push(&mut words, &mut word);
    words
}

fn push(words: &mut Vec<String>, word: &mut String) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<Kind> {
        kind_of(name.as_bytes())
    }

    #[test]
    fn a_name_is_split_into_its_words() {
        assert_eq!(
            words(b"dbAPIKey_v2.Pass-word"),
            ["db", "api", "key", "v", "pass", "word"]
        );
    }

    #[test]
    fn names_promise_what_they_say() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "mysqlpasswd",
            "user.pass",
            "PGPASSWORD",
            "passwordDefault",
        ] {
            assert_eq!(of(name), Some(Kind::Password), "{name}");
        }
        for name in [
            "api_key",
            "apiKey",
            "APIKEY",
            "SECRET_KEY_BASE",
            "stripeToken",
            "client-secret",
            "AWS_SECRET_ACCESS_KEY",
            "accesstoken",
        ] {
            assert_eq!(of(name), Some(Kind::Secret), "{name}");
        }
        for name in ["key", "auth", "widgetkey"] {
            assert_eq!(of(name), Some(Kind::Key), "{name}");
        }
    }

    #[test]
    fn what_is_only_about_a_secret_is_none() {
        for name in [
            "password_hash",
            "token_url",
            "tokenizer",
            "max_tokens",
            "has_password",
            "secretary",
            "keyboard",
            "monkey",
            "bypass",
            "public_key",
            "primary_key",
            "passwordField",
            "resetPassword",
            "token_type",
            "secret_name",
            "key_id",
            "compass",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
