//! A list of checksums: each entry has a name of its own, and one of them may be called `api_keys`.

use std::ops::Range;

use bstr::ByteSlice;

use crate::engine::assignment::kind_of;

/// The shortest digest that is looked for: an id of 32 digits may well stand beside a secret of 32.
const SHORTEST: usize = 40;
/// So many lines above and below are looked at.
const LINES: usize = 2;
/// So many of them hold a digest of the same length, under a name that promises nothing.
const LEAST: usize = 3;

/// Tells whether a value is one of many digests, told by the lines around it.
pub(in crate::engine) fn is_one_of_many(text: &[u8], span: &Range<usize>) -> bool {
    const FARTHEST: usize = 1024;
    let value = &text[span.clone()];
    if value.len() < SHORTEST || !value.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let above = &text[span.start.saturating_sub(FARTHEST)..span.start];
    let below = &text[span.end..text.len().min(span.end + FARTHEST)];
    let above = above.rsplit(|&byte| byte == b'\n').skip(1).take(LINES);
    let below = below.split(|&byte| byte == b'\n').skip(1).take(LINES);
    above
        .chain(below)
        .filter(|line| names_a_digest(line, value.len()))
        .count()
        >= LEAST
}

fn names_a_digest(line: &[u8], len: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let mut words = line.split(|&byte| !is_word(byte)).filter(|word| !word.is_empty());
    let (Some(name), Some(digest), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    digest.len() == len && digest.iter().all(u8::is_ascii_hexdigit) && kind_of(name.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_one(names: &[&str], digits: usize) -> bool {
        let digest = |number: usize| format!("{:0>digits$x}", 0xb1c0_b38f_1b71_usize * (number + 3));
        let line = |(number, name): (usize, &&str)| format!("\t\"{name}\": \"{}\",\n", digest(number));
        let text: String = names.iter().enumerate().map(line).collect();
        let value = digest(2);
        let at = text.find(&value).unwrap();
        is_one_of_many(text.as_bytes(), &(at..at + value.len()))
    }

    #[test]
    fn one_of_many_digests_is_none_of_many_secrets() {
        assert!(is_one(&["about", "views/add.html", "api_keys", "entries", "feeds"], 64));
        assert!(is_one(&["about", "add", "api_keys", "entries"], 40));
        assert!(!is_one(&["client", "tenant", "client_secret", "user", "realm"], 32));
        assert!(!is_one(
            &["db_password", "api_token", "api_keys", "secret", "feeds"],
            64
        ));
        assert!(!is_one(&["about", "add", "api_keys"], 64));
    }
}
