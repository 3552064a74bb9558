//! Which values may leave a file of values: few, and only those that say nothing of anybody.
//! Whatever is not on this list stays behind, and the template holds the name alone.

use bstr::ByteSlice;

use crate::engine::opinion::{is_placeholder, is_random, promise};

/// Words that settings consist of.
const WORDS: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "none",
    "auto",
    "default",
    "development",
    "develop",
    "dev",
    "production",
    "prod",
    "staging",
    "test",
    "testing",
    "local",
    "debug",
    "info",
    "notice",
    "warn",
    "warning",
    "error",
    "critical",
    "trace",
    "verbose",
    "json",
    "text",
    "plain",
    "pretty",
    "utf-8",
    "utf8",
    "localhost",
    "0.0.0.0",
    "127.0.0.1",
    "::1",
    "memory",
    "redis",
    "sqlite",
    "sqlite3",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "smtp",
    "log",
    "file",
    "console",
    "stdout",
    "stderr",
    "stack",
    "single",
    "daily",
    "sync",
    "async",
    "database",
    "array",
    "cookie",
    "disk",
    "s3",
    "http",
    "https",
    "utc",
    "en",
    "de",
    "fr",
    "es",
    "strict",
    "lax",
    "tls",
    "ssl",
    "require",
    "disable",
    "prefer",
];

/// Tells whether a value may be copied into a file that everybody can read.
pub(super) fn is_harmless(name: &[u8], value: &[u8]) -> bool {
    if value.is_empty() {
        return true;
    }
    if promise(name).is_some() || value.len() > 40 {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| word.as_bytes() == lower)
        || is_amount(&lower)
        || is_local_address(&lower)
        || is_region(&lower)
        || is_time_zone(value)
}

/// Tells whether it is a small number with or without a unit: `8080`, `0.5`, `30s`, `10mb`.
fn is_amount(value: &[u8]) -> bool {
    const UNITS: &[&str] = &["", "ms", "s", "m", "h", "d", "min", "k", "kb", "mb", "gb", "%"];
    let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    let digits = value.iter().take_while(|byte| is_digit(byte)).count();
    let is_small = (1..=5).contains(&digits) && value[0].is_ascii_digit();
    is_small && UNITS.iter().any(|unit| unit.as_bytes() == &value[digits..])
}

/// Tells whether it is an address on this machine, with nobody's name and no query in it.
fn is_local_address(value: &[u8]) -> bool {
    const HOSTS: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0"];
    let rest = value.split_once_str("://").map_or(value, |(_, rest)| rest);
    let is_here = HOSTS.iter().any(|host| {
        let after = rest.strip_prefix(host.as_bytes());
        after.is_some_and(|after| after.first().is_none_or(|byte| b":/".contains(byte)))
    });
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":/.-_".contains(byte);
    is_here && value.iter().all(is_plain)
}

/// Tells whether it is a cloud's region: `eu-central-1`.
fn is_region(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|&byte| byte == b'-').collect();
    let is_word = |part: &[u8]| (2..=10).contains(&part.len()) && part.iter().all(u8::is_ascii_lowercase);
    matches!(parts.as_slice(), [land, place @ .., number]
        if land.len() == 2 && is_word(land) && !place.is_empty() && place.iter().all(|part| is_word(part))
            && number.len() == 1 && number[0].is_ascii_digit())
}

/// Tells whether it is a time zone: `Europe/Berlin`.
fn is_time_zone(value: &[u8]) -> bool {
    const LANDS: &[&str] = &[
        "Africa/",
        "America/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Pacific/",
        "Etc/",
    ];
    let city = LANDS.iter().find_map(|land| value.strip_prefix(land.as_bytes()));
    city.is_some_and(|city| city.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'_'))
}

/// Tells whether a comment may hold a value: a word that no person writes, or something behind a name that promises one.
pub(super) fn may_hold_value(comment: &[u8]) -> bool {
    let words = comment.fields_with(|char| char.is_whitespace() || "\"'`,;()<>=".contains(char));
    words.into_iter().any(is_odd) || is_told(comment)
}

fn is_odd(word: &[u8]) -> bool {
    let is_address = word.contains_str("://") && !word.contains(&b'@') && !word.contains(&b'?');
    let has_both = word.iter().any(u8::is_ascii_digit) && word.iter().any(u8::is_ascii_alphabetic);
    !is_address && !is_placeholder(word) && (is_random(word) || has_both && word.len() >= 16)
}

/// Tells whether a name that promises a secret is followed by one word: `# password: hunter2`, `# old: KEY=x`.
fn is_told(comment: &[u8]) -> bool {
    comment.find_iter(":").chain(comment.find_iter("=")).any(|at| {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. ".contains(byte);
        let before = comment[..at].trim_ascii_end();
        let len = before.iter().rev().take_while(|byte| is_name(byte)).count();
        let value = comment[at + 1..].trim_ascii();
        let is_address = value.starts_with(b"http") && !value.contains(&b'@');
        let is_word = !value.is_empty() && value.fields().count() <= 2;
        promise(&before[before.len() - len..]).is_some() && is_word && !is_address && !is_placeholder(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_nothing_of_anybody_is_harmless() {
        for value in [
            "",
            "8080",
            "true",
            "30s",
            "0.5",
            "http://localhost:3000/api",
            "redis://localhost:6379/0",
            "eu-central-1",
            "Europe/Berlin",
            "INFO",
        ] {
            assert!(is_harmless(b"SETTING", value.as_bytes()), "{value}");
        }
        for value in [
            "acme",
            "db.internal",
            "me@example.com",
            "postgres://a:b@localhost/x",
            "123456",
            "/home/ann",
            "x7",
            "http://localhost/?k=1",
        ] {
            assert!(!is_harmless(b"SETTING", value.as_bytes()), "{value}");
        }
        assert!(!is_harmless(b"DB_PASSWORD", b"true") && is_harmless(b"DB_PASSWORD", b""));
    }

    #[test]
    fn a_comment_with_a_value_in_it_is_told_from_one_that_explains() {
        for comment in [
            "# the database, see docs",
            "# Get the API key: https://example.com/keys",
            "# 32 characters at least",
            "# Secret key: see the docs of the team",
        ] {
            assert!(!may_hold_value(comment.as_bytes()), "{comment}");
        }
        let random = "# was kX3vB7q·Lw2Zt9RmPcY5d".replace('·', "");
        let password = "# password: hun·7er2".replace('·', "");
        for comment in [
            random.as_str(),
            password.as_str(),
            "# old pw = Rain7bow",
            "# token is at ab12cd34ef56ab78",
        ] {
            assert!(may_hold_value(comment.as_bytes()), "{comment}");
        }
    }
}
