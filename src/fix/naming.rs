//! The name of a variable: from the variable, key or parameter that holds the value, or from the issuer.

/// Names that say nothing of whose secret it is; what stands around them is put before them.
const VAGUE: &[&str] = &[
    "ACCESS_KEY",
    "ACCESS_TOKEN",
    "API_KEY",
    "APIKEY",
    "API_SECRET",
    "API_TOKEN",
    "AUTH",
    "AUTHORIZATION",
    "AUTH_TOKEN",
    "BEARER",
    "CREDENTIAL",
    "CREDENTIALS",
    "DEFAULT",
    "DSN",
    "KEY",
    "PASS",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE_KEY",
    "PW",
    "SECRET",
    "SECRET_KEY",
    "TOKEN",
    "URI",
    "URL",
    "VALUE",
];

/// Names that other programs give a meaning.
const TAKEN: &[&str] = &[
    "BASH",
    "CDPATH",
    "DISPLAY",
    "EDITOR",
    "ENV",
    "EUID",
    "GROUPS",
    "HOME",
    "HOST",
    "HOSTNAME",
    "IFS",
    "LANG",
    "LOGNAME",
    "MAIL",
    "NODE_ENV",
    "NODE_OPTIONS",
    "OLDPWD",
    "PATH",
    "PPID",
    "PS1",
    "PS2",
    "PS4",
    "PWD",
    "PYTHONPATH",
    "RANDOM",
    "SECONDS",
    "SHELL",
    "SHLVL",
    "TEMP",
    "TERM",
    "TMP",
    "TMPDIR",
    "TZ",
    "UID",
    "USER",
    "USERNAME",
];

/// First words of rules that say what a value is and not whose.
const KINDS: &[&str] = &[
    "api",
    "authorization",
    "base64",
    "basic",
    "bearer",
    "connection",
    "credentials",
    "curl",
    "database",
    "der",
    "directory",
    "dotenv",
    "exposure",
    "fallback",
    "ftp",
    "generic",
    "image",
    "jdbc",
    "jwk",
    "jwt",
    "key",
    "network",
    "password",
    "pem",
    "pipeline",
    "powershell",
    "private",
    "psexec",
    "secret",
    "secrets",
    "shell",
    "sql",
    "ssh",
    "sshpass",
    "template",
    "uri",
    "wget",
    "xml",
];

/// Proposes a name: from what names the value, nearest first, and from the rule that found it.
pub(super) fn propose(names: &[String], rule: &str) -> Option<String> {
    let names: Vec<String> = names
        .iter()
        .map(|name| screaming(name))
        .filter(|name| is_telling(name))
        .collect();
    let issuer = issuer(rule);
    let proposed = match (names.first(), &issuer) {
        (Some(first), _) if !VAGUE.contains(&first.as_str()) => first.clone(),
        (Some(first), issuer) => match (
            names.iter().skip(1).find(|name| !VAGUE.contains(&name.as_str())),
            issuer,
        ) {
            (_, Some((issuer, _))) => format!("{issuer}_{first}"),
            (Some(outer), None) => format!("{outer}_{first}"),
            (None, None) => first.clone(),
        },
        (None, Some((_, whole))) => whole.clone(),
        (None, None) => return None,
    };
    is_free(&proposed).then_some(proposed)
}

/// Tells whether a name may be given to a variable at all.
pub(super) fn is_valid(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && name.bytes().all(is_word) && !name.as_bytes()[0].is_ascii_digit()
}

/// Tells whether a name is valid, and nobody else's.
pub fn is_free(name: &str) -> bool {
    let is_taken =
        TAKEN.contains(&name) || name.starts_with("LC_") || name.starts_with("GIT_") || name.starts_with("LD_");
    is_valid(name) && !is_taken
}

/// A name of a letter or two says nothing, and one that begins with a digit is none.
fn is_telling(name: &str) -> bool {
    name.len() > 1 && !name.as_bytes()[0].is_ascii_digit()
}

/// Returns the issuer of a rule that has one, and the rule's whole id, both as names.
fn issuer(rule: &str) -> Option<(String, String)> {
    let (first, rest) = rule.split_once('-')?;
    let is_nobody = KINDS.contains(&first);
    (!is_nobody && !rest.is_empty()).then(|| (screaming(first), screaming(rule)))
}

/// Writes a name as variables of the environment are: `stripeApiKey` is `STRIPE_API_KEY`.
fn screaming(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut written = String::with_capacity(name.len() + 4);
    for (index, &char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| chars[index]);
        let after = chars.get(index + 1);
        let begins_word = char.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase)
            });
        let is_gap = !char.is_ascii_alphanumeric();
        if (begins_word || is_gap) && !written.is_empty() && !written.ends_with('_') {
            written.push('_');
        }
        if !is_gap {
            written.push(char.to_ascii_uppercase());
        }
    }
    written.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(names: &[&str], rule: &str) -> Option<String> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        propose(&names, rule)
    }

    #[test]
    fn a_telling_name_is_taken_as_it_is() {
        assert_eq!(
            name(&["stripe_api_key"], "generic-secret").as_deref(),
            Some("STRIPE_API_KEY")
        );
        assert_eq!(
            name(&["stripeAPIKey"], "stripe-secret-key").as_deref(),
            Some("STRIPE_API_KEY")
        );
        assert_eq!(
            name(&["x-acme-token", "headers"], "generic-secret").as_deref(),
            Some("X_ACME_TOKEN")
        );
    }

    #[test]
    fn a_vague_name_gets_what_stands_around_it_or_the_issuer() {
        assert_eq!(
            name(&["password", "database"], "generic-password").as_deref(),
            Some("DATABASE_PASSWORD")
        );
        assert_eq!(name(&["token"], "github-pat").as_deref(), Some("GITHUB_TOKEN"));
        assert_eq!(name(&["password"], "generic-password").as_deref(), Some("PASSWORD"));
    }

    #[test]
    fn without_a_name_the_rule_gives_one_or_nobody_does() {
        assert_eq!(name(&[], "slack-bot-token").as_deref(), Some("SLACK_BOT_TOKEN"));
        assert_eq!(name(&["x"], "generic-password"), None);
    }

    #[test]
    fn a_name_that_means_something_else_is_not_taken() {
        assert_eq!(name(&["pwd"], "generic-password"), None);
        assert!(!is_free("PATH") && !is_free("1A") && !is_free("A-B") && is_free("A_B"));
    }
}
