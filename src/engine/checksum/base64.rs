//! Base64 in either alphabet, as it stands in tokens: padding is optional, and any other byte makes it no base64.

/// Decodes a text, or returns nothing when it is no base64.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    let text = &text[..text.len() - padding];
    if padding > 2 || text.len() % 4 == 1 {
        return None;
    }
    let mut decoded = Vec::with_capacity(text.len() * 3 / 4);
    for four in text.chunks(4) {
        let mut bits = 0;
        for &letter in four {
            bits = bits << 6 | digit(letter)?;
        }
        let bytes = (bits << (6 * (4 - four.len()))).to_be_bytes();
        decoded.extend_from_slice(&bytes[1..four.len()]);
    }
    Some(decoded)
}

fn digit(letter: u8) -> Option<u32> {
    let digit = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_decode() {
        for (text, decoded) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text.as_bytes()).unwrap(), decoded.as_bytes());
        }
        assert_eq!(decode(b"-_+/").unwrap(), [0xFB, 0xFF, 0xBF]);
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Z", "Zg===", "Z g=", "Zm9v!"] {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
