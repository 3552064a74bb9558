//! The checksum of NATS keys.

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// A seed: base32 of two prefix bytes, 32 bytes and their CRC-16, little-endian.
///
/// Source: <https://github.com/nats-io/nkeys>
pub(super) fn seed(seed: &[u8]) -> Proof {
    let bytes = radix::base32(seed).unwrap_or_default();
    match bytes.split_last_chunk::<2>() {
        Some((body, sum)) if body.len() == 34 && crc16(body) == u16::from_le_bytes(*sum) => Proof::Proven,
        _ => Proof::Doubtful("wrong checksum"),
    }
}

/// Computes the CRC-16 of XMODEM (polynomial 0x1021).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base32(bytes: &[u8]) -> Vec<u8> {
        let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
        let digit = |at: usize| (0..5).fold(0, |digit, next| digit << 1 | bit(at + next));
        let letter = |digit: u8| if digit < 26 { b'A' + digit } else { b'2' + digit - 26 };
        (0..bytes.len() * 8).step_by(5).map(|at| letter(digit(at))).collect()
    }

    #[test]
    fn crc16_of_the_standard_check_string() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn a_seed_with_its_sum_is_proven() {
        let mut bytes = vec![0x92, 0xA0];
        bytes.extend((0..32).map(|at| at * 7 + 5));
        let sum = crc16(&bytes);
        bytes.extend(sum.to_le_bytes());
        let text = base32(&bytes);
        assert_eq!((text.len(), text[0], seed(&text)), (58, b'S', Proof::Proven));
        bytes[10] ^= 1;
        assert!(matches!(seed(&base32(&bytes)), Proof::Doubtful(_)));
    }
}
