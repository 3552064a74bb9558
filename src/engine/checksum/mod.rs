//! Offline proof inside a token: one file per algorithm.

mod base64;
mod basic_auth;
mod bech32;
mod crc32;
mod jwt;

/// What a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The token proves itself.
    Proven,
    /// The scheme is mandatory and the token breaks it: it was never issued.
    Disproven,
    /// It does not fit a scheme that may have exceptions.
    Doubtful,
}

/// Looks a proof up by its name in the rules.
pub(super) fn by_name(name: &str) -> Option<fn(&[u8]) -> Proof> {
    match name {
        "github" | "npm" => Some(crc32::base62_tail),
        "atlassian" | "bitbucket" => Some(crc32::hex_tail),
        "grafana" => Some(crc32::grafana),
        "jwt" => Some(jwt::token),
        "basic-auth" => Some(basic_auth::user_and_password),
        "bech32" => Some(bech32::key),
        _ => None,
    }
}
