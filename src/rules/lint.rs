//! What is unwise about a rule that can be read: it works, but it will be slow, noisy or of little help.
//! What is wrong with one is an error of reading it; nothing here runs a rule.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use crate::rules::Rule;

/// Words that stand in so many files that a pattern behind them is tried all the time.
const COMMON: &[&str] = &[
    "api", "auth", "class", "code", "com", "config", "data", "file", "host", "http", "https", "key", "name", "null",
    "org", "pass", "password", "secret", "string", "test", "token", "true", "type", "url", "user", "value", "www",
];

/// The longest match that can be found, as in [`Outline`](crate::rules::Outline).
const LONGEST: usize = 16 * 1024;

impl Rule {
    /// Returns what is unwise about the rule, a sentence each.
    pub fn lint(&self) -> Vec<String> {
        let mut remarks = self.broad_keywords();
        remarks.extend(self.pattern.as_deref().and_then(|pattern| self.loose_pattern(pattern)));
        if self.anywhere {
            remarks.push("it is tried on whole texts, which costs time with every file".to_owned());
        }
        if self.must_match.is_empty() || self.must_not_match.is_empty() {
            remarks.push("it needs `must-match` and `must-not-match` examples, to prove itself by".to_owned());
        }
        if self.remedy.is_none() {
            remarks.push("it has no `remedy`, so nobody is told what to do now".to_owned());
        }
        remarks
    }

    fn broad_keywords(&self) -> Vec<String> {
        let is_pattern = self.pattern.is_some() && self.assignment.is_none() && !self.anywhere;
        let words = self.keywords.iter().filter(|_| is_pattern);
        let broad = words.filter_map(|keyword| match keyword.to_ascii_lowercase() {
            short if short.len() < 3 => Some(format!("the keyword `{keyword}` is too short to rule anything out")),
            word if COMMON.contains(&word.as_str()) => Some(format!(
                "the keyword `{keyword}` stands in most files, so its pattern is tried all the time"
            )),
            _ => None,
        });
        broad.collect()
    }

    /// Says where a pattern has no bounds or need not hold its keyword.
    fn loose_pattern(&self, pattern: &str) -> Option<String> {
        let hir = ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(pattern)
            .ok()?;
        let keywords: Vec<String> = self
            .keywords
            .iter()
            .map(|keyword| keyword.to_ascii_lowercase())
            .collect();
        if self.issuer.is_none() && !self.anywhere && !may_hold(&hir, &keywords) {
            return Some("none of its keywords stands in what the pattern matches".to_owned());
        }
        let unbounded = hir.properties().maximum_len().is_none_or(|longest| longest > LONGEST);
        unbounded.then(|| format!("its pattern has no greatest length; matches are cut at {LONGEST} bytes"))
    }
}

/// Tells whether a text of the pattern may hold a keyword, reading classes of one letter as that letter.
fn may_hold(hir: &Hir, keywords: &[String]) -> bool {
    let mut text = String::new();
    spell(hir, &mut text);
    has_choice(hir) || keywords.iter().any(|keyword| stands_in(keyword, &text))
}

/// Tells whether a keyword stands in a spelled text, or in part: a gap may hold the rest of it.
fn stands_in(keyword: &str, text: &str) -> bool {
    let begins = (1..keyword.len()).filter_map(|at| keyword.get(..at));
    let ends = (1..keyword.len()).filter_map(|at| keyword.get(at..));
    text.contains(keyword)
        || begins.map(|part| format!("{part}\0")).any(|part| text.contains(&part))
        || ends.map(|part| format!("\0{part}")).any(|part| text.contains(&part))
}

/// Tells whether branches or classes within a literal leave open what it spells; then only an example can tell.
fn has_choice(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Alternation(_) => true,
        HirKind::Capture(capture) => has_choice(&capture.sub),
        HirKind::Repetition(repetition) => has_choice(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().any(has_choice),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Writes down the letters of a pattern in lower case, and a gap for whatever is no letter.
fn spell(hir: &Hir, text: &mut String) {
    match hir.kind() {
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0).to_ascii_lowercase()),
        HirKind::Class(class) => match class.literal().or_else(|| either_case(class)) {
            Some(bytes) => text.push_str(&String::from_utf8_lossy(&bytes).to_ascii_lowercase()),
            None => text.push('\0'),
        },
        HirKind::Capture(capture) => spell(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| spell(part, text)),
        HirKind::Repetition(repetition) if repetition.min > 0 => spell(&repetition.sub, text),
        HirKind::Repetition(_) | HirKind::Alternation(_) => text.push('\0'),
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

/// Returns the one letter that a class holds in both cases.
fn either_case(class: &regex_syntax::hir::Class) -> Option<Vec<u8>> {
    let regex_syntax::hir::Class::Bytes(class) = class else {
        return None;
    };
    match class.ranges() {
        [upper, lower] if upper.start() == upper.end() && lower.start() == lower.end() => {
            (upper.start().to_ascii_lowercase() == lower.start()).then(|| vec![lower.start()])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::RuleSet;

    fn lint(keywords: &str, pattern: &str) -> String {
        let text = format!(
            "[[rule]]\nid='a'\ndescription='A'\nseverity='high'\nkeywords=[{keywords}]\npattern='{pattern}'\nremedy='R'\n\
             must-match=['x']\nmust-not-match=['y']\n"
        );
        let mut set = RuleSet::default();
        set.add_toml("own.toml", &text).unwrap();
        set.get("a").unwrap().lint().join("\n")
    }

    #[test]
    fn a_sound_rule_leaves_nothing_to_say() {
        assert_eq!(lint("'acme_'", "\\bacme_[a-z]{9}\\b"), "");
        assert_eq!(lint("'acme_'", "(?i)acme_[a-z]{9}"), "");
        assert_eq!(lint("'acme_a', 'acme_b'", "acme_(?:a|b)[0-9]{9}"), "");
    }

    #[test]
    fn what_makes_a_rule_slow_or_noisy_is_said() {
        assert!(lint("'ak'", "ak[a-z]{9}").contains("too short"));
        assert!(lint("'Token'", "token[a-z]{9}").contains("stands in most files"));
        assert!(lint("'acme_'", "acme_[a-z]+").contains("no greatest length"));
        assert!(lint("'acme_'", "other_[a-z]{9}").contains("none of its keywords"));
    }
}
