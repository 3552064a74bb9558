//! What to do about a leaked secret, in order: what the rule says, and what is known of its issuer.
//!
//! A rule says how to revoke; whatever is true of every secret, or of all of an issuer, is said here once.

use std::sync::LazyLock;

use serde::Deserialize;

/// What is known of an issuer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Issuer {
    /// Beginnings of rule ids.
    rules: Vec<String>,
    /// Where one sees whether a secret was used.
    audit: Option<String>,
    /// Which secret manager is at hand.
    manager: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct File {
    issuer: Vec<Issuer>,
}

static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("remedies.toml"))
        .unwrap_or_default()
        .issuer
});

/// Secret managers for those who are bound to none.
const MANAGERS: &str = "a secret manager (HashiCorp Vault, Doppler, 1Password, one of your cloud; sops or dotenvx for files that are committed)";

/// Rules that speak of no value but of a habit; what they say is all there is to do.
const HABITS: &[&str] = &["exposure-", "image-copy", "dotenv-file", "relaxed-guard"];

/// The end of many remedies, which is a step of its own.
const READ_ANEW: &[&str] = &[
    " and read the new one from the environment.",
    ", and read the new one from the environment.",
];

/// Returns the steps for a finding of a rule, in the order in which they are to be taken.
pub fn steps(rule: &str, remedy: Option<&str>) -> Vec<String> {
    let first = remedy.unwrap_or("Revoke it where it was issued.");
    if HABITS.iter().any(|habit| rule.starts_with(habit)) {
        return vec![first.to_owned()];
    }
    let issuer = issuer(rule);
    let audit = issuer
        .and_then(|issuer| issuer.audit.as_deref())
        .unwrap_or("the log of whatever it opens");
    let manager = issuer.and_then(|issuer| issuer.manager.as_deref()).unwrap_or(MANAGERS);
    vec![
        shortened(first),
        "Put the new one into .env, which git ignores, and read it from the environment: `keyfence fix` does both."
            .to_owned(),
        format!("Look whether it was used: {audit}."),
        format!("Where several machines need it, {manager} keeps it."),
    ]
}

/// Takes off what the next step says.
fn shortened(remedy: &str) -> String {
    let end = READ_ANEW.iter().find_map(|end| remedy.strip_suffix(end));
    end.map_or_else(|| remedy.to_owned(), |rest| format!("{rest}."))
}

fn issuer(rule: &str) -> Option<&'static Issuer> {
    let fits = |issuer: &Issuer| {
        issuer
            .rules
            .iter()
            .filter(|beginning| rule.starts_with(beginning.as_str()))
            .map(String::len)
            .max()
    };
    let fitting = ISSUERS.iter().filter_map(|issuer| Some((fits(issuer)?, issuer)));
    fitting.max_by_key(|(length, _)| *length).map(|(_, issuer)| issuer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn the_steps_come_in_order_and_know_the_issuer() {
        let steps = steps(
            "aws-access-key",
            Some("Deactivate it in IAM and read the new one from the environment."),
        );
        assert_eq!(steps[0], "Deactivate it in IAM.");
        assert!(
            steps[1].contains("keyfence fix")
                && steps[2].contains("CloudTrail")
                && steps[3].contains("Parameter Store"),
            "{steps:?}"
        );
    }

    #[test]
    fn a_habit_has_one_step() {
        assert_eq!(steps("exposure-echo", Some("Take it out.")), ["Take it out."]);
    }

    #[test]
    fn every_issuer_that_is_known_has_a_rule() {
        assert!(!ISSUERS.is_empty());
        let rules = RuleSet::builtin();
        for beginning in ISSUERS.iter().flat_map(|issuer| &issuer.rules) {
            assert!(
                rules.iter().any(|rule| rule.id.starts_with(beginning.as_str())),
                "no rule begins with {beginning}"
            );
        }
    }
}
