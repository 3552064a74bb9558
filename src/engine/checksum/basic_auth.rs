//! Basic authentication: the base64 of a name, a colon and a password.

use crate::engine::checksum::{Proof, base64};
use crate::engine::placeholder;

/// Decodes to printable `user:password`, and the password is no placeholder.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7617>
pub(super) fn user_and_password(text: &[u8]) -> Proof {
    let decoded = base64::decode(text).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((user, password)) = decoded.as_deref().and_then(|pair| pair.split_once(':')) else {
        return Proof::Disproven;
    };
    let is_printable = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    let is_real = is_printable(password) && !placeholder::is_placeholder(password.as_bytes());
    if is_real && (user.is_empty() || is_printable(user)) {
        Proof::Proven
    } else {
        Proof::Disproven
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_told_from_a_word() {
        assert_eq!(user_and_password(b"Ym9iOmtxOFp0NHZQdw=="), Proof::Proven); // bob and a password
        assert_eq!(user_and_password(b"authentication"), Proof::Disproven);
        assert_eq!(user_and_password(b"Ym9iYWxpY2U="), Proof::Disproven); // no colon
    }

    #[test]
    fn a_placeholder_is_no_password() {
        assert_eq!(user_and_password(b"dXNlcjpwYXNzd29yZA=="), Proof::Disproven); // user:password
        assert_eq!(user_and_password(b"Ym9iOg=="), Proof::Disproven); // nothing behind the colon
    }
}
