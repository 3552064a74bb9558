//! Macaroons: base64 of a location, an identifier, caveats and a signature, in two forms.

use crate::engine::checksum::Proof;
use crate::engine::radix;

const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;

/// `pypi-` and a macaroon of version 2, made for `pypi.org` or for `test.pypi.org`.
///
/// Source: <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>
pub(super) fn pypi(token: &[u8]) -> Proof {
    let bytes = token.strip_prefix(b"pypi-").and_then(radix::base64).unwrap_or_default();
    let fits = bytes
        .strip_prefix(&[2])
        .and_then(|rest| field(rest, LOCATION))
        .filter(|(location, _)| location.ends_with(b"pypi.org"))
        .and_then(|(_, rest)| field(rest, IDENTIFIER))
        .is_some_and(|(identifier, rest)| !identifier.is_empty() && rest.first() == Some(&0));
    if fits {
        Proof::Proven
    } else {
        Proof::Doubtful("no macaroon")
    }
}

/// A macaroon of version 1: packets that begin with their length in four hex digits, a location first, 32 bytes of
/// signature last.
///
/// Source: <https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt>
pub(super) fn packets(token: &[u8]) -> Proof {
    let bytes = radix::base64(token).unwrap_or_default();
    let mut rest: &[u8] = &bytes;
    let mut last: &[u8] = &[];
    while let Some((packet, more)) = packet(rest) {
        (last, rest) = (packet, more);
    }
    let is_signed = last
        .strip_prefix(b"signature ")
        .is_some_and(|signature| signature.len() == 33);
    if is_signed && rest.is_empty() {
        Proof::Proven
    } else {
        Proof::Doubtful("no macaroon")
    }
}

/// Takes one packet: its length, itself included, then its bytes. Returns these and what follows.
fn packet(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(4)?;
    let len = usize::from_str_radix(str::from_utf8(head).ok()?, 16).ok()?;
    rest.split_at_checked(len.checked_sub(4)?)
}

/// Takes one field of this kind: kind, length (short ones only), bytes. Returns it and what follows.
fn field(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    match bytes {
        [found, len @ 0..=127, rest @ ..] if *found == kind => rest.split_at_checked(usize::from(*len)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_one_after_another() {
        let bytes = b"\x01\x03abc\x02\x01x\x00";
        let (location, rest) = field(bytes, LOCATION).unwrap();
        assert_eq!(
            (location, field(rest, IDENTIFIER)),
            (&b"abc"[..], Some((&b"x"[..], &b"\0"[..])))
        );
        assert_eq!(field(b"\x01\x09abc", LOCATION), None);
    }

    #[test]
    fn packets_are_walked_to_the_signature() {
        let made = |text: &str, signature: usize| {
            let packet = |body: &str| format!("{:04x}{body}\n", body.len() + 5);
            format!(
                "{}{}",
                packet(text),
                packet(&format!("signature {}", "s".repeat(signature)))
            )
        };
        let walk = |text: &str| {
            let mut rest = text.as_bytes();
            let mut count = 0;
            while let Some((_, more)) = packet(rest) {
                (rest, count) = (more, count + 1);
            }
            (count, rest.len())
        };
        assert_eq!(walk(&made("location here", 32)), (2, 0));
        assert_eq!(walk(&made("location here", 32)[..20]), (1, 2));
        assert!(matches!(packets(b"MDAxOGxvY2F0aW9u"), Proof::Doubtful(_)));
    }

    #[test]
    fn a_token_of_the_index_is_a_macaroon() {
        // The base64 of 02 01 08 "pypi.org" 02 05 "12345" 00 "xx".
        let good = ["pypi-", "AgEIcHlwaS5vcmcCBTEyMzQ1AHh4"].concat();
        assert_eq!(pypi(good.as_bytes()), Proof::Proven);
        let cut = ["pypi-", "AgEIcHlwaS5vcmcCCTEyMzQ1"].concat();
        assert!(matches!(pypi(cut.as_bytes()), Proof::Doubtful(_)));
    }
}
