//! JSON web tokens: header and payload are JSON, and the header names an algorithm. The signature cannot be checked.

use serde_json::Value;

use crate::engine::checksum::{Proof, base64};

/// Three parts, of which the first two decode to JSON objects and the first has the member `alg`.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7519>
pub(super) fn token(token: &[u8]) -> Proof {
    let mut parts = token.split(|&byte| byte == b'.').map(object);
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(header), Some(_)) if header.get("alg").is_some() => Proof::Proven,
        _ => Proof::Disproven,
    }
}

fn object(part: &[u8]) -> Option<Value> {
    let json = base64::decode(part)?;
    serde_json::from_slice(&json).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"alg":"none"} and {"sub":"1"}, in parts, so that this file holds no token.
    const HEADER: &str = "eyJhbGciOiJub25lIn0";
    const PAYLOAD: &str = "eyJzdWIiOiIxIn0";

    #[test]
    fn header_and_payload_must_be_json() {
        assert_eq!(token(format!("{HEADER}.{PAYLOAD}.c2ln").as_bytes()), Proof::Proven);
        assert_eq!(token(format!("{HEADER}.{HEADER}x.c2ln").as_bytes()), Proof::Disproven);
        assert_eq!(token(HEADER.as_bytes()), Proof::Disproven);
    }

    #[test]
    fn the_header_must_name_an_algorithm() {
        assert_eq!(token(format!("{PAYLOAD}.{HEADER}.c2ln").as_bytes()), Proof::Disproven);
    }
}
