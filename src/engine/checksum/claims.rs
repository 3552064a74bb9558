//! Tokens that are JSON in base64 behind a prefix: each issuer's has members of its own.

use serde_json::{Map, Value};

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// Reads the base64 of a JSON object.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&radix::base64(text)?).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn has(text: Option<&[u8]>, members: &[&str]) -> Proof {
    match text.and_then(object) {
        Some(object) if members.iter().all(|&member| object.contains_key(member)) => Proof::Proven,
        _ => Proof::Doubtful("its JSON is broken"),
    }
}

/// `ops_`, and where to sign in with which key.
pub(super) fn onepassword(token: &[u8]) -> Proof {
    has(token.strip_prefix(b"ops_"), &["signInAddress", "secretKey"])
}

/// `sntrys_`, the organisation, `_` and a random part.
pub(super) fn sentry(token: &[u8]) -> Proof {
    let body = token.strip_prefix(b"sntrys_");
    let end = |body: &[u8]| body.iter().rposition(|&byte| byte == b'_').unwrap_or(body.len());
    has(body.map(|body| &body[..end(body)]), &["iat", "org"])
}

/// `glc_` or nothing, and a name with a key: `n` and `k`.
pub(super) fn grafana(token: &[u8]) -> Proof {
    has(Some(token.strip_prefix(b"glc_").unwrap_or(token)), &["n", "k"])
}

/// `sk.`, the user, `.` and a signature.
pub(super) fn mapbox(token: &[u8]) -> Proof {
    has(token.split(|&byte| byte == b'.').nth(1), &["u", "a"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_proven_by_its_members() {
        // {"u":"ada","a":"c1"} and {"iat":1,"org":"o"} and {"n":"a","k":"b"}.
        assert_eq!(mapbox(b"sk.eyJ1IjoiYWRhIiwiYSI6ImMxIn0.sig"), Proof::Proven);
        assert_eq!(sentry(b"sntrys_eyJpYXQiOjEsIm9yZyI6Im8ifQ==_abc"), Proof::Proven);
        assert_eq!(grafana(b"glc_eyJuIjoiYSIsImsiOiJiIn0="), Proof::Proven);
        assert_eq!(grafana(b"eyJuIjoiYSIsImsiOiJiIn0="), Proof::Proven);
    }

    #[test]
    fn other_members_or_no_json_are_a_doubt() {
        assert!(matches!(mapbox(b"sk.eyJuIjoiYSIsImsiOiJiIn0.sig"), Proof::Doubtful(_)));
        assert!(matches!(onepassword(b"ops_eyJuIjoiYSIsIms"), Proof::Doubtful(_)));
        assert!(matches!(mapbox(b"sk"), Proof::Doubtful(_)));
    }
}
