//! A set of rules: the built-in ones, a project's own, by id.

use std::collections::{BTreeMap, HashSet};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use crate::model::Severity;
use crate::rules::{Allow, Issuer, Rule, builtin, holds_behind, packed};

/// Rules in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    rules: Vec<Held>,
}

/// A rule of a set; a built-in one is read when it is first looked at.
#[derive(Debug, Clone)]
pub enum Held {
    /// One of the program's own, by its number.
    BuiltIn(u16),
    /// One that was read or changed.
    Own(Arc<Rule>),
}

impl Held {
    /// Returns its number among the built-in rules, if it is one of them.
    pub fn number(&self) -> Option<usize> {
        match self {
            Self::BuiltIn(number) => Some(usize::from(*number)),
            Self::Own(rule) => rule.number,
        }
    }
}

impl Deref for Held {
    type Target = Rule;

    fn deref(&self) -> &Rule {
        match self {
            Self::BuiltIn(number) => packed::rule(usize::from(*number)),
            Self::Own(rule) => rule,
        }
    }
}

/// What is wrong with a rule file.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is no TOML, or not of the schema.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// The file's name.
        file: String,
        /// The 1-based line.
        line: usize,
        /// What is wrong, in the parser's words.
        message: String,
    },
    /// A block of the right shape says something impossible.
    #[error("{file}:{line}: rule `{id}`: {message}")]
    Invalid {
        /// The file's name.
        file: String,
        /// The 1-based line of the rule's id.
        line: usize,
        /// The rule's id.
        id: String,
        /// What is wrong.
        message: String,
    },
    /// A pattern does not compile.
    #[error("rule `{id}`: {message}")]
    Pattern {
        /// The rule's id.
        id: String,
        /// What is wrong.
        message: String,
    },
}

/// Tells whether an id is that of a rule which is part of the program; no project's own can have it.
pub fn is_built_in(id: &str) -> bool {
    static IDS: OnceLock<HashSet<&str>> = OnceLock::new();
    let ids = IDS.get_or_init(|| {
        (0..packed::COUNT)
            .map(|number| packed::rule(number).id.as_str())
            .collect()
    });
    ids.contains(id)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Rule>,
}

impl RuleSet {
    /// Returns the rules that are part of the program, without their examples.
    pub fn builtin() -> Self {
        let numbers = (0..).take(packed::COUNT);
        Self {
            rules: numbers.map(Held::BuiltIn).collect(),
        }
    }

    /// Returns the rules that are part of the program with their examples, by which they prove themselves.
    ///
    /// # Errors
    /// When a file is broken, which the tests do not let pass.
    pub fn builtin_with_examples() -> Result<Self, RuleError> {
        let mut set = Self::default();
        for (name, text) in builtin::FILES {
            set.add_toml(&format!("rules/{name}"), text)?;
        }
        Ok(set)
    }

    /// Reads a rule file into the set.
    pub fn add_toml(&mut self, file: &str, text: &str) -> Result<(), RuleError> {
        let parsed: File = toml::from_str(text).map_err(|error| RuleError::Syntax {
            file: file.to_owned(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            message: error.message().trim().replace('\n', " "),
        })?;
        self.add(file, text, parsed.rule)
    }

    /// Adds rules that were read as part of `text`, a larger file.
    pub fn add(&mut self, file: &str, text: &str, rules: Vec<Rule>) -> Result<(), RuleError> {
        for mut rule in rules {
            let known = self.rules.iter().any(|other| other.id == rule.id);
            if let Some(message) = problem(&rule, known) {
                return Err(RuleError::Invalid {
                    file: file.to_owned(),
                    line: line_of_id(text, &rule.id),
                    id: rule.id,
                    message,
                });
            }
            rule.spell_out();
            rule.exemplify();
            self.rules.push(Held::Own(Arc::new(rule)));
        }
        Ok(())
    }

    /// Returns the rules in order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().map(Deref::deref)
    }

    /// Returns the rules in order, none of which is read for it.
    pub fn held(&self) -> impl Iterator<Item = &Held> {
        self.rules.iter()
    }

    /// Returns the rule of this id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.iter().find(|rule| rule.id == id)
    }

    /// Returns how many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Tells whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Keeps the rules for which `keep` says so, each with the severity that it gives.
    pub fn retain(&mut self, keep: impl Fn(&Rule, &mut Severity) -> bool) {
        self.rules.retain_mut(|held| {
            let mut severity = held.severity;
            let is_kept = keep(held, &mut severity);
            if severity != held.severity {
                *held = Held::Own(Arc::new(Rule {
                    severity,
                    ..Rule::clone(held)
                }));
            }
            is_kept
        });
    }

    /// Tells whether it has rules, none of which is part of the program.
    pub fn is_own_alone(&self) -> bool {
        !self.is_empty() && self.held().all(|held| held.number().is_none())
    }

    /// Returns how many rules carry each tag.
    pub fn tags(&self) -> BTreeMap<&str, usize> {
        let mut tags = BTreeMap::new();
        for tag in self.iter().flat_map(|rule| &rule.tags) {
            *tags.entry(tag.as_str()).or_insert(0) += 1;
        }
        tags
    }
}

fn holds_its_words(rule: &Rule) -> bool {
    let lower = |words: &[String]| -> Vec<String> { words.iter().map(|word| word.to_ascii_lowercase()).collect() };
    let pattern = rule.pattern.as_ref();
    pattern.is_some_and(|pattern| holds_behind(pattern, &lower(&rule.keywords), &lower(&rule.holds)))
}

fn problem(rule: &Rule, known: bool) -> Option<String> {
    let is_kebab = |id: &str| !id.is_empty() && id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    let say = |message: &str| Some(message.to_owned());
    if !is_kebab(&rule.id) {
        say("an id is written in lower case with dashes")
    } else if known {
        say("this id is taken; every rule needs one of its own")
    } else if rule.issuer.is_some()
        && (rule.pattern.is_some() || rule.assignment.is_some() || !rule.keywords.is_empty())
    {
        say("`issuer` stands in place of `keywords` and `pattern`")
    } else if let Some(message) = rule.issuer.as_ref().and_then(Issuer::problem) {
        say(message)
    } else if rule.assignment.is_some()
        && rule
            .pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.contains("(?P<name"))
    {
        say("a pattern beside `assignment` needs a group `name`")
    } else if rule.assignment.is_some() && rule.keywords.is_empty() && rule.paths.is_empty() {
        say("`assignment` needs `keywords` or `paths`, to know where to look")
    } else if rule.is_file_name_rule() && rule.paths.iter().all(|glob| glob.starts_with('!')) {
        say("a rule needs `pattern`, `assignment` or `paths`")
    } else if rule.anywhere && (rule.pattern.is_none() || rule.assignment.is_some()) {
        say("`anywhere` says how a `pattern` is searched, and there is none on its own")
    } else if !rule.holds.is_empty() && !holds_its_words(rule) {
        say("each match must begin with one of `keywords` and hold one of `holds` behind it")
    } else if rule.pattern.is_some() && rule.keywords.is_empty() && !rule.anywhere {
        say("a pattern needs `keywords`, of which one must occur before it is tried")
    } else if rule
        .keywords
        .iter()
        .any(|keyword| keyword.len() < 2 || !keyword.is_ascii())
    {
        say("a keyword has two ASCII characters or more")
    } else if rule.allow.iter().any(|allow| allow.reason.trim().is_empty()) {
        say("an allow entry needs a reason")
    } else if !rule.allow.iter().all(Allow::speaks_of_values) {
        say("an exception of a rule is a `pattern`, `patterns`, `secrets` or a `line`; an [[allow]] entry knows more")
    } else {
        None
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
        + 1
}

fn line_of_id(text: &str, id: &str) -> usize {
    let quoted = [format!("\"{id}\""), format!("'{id}'")];
    let names_it =
        |line: &str| line.trim_start().starts_with("id") && quoted.iter().any(|id| line.contains(id.as_str()));
    // The last one: a duplicate is reported where it stands the second time.
    text.lines()
        .enumerate()
        .filter(|(_, line)| names_it(line))
        .last()
        .map_or(1, |(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{KeywordIndex, Outline, PathTable, Reach};

    fn error(text: &str) -> String {
        RuleSet::default().add_toml("own.toml", text).unwrap_err().to_string()
    }

    const GOOD: &str =
        "[[rule]]\nid = 'a-key'\ndescription = 'A'\nseverity = 'high'\nkeywords = ['ak_']\npattern = 'ak_[a-z]{9}'\n";

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let message = error(&format!("{GOOD}patern = 'x'\n"));
        assert!(
            message.starts_with("own.toml:7: ") && message.contains("patern"),
            "{message}"
        );
    }

    #[test]
    fn an_exception_that_no_rule_heeds_is_an_error() {
        for more in [
            "paths = ['a']",
            "rules = ['a-key']",
            "commits = ['1234567']",
            "until = 2027-01-31",
        ] {
            let message = error(&format!("{GOOD}allow = [{{ reason = 'a', pattern = 'b', {more} }}]\n"));
            assert!(message.contains("an exception of a rule is a `pattern`"), "{message}");
        }
    }

    #[test]
    fn a_duplicate_id_is_an_error_where_it_stands_again() {
        assert!(error(&format!("{GOOD}{GOOD}")).starts_with("own.toml:8: rule `a-key`: this id is taken"));
    }

    #[test]
    fn a_pattern_without_keywords_is_an_error() {
        let message = error(&GOOD.replace("keywords = ['ak_']\n", ""));
        assert!(message.contains("needs `keywords`"), "{message}");
    }

    #[test]
    fn an_issuer_is_spelt_out_as_keywords_and_pattern() {
        let text =
            GOOD.split("keywords").next().unwrap().to_owned() + "issuer = { names = ['acme'], value = '[a-z]{9}' }\n";
        let mut set = RuleSet::default();
        set.add_toml("own.toml", &text).unwrap();
        let rule = set.get("a-key").unwrap();
        assert_eq!(rule.keywords, ["acme"]);
        assert!(rule.pattern.as_ref().unwrap().starts_with("(?i:acme)"));
        assert!(
            rule.remedy
                .as_ref()
                .unwrap()
                .starts_with("Revoke this A in the settings")
        );
        assert_eq!((rule.must_match.len(), rule.must_not_match.len()), (2, 2));
        let both = error(&format!(
            "{GOOD}issuer = {{ names = ['acme'], value = '[a-z]{{9}}' }}\n"
        ));
        assert!(both.contains("`issuer` stands in place"), "{both}");
    }

    #[test]
    fn what_is_packed_is_what_the_files_say() {
        let files = RuleSet::builtin_with_examples().unwrap();
        let without_examples = |rule: &Rule| Rule {
            outline: rule.pattern.as_deref().filter(|_| !rule.anywhere).map(|pattern| {
                let keywords: Vec<String> = rule.keywords.iter().map(|keyword| keyword.to_lowercase()).collect();
                Outline::of(pattern, &keywords, rule.longest.unwrap_or(usize::MAX)).unwrap()
            }),
            number: None,
            must_match: Vec::new(),
            must_not_match: Vec::new(),
            ..rule.clone()
        };
        let from_files: Vec<String> = files
            .iter()
            .map(|rule| format!("{:?}", without_examples(rule)))
            .collect();
        let builtin = RuleSet::builtin();
        let unnumbered = |rule: &Rule| Rule {
            number: None,
            ..rule.clone()
        };
        let packed: Vec<String> = builtin.iter().map(|rule| format!("{:?}", unnumbered(rule))).collect();
        assert_eq!(packed, from_files);
    }

    #[test]
    fn what_every_scan_needs_of_all_rules_is_what_they_say() {
        let builtin = RuleSet::builtin();
        let those = |holds: fn(&Rule) -> bool| -> Vec<usize> {
            let rules = builtin.iter().enumerate().filter(|(_, rule)| holds(rule));
            rules.map(|(number, _)| number).collect()
        };
        assert_eq!(those(|rule| !rule.paths.is_empty()), packed::WITH_PATHS);
        assert_eq!(those(|rule| !rule.half_of.is_empty()), packed::HALVES);
        assert_eq!(
            those(|rule| rule.anywhere && rule.keywords.is_empty()),
            packed::EVERYWHERE
        );
        let globs = builtin.iter().map(|rule| rule.paths.as_slice());
        assert!(PathTable::new(globs, Reach::File).is_ok());
        let index = KeywordIndex::new((0..).zip(builtin.iter()).map(|(number, rule)| rule.called(number)));
        assert_eq!(format!("{:?}", packed::keywords()), format!("{index:?}"));
    }

    #[test]
    fn what_an_assignment_is_to_judge_must_be_told() {
        let judged = error(&format!("{GOOD}assignment = 'likely'\n"));
        assert!(judged.contains("needs a group `name`"), "{judged}");
        let nowhere = error("[[rule]]\nid = 'a'\ndescription = 'A'\nseverity = 'high'\nassignment = 'any'\n");
        assert!(nowhere.contains("`keywords` or `paths`"), "{nowhere}");
    }
}
