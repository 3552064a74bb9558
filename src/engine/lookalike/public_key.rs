//! Public keys, by what their first bytes say.

use crate::engine::radix;

/// Tells whether the value is a public key: its DER, SSH or OpenPGP header says what it is.
pub(super) fn is_public_key(value: &[u8]) -> bool {
    const HEADS: &[&[u8]] = &[
        b"AAAAB3NzaC1yc2E",
        b"AAAAC3NzaC1lZDI1NTE5",
        b"AAAAE2VjZHNh",
        b"LS0tLS1CRUdJTiBDRVJU",
        b"LS0tLS1CRUdJTiBQVUJMSUM",
        b"ssh-rsa",
        b"ssh-ed25519",
        b"ecdsa-sha2",
        b"-----BEGIN PUBLIC",
        b"-----BEGIN RSA PUBLIC",
        b"-----BEGIN CERT",
        b"-----BEGIN PGP PUBLIC",
    ];
    HEADS.iter().any(|head| value.starts_with(head)) || is_der(value) || is_openpgp(value)
}

/// Tells whether base64 opens with the DER of a public key of any length: a sequence in a sequence, and in that one the
/// name of what the key is for. A private key has its version there, an encrypted one the name of a cipher.
fn is_der(value: &[u8]) -> bool {
    /// RSA's own, elliptic curves', and those of Ed25519 and its kin.
    const NAMES: [&[u8]; 3] = [
        &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01],
        &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02],
        &[0x2B, 0x65],
    ];
    const HEAD: usize = 32;
    if !value.starts_with(b"M") || value.len() < HEAD {
        return false;
    }
    let head = radix::base64(&value[..HEAD]).unwrap_or_default();
    let named = inside(&head, 0x30).and_then(|rest| inside(rest, 0x30));
    let name = named.and_then(|rest| inside(rest, 0x06)).unwrap_or_default();
    NAMES.iter().any(|known| name.starts_with(known))
}

/// Returns what stands in an element of DER behind its tag and its length.
fn inside(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(&[tag])?;
    let (&len, rest) = rest.split_first()?;
    // From 128 on, the byte says how many more hold the length.
    rest.get(usize::from(len.saturating_sub(128))..)
}

/// Tells whether long hex opens with an OpenPGP packet of a public key: its tag, a length, and version 4.
fn is_openpgp(value: &[u8]) -> bool {
    let version_at = |at: usize| value.get(at..at + 2) == Some(b"04");
    let is_packet = match value {
        [b'9', b'8', ..] => version_at(4),
        [b'9', b'9', ..] => version_at(6),
        [b'c' | b'C', b'6', ..] => version_at(4) || version_at(6),
        _ => false,
    };
    is_packet && value.len() >= 100 && value.iter().all(u8::is_ascii_hexdigit)
}

/// Tells whether the value is what names an OpenPGP key: the last 16 hexadecimal digits of its fingerprint, or all 40.
pub(in crate::engine) fn is_openpgp_id(value: &[u8]) -> bool {
    matches!(value.len(), 16 | 40)
        && value.iter().any(u8::is_ascii_uppercase)
        && value
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_key(value: &str) -> bool {
        is_public_key(value.replace('·', "").as_bytes())
    }

    #[test]
    fn a_public_key_of_any_length_is_told_by_its_head() {
        for value in [
            "MFkwEwYHKoZI·zj0CAQYIKoZIzj0DAQcDQgAE1O",
            "MIGeMA0GCSqG·SIb3DQEBAQUAA4GMADCBiAKBgQ",
            "MIIBIjANBgkq·hkiG9w0BAQEFAAOCAQ8AMIIBCg",
            "MCowBQYDK2Vw·AyEAGb9ECWmEzf6FQbrBZ9w7lP",
            "ssh-ed25519 AAAA",
        ] {
            assert!(is_key(value), "{value}");
        }
    }

    #[test]
    fn a_private_key_is_none() {
        for value in [
            "MIIEvQIBADAN·BgkqhkiG9w0BAQEFAASCBKcwgg",
            "MIIEpAIBAAKC·AQEA1z8kX3vB7qLw2Zt9RmPcY5",
            "MIIFLTBXBgkq·hkiG9w0BBQ0wSjApBgkqhkiG9w",
            "MC4CAQAwBQYD·K2VwBCIEIGb9ECWmEzf6FQbrBZ",
        ] {
            assert!(!is_key(value), "{value}");
        }
    }

    #[test]
    fn a_name_of_an_openpgp_key_is_hex_of_its_length() {
        assert!(is_openpgp_id(b"D56C4FCA57A46444") && is_openpgp_id(b"4AEE18F83AFDEB23"));
        assert!(!is_openpgp_id(b"d56c4fca57a46444") && !is_openpgp_id(b"D56C4FCA57A4644"));
    }
}
