//! Values that are evidently something else: addresses, paths, expressions, hashes that say so, public keys, times.
//! Every test looks at the whole value or at how it begins; none looks for a word inside.

mod checksums;
mod location;
mod public_key;
mod row;

use crate::engine::language;
use crate::model::Fingerprint;

pub(super) use checksums::is_one_of_many;
pub(super) use location::is_location;
pub(super) use public_key::is_openpgp_id;
pub(super) use row::{begins_with_words, is_row};

/// Tells what a value evidently is, if it is no secret.
pub(super) fn name_of(value: &[u8]) -> Option<&'static str> {
    if is_location(value) {
        Some("a path or an address")
    } else if is_expression(value) {
        Some("an expression")
    } else if is_regular_expression(value) {
        Some("a regular expression")
    } else if public_key::is_public_key(value) {
        Some("a public key")
    } else if is_named_hash(value) {
        Some("a hash")
    } else if value.starts_with(b"kf1:") {
        Some("a fingerprint of keyfence's own")
    } else if is_number(value) {
        Some("a number")
    } else if is_format(value) {
        Some("a format")
    } else if is_time(value) {
        Some("a time")
    } else if is_encrypted(value) {
        Some("encrypted")
    } else if is_fingerprint(value) {
        Some("the fingerprint of a finding")
    } else {
        None
    }
}

/// Tells whether the value reads like code: a call, an index, a dotted name, an option, a preprocessor's line.
fn is_expression(value: &[u8]) -> bool {
    let is_name_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'>' | b':' | b'$');
    let name = value.iter().take_while(|&&byte| is_name_byte(byte)).count();
    let rest = &value[name..];
    let has_digits = value[..name].iter().any(u8::is_ascii_digit);
    let most = if has_digits { 5.0 } else { 6.5 };
    let reads_as_name = name > 0 && language::bits(&value[..name]) < most;
    let calls = match rest {
        [b'(', inner @ ..] => {
            let is_closed = rest.ends_with(b")");
            is_closed
                || is_dotted_name(&value[..name])
                || reads_as_name && name > 2 && (inner.is_empty() || starts_argument(inner[0]))
        }
        [b'[', inner @ ..] => reads_as_name && (inner.ends_with(b"]") || is_type_parameter(&value[..name], inner)),
        _ => false,
    };
    let option = value.starts_with(b"--") && value.get(2).is_some_and(u8::is_ascii_alphabetic);
    // The type of a list in Go: `[]*Secret`.
    let is_type = matches!(value, [b'[', b']', ..]);
    calls
        || option
        || is_type
        || is_choice(value)
        || value.starts_with(b"\\")
        || value.starts_with(b"#include")
        || is_dotted_name(value)
}

/// Tells whether a type is opened that goes on behind a comma: `Annotated[str`.
fn is_type_parameter(name: &[u8], inner: &[u8]) -> bool {
    const TYPES: &[&[u8]] = &[b"str", b"bytes", b"int", b"string", b"any", b"object"];
    let is_name = |word: &[u8]| word.iter().all(u8::is_ascii_alphabetic);
    let is_type = TYPES.contains(&inner) || inner.first().is_some_and(u8::is_ascii_uppercase) && is_name(inner);
    name.first().is_some_and(u8::is_ascii_uppercase) && is_name(name) && is_type
}

/// Tells whether words stand side by side, as the rules of a validator do: `required|confirmed|min:8`.
fn is_choice(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'_' | b':' | b',' | b'0'..=b'9');
    let is_rule = |part: &[u8]| part.first().is_some_and(u8::is_ascii_lowercase) && part.iter().all(is_part);
    value.contains(&b'|') && value.split(|&byte| byte == b'|').all(is_rule) && language::bits(value) < 5.0
}

/// Tells whether the value is a pattern: repeated groups and classes stand in no secret.
fn is_regular_expression(value: &[u8]) -> bool {
    const SIGNS: &[&[u8]] = &[
        b"]+", b"]*", b")*", b")+", b"(?", b"[^", b"\\d", b"\\w", b"\\s", b"\\b", b".*", b".+", b"a-z", b"A-Z", b"a-f",
        b"A-F", b"0-9", b"]{", b"){", b"\\W(", b"\\(", b"\\|", b"\\+",
    ];
    let signs = SIGNS
        .iter()
        .filter(|sign| bstr::ByteSlice::contains_str(value, sign))
        .count();
    let is_framed = bstr::ByteSlice::contains_str(value, b"(?:") || value.starts_with(b"^") && value.ends_with(b"$");
    signs >= 2 || is_framed
}

fn starts_argument(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'&' | b'*' | b'"' | b'\'' | b'$' | b'_' | b'(' | b'[')
}

/// Tells whether the value is a name within a name: `request.user.password`, `Scheme::Basic`, `user->pass`.
fn is_dotted_name(value: &[u8]) -> bool {
    let is_word_byte = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let mut parts = 0;
    let mut len = 0;
    for (at, &byte) in value.iter().enumerate() {
        match byte {
            b'.' | b':' | b'>' | b'-' if len == 0 && at > 0 && matches!(value[at - 1], b':' | b'-' | b'?') => {}
            b'.' | b':' | b'-' | b'?' if len > 0 && len < 30 => {
                let is_joint =
                    byte == b'.' || matches!(&value[at..], [b':', b':', ..] | [b'-', b'>', ..] | [b'?', b'.', ..]);
                if !is_joint {
                    return false;
                }
                parts += 1;
                len = 0;
            }
            _ if is_word_byte(byte) => len += 1,
            _ => return false,
        }
    }
    parts > 0 && len > 0 && len < 30 && language::bits(value) < 6.0
}

/// Tells whether the value names the hash that it is: `sha256-…`, `md5:…`, `$name$rounds$…`.
fn is_named_hash(value: &[u8]) -> bool {
    const NAMES: &[&[u8]] = &[
        b"sha1", b"sha224", b"sha256", b"sha384", b"sha512", b"md5", b"blake2b", b"h1",
    ];
    let named = NAMES.iter().any(|name| {
        value.len() > name.len() + 16
            && value[..name.len()].eq_ignore_ascii_case(name)
            && matches!(value[name.len()], b'-' | b':' | b'/' | b'=' | b'$')
    });
    let crypted = match value {
        [b'$', rest @ ..] => {
            let name = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
                .count();
            name > 0 && rest.get(name) == Some(&b'$') && rest.len() > name + 16
        }
        _ => false,
    };
    named || crypted || ends_in_hash(value)
}

/// Tells whether a name of several words ends in a hash, as caches and bundlers write: `en.messages.9f86d081…`.
fn ends_in_hash(value: &[u8]) -> bool {
    let Some(joint) = memchr::memrchr(b'.', value) else {
        return false;
    };
    let (name, hash) = (&value[..joint], &value[joint + 1..]);
    let is_hash = matches!(hash.len(), 32 | 40 | 64) && hash.iter().all(u8::is_ascii_hexdigit);
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    is_hash && name.contains(&b'.') && name.split(|&byte| byte == b'.').all(is_word) && language::bits(name) < 5.0
}

/// Tells whether the value is a number of at most 64 bits as code writes it: `0x4d595df4d0f33173`.
fn is_number(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"0x").unwrap_or_default();
    (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Tells whether the value says how something is printed: `%rP%yY%mM%dDT%hH`, or a prompt of zsh, `%{$fg[blue]%}%~`.
/// Escaped text has two digits behind each percent sign.
fn is_format(value: &[u8]) -> bool {
    let is_prompt =
        bstr::ByteSlice::find(value, "%{").is_some_and(|at| bstr::ByteSlice::contains_str(&value[at..], "%}"));
    if is_prompt {
        return true;
    }
    let verbs = value.iter().filter(|&&byte| byte == b'%').count();
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let signs = || value.iter().enumerate().filter(|&(_, &byte)| byte == b'%');
    let is_escaped = signs().all(|(at, _)| is_digit(value.get(at + 1)) && is_digit(value.get(at + 2)));
    let has_letters = signs().all(|(at, _)| value.get(at + 1).is_some_and(u8::is_ascii_alphabetic));
    verbs >= 3 && verbs * 5 >= value.len() && has_letters && !is_escaped
}

/// Tells whether the value is a date and time, as in `1979-05-27T07:32:00Z`.
fn is_time(value: &[u8]) -> bool {
    let digits = |from: usize, to: usize| {
        value
            .get(from..to)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0, 4)
        && digits(5, 7)
        && digits(8, 10)
        && value[4] == b'-'
        && value[7] == b'-'
        && value.len() <= 40
        && (value.len() == 10 || matches!(value[10], b'T' | b' ' | b't'))
}

/// Tells whether the value was encrypted by a tool that marks what it makes.
pub(super) fn is_encrypted(value: &[u8]) -> bool {
    /// Windows' own protection, PowerShell with a key, Ansible, ejson, dotenvx, sops and eyaml.
    const HEADS: [&[u8]; 7] = [
        b"01000000d08c9ddf0115d111",
        b"76492d1116743f0423413b16050a5345",
        b"$ANSIBLE_VAULT",
        b"EJ[1:",
        b"encrypted:",
        b"ENC[AES256_GCM,",
        b"ENC[PKCS7,",
    ];
    /// A sealed secret of Kubernetes; what the key services of AWS and of Google and what Fernet put out: their heads
    /// and least lengths.
    const LONG: [(&[u8], usize); 7] = [
        (b"AgA", 300),
        (b"AgB", 300),
        (b"AgC", 300),
        (b"AgD", 300),
        (b"AQIC", 150),
        (b"CiQA", 120),
        (b"gAAAAA", 100),
    ];
    let is_long = |(head, len): &(&[u8], usize)| value.len() >= *len && value.starts_with(head);
    HEADS.iter().any(|head| value.starts_with(head)) || LONG.iter().any(is_long)
}

/// Tells whether the value is a fingerprint of ours, as it stands in a configuration under `secrets`.
fn is_fingerprint(value: &[u8]) -> bool {
    str::from_utf8(value).is_ok_and(|text| text.parse::<Fingerprint>().is_ok())
}

/// Tells whether a value is the token of a badge, which everybody may see: `badge.svg?token=…`, or one of shields.io.
pub(super) fn is_of_badge(text: &[u8], value: usize) -> bool {
    let before = &text[value.saturating_sub(200)..value];
    let address = before
        .rsplit(|byte| byte.is_ascii_whitespace() || b"\"'(<".contains(byte))
        .next();
    let Some(path) = address.and_then(|address| address.strip_suffix(b"?token=")) else {
        return false;
    };
    let is_drawn = bstr::ByteSlice::contains_str(path, "://img.shields.io/");
    is_drawn
        || [&b"badge.svg"[..], b"badge", b"badge.png"]
            .iter()
            .any(|end| path.ends_with(end))
}

/// Tells whether the value is a UUID.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"{").unwrap_or(value);
    let value = value.strip_suffix(b"}").unwrap_or(value);
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(value: &str) -> Option<&'static str> {
        name_of(value.replace('·', "").as_bytes())
    }

    #[test]
    fn paths_and_addresses_are_locations() {
        for value in [
            "/run/secrets/key",
            "./a",
            "C:\\keys",
            "SOFTWARE\\Node\\VS7",
            "tests/pass/*.rs",
            "a1b2c3.tar",
            "ldap://host/o=x",
            "id_rsa.pub",
            "goip://host.test?sim_slot=4",
            "fe80::1c2b:77ff:a9d0:3e41",
            "52:54:00:ab:cd:0e",
            "iqn.2031-04.com.example:disk.c8c08cad469d",
        ] {
            assert_eq!(name(value), Some("a path or an address"), "{value}");
        }
    }

    #[test]
    fn code_is_an_expression() {
        for value in [
            "get_password(user)",
            "self._normalize(password",
            "crypto.getRandomValues(new",
            "SecureRandom.hex(40",
            "params[key]",
            "Annotated[str",
            "request.user.pass",
            "Scheme::Basic",
            "user->pass",
            "--checkports=false",
            "required|confirmed|min:8",
            "#include",
        ] {
            assert_eq!(name(value), Some("an expression"), "{value}");
        }
    }

    #[test]
    fn what_says_that_it_is_public_is_named() {
        assert_eq!(name("MFkwEwYHKoZI·zj0CAQYIKoZIzj0DAQcDQgAE1O"), Some("a public key"));
        assert_eq!(name("sha256-47DE·Qpj8HBSa+/TImW+5JCeuQeRkm5NM"), Some("a hash"));
        assert_eq!(name("$shiro1$SHA-256$500000$qvBT48YD2nz+"), Some("a hash"));
        let hash = format!("en_GB.messages.{}", "9f86d081".repeat(5));
        assert_eq!(name(&hash), Some("a hash"));
        assert_eq!(name("1979-05-27T07:32:00Z"), Some("a time"));
        assert_eq!(name("0x4d59·5df4d0f33173"), Some("a number"));
        assert_eq!(name("%rP%yY%mM%dDT%hH%iM%sS"), Some("a format"));
        assert_eq!(name("%{$fg[blue]%}%~%{$reset%}"), Some("a format"));
        assert_eq!(name("(?:z|xx)@"), Some("a regular expression"));
        assert_eq!(name("for\\|if\\(x\\)"), Some("a regular expression"));
        assert_eq!(name("^[A-Z0-9]+$"), Some("a regular expression"));
    }

    #[test]
    fn what_a_tool_encrypted_says_so() {
        let long = |head: &str| format!("{head}{}", "kX3vB7qL".repeat(40));
        for value in [
            long("AgB"),
            long("AQIC"),
            long("CiQA"),
            long("gAAAAA"),
            "EJ[1:kX3vB7qL]".to_owned(),
        ] {
            assert_eq!(name(&value), Some("encrypted"), "{value}");
        }
        assert!(!is_encrypted(b"AQICkX3vB7qL") && !is_encrypted(b"AgBkX3vB7qL"));
    }

    #[test]
    fn what_only_begins_alike_is_not_named() {
        for value in [
            "hunter2(9Zebra",
            "$kX3vB7q",
            "md5isBroken",
            "Tr0ub4dor.Zebra9",
            "1979-Zebra",
            "vtp.KxQw.zzRt",
            "kq8|Zt4v",
            "%C3%A9t%C3%A9%C3%A9",
            "://Zebra9",
        ] {
            assert_eq!(name(value), None, "{value}");
        }
    }

    #[test]
    fn a_uuid_is_told_by_its_dashes() {
        assert!(is_uuid(b"f78cb410-ba01-44e1-82e1-37d61f7cb158"));
        assert!(!is_uuid(b"f78cb410-ba01-44e1-82e1-37d61f7cb15"));
        assert!(!is_uuid(b"g78cb410-ba01-44e1-82e1-37d61f7cb158"));
    }
}
