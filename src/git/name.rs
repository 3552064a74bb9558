//! The name of an object in its binary form, as packs and trees hold it.
//!
//! A history has millions of them: they are kept without an allocation of their own and hashed by their first bytes,
//! which are as good as random already. (`Oid` is the same name as git prints it.)

use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use crate::git::Oid;

/// An object's name, SHA-1 or SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    bytes: [u8; 32],
    len: u8,
}

impl Name {
    /// Reads a name of 20 or 32 bytes.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut name = Self {
            bytes: [0; 32],
            len: u8::try_from(bytes.len()).ok()?,
        };
        if !matches!(bytes.len(), 20 | 32) {
            return None;
        }
        name.bytes[..bytes.len()].copy_from_slice(bytes);
        Some(name)
    }

    /// Reads 40 or 64 hexadecimal digits.
    pub fn parse(hex: &[u8]) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Some(byte - b'0'),
            b'a'..=b'f' => Some(byte - b'a' + 10),
            _ => None,
        };
        if !matches!(hex.len(), 40 | 64) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Self::new(&bytes[..hex.len() / 2])
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Returns the name as git prints it.
    pub fn to_oid(self) -> Option<Oid> {
        Oid::parse(self.to_string().as_bytes())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [a, b, c, d, e, f, g, h, ..] = self.bytes;
        state.write_u64(u64::from_le_bytes([a, b, c, d, e, f, g, h]));
    }
}

/// Hashes small numbers and names well enough for a table, and fast.
#[derive(Debug, Default, Clone, Copy)]
pub struct Mix(u64);

/// Makes tables hash by [`Mix`].
pub type MixBuild = BuildHasherDefault<Mix>;

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(23) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_from_what_git_prints() {
        for hex in ["0123456789abcdef0123456789abcdef01234567".to_owned(), "a5".repeat(32)] {
            let name = Name::parse(hex.as_bytes()).unwrap();
            assert_eq!(name.to_string(), hex);
            assert_eq!(Name::new(name.as_bytes()), Some(name));
        }
    }

    #[test]
    fn what_is_no_name_is_none() {
        assert_eq!(Name::parse(b"HEAD"), None);
        assert_eq!(Name::parse("G".repeat(40).as_bytes()), None);
        assert_eq!(Name::new(&[0; 21]), None);
    }
}
