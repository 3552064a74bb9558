//! Pattern rules: a regular expression tried only around its keyword.
//!
//! What is compiled says itself how it may be searched: where its keyword stands in a match, and how long a match can
//! be. So a search looks at a window of some hundred bytes and never at the file, however long its lines are.
//! Compilation waits until a keyword is first seen: most scans touch a handful of rules.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::captures::{Captures, GroupInfo};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, PatternID};

use crate::rules::{Bytes, Outline, Rule, RuleError, Sketch, program};

/// A pattern that is compiled on first need.
#[derive(Debug)]
pub(super) struct Pattern {
    id: String,
    source: String,
    keywords: Vec<String>,
    /// The longest match that the rule asks for.
    longest: usize,
    /// `None` when the pattern cannot even be read.
    outline: OnceLock<Option<Outline>>,
    /// Its sketch; none where it may match anywhere.
    sketch: OnceLock<Option<Drawn>>,
    compiled: OnceLock<Option<Box<Compiled>>>,
}

/// What a sketch is made of.
#[derive(Debug)]
struct Drawn {
    program: Vec<u16>,
    sets: Vec<Bytes>,
}

#[derive(Debug)]
struct Compiled {
    regex: Regex,
    /// The capture groups of which one holds the secret.
    secrets: Vec<usize>,
    /// The capture groups of which one may hold the secret's name.
    names: Vec<usize>,
    /// The capture groups of which one holds what says that it is a secret; none where the pattern is sure.
    roles: Vec<usize>,
}

impl Compiled {
    /// Returns the next match and where it starts.
    fn search(&self, input: &Input<'_>) -> Option<(Found, usize)> {
        self.regex.search_half(input)?;
        let mut found: Captures = self.regex.create_captures();
        self.regex.search_captures(input, &mut found);
        let whole = found.get_match()?;
        // A group that matched nothing holds no secret.
        let groups = |groups: &[usize]| {
            let spans = groups.iter().filter_map(|&group| found.get_group(group));
            spans.map(|span| span.range()).find(|span| !span.is_empty())
        };
        let found = Found {
            secret: groups(&self.secrets).unwrap_or(whole.range()),
            name: groups(&self.names),
            lacks_role: !self.roles.is_empty() && self.roles.iter().all(|&group| found.get_group(group).is_none()),
            next: whole.end().max(whole.start() + 1),
        };
        Some((found, whole.start()))
    }
}

/// What a pattern found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) secret: Range<usize>,
    /// What the secret is called, where the pattern says.
    pub(super) name: Option<Range<usize>>,
    /// True when the pattern asks for a word that says what it is, such as `key`, and none was there.
    pub(super) lacks_role: bool,
    /// Where the search for the next match may start.
    pub(super) next: usize,
}

impl Pattern {
    pub(super) fn new(rule: &Rule, source: &str) -> Self {
        Self {
            id: rule.id.clone(),
            source: source.to_owned(),
            keywords: rule
                .keywords
                .iter()
                .map(|keyword| keyword.to_ascii_lowercase())
                .collect(),
            longest: rule.longest.unwrap_or(usize::MAX),
            outline: rule
                .outline
                .map_or_else(OnceLock::new, |outline| OnceLock::from(Some(outline))),
            sketch: OnceLock::new(),
            compiled: OnceLock::new(),
        }
    }

    /// Compiles the pattern now, to learn whether it can be.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        self.compile().map(drop)
    }

    /// Tells by no more than `before` bytes before a keyword and `behind` from its start on whether a match may stand
    /// around it; where these do not suffice, one may.
    pub(super) fn may_match_within(&self, text: &[u8], keyword: &Range<usize>, before: usize, behind: usize) -> bool {
        let Some(outline) = self.outline() else { return false };
        outline.may_match_within(text, keyword, before, behind)
            && (outline.lead > 1 || self.may_stand_within(outline.lead, text, keyword.start, behind))
    }

    fn may_stand_within(&self, lead: usize, text: &[u8], start: usize, behind: usize) -> bool {
        let draw = || {
            let mut sets = Vec::new();
            let program = program(&self.source, &mut sets)?;
            Some(Drawn { program, sets })
        };
        let sketch = self.sketch.get_or_init(draw).as_ref().map(|drawn| Sketch {
            lead,
            program: &drawn.program,
            sets: &drawn.sets,
        });
        sketch.is_none_or(|sketch| sketch.may_stand_within(text, start, behind))
    }

    /// Searches around the keyword at `keyword`, for matches that start at or after `from`.
    pub(super) fn find(&self, text: &[u8], keyword: Range<usize>, from: usize) -> Option<Found> {
        let outline = self.outline()?;
        let start = keyword.start.saturating_sub(outline.lead).max(from);
        let end = keyword.start.saturating_add(outline.longest).min(text.len());
        if start > keyword.start || start >= end {
            return None;
        }
        let compiled = self.compiled()?;
        let anchored = if outline.lead == 0 { Anchored::Yes } else { Anchored::No };
        let input = Input::new(text).range(start..end).anchored(anchored);
        let (found, start) = compiled.search(&input)?;
        // A match that starts after this keyword holds a keyword of its own, which will find it in its own window.
        (start <= keyword.start).then_some(found)
    }

    /// Searches all of the text from `from` on, for a pattern that holds no keyword.
    pub(super) fn find_from(&self, text: &[u8], from: usize) -> Option<Found> {
        let input = Input::new(text).range(from..text.len());
        self.compiled()?.search(&input).map(|(found, _)| found)
    }

    fn compiled(&self) -> Option<&Compiled> {
        let compiled = self.compiled.get_or_init(|| self.compile().ok().map(Box::new));
        compiled.as_deref()
    }

    /// Returns how many bytes before and after its keyword a match may reach.
    pub(super) fn reach(&self) -> (usize, usize) {
        self.outline().map_or((0, 0), |outline| (outline.lead, outline.longest))
    }

    fn outline(&self) -> Option<&Outline> {
        let read = || Outline::of(&self.source, &self.keywords, self.longest).ok();
        self.outline.get_or_init(read).as_ref()
    }

    fn compile(&self) -> Result<Compiled, RuleError> {
        let broken = |message: String| RuleError::Pattern {
            id: self.id.clone(),
            message,
        };
        // Whatever takes long to build and is soon asked too seldom to pay is left out: a search that begins where the
        // keyword does needs no look-out for beginnings, and no pattern here needs an automaton built in full.
        let is_anchored = self.outline().is_some_and(|outline| outline.lead == 0);
        let config = Regex::config()
            .utf8_empty(false)
            .nfa_size_limit(Some(4 << 20))
            .auto_prefilter(!is_anchored)
            .onepass(false)
            .dfa(false);
        let regex = Regex::builder()
            .configure(config)
            .syntax(ascii())
            .build(&self.source)
            .map_err(|error| broken(error.to_string()))?;
        let groups = regex.group_info();
        let numbered = usize::from(groups.group_len(PatternID::ZERO) > 1);
        let secrets = called(groups, "secret");
        Ok(Compiled {
            secrets: if secrets.is_empty() { vec![numbered] } else { secrets },
            names: called(groups, "name"),
            roles: called(groups, "role"),
            regex,
        })
    }
}

/// Returns how patterns are written.
pub(super) fn ascii() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// Returns the groups of this name: `secret`, `secret_2` and so on, since each alternative needs one of its own.
fn called(groups: &GroupInfo, word: &str) -> Vec<usize> {
    let names = groups.pattern_names(PatternID::ZERO).enumerate();
    names
        .filter(|(_, name)| name.is_some_and(|name| name.starts_with(word)))
        .map(|(group, _)| group)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str, keywords: &[&str]) -> Pattern {
        Pattern {
            id: "test".to_owned(),
            source: source.to_owned(),
            keywords: keywords.iter().map(|&keyword| keyword.to_owned()).collect(),
            longest: usize::MAX,
            outline: OnceLock::new(),
            sketch: OnceLock::new(),
            compiled: OnceLock::new(),
        }
    }

    #[test]
    fn a_match_is_looked_for_no_farther_than_the_rule_asks() {
        let whole = pattern("k=[a-z]*;", &["k="]);
        let short = Pattern {
            longest: 5,
            ..pattern("k=[a-z]*;", &["k="])
        };
        let text = b"k=abcdef;";
        assert!(whole.find(text, 0..2, 0).is_some() && short.find(text, 0..2, 0).is_none());
        assert_eq!(short.reach(), (0, 5));
    }

    #[test]
    fn the_window_never_hides_the_word_boundary() {
        let pattern = pattern(r"\bab_[0-9]{4}\b", &["ab_"]);
        let found = pattern.find(b"ab_1234", 0..3, 0).unwrap();
        assert_eq!((found.secret, found.next), (0..7, 7));
        assert_eq!(pattern.find(b"ab_12345", 0..3, 0), None);
        assert_eq!(pattern.find(b"xab_1234", 1..4, 0), None);
    }

    #[test]
    fn the_secret_is_the_named_group_or_the_first_or_all() {
        let span = |source| pattern(source, &["k="]).find(b"k=ab;cd", 0..2, 0).unwrap().secret;
        assert_eq!(span("k=(..);(?P<secret>..)"), 5..7);
        assert_eq!(span("k=(..);(..)"), 2..4);
        assert_eq!(span("k=..;"), 0..5);
    }

    #[test]
    fn a_role_that_is_asked_for_may_be_missing() {
        let asks = pattern("k(?P<role>:)?(?P<secret>[a-z])", &["k"]);
        let lacks = |pattern: &Pattern, text: &[u8]| pattern.find(text, 0..1, 0).unwrap().lacks_role;
        assert!(lacks(&asks, b"kx") && !lacks(&asks, b"k:x"));
        assert!(!lacks(&pattern("k([a-z])", &["k"]), b"kx"));
    }

    #[test]
    fn each_alternative_may_name_its_own_groups() {
        let pattern = pattern("k(?P<name>[a-z])=(?P<secret>.)|k:(?P<secret_2>.)=(?P<name_2>.)", &["k"]);
        let spans = |text: &[u8]| pattern.find(text, 0..1, 0).map(|found| (found.secret, found.name));
        assert_eq!(spans(b"ka=1"), Some((3..4, Some(1..2))));
        assert_eq!(spans(b"k:1=a"), Some((2..3, Some(4..5))));
    }
}
