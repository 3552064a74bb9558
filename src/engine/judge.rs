//! Whether an assigned value is a secret, by what it is made of and what its name promises.

use crate::engine::assignment::{Kind, Link, Quoting, Syntax};
use crate::engine::randomness::Makeup;
use crate::engine::{placeholder, secret_file};
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
    let wants_random = matches!(want, Assignment::Random | Assignment::Likely | Assignment::Template);
    if wants_random && evidence.kind == Some(Kind::Secret) && holds_random_json(evidence.value) {
        return Ok(Confidence::Medium);
    }
    match (want, evidence.kind) {
        (Assignment::Password | Assignment::Likely | Assignment::Template, Some(Kind::Password)) => password(evidence),
        (_, Some(kind)) if wants_random => random(evidence, kind),
        (Assignment::Template, None) => secret_file::unnamed(evidence),
        (Assignment::Named, Some(kind)) | (Assignment::Any, Some(kind)) => secret_file::named(evidence, kind),
        (Assignment::Any, None) => secret_file::unnamed(evidence),
        _ => Err("the name promises no such secret"),
    }
}

fn password(evidence: &Evidence<'_>) -> Result<Confidence, Drop> {
    let value = evidence.value;
    let makeup = Makeup::of(value);
    common(evidence, &makeup)?;
    if value.len() < 4 {
        return Err("too short");
    }
    if value.len() > 64 && !makeup.is_random() {
        return Err("too long for a password");
    }
    if evidence.quoting == Quoting::Bare && evidence.syntax == Syntax::Code && makeup.letters() == value.len() {
        return Err("a word in a comment");
    }
    if evidence.link == Link::Call && is_about_checking(evidence.name) {
        return Err("the call takes something else");
    }
    if value.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && makeup.others > 1 {
        return Err("a version or an address");
    }
    if evidence.link == Link::Compare && evidence.syntax == Syntax::Code && value.len() < 6 {
        return Err("a comparison with a short word");
    }
    let is_mixed =
        makeup.digits > 0 && makeup.letters() > 0 || makeup.others > 0 && makeup.letters() > 0 && !is_words(value);
    if value.len() >= 8 && is_mixed {
        Ok(Confidence::Medium)
    } else {
        Ok(Confidence::Low)
    }
}

fn random(evidence: &Evidence<'_>, kind: Kind) -> Result<Confidence, Drop> {
    let makeup = Makeup::of(evidence.value);
    common(evidence, &makeup)?;
    if evidence.value.len() < 8 {
        return Err("too short");
    }
    if is_words(evidence.value) {
        return Err("words");
    }
    if evidence.link == Link::Call && is_about_checking(evidence.name) {
        return Err("the call takes something else");
    }
    match kind {
        _ if makeup.is_random() => Ok(Confidence::Medium),
        Kind::Secret if makeup.digits > 0 && makeup.letters() > 0 && makeup.turns >= 2 => Ok(Confidence::Low),
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

/// Tells whether the value is JSON in a string, with a random value in it.
fn holds_random_json(value: &[u8]) -> bool {
    let is_json = value.starts_with(b"{\\\"") || value.starts_with(b"{\"");
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/' | b'=');
    is_json
        && value
            .split(|byte| !is_part(byte))
            .any(|part| Makeup::of(part).is_random())
}

/// What rules out a password as well as a token.
fn common(evidence: &Evidence<'_>, makeup: &Makeup) -> Result<(), Drop> {
    let value = evidence.value;
    if value.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
        return Err("prose");
    }
    if !value.is_ascii() {
        return Err("not ASCII");
    }
    if is_location(value) && !(value.len() == 40 && makeup.entropy > 4.2) {
        return Err("a path or an address");
    }
    if is_expression(value) {
        return Err("an expression");
    }
    if matches!(evidence.quoting, Quoting::Bare | Quoting::Inside) && (value.ends_with(b":") || value.ends_with(b"(")) {
        return Err("an expression");
    }
    if resembles(evidence.name, value) {
        return Err("the value repeats its name");
    }
    Ok(())
}

/// Tells whether a call's name says that its argument is looked at rather than kept: `encodePassword("…")`.
fn is_about_checking(name: &[u8]) -> bool {
    const VERBS: &[&str] = &[
        "encode", "hash", "encrypt", "decrypt", "compare", "assert", "log", "print", "format", "read", "load", "fetch",
        "lookup", "input", "ask", "prompt", "escape", "mask",
    ];
    let call = name
        .rsplit(|&byte| byte == b'.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    VERBS
        .iter()
        .any(|verb| call.starts_with(verb.as_bytes()) || call.ends_with(verb.as_bytes()))
}

/// Tells whether the value is an address, a path or a file name.
pub(super) fn is_location(value: &[u8]) -> bool {
    let starts = [
        &b"/"[..],
        b"./",
        b"../",
        b"~/",
        b"\\\\",
        b"http://",
        b"https://",
        b"file://",
        b"s3://",
        b"gs://",
        b"ssh://",
        b"git@",
        b"classpath:",
    ];
    let ends = [
        &b".pem"[..],
        b".key",
        b".txt",
        b".json",
        b".yml",
        b".yaml",
        b".crt",
        b".cer",
        b".html",
        b".php",
        b".js",
        b".py",
        b".env",
        b".p12",
        b".jks",
        b".com",
        b".org",
        b".xml",
        b".pub",
    ];
    let drive = matches!(value, [b'A'..=b'Z' | b'a'..=b'z', b':', b'\\' | b'/', ..]);
    drive || starts.iter().any(|start| value.starts_with(start)) || ends.iter().any(|end| value.ends_with(end))
}

/// Tells whether the value reads like code: a call, an index, a dotted name.
fn is_expression(value: &[u8]) -> bool {
    let name = value
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'>' | b':'))
        .count();
    let calls = name > 0
        && name < value.len()
        && matches!(value[name], b'(' | b'[')
        && value.ends_with(if value[name] == b'(' { b")" } else { b"]" });
    let parts: Vec<&[u8]> = value.split(|&byte| byte == b'.').collect();
    let is_word = |part: &&[u8]| {
        !part.is_empty() && part.iter().all(|&byte| byte.is_ascii_alphabetic() || byte == b'_') && part.len() < 30
    };
    let dotted = parts.len() > 1 && parts.iter().all(is_word);
    calls || dotted
}

/// Tells whether the value is words joined by signs: letters only between `_`, `-`, `.`, `:`, `/`.
pub(super) fn is_words(value: &[u8]) -> bool {
    let is_joint = |byte: u8| matches!(byte, b'_' | b'-' | b'.' | b':' | b'/');
    let letters_only = value.iter().all(|&byte| byte.is_ascii_alphabetic() || is_joint(byte));
    let joints = value.iter().filter(|&&byte| is_joint(byte)).count();
    let one_case =
        value.iter().all(|&byte| !byte.is_ascii_uppercase()) || value.iter().all(|&byte| !byte.is_ascii_lowercase());
    letters_only && (joints > 0 || one_case && value.len() < 20)
}

/// Tells whether name and value hold one another, as in `password = "db-password"`.
fn resembles(name: &[u8], value: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let (name, value) = (plain(name), plain(value));
    let holds = |long: &[u8], short: &[u8]| {
        short.len() >= 4 && long.len() - short.len().min(long.len()) <= 4 && bstr::ByteSlice::contains_str(long, short)
    };
    name == value || holds(&name, &value) || holds(&value, &name)
}
