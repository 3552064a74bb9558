//! Which of our rules finds what a rule of gitleaks' own finds, where their ids differ.

use crate::rules::is_built_in;

/// Theirs, and ours.
const COUNTERPARTS: &[(&str, &[&str])] = &[
    ("generic-api-key", &["generic-secret", "generic-password"]),
    (
        "aws-access-token",
        &["aws-access-key-id", "aws-temporary-access-key-id"],
    ),
    ("gcp-api-key", &["google-api-key"]),
    ("github-app-token", &["github-user-token", "github-installation-token"]),
    ("github-oauth", &["github-oauth-token"]),
    ("gitlab-ptt", &["gitlab-trigger-token"]),
    ("gitlab-rrt", &["gitlab-runner-registration-token"]),
    ("gitlab-cicd-job-token", &["gitlab-ci-job-token"]),
    (
        "stripe-access-token",
        &[
            "stripe-secret-key",
            "stripe-test-secret-key",
            "stripe-restricted-key",
            "stripe-test-restricted-key",
        ],
    ),
    ("slack-webhook-url", &["slack-webhook"]),
    ("sendgrid-api-token", &["sendgrid-api-key"]),
    ("telegram-bot-api-token", &["telegram-bot-token"]),
    (
        "curl-auth-header",
        &["bearer-token", "basic-auth", "authorization-token", "api-key-header"],
    ),
    ("curl-auth-user", &["curl-user-password"]),
    (
        "kubernetes-secret-yaml",
        &["kubernetes-secret", "kubernetes-secret-data-first"],
    ),
    ("hashicorp-tf-api-token", &["terraform-cloud-token"]),
    ("hashicorp-tf-password", &["generic-password"]),
    ("digitalocean-access-token", &["digitalocean-oauth-token"]),
    (
        "cloudflare-api-key",
        &["cloudflare-api-token", "cloudflare-legacy-api-token"],
    ),
    ("jwt-base64", &["jwt"]),
    ("mailgun-private-api-token", &["mailgun-private-key", "mailgun-api-key"]),
    ("mailgun-pub-key", &["mailgun-public-key"]),
    ("discord-api-token", &["discord-bot-token"]),
    ("databricks-api-token", &["databricks-token"]),
    ("okta-access-token", &["okta-api-token"]),
    ("artifactory-api-key", &["jfrog-api-key"]),
    ("artifactory-reference-token", &["jfrog-reference-token"]),
    ("grafana-cloud-api-token", &["grafana-cloud-token"]),
    ("azure-ad-client-secret", &["azure-entra-client-secret"]),
    ("facebook-secret", &["facebook-app-secret"]),
];

/// Returns our rules that stand for one of theirs.
pub(super) fn counterparts(theirs: &str) -> Vec<String> {
    let listed = COUNTERPARTS.iter().find(|(id, _)| *id == theirs);
    match listed {
        Some((_, ours)) => ours.iter().map(|&id| id.to_owned()).collect(),
        None if is_built_in(theirs) => vec![theirs.to_owned()],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counterpart_is_a_rule_that_there_is() {
        for id in COUNTERPARTS.iter().flat_map(|(_, ours)| *ours) {
            assert!(is_built_in(id), "{id}");
        }
    }
}
