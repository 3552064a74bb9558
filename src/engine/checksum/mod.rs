//! Offline proof inside a token: one file per algorithm.
//!
//! A proof reads nothing but the value itself, so the same value gets the same answer everywhere and at any time.

mod aws;
mod basic_auth;
mod bech32;
mod claims;
mod crc32;
mod data_center;
mod discord;
mod jfrog;
mod jwt;
mod macaroon;
mod nkey;
mod pem;

/// What a proof says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The token proves itself.
    Proven,
    /// It has the shape that it should, which others may have too.
    Fits,
    /// It does not fit a scheme that may have exceptions, or it can open little; and why.
    Doubtful(&'static str),
    /// The scheme is mandatory and documented and the token breaks it, or it is known to be public; and why.
    Disproven(&'static str),
}

/// Looks a proof up by its name in the rules.
pub(super) fn by_name(name: &str) -> Option<fn(&[u8]) -> Proof> {
    match name {
        "1password" => Some(claims::onepassword),
        "atlassian" | "bitbucket" => Some(crc32::hex_tail),
        "atlassian-data-center" => Some(data_center::token),
        "aws-bedrock" => Some(aws::bedrock),
        "aws-key-id" => Some(aws::key_id),
        "aws-secret-key" => Some(aws::secret_key),
        "basic-auth" => Some(basic_auth::user_and_password),
        "bech32" => Some(bech32::key),
        "discord-bot" => Some(discord::bot),
        "github" | "npm" => Some(crc32::base62_tail),
        "gitlab-routable" => Some(crc32::gitlab),
        "grafana" => Some(crc32::grafana),
        "grafana-json" => Some(claims::grafana),
        "jfrog-reference" => Some(jfrog::reference),
        "jwt" => Some(jwt::token),
        "macaroon" => Some(macaroon::packets),
        "mapbox" => Some(claims::mapbox),
        "nkey" => Some(nkey::seed),
        "pem" | "openssh" | "pgp" | "gcp-service-account" => Some(pem::private_key),
        "pypi" => Some(macaroon::pypi),
        "sentry" => Some(claims::sentry),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &[&str] = &[
        "1password",
        "atlassian",
        "atlassian-data-center",
        "aws-bedrock",
        "aws-key-id",
        "aws-secret-key",
        "basic-auth",
        "bech32",
        "discord-bot",
        "github",
        "gitlab-routable",
        "grafana",
        "grafana-json",
        "jfrog-reference",
        "jwt",
        "macaroon",
        "mapbox",
        "nkey",
        "pem",
        "pypi",
        "sentry",
    ];

    #[test]
    fn no_proof_panics_on_anything_or_calls_it_proven() {
        let long = "A".repeat(5000);
        let texts = [
            "",
            "=",
            "_",
            ".",
            "..",
            "-----BEGIN",
            "e",
            "eyJ",
            "1",
            ":",
            "ghp_",
            "\u{e4}",
            &long,
        ];
        for name in NAMES {
            let proof = by_name(name).unwrap();
            for text in texts {
                assert_ne!(proof(text.as_bytes()), Proof::Proven, "{name}");
            }
        }
    }
}
