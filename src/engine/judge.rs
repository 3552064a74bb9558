//! Whether an assigned value is a secret, by what it is made of and what its name promises.
//!
//! Hand-set thresholds: on repositories that took no part in setting them, a logistic regression over the same
//! features was no better (`benches/train/README.md`), and these can be read and explained.

use crate::engine::assignment::{Kind, Link, Quoting, Syntax};
use crate::engine::common::common;
use crate::engine::lookalike;
use crate::engine::path_class::PathClass;
use crate::engine::randomness::Makeup;
use crate::engine::typed::{has_blank, has_signs_only, holds_escaped_blank, is_typed};
use crate::engine::{placeholder, secret_file, setting};
use crate::model::Confidence;
use crate::rules::Assignment;

/// A value in its surroundings.
#[derive(Debug)]
pub(super) struct Evidence<'t> {
    pub(super) name: &'t [u8],
    pub(super) value: &'t [u8],
    pub(super) kind: Option<Kind>,
    pub(super) link: Link,
    pub(super) quoting: Quoting,
    pub(super) syntax: Syntax,
    pub(super) path: PathClass,
    /// True when nothing else stands on the line.
    pub(super) is_alone: bool,
}

/// Why a candidate was dropped, in a few words.
pub(super) type Drop = &'static str;

/// Judges a value for a rule that wants `want`.
pub(super) fn judge(want: Assignment, evidence: &Evidence<'_>) -> Result<Confidence, Drop> {
    if want == Assignment::Mention {
        return mention(evidence);
    }
    if placeholder::is_placeholder(evidence.value) {
        return Err("placeholder");
    }
    if lookalike::is_encrypted(evidence.value) || is_of_sops(evidence.name) {
        return Err("encrypted");
    }
    let wants_random = matches!(want, Assignment::Random | Assignment::Likely | Assignment::Template);
    match (want, evidence.kind) {
        (Assignment::Password | Assignment::Likely | Assignment::Template, Some(Kind::Password)) => password(evidence),
        (_, Some(kind)) if wants_random && kind != Kind::Password => random(evidence, kind),
        (Assignment::Template, None) => secret_file::unnamed(evidence),
        (Assignment::Named, Some(kind)) | (Assignment::Any, Some(kind)) => secret_file::named(evidence, kind),
        (Assignment::Any, None) => secret_file::unnamed(evidence),
        _ => Err("the name promises no such secret"),
    }
}

/// Tells whether a name belongs to what sops writes beside the values that it encrypts.
fn is_of_sops(name: &[u8]) -> bool {
    name.starts_with(b"sops_") || name == b"enc"
}

fn password(evidence: &Evidence<'_>) -> Result<Confidence, Drop> {
    let value = evidence.value;
    let makeup = Makeup::of(value);
    common(evidence)?;
    if has_blank(value) && !makeup.is_unlike_language() {
        return Err("prose");
    }
    // Programs pass things: `pass "&list[0]" to the function`.
    let is_object = evidence.link == Link::Space && evidence.quoting != Quoting::Bare;
    if is_object && evidence.name.eq_ignore_ascii_case(b"pass") {
        return Err("a verb");
    }
    if is_upstream(evidence) {
        return Err("whom a server passes requests to");
    }
    if is_tag(evidence) {
        return Err("a tag");
    }
    // In a file of settings a password may begin like that.
    if evidence.quoting == Quoting::Bare && evidence.syntax == Syntax::Text && value.starts_with(b"![") {
        return Err("a picture in Markdown");
    }
    if evidence.path == PathClass::Translation && !(makeup.digits > 0 && makeup.is_unlike_language()) {
        return Err("a label in a translation");
    }
    if value.len() < 4 {
        return Err("too short");
    }
    if value.len() > 64 && !makeup.is_random() {
        return Err("too long for a password");
    }
    if evidence.quoting == Quoting::Bare && evidence.syntax == Syntax::Code && makeup.letters() == value.len() {
        return Err("a word in a comment");
    }
    if value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && makeup.others > 1 {
        return Err("a version or an address");
    }
    if evidence.link == Link::Compare && evidence.syntax == Syntax::Code && value.len() < 6 {
        return Err("a comparison with a short word");
    }
    Ok(password_confidence(evidence, &makeup))
}

/// Half of all real passwords hold words, so a word lowers nothing; what is only letters, though, may be a label.
fn password_confidence(evidence: &Evidence<'_>, makeup: &Makeup) -> Confidence {
    let value = evidence.value;
    let is_sure_of_value = evidence.quoting != Quoting::Bare || evidence.syntax != Syntax::Text;
    // Nobody types so many characters: it is a hash, or it was encrypted.
    let is_too_long = value.len() > 44;
    // A phrase in quotes that has digits in it, and that no language has, is a password with a blank in it.
    let is_phrase = evidence.quoting == Quoting::Quoted && makeup.digits > 0 && makeup.is_unlike_language();
    let is_one_word = (!has_blank(value) || is_phrase) && is_typed(value);
    let is_mixed =
        makeup.digits > 0 && makeup.letters() > 0 || makeup.others > 0 && makeup.letters() > 0 && !makeup.is_words();
    if is_too_long || !is_one_word || setting::is_interpolated(value, evidence.quoting) {
        return Confidence::Low;
    }
    // The SHA-1 of a password; nobody draws one of just this length.
    if makeup.is_hex && makeup.upper == 0 && value.len() == 40 {
        return Confidence::Low;
    }
    let is_compared = evidence.link == Link::Compare && evidence.quoting == Quoting::Quoted;
    let is_strong = value.len() >= 6 && is_mixed && !lookalike::is_uuid(value) && !setting::is_technical(value)
        || value.len() >= 6 && is_sure_of_value && makeup.is_unlike_language()
        || value.len() >= 6 && makeup.digits == value.len() && is_sure_of_value
        || is_compared && value.len() >= 6 && setting::is_plain_word(value, makeup)
        || setting::holds_password(evidence, makeup);
    if is_strong { Confidence::Medium } else { Confidence::Low }
}

fn random(evidence: &Evidence<'_>, kind: Kind) -> Result<Confidence, Drop> {
    let value = evidence.value;
    if evidence.path == PathClass::Lock {
        return Err("a lock file");
    }
    if kind == Kind::Secret && is_json(value) {
        let holds = holds_random_json(value);
        return if holds {
            Ok(Confidence::Medium)
        } else {
            Err("JSON without a random value")
        };
    }
    let makeup = Makeup::of(value);
    common(evidence)?;
    if has_blank(value) || holds_escaped_blank(value) {
        return Err("prose");
    }
    // A word of so many letters was not drawn.
    let has_word = value
        .split(|byte| !byte.is_ascii_lowercase())
        .any(|word| word.len() >= 8);
    if evidence.path == PathClass::Translation && (makeup.digits == 0 || has_word) {
        return Err("a label in a translation");
    }
    if makeup.symbols > 0 && kind != Kind::Secret {
        return Err("no key has such signs");
    }
    let is_plain = value.is_ascii() || kind == Kind::Secret && is_typed(value) && has_signs_only(value);
    if !is_plain {
        return Err("not ASCII");
    }
    if lookalike::is_uuid(value) && kind != Kind::Secret {
        return Err("a UUID");
    }
    if lookalike::is_openpgp_id(value) && kind != Kind::Secret {
        return Err("the name of an OpenPGP key");
    }
    // Cloud providers write it into the samples of their manuals; nobody draws these seven capitals.
    if value.len() >= 16 && bstr::ByteSlice::contains_str(value, "EXAMPLE") {
        return Err("it says that it is an example");
    }
    if lookalike::is_row(value) {
        return Err("words in a row");
    }
    if matches!(kind, Kind::Key | Kind::BareKey) && lookalike::begins_with_words(value) {
        return Err("the name of an entry");
    }
    // An option says so with a dash: what stands behind the mere word is named, not kept: `the private 'bus' service`.
    let is_named = evidence.link == Link::Space && !evidence.name.starts_with(b"-");
    let is_bare_hex = kind == Kind::BareKey && makeup.is_hex;
    let is_random = makeup.is_random();
    match kind {
        Kind::Secret if setting::holds_secret(evidence, &makeup) => Ok(Confidence::Medium),
        _ if makeup.is_words() => Err("words"),
        Kind::Minor if is_random => Ok(Confidence::Low),
        _ if evidence.link == Link::Near && (value.contains(&b'/') || makeup.digits == 0 || !is_random) => {
            Err("not random")
        }
        _ if makeup.digits == 0 && value.ends_with(b"_") => Err("a prefix"),
        _ if is_bare_hex && is_random => Ok(Confidence::Low),
        Kind::BareKey if (evidence.link == Link::Call || is_named) && is_random => Ok(Confidence::Low),
        _ if is_random => Ok(Confidence::Medium),
        Kind::Secret => short_secret(evidence, &makeup),
        Kind::Key if is_long_number(evidence) => Ok(Confidence::Low),
        _ => Err("not random"),
    }
}

/// An expression counts by what it names; a masked or hashed secret is none.
fn mention(evidence: &Evidence<'_>) -> Result<Confidence, Drop> {
    const HARMLESS: &[&str] = &[
        "mask", "redact", "hash", "crypted", "obfuscat", "sanitiz", "scrub", "hidden",
    ];
    let name = evidence.name.to_ascii_lowercase();
    let is_harmless = HARMLESS
        .iter()
        .any(|word| bstr::ByteSlice::contains_str(name.as_slice(), word));
    // The working directory, in every shell.
    let is_harmless = is_harmless || matches!(name.as_slice(), b"pwd" | b"oldpwd");
    match evidence.kind {
        Some(Kind::Password | Kind::Secret) if !is_harmless => Ok(Confidence::Medium),
        _ => Err("the name promises no such secret"),
    }
}

/// Judges a value that is too short to look random by itself, under a name that promises a secret.
fn short_secret(evidence: &Evidence<'_>, makeup: &Makeup) -> Result<Confidence, Drop> {
    let len = evidence.value.len();
    if makeup.symbols >= 4 && len >= 12 {
        return Ok(Confidence::Medium);
    }
    let is_mixed = makeup.digits > 0 && makeup.letters() > 0;
    if len >= 10 && is_mixed && makeup.turns >= 2 && makeup.is_unlike_language() {
        return Ok(Confidence::Medium);
    }
    let is_odd = is_mixed && makeup.turns >= 1 || makeup.is_unlike_language() || is_long_number(evidence);
    if len >= 6 && is_odd {
        Ok(Confidence::Low)
    } else {
        Err("not random")
    }
}

/// Tells whether the value is a literal of nine digits or more.
fn is_long_number(evidence: &Evidence<'_>) -> bool {
    evidence.quoting != Quoting::Bare && evidence.value.len() >= 9 && evidence.value.iter().all(u8::is_ascii_digit)
}

/// Tells whether a random value stands in JSON.
fn holds_random_json(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=');
    value
        .split(|byte| !is_part(byte))
        .any(|part| Makeup::of(part).is_random())
}

fn is_json(value: &[u8]) -> bool {
    value.starts_with(b"{\\\"") || value.starts_with(b"{\"")
}

/// Tells whether the name is nginx's for where a request goes on to: `fastcgi_pass backend;`.
fn is_upstream(evidence: &Evidence<'_>) -> bool {
    const PROTOCOLS: [&[u8]; 6] = [b"proxy", b"fastcgi", b"uwsgi", b"scgi", b"grpc", b"memcached"];
    let protocol = evidence.name.strip_suffix(b"_pass").unwrap_or_default();
    evidence.link == Link::Space && PROTOCOLS.contains(&protocol)
}

/// Tells whether the value is a tag of YAML: what it says stands behind it.
fn is_tag(evidence: &Evidence<'_>) -> bool {
    let word = evidence.value.strip_prefix(b"!").unwrap_or_default();
    evidence.quoting != Quoting::Quoted && !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic)
}

/// Narrows a value to the one word of it that looks random, as in `<secret>{acme AQAB kX3v…}</secret>`.
pub(super) fn core(kind: Option<Kind>, value: &[u8]) -> std::ops::Range<usize> {
    let whole = 0..value.len();
    // An expression of a workflow is no text around a secret: `${{ secrets.NAME }}`.
    if value.starts_with(b"${{") {
        return whole;
    }
    let is_word =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~');
    // A long text between two quotes is no value, but whatever stands between two values.
    const LONGEST: usize = 300;
    if kind != Some(Kind::Secret) || !has_blank(value) || value.len() > LONGEST {
        return whole;
    }
    let mut start = 0;
    for at in 0..=value.len() {
        if at < value.len() && is_word(value[at]) {
            continue;
        }
        let makeup = Makeup::of(&value[start..at]);
        if makeup.digits > 0 && makeup.is_random() {
            return start..at;
        }
        start = at + 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::assignment;

    fn verdict(text: &str, path: &str) -> Result<Confidence, Drop> {
        let text = text.replace('·', "");
        let end = text.find(['=', ':', ' ']).unwrap();
        let syntax = Syntax::of(path.into());
        let assigned = assignment::around(text.as_bytes(), &(0..end.min(3)), syntax).expect("an assignment");
        let kind = assignment::kind_of(text[assigned.key.clone()].as_bytes());
        let evidence = Evidence {
            name: text[assigned.key.clone()].as_bytes(),
            value: text[assigned.value.clone()].as_bytes(),
            kind,
            link: assigned.link,
            quoting: assigned.quoting,
            syntax,
            path: PathClass::of(path.into()),
            is_alone: setting::is_alone(text.as_bytes(), &assigned.key, &assigned.value),
        };
        let want = if kind == Some(Kind::Password) {
            Assignment::Password
        } else {
            Assignment::Random
        };
        judge(want, &evidence)
    }

    #[test]
    fn a_mixed_password_is_surer_than_a_word() {
        assert_eq!(verdict("password = 'Rain·7bow-Fox'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password = 'snrd·eonp'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password = 'mango·tree'", "a.py"), Ok(Confidence::Low));
        assert_eq!(verdict("password = '7291·35'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password = 'sha256'", "a.py"), Ok(Confidence::Low));
    }

    #[test]
    fn a_blank_makes_no_prose_of_what_no_language_has() {
        assert_eq!(verdict("password = '$ecr·et k3y7'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password = 'Step 2 of 3'", "a.py"), Err("prose"));
    }

    #[test]
    fn what_is_no_more_than_a_number_or_a_hash_is_a_hint() {
        assert_eq!(verdict("DONT_EXPIRE_PASSWD = 65536", "a.ps1"), Ok(Confidence::Low));
        assert_eq!(
            verdict("password = '0beec7b5·ea3f0fdbc95d0dd47f3c5bc275da8a33'", "a.php"),
            Ok(Confidence::Low)
        );
    }

    #[test]
    fn a_word_that_something_is_compared_with_may_be_a_password() {
        assert_eq!(verdict("password == 'mango·tree'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password == 'Kennwort'", "a.py"), Ok(Confidence::Low));
    }

    #[test]
    fn signs_of_all_keyboards_may_stand_in_a_password() {
        assert_eq!(verdict("password = 'A,.:-¨·@*¿?!'", "a.py"), Ok(Confidence::Medium));
        assert_eq!(verdict("password = '«Zugang»!?;:'", "a.py").ok(), Some(Confidence::Low));
    }

    #[test]
    fn a_token_of_letters_only_counts_when_no_language_has_it() {
        assert_eq!(
            verdict("token = 'dqziqdd·lexndcfdydjdbagckvr'", "a.rb"),
            Ok(Confidence::Medium)
        );
        assert_eq!(verdict("token = 'authorization_header_value'", "a.rb"), Err("words"));
        assert_eq!(verdict("token = 'ScalarCryptoIntrinsic32'", "a.rb"), Err("words"));
    }

    #[test]
    fn each_drop_says_why() {
        for (text, path, reason) in [
            ("password = 'changeme'", "a.py", "placeholder"),
            ("password = 'Enter the words from your letter'", "a.py", "prose"),
            (
                "password: Passwort1",
                "locales/de.json.yml",
                "the value repeats its name",
            ),
            ("password: Wachtwoord", "i18n/nl.yml", "a label in a translation"),
            ("password = '172.168.142.95'", "a.ini", "a version or an address"),
            ("password = 'abq'", "a.py", "too short"),
            ("key = 'f78cb410-ba01-44e1-82e1-37d61f7cb158'", "a.py", "a UUID"),
            ("token = 'kX3v·B7qLw2Zt9RmPcY5d'", "yarn.lock", "a lock file"),
            ("token = 'one two three four five'", "a.py", "prose"),
            ("token = 'tests/data/*.rs'", "a.py", "a path or an address"),
        ] {
            let verdict = verdict(text, path);
            assert!(
                verdict == Err(reason) || reason == "the value repeats its name" && verdict.is_err(),
                "{text}: {verdict:?}"
            );
        }
    }

    #[test]
    fn a_nonce_is_never_more_than_a_hint() {
        assert_eq!(verdict("nonce = 'kX3vB7·qLw2Zt9RmPcY5d'", "a.py"), Ok(Confidence::Low));
        assert_eq!(verdict("hmac = 'kX3vB7·qLw2Zt9RmPcY5d'", "a.py"), Ok(Confidence::Low));
        assert_eq!(
            verdict("key = '9f86d081·884c7d659a2feaa0c55ad015'", "a.py"),
            Ok(Confidence::Low)
        );
        assert_eq!(
            verdict("api_key = '9f86d081·884c7d659a2feaa0c55ad015'", "a.py"),
            Ok(Confidence::Medium)
        );
    }
}
