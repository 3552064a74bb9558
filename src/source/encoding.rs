//! UTF-16 and UTF-32 to UTF-8.
//!
//! Windows tools write UTF-16, often without a byte order mark, and a scanner that takes it for binary misses every
//! secret in it. Decoding never fails: what is no character becomes U+FFFD, and the rest is read all the same.

use std::borrow::Cow;

/// How text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16(Order),
    Utf32(Order),
}

/// Which byte comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// Recognises a byte order mark and returns its length.
pub(super) fn by_mark(bytes: &[u8]) -> Option<(Encoding, usize)> {
    Some(match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
        // The same bytes begin a UTF-16 text whose first character is a NUL, which no text has.
        [0xFF, 0xFE, 0, 0, ..] => (Encoding::Utf32(Order::Little), 4),
        [0, 0, 0xFE, 0xFF, ..] => (Encoding::Utf32(Order::Big), 4),
        [0xFF, 0xFE, ..] if bytes.len() > 2 => (Encoding::Utf16(Order::Little), 2),
        [0xFE, 0xFF, ..] if bytes.len() > 2 => (Encoding::Utf16(Order::Big), 2),
        _ => return None,
    })
}

/// Recognises UTF-16 without a mark: of most pairs one byte is a printable character and the other a NUL.
pub(super) fn by_sample(sample: &[u8]) -> Option<Encoding> {
    let pairs = sample.len() / 2;
    let latin = |low: u8| matches!(low, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0xA0..);
    let count = |is_latin: fn(&[u8], &dyn Fn(u8) -> bool) -> bool| {
        sample.chunks_exact(2).filter(|pair| is_latin(pair, &latin)).count()
    };
    let little = count(|pair, latin| pair[1] == 0 && latin(pair[0]));
    let big = count(|pair, latin| pair[0] == 0 && latin(pair[1]));
    let most = |wanted: usize, other: usize| pairs >= 2 && wanted * 10 >= pairs * 6 && other * 20 <= pairs;
    match () {
        () if most(little, big) => Some(Encoding::Utf16(Order::Little)),
        () if most(big, little) => Some(Encoding::Utf16(Order::Big)),
        () => None,
    }
}

impl Encoding {
    /// Turns bytes in this encoding, their mark left out, into UTF-8.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 => Cow::Borrowed(bytes),
            Self::Utf16(order) => Cow::Owned(from_utf16(order, bytes)),
            Self::Utf32(order) => Cow::Owned(from_utf32(order, bytes)),
        }
    }
}

fn from_utf16(order: Order, bytes: &[u8]) -> Vec<u8> {
    let unit = |pair: &[u8]| match order {
        Order::Little => u16::from_le_bytes([pair[0], pair[1]]),
        Order::Big => u16::from_be_bytes([pair[0], pair[1]]),
    };
    let units = bytes.chunks_exact(2).map(unit);
    let mut text = String::with_capacity(bytes.len() / 2);
    text.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if bytes.len() % 2 == 1 {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.into_bytes()
}

fn from_utf32(order: Order, bytes: &[u8]) -> Vec<u8> {
    let character = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        let number = match order {
            Order::Little => u32::from_le_bytes(four),
            Order::Big => u32::from_be_bytes(four),
        };
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
    };
    let text: String = bytes.chunks_exact(4).map(character).collect();
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sampled(text: &str) -> (Option<Encoding>, Option<Encoding>) {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        (by_sample(&little), by_sample(&big))
    }

    #[test]
    fn utf16_without_a_mark_tolerates_other_alphabets() {
        let both = (Some(Encoding::Utf16(Order::Little)), Some(Encoding::Utf16(Order::Big)));
        assert_eq!(
            sampled("# имя пользователя\r\nUSER_NAME = 'someone'\r\nPASSWORD = 'не скажу'\r\nDEBUG = False"),
            both
        );
        assert_eq!(sampled("k=v"), both);
    }

    #[test]
    fn numbers_are_no_utf16() {
        let numbers: Vec<u8> = (0_u16..400).flat_map(u16::to_le_bytes).collect();
        assert_eq!(by_sample(&numbers), None);
        assert_eq!(by_sample(&[0; 400]), None);
        assert_eq!(by_sample(b"ordinary text, with a NUL\0in it"), None);
    }

    #[test]
    fn half_a_surrogate_is_one_lost_character() {
        let bytes = [b'a', 0, 0x00, 0xD8, b'b', 0, b'c'];
        assert_eq!(from_utf16(Order::Little, &bytes), "a\u{FFFD}b\u{FFFD}".as_bytes());
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(text in "\\PC{0,60}") {
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let wide: Vec<u8> = text.chars().flat_map(|character| u32::from(character).to_le_bytes()).collect();
            prop_assert_eq!(from_utf16(Order::Big, &big), text.as_bytes());
            prop_assert_eq!(from_utf32(Order::Little, &wide), text.as_bytes());
        }
    }
}
