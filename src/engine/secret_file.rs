//! Judges values in files that exist to hold secrets: there a value counts unless something speaks against it.
//! What a name promises and what is no secret anywhere is judged before; a file's own habits are judged here.

use bstr::ByteSlice;

use crate::engine::assignment::{Kind, Quoting, Syntax};
use crate::engine::judge::{Drop, Evidence};
use crate::engine::lookalike;
use crate::engine::randomness::Makeup;
use crate::model::Confidence;

/// Judges a value under a secret's name.
pub(super) fn named(evidence: &Evidence<'_>, kind: Kind) -> Result<Confidence, Drop> {
    let value = evidence.value;
    common(evidence)?;
    let is_code = evidence.syntax == Syntax::Code;
    match kind {
        Kind::Password if value.len() >= 3 => Ok(Confidence::High),
        Kind::Password => Err("too short"),
        _ if value.len() < 6 => Err("too short"),
        // What a plain `key` names is as often an entry in a table.
        Kind::Key | Kind::BareKey => unnamed(evidence),
        Kind::Minor if !Makeup::of(value).is_random() => Err("not random"),
        Kind::Minor => Ok(Confidence::Low),
        Kind::Secret if is_code && Makeup::of(value).is_words() => Err("words"),
        Kind::Secret => Ok(Confidence::High),
    }
}

/// Judges a value whose name promises nothing: it must be random by its shape.
pub(super) fn unnamed(evidence: &Evidence<'_>) -> Result<Confidence, Drop> {
    let value = evidence.value;
    common(evidence)?;
    if is_identity(evidence.name) {
        return Err("the name says that it is public");
    }
    if lookalike::is_uuid(value) || Makeup::of(value).is_words() || value.contains_str("://") || value.contains(&b' ') {
        return Err("an identity, an address or words");
    }
    // A certificate in base64 begins like this; so does a key, which has a name or a rule of its own.
    if value.starts_with(b"LS0tLS1CRUdJTiBD") || !Makeup::of(value).is_random() {
        return Err("neither a secret name nor a random value");
    }
    Ok(Confidence::Medium)
}

/// What rules out any value: a switch, a number, a path, a YAML tag.
fn common(evidence: &Evidence<'_>) -> Result<(), Drop> {
    let value = evidence.value;
    if is_switch(value) || is_number(value) {
        return Err("a switch or a number");
    }
    if lookalike::is_location(value) {
        return Err("a path or an address");
    }
    if evidence.quoting == Quoting::Bare && value.starts_with(b"!") && value.contains(&b' ') {
        return Err("a tag");
    }
    Ok(())
}

fn is_switch(value: &[u8]) -> bool {
    const SWITCHES: &[&[u8]] = &[b"true", b"false", b"yes", b"no", b"on", b"off"];
    SWITCHES.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let points = digits.iter().filter(|&&byte| byte == b'.').count();
    points <= 1 && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// Tells whether a name's last word, or a `public` in it, says that its random value may be known.
fn is_identity(name: &[u8]) -> bool {
    const LAST: &[&str] = &[
        "id",
        "ids",
        "sha",
        "sha1",
        "sha256",
        "md5",
        "commit",
        "revision",
        "rev",
        "digest",
        "hash",
        "checksum",
        "fingerprint",
        "fp",
        "release",
        "version",
        "image",
        "tag",
        "arn",
        "ami",
        "host",
        "hostname",
        "bucket",
        "domain",
        "email",
        "mac",
        "data",
        "certificate",
        "cert",
        "recipient",
    ];
    let name = name.to_ascii_lowercase();
    let words = name.split(|byte| !byte.is_ascii_alphanumeric());
    let last = words.clone().next_back().unwrap_or_default();
    let is_public = |word: &[u8]| matches!(word, b"public" | b"publishable" | b"site" | b"pub");
    LAST.iter().any(|word| last == word.as_bytes()) || words.into_iter().any(is_public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_number_is_none_with_anything_else_in_it() {
        for number in ["1", "-12", "3.14", "8080"] {
            assert!(is_number(number.as_bytes()), "{number}");
        }
        for other in ["12!34", "1.2.3", "12a"] {
            assert!(!is_number(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_name_says_when_its_random_value_may_be_known() {
        for name in [
            "GIT_COMMIT",
            "image-digest",
            "tenant_id",
            "DOTENV_PUBLIC_KEY",
            "RECAPTCHA_SITE_KEY",
        ] {
            assert!(is_identity(name.as_bytes()), "{name}");
        }
        for name in ["STRIPE", "orchid", "SOMETHING_PRIVATE"] {
            assert!(!is_identity(name.as_bytes()), "{name}");
        }
    }
}
