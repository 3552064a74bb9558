//! Tells by a few digits whether a row of them may hold a text.
//!
//! Every long name in a program is a row of digits, so this is asked often and must answer without decoding the rest.

use crate::engine::radix;

/// The fewest bytes that count as a text.
pub(super) const SHORTEST_TEXT: usize = 12;
/// How many parts of a path are tried as the beginning.
const MOST_STARTS: usize = 8;
/// The fewest digits behind a prefix.
const SHORTEST_REST: usize = 16;

/// How gzip begins.
pub(super) const GZIP: &[u8] = b"\x1F\x8B\x08";
const MARK_UTF8: &[u8] = b"\xEF\xBB\xBF";
const MARK_UTF16: &[u8] = b"\xFF\xFE";

/// Where in a row an encoded text may begin, and how many bits each digit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// The digits before it.
    pub(super) skip: usize,
    /// 4 for hex, 6 for base64.
    pub(super) width: usize,
}

/// Looks at a row of digits; `before` is the byte in front of it.
pub(super) fn opening(row: &[u8], before: Option<u8>) -> Option<Opening> {
    let skip = match row {
        // A line end as it is written in a string.
        [b'n' | b'r' | b't', ..] if before == Some(b'\\') => 1,
        [b'0', b'x' | b'X', ..] => 2,
        _ => 0,
    };
    if begins_hex(&row[skip..]) {
        return Some(Opening { skip, width: 4 });
    }
    if begins_base64(&row[skip..]) {
        return Some(Opening { skip, width: 6 });
    }
    // A prefix or the folders of a path may stand before it.
    let last = row.len().checked_sub(SHORTEST_REST)?;
    let is_joint = |&byte: &u8| matches!(byte, b'/' | b'_' | b'-' | b'+');
    let joints = row[..last].iter().enumerate().filter(|(_, byte)| is_joint(byte));
    let mut starts = joints.map(|(at, _)| at + 1).take(MOST_STARTS);
    let skip = starts.find(|&start| begins_base64(&row[start..]))?;
    Some(Opening { skip, width: 6 })
}

fn begins_hex(digits: &[u8]) -> bool {
    // A text begins with a blank, a sign or a letter; nearly every name leaves here.
    matches!(digits.first(), Some(b'0' | b'2'..=b'7'))
        && digits.len() >= 2 * SHORTEST_TEXT
        && digits.len().is_multiple_of(2)
        && is_text(&four_bytes(digits))
        && digits.iter().all(u8::is_ascii_hexdigit)
}

/// Tells whether base64 holds a text, a wide one, or one that is packed.
fn begins_base64(digits: &[u8]) -> bool {
    // Of the names in a program nearly all leave here, by the first digit or the first four.
    let is_low = matches!(digits.first(), Some(b'A'..=b'Z' | b'a'..=b'f' | b'7' | b'/' | b'_'));
    is_low && may_begin(three_bytes(digits)) && {
        let ([a, b, c], [d, e, f]) = (three_bytes(digits), three_bytes(digits.get(4..).unwrap_or_default()));
        let bytes = [a, b, c, d, e, f];
        is_text(&bytes) || bytes.starts_with(GZIP) || bytes.starts_with(MARK_UTF8) || is_wide(&bytes)
    }
}

/// Decodes the first four digits; what is none counts as zero.
fn three_bytes(digits: &[u8]) -> [u8; 3] {
    const VALUE: [u8; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = match radix::digit64(byte as u8) {
                Some(value) => value,
                None => 0,
            };
            byte += 1;
        }
        table
    };
    let value = |byte: u8| u32::from(VALUE[usize::from(byte)]);
    let Some(&[a, b, c, d]) = digits.first_chunk() else {
        let mut whole = [b'A'; 4];
        whole[..digits.len()].copy_from_slice(digits);
        return three_bytes(&whole);
    };
    let [_, bytes @ ..] = (value(a) << 18 | value(b) << 12 | value(c) << 6 | value(d)).to_be_bytes();
    bytes
}

/// Tells whether anything that is looked for begins with these bytes.
fn may_begin(bytes: [u8; 3]) -> bool {
    match bytes {
        [0x1F, 0x8B, _] | [0xEF, 0xBB, _] | [0xFF, 0xFE, _] => true,
        [first, second, third] => is_printable(first) && is_printable(third) && (is_printable(second) || second == 0),
    }
}

/// Decodes the first eight hexadecimal digits; what is none counts as zero.
fn four_bytes(digits: &[u8]) -> [u8; 4] {
    let first = digits.iter().take(8);
    let bits = first.fold(0, |bits, &byte| {
        bits << 4 | u32::from(radix::digit16(byte).unwrap_or(0))
    });
    bits.to_be_bytes()
}

pub(super) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| is_printable(byte))
}

pub(super) fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')
}

/// Tells whether ASCII was written as UTF-16, little-endian, by its first few bytes.
pub(super) fn is_wide(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(MARK_UTF16).unwrap_or(bytes);
    bytes.len() >= 4 && bytes.chunks_exact(2).all(|pair| is_printable(pair[0]) && pair[1] == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skip(row: &str) -> Option<usize> {
        opening(row.as_bytes(), None).map(|opening| opening.skip)
    }

    #[test]
    fn a_text_may_stand_behind_a_prefix() {
        assert_eq!(skip("dXNlcj1hZGEgcGFzcz1rcTg"), Some(0));
        assert_eq!(skip("ops_dXNlcj1hZGEgcGFzcz1rcTg"), Some(4));
        assert_eq!(skip("v1/x/dXNlcj1hZGEgcGFzcz1rcTg"), Some(5));
        assert_eq!(opening(b"ndXNlcj1hZGEgcGFzcz1rcTg", Some(b'\\')).unwrap().skip, 1);
    }

    #[test]
    fn names_and_hashes_do_not_begin_a_text() {
        for row in [
            "a_name_of_a_function_that_is_long",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYA",
        ] {
            assert_eq!(skip(row), None, "{row}");
        }
    }
}
