//! The identity of a finding across commits and moved lines.
//!
//! A fingerprint goes into committed files (a baseline, a report), so it must recognise the same value in the same
//! place and yet not help anybody to guess that value. A hash of rule, path and value alone would: whoever has a list
//! of common passwords hashes each of them and keeps the one that fits. So the value's part is cut short:
//!
//! * A **random** value (a token, a key) has 60 bits of entropy or more; no list holds it, and 24 bits of its hash
//!   neither confirm nor narrow anything that could be tried. A changed token goes unnoticed once in 16.7 million.
//! * A value that **a person may have chosen** (a password) keeps 8 bits. Of a list of ten million passwords 39,000
//!   still fit, so the fingerprint tells an attacker no more than one more rule of thumb would; and a changed password
//!   in the same place is noticed in 255 of 256 cases.
//!
//! The place's part (rule and path, both public) has 32 bits, so that fingerprints of different places differ.

use std::fmt;
use std::str::FromStr;

use bstr::BStr;
use sha2::{Digest, Sha256};

/// A stable, public name for one value in one file, such as `kf1:1f0c22a9-5be301`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Computes the fingerprint of `value`, found by `rule` in `path`.
    ///
    /// `chosen` says that a person may have chosen the value, as people choose passwords.
    pub fn new(rule: &str, path: &BStr, value: &[u8], chosen: bool) -> Self {
        let place = digest(&[b"place", rule.as_bytes(), path]);
        let secret = digest(&[b"value", rule.as_bytes(), path, value]);
        let kept = if chosen { 1 } else { 3 };
        Self(format!("kf1:{}-{}", hex(&place[..4]), hex(&secret[..kept])))
    }

    /// Tells whether the value is one that a person may have chosen, so that little of it is kept.
    pub fn is_of_chosen(&self) -> bool {
        self.0.len() == "kf1:".len() + 8 + 1 + 2
    }

    /// Returns the text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let parts = text.strip_prefix("kf1:").and_then(|rest| rest.split_once('-'));
        match parts {
            Some((place, value))
                if place.len() == 8 && matches!(value.len(), 2 | 6) && is_hex(place) && is_hex(value) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(format!(
                "`{text}` is no fingerprint; one looks like kf1:1f0c22a9-5be301"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, value: &str, chosen: bool) -> Fingerprint {
        Fingerprint::new("rule", BStr::new(path), value.as_bytes(), chosen)
    }

    #[test]
    fn the_same_value_in_the_same_place_keeps_its_fingerprint() {
        assert_eq!(of("a", "v", false), of("a", "v", false));
        assert_ne!(of("a", "v", false), of("b", "v", false));
        assert_ne!(of("a", "v", false), of("a", "w", false));
    }

    #[test]
    fn a_password_fingerprint_fits_thousands_of_other_passwords() {
        let real = of("app.ini", "hunter2", true);
        let fitting = (0..100_000).filter(|n| of("app.ini", &format!("guess{n}"), true) == real);
        assert!(fitting.count() > 200);
    }

    #[test]
    fn the_text_form_reads_back() {
        let print = of("a", "v", false);
        assert_eq!(print.to_string().parse(), Ok(print));
        assert!("kf1:xyz".parse::<Fingerprint>().is_err());
    }
}
