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
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, ClassBytes, Hir, HirKind, Repetition};

use crate::rules::{Rule, RuleError};

/// The longest match that is looked for; a private key of 16,384 bits is shorter.
const LONGEST: usize = 16 * 1024;
/// How far before its keyword a match may start where the pattern does not tell.
const FARTHEST: usize = 256;

/// A pattern that is compiled on first need.
#[derive(Debug)]
pub(super) struct Pattern {
    id: String,
    source: String,
    keywords: Vec<String>,
    compiled: OnceLock<Option<Compiled>>,
}

#[derive(Debug)]
struct Compiled {
    regex: Regex,
    /// The capture groups of which one holds the secret.
    secrets: Vec<usize>,
    /// The capture groups of which one may hold the secret's name.
    names: Vec<usize>,
    /// How many bytes before its keyword a match may start; 0 means exactly there.
    lead: usize,
    /// The longest match.
    longest: usize,
}

/// What a pattern found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) secret: Range<usize>,
    /// What the secret is called, where the pattern says.
    pub(super) name: Option<Range<usize>>,
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
            compiled: OnceLock::new(),
        }
    }

    /// Compiles the pattern now, to learn whether it can be.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        self.compile().map(drop)
    }

    /// Searches around the keyword at `keyword`, for matches that start at or after `from`.
    pub(super) fn find(&self, text: &[u8], keyword: Range<usize>, from: usize) -> Option<Found> {
        let compiled = self.compiled.get_or_init(|| self.compile().ok()).as_ref()?;
        let start = keyword.start.saturating_sub(compiled.lead).max(from);
        let end = keyword.start.saturating_add(compiled.longest).min(text.len());
        if start > keyword.start || start >= end {
            return None;
        }
        let anchored = if compiled.lead == 0 {
            Anchored::Yes
        } else {
            Anchored::No
        };
        let input = Input::new(text).range(start..end).anchored(anchored);
        compiled.regex.search_half(&input)?;
        let mut found: Captures = compiled.regex.create_captures();
        compiled.regex.search_captures(&input, &mut found);
        let whole = found.get_match()?;
        // A match that starts after this keyword holds a keyword of its own, which will find it in its own window.
        if whole.start() > keyword.start {
            return None;
        }
        let first = |groups: &[usize]| groups.iter().find_map(|&group| found.get_group(group));
        Some(Found {
            secret: first(&compiled.secrets).map_or(whole.range(), |group| group.range()),
            name: first(&compiled.names).map(|group| group.range()),
            next: whole.end().max(whole.start() + 1),
        })
    }

    /// Returns the number of bytes that one search may look at.
    pub(super) fn reach(&self) -> usize {
        match self.compiled.get() {
            Some(Some(compiled)) => compiled.lead + compiled.longest.min(512),
            _ => 0,
        }
    }

    fn compile(&self) -> Result<Compiled, RuleError> {
        let broken = |message: String| RuleError::Pattern {
            id: self.id.clone(),
            message,
        };
        let ascii = syntax::Config::new().unicode(false).utf8(false);
        let hir = syntax::parse_with(&self.source, &ascii).map_err(|error| broken(error.to_string()))?;
        let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(4 << 20));
        let regex = Regex::builder()
            .configure(config)
            .syntax(ascii)
            .build(&self.source)
            .map_err(|error| broken(error.to_string()))?;
        let groups = regex.group_info();
        let numbered = usize::from(groups.group_len(PatternID::ZERO) > 1);
        let secrets = called(groups, "secret");
        let longest = hir.properties().maximum_len().map_or(LONGEST, |len| len.min(LONGEST));
        Ok(Compiled {
            secrets: if secrets.is_empty() { vec![numbered] } else { secrets },
            names: called(groups, "name"),
            lead: lead(&folded(&hir), &self.keywords, longest),
            longest,
            regex,
        })
    }
}

/// Returns the groups of this name: `secret`, `secret_2` and so on, since each alternative needs one of its own.
fn called(groups: &GroupInfo, word: &str) -> Vec<usize> {
    let names = groups.pattern_names(PatternID::ZERO).enumerate();
    names
        .filter(|(_, name)| name.is_some_and(|name| name.starts_with(word)))
        .map(|(group, _)| group)
        .collect()
}

/// Writes letters of either case in lower case: `(?i:name)` would else be more literals than anyone extracts.
fn folded(hir: &Hir) -> Hir {
    let all = |parts: &[Hir]| parts.iter().map(folded).collect();
    match hir.kind() {
        HirKind::Class(Class::Bytes(class)) => {
            letter(class).map_or_else(|| hir.clone(), |letter| Hir::literal([letter]))
        }
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(branches) => Hir::alternation(all(branches)),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(folded(&capture.sub)),
            ..capture.clone()
        }),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(folded(&repetition.sub)),
            ..repetition.clone()
        }),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(Class::Unicode(_)) | HirKind::Look(_) => hir.clone(),
    }
}

/// Returns the one letter that a class holds in both cases.
fn letter(class: &ClassBytes) -> Option<u8> {
    match class.ranges() {
        [upper, lower] if upper.start() == upper.end() && lower.start() == lower.end() => {
            let (upper, lower) = (upper.start(), lower.start());
            (upper.to_ascii_lowercase() == lower && upper != lower).then_some(lower)
        }
        _ => None,
    }
}

/// Returns how many bytes before its keyword a match may start.
fn lead(hir: &Hir, keywords: &[String], longest: usize) -> usize {
    if starts_with_keyword(hir, keywords) {
        return 0;
    }
    keyword_offset(hir, keywords).unwrap_or(longest).clamp(1, FARTHEST)
}

/// Tells whether each match begins with a keyword.
fn starts_with_keyword(hir: &Hir, keywords: &[String]) -> bool {
    let prefixes = Extractor::new().extract(hir);
    let begins = |prefix: &[u8]| {
        let prefix = prefix.to_ascii_lowercase();
        keywords.iter().any(|keyword| prefix.starts_with(keyword.as_bytes()))
    };
    prefixes
        .literals()
        .is_some_and(|literals| !literals.is_empty() && literals.iter().all(|literal| begins(literal.as_bytes())))
}

/// Returns the largest offset within a match at which its first keyword may start, where the pattern's outline tells.
fn keyword_offset(hir: &Hir, keywords: &[String]) -> Option<usize> {
    if starts_with_keyword(hir, keywords) {
        return Some(0);
    }
    match hir.kind() {
        HirKind::Capture(capture) => keyword_offset(&capture.sub, keywords),
        HirKind::Alternation(branches) => branches
            .iter()
            .map(|branch| keyword_offset(branch, keywords))
            .try_fold(0, |farthest, offset| Some(farthest.max(offset?))),
        HirKind::Concat(parts) => {
            let mut before = 0;
            for (index, part) in parts.iter().enumerate() {
                let rest = Hir::concat(parts[index..].to_vec());
                if starts_with_keyword(&rest, keywords) {
                    return Some(before);
                }
                if let Some(inside) = keyword_offset(part, keywords) {
                    return Some(before + inside);
                }
                before += part.properties().maximum_len()?;
            }
            None
        }
        HirKind::Literal(literal) => {
            let text = literal.0.to_ascii_lowercase();
            let position = |keyword: &String| bstr::ByteSlice::find(text.as_slice(), keyword.as_bytes());
            keywords.iter().filter_map(position).min()
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str, keywords: &[&str]) -> Pattern {
        Pattern {
            id: "test".to_owned(),
            source: source.to_owned(),
            keywords: keywords.iter().map(|&keyword| keyword.to_owned()).collect(),
            compiled: OnceLock::new(),
        }
    }

    fn lead_of(source: &str, keywords: &[&str]) -> usize {
        pattern(source, keywords).compile().unwrap().lead
    }

    #[test]
    fn a_pattern_that_begins_with_its_keyword_is_anchored_there() {
        assert_eq!(lead_of(r"\b(ab_[0-9a-z]{36})\b", &["ab_"]), 0);
        assert_eq!(lead_of(r"\b(?:abu|abs)_[0-9a-z]{36}", &["abu_", "abs_"]), 0);
        assert_eq!(lead_of(r"(?i)acme[a-z]{0,9}=([0-9a-f]{32})", &["acme"]), 0);
        assert_eq!(
            lead_of(
                r"(?i:initech|globex_corporation)=([0-9a-f]{32})",
                &["initech", "globex_corporation"]
            ),
            0
        );
    }

    #[test]
    fn the_keyword_in_the_middle_tells_how_far_back_to_look() {
        assert_eq!(lead_of(r"[0-9]{8,10}:AA[a-z]{33}", &[":aa"]), 10);
        assert_eq!(lead_of(r"[0-9a-f]{14}\.atlas\.[a-z]{60}", &[".atlas."]), 14);
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
    fn each_alternative_may_name_its_own_groups() {
        let pattern = pattern("k(?P<name>[a-z])=(?P<secret>.)|k:(?P<secret_2>.)=(?P<name_2>.)", &["k"]);
        let spans = |text: &[u8]| pattern.find(text, 0..1, 0).map(|found| (found.secret, found.name));
        assert_eq!(spans(b"ka=1"), Some((3..4, Some(1..2))));
        assert_eq!(spans(b"k:1=a"), Some((2..3, Some(4..5))));
    }
}
