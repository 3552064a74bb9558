//! JSON web tokens: what header and claims say of their own worth.
//!
//! No clock is read: a token is called expired when it was so before this program was written, which stays true.

use bstr::ByteSlice;
use serde_json::{Map, Value};

use crate::engine::checksum::{Proof, claims};

const NO_HEADER: Proof = Proof::Disproven("no header of a web token");
/// The first second of 2026.
const WRITTEN: f64 = 1_767_225_600.0;

/// `header.payload.signature`, the first two base64url of JSON objects, the header with `alg`; or five parts when it is
/// encrypted. It may stand behind a prefix that ends in `_`.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc7519>
pub(super) fn token(token: &[u8]) -> Proof {
    let mut parts = token.split(|&byte| byte == b'.');
    let head = parts.next().unwrap_or_default();
    let head = head.find("_ey").map_or(head, |at| &head[at + 1..]);
    let Some(header) = claims::object(head) else {
        return NO_HEADER;
    };
    let Some(algorithm) = header.get("alg").and_then(Value::as_str) else {
        return NO_HEADER;
    };
    match parts.next().and_then(claims::object) {
        _ if header.contains_key("enc") => Proof::Fits,
        // RFC 7515 signs any bytes; claims are only what most tokens hold.
        None => Proof::Doubtful("no claims of a web token"),
        Some(_) if algorithm.eq_ignore_ascii_case("none") => Proof::Doubtful("not signed"),
        Some(claims) => worth(&claims),
    }
}

fn worth(claims: &Map<String, Value>) -> Proof {
    let is = |claim: &str, value: &str| claims.get(claim).and_then(Value::as_str) == Some(value);
    if is("role", "anon")
        && claims
            .get("iss")
            .and_then(Value::as_str)
            .is_some_and(|by| by.starts_with("supabase"))
    {
        return Proof::Disproven("a public key");
    }
    if is("name", "John Doe") && is("sub", "1234567890") {
        return Proof::Doubtful("a published sample");
    }
    match claims.get("exp").and_then(Value::as_f64) {
        Some(end) if end < WRITTEN => Proof::Doubtful("expired"),
        _ => Proof::Proven,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(text: &str) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let digits = |group: &[u8]| {
            let bits = (0..3).fold(0, |bits, at| {
                bits << 8 | usize::from(group.get(at).copied().unwrap_or(0))
            });
            (0..=group.len())
                .map(move |at| char::from(DIGITS[bits >> (18 - 6 * at) & 63]))
                .collect::<String>()
        };
        text.as_bytes().chunks(3).map(digits).collect()
    }

    fn made(header: &str, payload: &str) -> Proof {
        token(format!("{}.{}.c2ln", base64(header), base64(payload)).as_bytes())
    }

    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn a_token_with_readable_parts_is_proven() {
        assert_eq!(made(HEADER, r#"{"sub":"7","exp":4102444800}"#), Proof::Proven);
        let behind = format!("ghs_123_{}.{}.c2ln", base64(HEADER), base64("{}"));
        assert_eq!(token(behind.as_bytes()), Proof::Proven);
        assert_eq!(made(r#"{"alg":"dir","enc":"A256GCM"}"#, "?"), Proof::Fits);
    }

    #[test]
    fn what_has_no_header_is_no_token() {
        assert!(matches!(made(r#"{"typ":"JWT"}"#, "{}"), Proof::Disproven(_)));
        assert!(matches!(token(b"eyJabcdefgh.eyJabc.sig"), Proof::Disproven(_)));
    }

    #[test]
    fn claims_tell_what_a_token_is_worth() {
        assert_eq!(
            made(HEADER, r#"{"iss":"supabase","role":"service_role"}"#),
            Proof::Proven
        );
        assert_eq!(
            made(HEADER, r#"{"iss":"supabase","role":"anon"}"#),
            Proof::Disproven("a public key")
        );
        assert_eq!(made(HEADER, r#"{"exp":1516239022}"#), Proof::Doubtful("expired"));
        assert_eq!(made(r#"{"alg":"none"}"#, "{}"), Proof::Doubtful("not signed"));
    }
}
