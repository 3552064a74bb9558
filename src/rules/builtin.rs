//! The rule files that are part of the program.
//! `tests/house.rs` refuses one that is forgotten here; what a rule says is checked when the set is read.

/// Embeds files of `rules/`, each with its name.
macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../rules/", $name)))),*]
    };
}

/// Name and text of each embedded rule file.
pub(super) const FILES: &[(&str, &str)] = embed![
    "ai.toml", //
    "anthropic.toml",
    "atlassian.toml",
    "aws.toml",
    "azure.toml",
    "ci.toml",
    "cloud.toml",
    "cloudflare.toml",
    "commerce.toml",
    "crypto.toml",
    "data.toml",
    "databases.toml",
    "devices.toml",
    "dotfiles.toml",
    "email.toml",
    "exposure.toml",
    "fallback.toml",
    "files.toml",
    "finance.toml",
    "frameworks.toml",
    "generic.toml",
    "github.toml",
    "gitlab.toml",
    "google.toml",
    "grafana.toml",
    "hashes.toml",
    "hashicorp.toml",
    "http.toml",
    "identity.toml",
    "image.toml",
    "jwt.toml",
    "media.toml",
    "messaging.toml",
    "npm.toml",
    "observability.toml",
    "openai.toml",
    "packages.toml",
    "payments.toml",
    "pipeline.toml",
    "private-keys.toml",
    "saas.toml",
    "search.toml",
    "security.toml",
    "services.toml",
    "shopify.toml",
    "slack.toml",
    "social.toml",
    "stripe.toml",
    "uris.toml",
    "vaults.toml",
];
