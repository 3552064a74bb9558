//! CRC-32 tails, as GitHub, npm, Atlassian, Bitbucket, GitLab and Grafana append them to their tokens.
//! Only GitHub documents that every token has one, so only there (and at npm, which is GitHub's) a wrong sum disproves.

use crate::engine::checksum::Proof;

const WRONG: &str = "wrong checksum";

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

/// `prefix_` + characters + their CRC-32 as six base-62 digits: 30 characters in GitHub's classic tokens and npm's.
///
/// Longer ones (refresh tokens) are believed but not disproven, for the scheme was published for the short form.
///
/// Source: <https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/>
pub(super) fn base62_tail(token: &[u8]) -> Proof {
    let body = token.iter().position(|&byte| byte == b'_').map(|at| &token[at + 1..]);
    let Some((text, tail)) = body.and_then(|body| body.split_last_chunk::<6>()) else {
        return Proof::Doubtful("no place for a checksum");
    };
    match base62(crc32(text)) == *tail {
        true => Proof::Proven,
        false if text.len() == 30 => Proof::Disproven(WRONG),
        false => Proof::Fits,
    }
}

fn base62(number: u32) -> [u8; 6] {
    digits(
        number,
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    )
}

/// Writes a number in the base of its alphabet, zeros in front.
fn digits<const N: usize>(mut number: u32, alphabet: &[u8]) -> [u8; N] {
    let mut text = [b'0'; N];
    let base = u32::try_from(alphabet.len()).unwrap_or(u32::MAX);
    for digit in text.iter_mut().rev() {
        *digit = alphabet[(number % base) as usize];
        number /= base;
    }
    text
}

/// A token whose last eight hex digits are the CRC-32 of all before them (Bitbucket; Atlassian, whose body ends in `=`).
pub(super) fn hex_tail(token: &[u8]) -> Proof {
    match token.split_last_chunk::<8>() {
        Some((body, tail)) if parse_hex(tail) == Some(crc32(body)) => Proof::Proven,
        _ => Proof::Doubtful(WRONG),
    }
}

/// `glsa_` + 32 + `_` + the CRC-32 of what precedes it, little-endian. Seen on one token only, so a mismatch is a doubt.
pub(super) fn grafana(token: &[u8]) -> Proof {
    match token.split_last_chunk::<9>() {
        Some((body, [b'_', tail @ ..])) if parse_hex(tail).map(u32::swap_bytes) == Some(crc32(body)) => Proof::Proven,
        _ => Proof::Doubtful(WRONG),
    }
}

/// A routable token of GitLab: payload, `.`, perhaps a version and `.`, the payload's length as two digits of base 36,
/// and the CRC-32 of all before as seven.
///
/// The issuer describes the form; that every token keeps to it was not seen, so nothing is dropped for it.
pub(super) fn gitlab(token: &[u8]) -> Proof {
    match token.split_last_chunk::<7>() {
        Some((body, tail)) if digits(crc32(body), b"0123456789abcdefghijklmnopqrstuvwxyz") == *tail => Proof::Proven,
        _ => Proof::Doubtful(WRONG),
    }
}

fn parse_hex(text: &[u8]) -> Option<u32> {
    u32::from_str_radix(str::from_utf8(text).ok()?, 16).ok()
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
        assert_eq!(base62_tail(&token(1)), Proof::Disproven(WRONG));
    }

    #[test]
    fn a_longer_token_is_proven_but_never_disproven() {
        let body = b"16C7e42F292c6912E7710c838347Ae".repeat(2);
        let token = |sum: u32| [b"ghr_", &body[..], &base62(sum)].concat();
        assert_eq!(base62_tail(&token(crc32(&body))), Proof::Proven);
        assert_eq!(base62_tail(&token(1)), Proof::Fits);
    }

    #[test]
    fn a_hex_tail_is_checked_over_all_before_it() {
        let body = "ATBB16C7e42F292c6912E7710c83";
        let token = format!("{body}{:08X}", crc32(body.as_bytes()));
        assert_eq!(hex_tail(token.as_bytes()), Proof::Proven);
        let altered = format!("{body}00000000");
        assert_eq!(hex_tail(altered.as_bytes()), Proof::Doubtful(WRONG));
    }

    #[test]
    fn a_service_account_token_ends_in_its_sum_backwards() {
        let body = format!("glsa_{}", "k7Qw".repeat(8));
        let token = |sum: u32| format!("{body}_{sum:08x}");
        let sum = crc32(body.as_bytes());
        assert_eq!(grafana(token(sum.swap_bytes()).as_bytes()), Proof::Proven);
        assert_eq!(grafana(token(sum).as_bytes()), Proof::Doubtful(WRONG));
    }

    #[test]
    fn a_routable_token_ends_in_its_sum_in_base_36() {
        let body = format!("glpat-{}.01.0u", "d8D2h1e2o8d7LhuoUB".repeat(2));
        let sum: [u8; 7] = digits(crc32(body.as_bytes()), b"0123456789abcdefghijklmnopqrstuvwxyz");
        assert_eq!(gitlab(&[body.as_bytes(), &sum].concat()), Proof::Proven);
        assert_eq!(gitlab(&[body.as_bytes(), b"0000000"].concat()), Proof::Doubtful(WRONG));
    }
}
