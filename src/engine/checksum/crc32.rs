//! CRC-32 tails, as GitHub, npm, Atlassian, Bitbucket and Grafana append them to their tokens.

use crate::engine::checksum::Proof;

/// Computes the CRC-32 of ISO 3309 (polynomial 0xEDB88320, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// `prefix_` + 30 characters + the CRC-32 of those 30 as six base-62 digits (GitHub's classic tokens, npm).
///
/// Source: <https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>
pub(super) fn base62_tail(token: &[u8]) -> Proof {
    let Some(at) = token.iter().position(|&byte| byte == b'_') else {
        return Proof::Doubtful;
    };
    let body = &token[at + 1..];
    let Some((text, tail)) = body.split_at_checked(30).filter(|(_, tail)| tail.len() == 6) else {
        return Proof::Doubtful;
    };
    if base62(crc32(text)) == tail {
        Proof::Proven
    } else {
        Proof::Disproven
    }
}

fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = [b'0'; 6];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    text
}

/// A token whose last eight hex digits are the CRC-32 of all before them (Bitbucket; Atlassian, whose body ends in `=`).
pub(super) fn hex_tail(token: &[u8]) -> Proof {
    let Some((body, tail)) = token.len().checked_sub(8).map(|at| token.split_at(at)) else {
        return Proof::Doubtful;
    };
    match parse_hex(tail) {
        Some(sum) if sum == crc32(body) => Proof::Proven,
        _ => Proof::Disproven,
    }
}

/// `glsa_` + 32 + `_` + the CRC-32 of what precedes it, little-endian. Seen on one token only, so a mismatch is a doubt.
pub(super) fn grafana(token: &[u8]) -> Proof {
    let Some((body, tail)) = token.len().checked_sub(9).map(|at| token.split_at(at)) else {
        return Proof::Doubtful;
    };
    match parse_hex(&tail[1..]) {
        Some(sum) if sum.swap_bytes() == crc32(body) => Proof::Proven,
        _ => Proof::Doubtful,
    }
}

fn parse_hex(text: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_of_the_standard_check_string() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn a_token_with_its_sum_is_proven_and_with_another_disproven() {
        let body = b"16C7e42F292c6912E7710c838347Ae";
        let token = |sum: u32| [b"ghp_", &body[..], &base62(sum)].concat();
        assert_eq!(base62_tail(&token(crc32(body))), Proof::Proven);
        assert_eq!(base62_tail(&token(1)), Proof::Disproven);
    }

    #[test]
    fn a_hex_tail_is_checked_over_all_before_it() {
        let body = "ATBB16C7e42F292c6912E7710c83";
        let token = format!("{body}{:08X}", crc32(body.as_bytes()));
        assert_eq!(hex_tail(token.as_bytes()), Proof::Proven);
        assert_eq!(hex_tail(b"ATBB16C7e42F292c6912E7710c8300000000"), Proof::Disproven);
    }
}
