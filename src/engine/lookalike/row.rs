//! Words in a row with colons between them: names of entries in a store.

use crate::engine::language;

/// Tells whether the value is a row of at least three words, numbers and holes, as entries of a store are named:
/// `app:history:v1:<user>`.
pub(in crate::engine) fn is_row(value: &[u8]) -> bool {
    let spoken = parts(value).filter(|part| is_spoken(part)).count();
    spoken >= 2 && parts(value).count() >= 3 && parts(value).all(is_part)
}

/// Tells whether words come before something else, as in the name of an entry that ends in a hash: `user:feed:9f86d081`.
pub(in crate::engine) fn begins_with_words(value: &[u8]) -> bool {
    let head = memchr::memrchr(b':', value).map(|end| &value[..end]);
    head.is_some_and(|head| parts(head).all(is_word) && parts(head).any(is_spoken))
}

fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b':')
}

fn is_part(part: &[u8]) -> bool {
    let is_hole = matches!(
        part,
        [b'<', .., b'>'] | [b'{', .., b'}'] | [b'$', b'{', .., b'}'] | [b'*']
    );
    let version = part.strip_prefix(b"v").unwrap_or(part);
    let is_number = (1..=6).contains(&version.len()) && version.iter().all(u8::is_ascii_digit);
    is_hole || is_number || is_word(part)
}

/// Tells whether it is written like a word, or like several with dashes between them.
fn is_word(part: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_');
    (2..=24).contains(&part.len()) && part[0].is_ascii_lowercase() && part.iter().all(is_letter)
}

/// Tells whether some language has the word.
fn is_spoken(part: &[u8]) -> bool {
    part.len() >= 4 && is_word(part) && language::bits(part) < 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_store_are_rows_of_words() {
        assert!(is_row(b"kfdemo:match:history:v1:<player>"));
        assert!(is_row(b"cache:session:{id}"));
        assert!(begins_with_words(b"article:rss:8f14e45fceea167a"));
    }

    #[test]
    fn a_value_that_no_language_has_makes_no_row() {
        assert!(!is_row(b"app:history:kX3vB7qLw2Zt9RmP"));
        assert!(!is_row(b"kxqvbzt:wzrmpcy:v1"));
        assert!(!is_row(b"bob:hunter"));
        assert!(!begins_with_words(b"AC1:kX3vB7qLw2Zt"));
        assert!(!begins_with_words(b"kX3vB7qLw2Zt9RmP"));
    }
}
