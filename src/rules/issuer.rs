//! Secrets without a shape of their own: letters that mean something only beside their issuer's name.
//! One detector stated as data; a new issuer is a line of TOML and never a regular expression of its own.

use serde::Deserialize;

/// What stands in a rule in place of `pattern` and `keywords`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Issuer {
    /// How the issuer is written in names and addresses, in lower case. A `_` is any joint or none: `dd_api` is also
    /// found in `dd-api`, `dd.api` and `ddApi`.
    pub names: Vec<String>,
    /// An ASCII regular expression without groups: the secret itself. `<uuid>` in it is a UUID.
    pub value: String,
    /// True when the issuer's name alone will do; otherwise a word like `key` or `token` must follow it.
    /// For values that are seldom anything else: not for hexadecimal digits, which are mostly hashes.
    #[serde(default)]
    pub bare: bool,
    /// True when the issuer's name alone will do for a value that looks random, and is neither a UUID nor hexadecimal.
    #[serde(default)]
    pub random: bool,
}

/// Words that say that what follows is a secret.
const ROLE: &str = "(?i:key|token|secret|auth|passw|pwd|cred|access|api|private|bearer|login|code)";

/// What may stand between the name of a secret and its value: closing quotes or brackets, an operator or a blank,
/// the `value` of a name-value pair or the `default` of a declaration, opening quotes or brackets.
const CONNECTOR: &str = concat!(
    r#"["'`\\\])}]{0,3}\s{0,3}"#,
    r"(?::\s{0,2}[&A-Za-z<>?\[\]]{2,24}\s{0,2}=|[:=,(>|?!&{+-]{1,4}|\s(?:is|to|as)\s|\s)\s{0,24}",
    r#"(?:["'`\\]{0,2}(?:value|default)["'`\\]{0,2}\s{0,3}[:=]\s{0,3})?"#,
    r#"(?:>-?|\|-?)?\s{0,8}["'`\\(\[{@]{0,4}"#,
);

const UUID: &str = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";

/// What must follow the value, so that it is no part of a longer one.
const END: &str = "(?:[^0-9A-Za-z_+/=~-]|$)";

/// A name whose first word is shorter than this must begin a word: `box` is not to be found in `inbox`.
const DISTINCT: usize = 4;

/// How words are joined in names, for keywords and for patterns.
const JOINTS: [&str; 4] = ["_", "-", ".", ""];
const ANY_JOINT: &str = "[_.-]?";

impl Issuer {
    /// Returns the literals of which one must occur.
    pub fn keywords(&self) -> Vec<String> {
        self.names.iter().flat_map(|name| joined(name)).collect()
    }

    /// Returns the regular expression that finds the value, in the group `secret`, behind one of the names. Where the
    /// name alone will do for some values, the group `role` tells whether more than that was there.
    pub fn pattern(&self) -> String {
        let gap = if self.bare {
            format!(r"(?:(?s:.){{0,40}}?{ROLE})?[0-9A-Za-z_. -]{{0,30}}")
        } else if self.random {
            format!(r"(?:(?s:.){{0,40}}?(?P<role>{ROLE}))?[0-9A-Za-z_. -]{{0,30}}")
        } else {
            format!(r"(?s:.){{0,40}}?{ROLE}[0-9A-Za-z_.-]{{0,20}}")
        };
        let value = self.spelt_value();
        format!("{}{gap}{CONNECTOR}(?P<secret>{value}){END}", self.start())
    }

    /// Returns the regular expression of the value alone.
    pub fn spelt_value(&self) -> String {
        self.value.replace("<uuid>", UUID)
    }

    fn start(&self) -> String {
        let is_distinct = |name: &&String| name.split('_').next().is_some_and(|word| word.len() >= DISTINCT);
        let (distinct, short): (Vec<_>, Vec<_>) = self.names.iter().partition(is_distinct);
        let any = |names: &[&String]| {
            let names: Vec<_> = names.iter().map(|name| spell(name)).collect();
            format!("(?i:{})", names.join("|"))
        };
        match (distinct.as_slice(), short.as_slice()) {
            (distinct, []) => any(distinct),
            ([], short) => format!(r"(?:\b|_){}", any(short)),
            (distinct, short) => format!(r"(?:{}|(?:\b|_){})", any(distinct), any(short)),
        }
    }

    /// Returns what is wrong with it, if anything.
    pub fn problem(&self) -> Option<&'static str> {
        let is_plain = |name: &String| {
            let has_length = name.len() >= 2;
            has_length
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
        };
        if self.names.is_empty() {
            Some("an issuer needs a name")
        } else if !self.names.iter().all(is_plain) {
            Some("an issuer's name has two or more ASCII characters, in lower case, without blanks")
        } else if self.value.replace("(?:", "").contains('(') {
            Some("an issuer's value has no groups but `(?:…)`")
        } else {
            None
        }
    }
}

/// Writes a name with each joint between its words, and with none.
fn joined(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for (index, word) in name.split('_').enumerate() {
        let joints = if index == 0 { &[""] } else { &JOINTS[..] };
        let longer = |joint: &&str| {
            all.iter()
                .map(|start| format!("{start}{joint}{word}"))
                .collect::<Vec<_>>()
        };
        all = joints.iter().flat_map(longer).collect();
    }
    all
}

/// Writes a name as a regular expression.
fn spell(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '_' => pattern.push_str(ANY_JOINT),
            'a'..='z' | '0'..='9' | '-' => pattern.push(letter),
            _ => pattern.extend(['\\', letter]),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;

    use super::*;

    const VALUE: &str = "5f0c61d2e8";

    fn issuer(names: &[&str], bare: bool) -> Issuer {
        Issuer {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            value: "[0-9a-f]{10}".to_owned(),
            bare,
            random: false,
        }
    }

    fn finds(issuer: &Issuer, text: &str) -> bool {
        let ascii = syntax::Config::new().unicode(false).utf8(false);
        let pattern = Regex::builder().syntax(ascii).build(&issuer.pattern()).unwrap();
        let text = text.replace('V', VALUE);
        let mut groups = pattern.create_captures();
        pattern.captures(&text, &mut groups);
        let secret = groups.get_group_by_name("secret");
        secret.is_some_and(|value| text[value.range()] == *VALUE)
    }

    #[test]
    fn a_value_is_found_in_every_syntax() {
        let acme = issuer(&["acme"], false);
        for text in [
            "export ACME_API_KEY=V",
            "ENV ACME_KEY V",
            r#""acme_token": "V","#,
            r#"{"body": "{\"acme_token\": \"V\"}"}"#,
            r#"<add key="acmeToken" value="V" />"#,
            "<acmeToken>\n    V\n</acmeToken>",
            r#"client.setAcmeKey("V")"#,
            r#"os.environ["ACME_SECRET"] = "V""#,
            r#"os.getenv("ACME_KEY", "V")"#,
            "process.env.ACME_KEY || 'V'",
            "${ACME_KEY:-V}",
            "const acmeKey: string = `V`;",
            "let acme_key: &str = \"V\";",
            "define('ACME_KEY', 'V');",
            "'acme.key' => 'V'",
            "acme_key := \"V\"",
            "run --acme-key V",
            "https://api.acme.com/v1?page=2&api_key=V&sort=asc",
            "acme:\n  api_key: V",
            "acme_token: >-\n  V",
            "- name: ACME_TOKEN\n  value: V",
            r#"{"name": "ACME_TOKEN", "value": "V"}"#,
            "variable \"acme_token\" {\n  default = \"V\"\n}",
            "Set `ACME_TOKEN` to `V` and restart.",
        ] {
            assert!(finds(&acme, text), "{text}");
        }
    }

    #[test]
    fn a_hash_beside_the_name_is_no_secret() {
        let acme = issuer(&["acme"], false);
        for text in [
            "acme@V",
            "acme/checkout: V",
            "acme_key = V0",
            "acme_key = 0V",
            "other_key = V",
        ] {
            assert!(!finds(&acme, text), "{text}");
        }
    }

    #[test]
    fn the_name_alone_will_do_when_the_rule_says_so() {
        assert!(!finds(&issuer(&["acme"], false), "acme = 'V'"));
        assert!(finds(&issuer(&["acme"], true), "acme = 'V'"));
        assert!(finds(&issuer(&["acme"], true), "acme client: V"));
    }

    #[test]
    fn a_short_name_begins_a_word() {
        let acme = issuer(&["box"], false);
        assert!(finds(&acme, "MY_BOX_TOKEN=V") && finds(&acme, "box_token=V"));
        assert!(!finds(&acme, "inbox_token=V"));
    }

    #[test]
    fn a_joint_is_any_or_none() {
        let acme = issuer(&["ac_api"], false);
        for text in ["AC_API_KEY=V", "ac-api-key: V", "ac.api.key=V", "acApiKey = 'V'"] {
            assert!(finds(&acme, text), "{text}");
        }
        assert_eq!(acme.keywords(), ["ac_api", "ac-api", "ac.api", "acapi"]);
        assert_eq!(issuer(&["acme"], false).keywords(), ["acme"]);
        assert!(!finds(&acme, "zac_api_key = V"));
    }

    #[test]
    fn a_uuid_has_a_name() {
        let mut acme = issuer(&["acme"], true);
        acme.value = "v-<uuid>".to_owned();
        assert!(acme.pattern().contains("(?P<secret>v-[0-9A-Fa-f]{8}(?:-"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert!(issuer(&[], false).problem().is_some());
        assert!(issuer(&["Acme"], false).problem().is_some());
        assert_eq!(issuer(&["acme.io"], false).problem(), None);
        assert!(issuer(&["acme.io"], false).pattern().contains(r"acme\.io"));
    }
}
