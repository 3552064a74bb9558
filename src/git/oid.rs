//! The name of an object, SHA-1 or SHA-256.
//! Kept as the hexadecimal text that git prints, because every way to git takes it.

use std::fmt;

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::git::{Name, ObjectKind};

/// An object's name in lower-case hexadecimal: 40 digits in a SHA-1 repository, 64 in a SHA-256 one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(Box<str>);

impl Oid {
    /// Reads a name; `None` when the text is none.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fits = matches!(text.len(), 40 | 64) && text.iter().all(hex);
        fits.then(|| std::str::from_utf8(text).ok())
            .flatten()
            .map(|text| Self(text.into()))
    }

    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether this is the name of a blob with such content.
    pub fn names(&self, content: &[u8]) -> bool {
        self.is_of(ObjectKind::Blob, content)
    }

    /// Tells whether this is the name of such an object.
    pub(super) fn is_of(&self, kind: ObjectKind, content: &[u8]) -> bool {
        let head = format!("{} {}\0", kind.as_str(), content.len());
        let hash = match self.0.len() {
            40 => hash::<Sha1>(&head, content),
            _ => hash::<Sha256>(&head, content),
        };
        Name::new(&hash) == Name::parse(self.0.as_bytes())
    }

    /// Tells whether this is git's word for "no object".
    pub fn is_zero(&self) -> bool {
        self.0.bytes().all(|byte| byte == b'0')
    }
}

fn hash<D: Digest>(head: &str, content: &[u8]) -> Vec<u8> {
    D::new().chain_update(head).chain_update(content).finalize().to_vec()
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_known_by_its_content() {
        let sha1 = Oid::parse(b"5626abf0f72e58d7a153368ba57db4c673c0e171").unwrap();
        let sha256 = Oid::parse(b"a4ed1f355afb02d88cd291d0e4463910c5061ece48a49aa2b1539b9af973b286").unwrap();
        assert!(sha1.names(b"one\n") && !sha1.names(b"two\n"));
        assert!(sha256.names(b"one\n") && !sha256.names(b"two\n"));
    }

    #[test]
    fn only_full_lower_case_names_are_names() {
        let name = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(Oid::parse(name.as_bytes()).unwrap().as_str(), name);
        for wrong in ["", "HEAD", &name[1..], &name.to_uppercase(), &format!("{name}0")] {
            assert_eq!(Oid::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
