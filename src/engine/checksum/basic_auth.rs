//! Basic authentication: the base64 of a name, a colon and a password.

use crate::engine::checksum::Proof;
use crate::engine::{placeholder, radix};

const NO_PAIR: Proof = Proof::Disproven("no user and password in it");

/// Decodes to printable `user:password`, and the password is no placeholder.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7617>
pub(super) fn user_and_password(text: &[u8]) -> Proof {
    let decoded = radix::base64(text).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((user, password)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) else {
        return NO_PAIR;
    };
    let is_printable = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    let is_real = is_printable(password) && !placeholder::is_placeholder(password.as_bytes());
    if is_real && (user.is_empty() || is_printable(user)) {
        Proof::Proven
    } else {
        NO_PAIR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(pair: &str) -> Proof {
        user_and_password(pair.as_bytes())
    }

    #[test]
    fn a_pair_is_told_from_a_word() {
        assert_eq!(says("Ym9iOmtxOFp0NHZQdw=="), Proof::Proven); // bob and eight letters
        assert_eq!(says("authentication"), NO_PAIR);
        assert_eq!(says("Ym9iYWxpY2U="), NO_PAIR); // no colon
    }

    #[test]
    fn a_placeholder_is_no_password() {
        assert_eq!(says("dXNlcjpwYXNzd29yZA=="), NO_PAIR); // the two words themselves
        assert_eq!(says("Ym9iOg=="), NO_PAIR); // nothing behind the colon
    }
}
