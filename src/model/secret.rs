//! A secret value that cannot be shown by accident.
//! `Debug` and `Display` are redacted; `expose` is the only way to the bytes, and easy to search for in a review.

use std::fmt;

use bstr::{BStr, BString};

/// The bytes that grant access.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(BString);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<BString>) -> Self {
        Self(value.into())
    }

    /// Returns the value itself. Whoever calls this answers for where it goes.
    pub fn expose(&self) -> &BStr {
        self.0.as_ref()
    }

    /// Returns how many leading bytes may be shown: none of a short value, at most four of a long one.
    ///
    /// A token's head names its issuer; the head of a short password is a good part of it.
    pub fn shown_head(value: &[u8]) -> usize {
        let head = if value.len() < 16 { 0 } else { (value.len() / 8).min(4) };
        let plain = |byte: &&u8| byte.is_ascii_graphic();
        value.iter().take(head).take_while(plain).count()
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = &self.0[..Self::shown_head(&self.0)];
        write!(f, "{}…({})", BStr::new(head), self.0.len())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_a_head_and_the_length_only() {
        let secret = Secret::new("ghp_0123456789012345678901234567890123456789");
        assert_eq!(format!("{secret:?}"), "ghp_…(44)");
    }

    #[test]
    fn a_short_password_shows_nothing_of_itself() {
        assert_eq!(Secret::new("correct-horse").to_string(), "…(13)");
    }
}
