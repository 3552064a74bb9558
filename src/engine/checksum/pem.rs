//! Private keys in armour: PEM of every kind, OpenSSH, PGP.
//!
//! A key is read just far enough to tell a whole one from a cut one, a plain one from an encrypted one, and a key from a
//! row of letters in its place. It stands in code as often as in a file, so quotes and written line ends are looked over.

use bstr::ByteSlice;

use crate::engine::checksum::Proof;
use crate::engine::radix;

const CUT: Proof = Proof::Doubtful("it is cut off");
const ENCRYPTED: Proof = Proof::Doubtful("encrypted");
const NO_KEY: Proof = Proof::Doubtful("no key inside");

/// A key from its `-----BEGIN` on, to its `-----END` or to where the text breaks off.
pub(super) fn private_key(text: &[u8]) -> Proof {
    let Some(armour) = Armour::read(text) else { return CUT };
    let Some(key) = armour.bytes() else { return NO_KEY };
    if is_monotonous(&armour.digits) {
        return Proof::Disproven("one letter over and over is no key");
    }
    if !armour.is_closed {
        return CUT;
    }
    match armour.label {
        label if label.starts_with(b"OPENSSH") => openssh(&key),
        label if label.starts_with(b"PGP") => pgp(&key, armour.sum),
        _ if armour.is_encrypted => ENCRYPTED,
        _ => der(&key),
    }
}

/// What stands between the fences.
#[derive(Default)]
struct Armour<'t> {
    label: &'t [u8],
    digits: Vec<u8>,
    /// The CRC-24 that PGP writes on a line of its own.
    sum: Option<u32>,
    is_encrypted: bool,
    is_closed: bool,
}

impl<'t> Armour<'t> {
    fn read(text: &'t [u8]) -> Option<Self> {
        let (_, rest) = text.split_once_str("-----BEGIN ")?;
        let (label, rest) = rest.split_once_str("-----")?;
        let end = rest.find("-END ").or_else(|| rest.find("-----"));
        let mut armour = Self {
            label,
            is_encrypted: label.starts_with(b"ENCRYPTED"),
            is_closed: end.is_some(),
            ..Self::default()
        };
        let body = rest[..end.unwrap_or(rest.len())]
            .replace("\\n", "\n")
            .replace("\\r", "\n");
        body.lines().for_each(|line| armour.line(line));
        Some(armour)
    }

    /// Takes one line: the longest run of digits in it, whatever quotes and signs stand around.
    fn line(&mut self, line: &[u8]) {
        if line.contains_str(": ") {
            self.is_encrypted |= line.contains_str("ENCRYPTED");
            return;
        }
        let runs = line.split(|&byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/'));
        let run = runs.max_by_key(|run| run.len()).unwrap_or_default();
        match line.trim_ascii().strip_prefix(b"=") {
            Some(sum) if sum.len() >= 4 && run.len() == 4 => {
                let bytes = radix::base64(run).unwrap_or_default();
                self.sum = Some(bytes.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
            }
            // A lone sign joins strings.
            _ if run == b"+" => {}
            _ => self.digits.extend_from_slice(run),
        }
    }

    fn bytes(&self) -> Option<Vec<u8>> {
        radix::base64(&self.digits).filter(|bytes| !bytes.is_empty())
    }
}

/// Tells whether a handful of letters makes up all of it.
fn is_monotonous(digits: &[u8]) -> bool {
    let mut seen = [false; 256];
    digits.iter().for_each(|&digit| seen[usize::from(digit)] = true);
    digits.len() >= 40 && seen.iter().filter(|&&seen| seen).count() < 8
}

/// A sequence that ends where the bytes end and begins with a version: the keys of RSA, of elliptic curves, of PKCS#8.
fn der(key: &[u8]) -> Proof {
    match sequence(key) {
        None => NO_KEY,
        Some((len, rest)) if len > rest.len() => CUT,
        Some((_, [2, 1, 0..=3, ..])) => Proof::Proven,
        Some(_) => NO_KEY,
    }
}

/// Reads the head of a DER sequence: its length, and what follows the head.
fn sequence(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.strip_prefix(&[0x30])?.split_first()?;
    if first < 0x80 {
        return Some((usize::from(first), rest));
    }
    let (len, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
    let is_sane = matches!(len.len(), 1..=3);
    is_sane.then(|| (len.iter().fold(0, |len, &byte| len << 8 | usize::from(byte)), rest))
}

/// The magic word, then the name of the cipher: `none`, or the key asks for a passphrase.
fn openssh(key: &[u8]) -> Proof {
    match key.strip_prefix(b"openssh-key-v1\0\0\0\0") {
        None => NO_KEY,
        Some([4, b'n', b'o', b'n', b'e', rest @ ..]) if rest.len() > 100 => Proof::Proven,
        Some([4, b'n', b'o', b'n', b'e', ..]) => CUT,
        Some(_) => ENCRYPTED,
    }
}

/// A packet with a secret key, and the sum of all bytes where one is given.
fn pgp(key: &[u8], sum: Option<u32>) -> Proof {
    let is_secret_key = matches!(key, [0x94..=0x97 | 0xC5, ..]);
    match sum {
        _ if !is_secret_key => NO_KEY,
        None => Proof::Fits,
        Some(sum) if sum == crc24(key) => Proof::Proven,
        Some(_) => Proof::Doubtful("wrong checksum"),
    }
}

/// Computes the CRC-24 of OpenPGP (polynomial 0x864CFB).
fn crc24(bytes: &[u8]) -> u32 {
    let step = |crc: u32| match crc << 1 {
        next if next & 0x0100_0000 == 0 => next,
        next => next ^ 0x0186_4CFB,
    };
    bytes.iter().fold(0x00B7_04CE, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 16, |crc, _| step(crc))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    fn base64(bytes: &[u8]) -> String {
        let digits = |group: &[u8]| {
            let bits = (0..3).fold(0, |bits, at| {
                bits << 8 | usize::from(group.get(at).copied().unwrap_or(0))
            });
            (0..=group.len())
                .map(move |at| char::from(DIGITS[bits >> (18 - 6 * at) & 63]))
                .collect::<String>()
        };
        bytes.chunks(3).map(digits).collect()
    }

    fn armoured(label: &str, bytes: &[u8], tail: &str) -> String {
        let text = base64(bytes);
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        format!(
            "-----BEGIN {label}-----\n{}\n{tail}-----END {label}-----\n",
            lines.join("\n")
        )
    }

    /// A sequence with a version and noise, as long as it says.
    fn key() -> Vec<u8> {
        let noise = (0..200_u32).map(|at| (at * at * 31 + at * 7) as u8);
        [0x30, 0x81, 203, 2, 1, 0].into_iter().chain(noise).collect()
    }

    #[test]
    fn a_whole_key_is_proven_and_a_cut_one_doubted() {
        let text = armoured("RSA PRIVATE KEY", &key(), "");
        assert_eq!(private_key(text.as_bytes()), Proof::Proven);
        assert_eq!(private_key(&text.as_bytes()[..200]), CUT);
        assert_eq!(private_key(armoured("PRIVATE KEY", &key()[..150], "").as_bytes()), CUT);
    }

    #[test]
    fn a_key_in_code_is_read_over_its_quotes() {
        let text = armoured("EC PRIVATE KEY", &key(), "");
        let escaped = text.replace('\n', "\\n");
        assert_eq!(private_key(escaped.as_bytes()), Proof::Proven);
        let joined: Vec<String> = text.lines().map(|line| format!("    \"{line}\\n\" +")).collect();
        assert_eq!(private_key(joined.join("\n").as_bytes()), Proof::Proven);
    }

    #[test]
    fn an_encrypted_key_is_doubted() {
        let text = armoured("ENCRYPTED PRIVATE KEY", &key(), "");
        assert_eq!(private_key(text.as_bytes()), ENCRYPTED);
        let head = "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
        let old = armoured("RSA PRIVATE KEY", &key(), "").replacen("RSA PRIVATE KEY-----\n", head, 1);
        assert_eq!(private_key(old.as_bytes()), ENCRYPTED);
    }

    #[test]
    fn a_sample_of_one_letter_is_no_key() {
        let text = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
            "MIIE".repeat(16)
        );
        assert!(matches!(private_key(text.as_bytes()), Proof::Disproven(_)));
    }

    #[test]
    fn an_openssh_key_tells_whether_it_asks_for_a_passphrase() {
        let made = |cipher: &str| {
            let mut bytes = b"openssh-key-v1\0\0\0\0".to_vec();
            bytes.push(cipher.len() as u8);
            bytes.extend(cipher.bytes());
            bytes.extend(key());
            private_key(armoured("OPENSSH PRIVATE KEY", &bytes, "").as_bytes())
        };
        assert_eq!((made("none"), made("aes256-ctr")), (Proof::Proven, ENCRYPTED));
    }

    #[test]
    fn a_pgp_block_is_proven_by_its_sum() {
        let bytes: Vec<u8> = [0x95].into_iter().chain(key()).collect();
        let sum = |sum: u32| format!("={}\n", base64(&sum.to_be_bytes()[1..]));
        let made = |tail: &str| private_key(armoured("PGP PRIVATE KEY BLOCK", &bytes, tail).as_bytes());
        assert_eq!(made(&sum(crc24(&bytes))), Proof::Proven);
        assert_eq!(made(&sum(7)), Proof::Doubtful("wrong checksum"));
        assert_eq!(made(""), Proof::Fits);
        assert_eq!(crc24(b"123456789"), 0x21_CF02);
    }
}
