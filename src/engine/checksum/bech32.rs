//! Bech32, as age and nostr write their keys: six characters at the end are a checksum over all before them.

use crate::engine::checksum::Proof;

/// The sum is mandatory, but a head like theirs has nothing else: such a key was altered, or copied badly.
const WRONG: Proof = Proof::Doubtful("wrong checksum");
/// The digits, by value.
const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// What the coefficients of the remainder add, bit by bit.
const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];

/// A human-readable part, `1`, data and checksum, in either case.
///
/// Source: <https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki>
pub(super) fn key(text: &[u8]) -> Proof {
    let text = text.to_ascii_lowercase();
    let Some(at) = text.iter().rposition(|&byte| byte == b'1') else {
        return WRONG;
    };
    let (prefix, data) = (&text[..at], &text[at + 1..]);
    let digit = |&letter: &u8| DIGITS.iter().position(|&digit| digit == letter);
    let Some(data) = data.iter().map(digit).collect::<Option<Vec<_>>>() else {
        return WRONG;
    };
    let high = prefix.iter().map(|byte| u32::from(byte >> 5));
    let low = prefix.iter().map(|byte| u32::from(byte & 31));
    let values = high.chain([0]).chain(low).chain(data.iter().map(|&digit| digit as u32));
    if remainder(values) == 1 { Proof::Proven } else { WRONG }
}

fn remainder(values: impl Iterator<Item = u32>) -> u32 {
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let shifted = (sum & 0x01FF_FFFF) << 5 ^ value;
        let terms = GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1);
        terms.fold(shifted, |sum, (_, term)| sum ^ term)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> Proof {
        key(text.as_bytes())
    }

    #[test]
    fn the_vectors_of_bip_173_hold() {
        assert_eq!(says("A12UEL5L"), Proof::Proven);
        assert_eq!(says("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"), Proof::Proven);
        assert_eq!(says("A1G7SGD8"), WRONG);
    }

    #[test]
    fn one_wrong_letter_is_seen() {
        assert_eq!(says("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq"), WRONG);
    }
}
