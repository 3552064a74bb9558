//! What a name promises: a password, a token, a key, or nothing secret at all.
//!
//! A name is split into words (`dbPassword`, `DB_PASSWORD` and `db.password` are the same two); the last secret word
//! decides the kind, and what follows it decides whether the value is the secret itself or something about it.
//! Most names that hold a keyword promise nothing, so this must stay cheap: nothing is allocated.

use std::cell::RefCell;
use std::sync::LazyLock;

use crate::engine::assignment::recent::Recent;
use crate::engine::wordlist::WordList;

type Words = LazyLock<WordList>;

/// Reads one of the word lists in `src/engine/words/`.
macro_rules! words_of {
    ($list:literal) => {
        LazyLock::new(|| WordList::new(include_str!(concat!("../words/", $list, ".txt"))))
    };
}

/// What a name says its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    /// Something a person may have chosen.
    Password,
    /// A secret, a token, a credential or a key of a service: random when real.
    Secret,
    /// The key of something: often random and often harmless.
    Key,
    /// A bare `key` or `auth`, which names entries of tables more often than secrets.
    BareKey,
    /// Random by nature and seldom worth a revocation: a nonce, a salt, a signature, a cookie.
    Minor,
}

static PASSWORDS: Words = words_of!("passwords");
static SECRETS: Words = words_of!("secrets");
static MINOR: Words = words_of!("minor");
/// Words that make a secret of the `key` that follows them.
static KEYS_OF: Words = words_of!("keys-of");
/// Words after which the value is something about the secret.
static ABOUT: Words = words_of!("about");
/// Words after which it is still the secret itself.
static ITSELF: Words = words_of!("itself");
/// Words that end in a secret word and are none.
static INNOCENT: Words = words_of!("innocent");
/// Words before which say that the value is no secret: `is_password`, `has_token`, `max_tokens`.
static NEGATIONS: Words = words_of!("negations");

/// Tells what a name promises; `None` when its value is no secret.
///
/// The names of a program repeat, so what was read in the last few is kept, a thread for itself.
pub(in crate::engine) fn kind_of(name: &[u8]) -> Option<Kind> {
    KNOWN.with_borrow_mut(|known| known.get(name, read))
}

thread_local! {
    static KNOWN: RefCell<Recent<Option<Kind>>> = RefCell::default();
}

fn read(name: &[u8]) -> Option<Kind> {
    let words = Name::split(name);
    let (at, kind) = (0..words.len)
        .rev()
        .find_map(|at| Some((at, secret_word(&words, at)?)))?;
    let is_about = |word: &[u8]| ABOUT.contains(word) && !ITSELF.contains(word);
    if (at + 1..words.len).any(|after| is_about(words.get(after))) {
        return None;
    }
    if (0..at).any(|before| NEGATIONS.contains(words.get(before))) {
        return None;
    }
    Some(kind)
}

fn secret_word(words: &Name, at: usize) -> Option<Kind> {
    let word = words.get(at);
    if INNOCENT.contains(word) {
        return None;
    }
    let before = at.checked_sub(1).map(|before| words.get(before));
    match word {
        b"key" | b"keys" => key(before),
        b"seed" | b"auth" | b"authorization" | b"authentication" => Some(Kind::BareKey),
        b"access" | b"private" if at + 1 == words.len => Some(Kind::BareKey),
        b"string" if before == Some(b"secure") => Some(Kind::Password),
        b"api" if before.is_some() && at + 1 == words.len => Some(Kind::BareKey),
        _ if PASSWORDS.contains(word) => Some(Kind::Password),
        _ if MINOR.contains(word) => Some(Kind::Minor),
        _ if SECRETS.contains(word) => Some(Kind::Secret),
        _ => glued(word),
    }
}

/// Tells what kind of key it is by the word before.
fn key(before: Option<&[u8]>) -> Option<Kind> {
    match before {
        None => Some(Kind::BareKey),
        Some(
            b"public" | b"pub" | b"primary" | b"foreign" | b"partition" | b"sort" | b"cache" | b"unique" | b"pinned"
            | b"hot" | b"shortcut" | b"index" | b"row" | b"hash" | b"group" | b"dict" | b"map" | b"registry"
            | b"publishable" | b"recv" | b"socket" | b"site" | b"gpg" | b"pgp" | b"idempotency",
        ) => None,
        Some(before) if KEYS_OF.contains(before) => Some(Kind::Secret),
        Some(_) => Some(Kind::Key),
    }
}

/// Reads a word that was written without a seam, such as `mysqlpassword` or `stripetoken`.
fn glued(word: &[u8]) -> Option<Kind> {
    let ends = |list: &[&[u8]]| list.iter().any(|end| word.len() > end.len() && word.ends_with(end));
    if ends(&[b"password", b"passwd", b"passphrase", b"pwd", b"passwort", b"pword"]) {
        Some(Kind::Password)
    } else if ends(&[
        b"secret",
        b"token",
        b"apikey",
        b"accesskey",
        b"secretkey",
        b"privatekey",
        b"authkey",
        b"credentials",
    ]) {
        Some(Kind::Secret)
    } else if word.len() >= 6 && ends(&[b"key"]) {
        Some(Kind::Key)
    } else {
        None
    }
}

/// The most words that a name is split into; the rest of a longer one is not looked at.
const MOST_WORDS: usize = 16;
/// The most letters that are looked at.
const MOST_LETTERS: usize = 100;

/// A name as lower-case words, split at anything that is no letter, and where the case changes.
struct Name {
    letters: [u8; MOST_LETTERS],
    /// Where each word ends in `letters`.
    ends: [u8; MOST_WORDS],
    len: usize,
}

impl Name {
    fn split(name: &[u8]) -> Self {
        let mut words = Self {
            letters: [0; MOST_LETTERS],
            ends: [0; MOST_WORDS],
            len: 0,
        };
        let mut used = 0;
        for (at, &byte) in name.iter().enumerate() {
            if !byte.is_ascii_alphabetic() || starts_word(name, at) {
                words.end_word(used);
            }
            if byte.is_ascii_alphabetic() && used < MOST_LETTERS {
                words.letters[used] = byte.to_ascii_lowercase();
                used += 1;
            }
        }
        words.end_word(used);
        words
    }

    #[expect(clippy::cast_possible_truncation, reason = "at most MOST_LETTERS")]
    fn end_word(&mut self, used: usize) {
        if used > self.start(self.len) && self.len < MOST_WORDS {
            self.ends[self.len] = used as u8;
            self.len += 1;
        }
    }

    fn start(&self, word: usize) -> usize {
        word.checked_sub(1).map_or(0, |before| usize::from(self.ends[before]))
    }

    fn get(&self, word: usize) -> &[u8] {
        &self.letters[self.start(word)..usize::from(self.ends[word])]
    }
}

/// Tells whether the case changes at a letter: `dbPassword`, `APIKey`.
fn starts_word(name: &[u8], at: usize) -> bool {
    let is = |at: Option<usize>, test: fn(&u8) -> bool| at.and_then(|at| name.get(at)).is_some_and(test);
    let last = at.checked_sub(1);
    name[at].is_ascii_uppercase()
        && (is(last, u8::is_ascii_lowercase)
            || is(last, u8::is_ascii_uppercase) && is(Some(at + 1), u8::is_ascii_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<Kind> {
        kind_of(name.as_bytes())
    }

    #[test]
    fn a_name_is_split_into_its_words() {
        let name = Name::split(b"dbAPIKey_v2.Pass-word");
        let words: Vec<&[u8]> = (0..name.len).map(|word| name.get(word)).collect();
        let expected: [&[u8]; 6] = [b"db", b"api", b"key", b"v", b"pass", b"word"];
        assert_eq!(words, expected);
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
            "ConvertTo-SecureString",
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
        for name in ["widget_key", "widgetkey"] {
            assert_eq!(of(name), Some(Kind::Key), "{name}");
        }
        for name in ["key", "auth", "acme_api", "acmeACCESS"] {
            assert_eq!(of(name), Some(Kind::BareKey), "{name}");
        }
        for name in ["nonce", "session_cookie", "requestSignature"] {
            assert_eq!(of(name), Some(Kind::Minor), "{name}");
        }
    }

    #[test]
    fn a_name_of_any_length_is_read() {
        assert_eq!(of(&"aB".repeat(500)), None);
        assert_eq!(of(&"a".repeat(5000)), None);
        assert_eq!(of(""), None);
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
            "MD5_PASSWORD",
            "encryptedKey",
            "pinned_public_key",
            "password_scheme",
            "recaptchaSiteKey",
            "gpg-key",
            "Idempotency-Key",
            "credentialsFilter",
            "passwordTrigger",
            "scorePassword",
            "authenticity_token",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
