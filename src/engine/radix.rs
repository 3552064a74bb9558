//! Hex, base32 and base64 back to bytes.
//!
//! Proofs and decoding read what others wrote, so both base64 alphabets count, mixed too, and padding is optional; but
//! a foreign character is an error, never skipped.

/// Returns the value of a base64 digit of either alphabet.
pub(super) const fn digit64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Returns the value of a hex digit of either case.
pub(super) fn digit16(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

fn digit32(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Decodes base64 of either alphabet, padded or not.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"="));
    let digits = digits.unwrap_or(text);
    if digits.len() % 4 == 1 {
        return None;
    }
    pack(digits.iter().map(|&byte| digit64(byte)), 6)
}

/// Decodes base32 in upper case, unpadded.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    pack(text.iter().map(|&byte| digit32(byte)), 5)
}

/// Packs digits of `width` bits into bytes; bits left over at the end are dropped.
pub(super) fn pack(digits: impl Iterator<Item = Option<u8>>, width: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(digits.size_hint().0 * width as usize / 8);
    let (mut bits, mut held) = (0_u32, 0);
    for digit in digits {
        bits = bits << width | u32::from(digit?);
        held += width;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xFF) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_decode() {
        assert_eq!(base64(b"Zm9vYmFy").unwrap(), b"foobar");
        assert_eq!(base64(b"Zm9vYg==").unwrap(), b"foob");
        assert_eq!(base64(b"Zm9vYg").unwrap(), b"foob");
        assert_eq!(base32(b"MZXW6YTBOI").unwrap(), b"foobar");
    }

    #[test]
    fn both_alphabets_are_one() {
        assert_eq!(base64(b"-_-_"), base64(b"+/+/"));
    }

    #[test]
    fn what_is_no_base64_gives_nothing() {
        for text in [&b"Zm9vY"[..], b"Zm 9", b"Zm=9"] {
            assert_eq!(base64(text), None);
        }
    }
}
