//! What the keys of Amazon Web Services say of themselves: the account's number, and whose samples they are.

use bstr::ByteSlice;

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// AWS writes all key ids and secret keys of its documentation so that they end in this word.
const SAMPLE: Proof = Proof::Disproven("a published sample");

/// A key id: four letters, then base32 in which bits 1 to 40 are the account's number.
///
/// That holds for ids made since 2019, whose fifth digit is `Q` or later; an account has twelve digits.
pub(super) fn key_id(id: &[u8]) -> Proof {
    if id.ends_with(b"EXAMPLE") {
        return SAMPLE;
    }
    match id.get(4..).and_then(radix::base32).and_then(|bytes| account(&bytes)) {
        None => Proof::Doubtful("no base32"),
        Some(number) if number >= 1_000_000_000_000 && !matches!(id[4], b'A'..=b'P') => {
            Proof::Doubtful("no account has this number")
        }
        Some(_) => Proof::Fits,
    }
}

fn account(bytes: &[u8]) -> Option<u64> {
    let head: &[u8; 6] = bytes.first_chunk()?;
    let bits = head.iter().fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
    Some((bits & 0x7FFF_FFFF_FF80) >> 7)
}

/// A secret key has no structure, but the documentation's samples do.
pub(super) fn secret_key(key: &[u8]) -> Proof {
    let is_sample = [&b"EXAMPLEKEY"[..], b"EXAMPLE"].iter().any(|end| key.ends_with(end));
    if is_sample { SAMPLE } else { Proof::Fits }
}

/// A Bedrock key: `ABSK` and the base64 of `BedrockAPIKey-id:secret`, or a prefix and the base64 of a signed address.
pub(super) fn bedrock(key: &[u8]) -> Proof {
    let long = key.strip_prefix(b"ABSK");
    let encoded = long.or_else(|| key.strip_prefix(b"bedrock-api-key-"));
    let plain = encoded.and_then(radix::base64).unwrap_or_default();
    let is_key = plain.starts_with(b"BedrockAPIKey-") && plain.contains(&b':');
    if is_key || long.is_none() && plain.contains_str("bedrock.amazonaws.com/?") {
        Proof::Proven
    } else {
        Proof::Doubtful("it holds no Bedrock key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_of_the_documentation_are_no_keys() {
        assert_eq!(key_id(format!("AKIA{}EXAMPLE", "T4WBN2QYC").as_bytes()), SAMPLE);
        assert_eq!(secret_key(format!("{}EXAMPLEKEY", "wJalrXUtn/").as_bytes()), SAMPLE);
        assert_eq!(secret_key(b"EXAMPLEKEYz"), Proof::Fits);
    }

    #[test]
    fn the_account_number_is_read_from_the_id() {
        let id = |rest: &str| key_id(["AKIA", rest].concat().as_bytes());
        assert_eq!(id("T4WBN2QYC7MDX5KP"), Proof::Fits);
        assert!(matches!(id("7777777777777777"), Proof::Doubtful(_)));
        assert_eq!(account(&[0x00, 0, 0, 0, 0x07, 0x80]), Some(15));
    }

    #[test]
    fn a_bedrock_key_says_so_inside() {
        // The base64 of "BedrockAPIKey-" + "abcd:efgh".
        assert_eq!(
            bedrock(["ABSK", "QmVkcm9ja0FQSUtleS1hYmNkOmVmZ2g="].concat().as_bytes()),
            Proof::Proven
        );
        assert!(matches!(bedrock(b"ABSKQmVkcm9ja0FQ"), Proof::Doubtful(_)));
    }
}
