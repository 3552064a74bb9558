//! What a pattern's text says about its matches, before anything is compiled or searched.
//!
//! Compiling an expression takes a thousand times longer than looking at a window of text. So four things are read
//! off the pattern itself: how far before its keyword a match may start, how long it can be, with which bytes it
//! begins, and how long a run of token characters it must hold. Nearly every keyword in ordinary text stands in other
//! words or beside no such run, and is done with there. The build script reads the outlines of the built-in rules ahead.

use std::ops::Range;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Class, ClassBytes, Hir, HirKind, Repetition};

use super::opening::Opening;

/// The longest match that is looked for; a private key of 16,384 bits is shorter.
const LONGEST: usize = 16 * 1024;
/// How far before its keyword a match may start where the pattern does not tell.
const FARTHEST: usize = 256;

/// The outline of a pattern's matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// How many bytes before its keyword a match may start; 0 means exactly there.
    pub lead: usize,
    /// The longest match, in bytes.
    pub longest: usize,
    /// Each match with no lead begins with at least so many token characters.
    pub head: usize,
    /// Each match holds a run of at least so many token characters.
    pub run: usize,
    /// Whether such a run is of letters and digits alone.
    pub is_plain: bool,
    /// With which bytes a match begins.
    pub opening: Opening,
}

impl Outline {
    /// Reads the outline of a pattern, one of whose `keywords` (in lower case) stands in each match; no match is looked
    /// for that is longer than `longest`.
    ///
    /// # Errors
    /// When the pattern is no regular expression, in the parser's words.
    pub fn of(pattern: &str, keywords: &[String], longest: usize) -> Result<Self, String> {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
        let written = parser.parse(pattern).map_err(|error| error.to_string())?;
        let hir = folded(&written);
        let possible = hir.properties().maximum_len().map_or(LONGEST, |len| len.min(LONGEST));
        let lead = lead(&hir, keywords, possible);
        let (token, plain) = (Run::of(&hir, is_token), Run::of(&hir, is_plain));
        let is_plain = plain.best >= PLAIN;
        Ok(Self {
            lead,
            longest: possible.min(longest),
            head: if lead == 0 { token.head } else { 0 },
            run: if is_plain { plain.best } else { token.best },
            is_plain,
            opening: Opening::of(&written, lead, &|part| starts_with_keyword(&folded(part), keywords)),
        })
    }

    /// Tells whether it is known how far before its keyword a match may start, rather than guessed.
    pub fn is_sure_of_its_lead(&self) -> bool {
        self.lead < FARTHEST
    }

    /// Tells whether no match stands around a keyword that a letter, a digit or an underscore stands before.
    pub fn begins_word(&self) -> bool {
        self.opening.begins_word()
    }

    /// Tells whether a match may stand around a keyword.
    pub fn may_match(&self, text: &[u8], keyword: &Range<usize>) -> bool {
        self.may_match_within(text, keyword, usize::MAX, usize::MAX)
    }

    /// Tells whether a match may stand around a keyword, by no more than `before` bytes before it and `behind` from its
    /// start on; where these do not suffice, one may.
    pub fn may_match_within(&self, text: &[u8], keyword: &Range<usize>, before: usize, behind: usize) -> bool {
        let start = keyword.start;
        let is_near = self.lead <= before && self.longest <= behind;
        self.opening.fits(text, keyword)
            && (self.head > behind || self.begins_with_run(text, start))
            && (!is_near || self.has_run(text, start))
    }

    fn begins_with_run(&self, text: &[u8], keyword: usize) -> bool {
        let here = text.get(keyword..keyword + self.head);
        here.is_some_and(|here| here.iter().copied().all(is_token))
    }

    fn has_run(&self, text: &[u8], keyword: usize) -> bool {
        // A window of kilobytes nearly always holds a run: ask the pattern itself.
        const WIDEST: usize = 1024;
        let start = keyword.saturating_sub(self.lead);
        let end = keyword.saturating_add(self.longest).min(text.len());
        let window = &text[start.min(end)..end];
        window.len() > WIDEST
            || self.run <= self.head
            || self.is_plain && has_run(window, self.run, is_plain)
            || !self.is_plain && has_run(window, self.run, is_token)
    }
}

/// Tells whether each match of a pattern begins with one of its `keywords` and holds one of some `words` behind it, all
/// in lower case.
pub fn holds_behind(pattern: &str, keywords: &[String], words: &[String]) -> bool {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let stands_apart = |word: &String| keywords.iter().all(|keyword| !keyword.contains(word.as_str()));
    parser.parse(pattern).is_ok_and(|written| {
        let hir = folded(&written);
        starts_with_keyword(&hir, keywords) && words.iter().all(stands_apart) && holds(&hir, words)
    })
}

fn holds(hir: &Hir, words: &[String]) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = literal.0.to_ascii_lowercase();
            let is_inside = |word: &String| text.windows(word.len().max(1)).any(|part| part == word.as_bytes());
            words.iter().any(is_inside)
        }
        HirKind::Capture(capture) => holds(&capture.sub, words),
        HirKind::Concat(parts) => parts.iter().any(|part| holds(part, words)),
        HirKind::Alternation(branches) => branches.iter().all(|branch| holds(branch, words)),
        HirKind::Repetition(repetition) => repetition.min > 0 && holds(&repetition.sub, words),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Runs of letters and digits alone that are at least so long say more than runs of all token characters.
const PLAIN: usize = 12;

/// Tells whether a byte is one that tokens are made of.
fn is_token(byte: u8) -> bool {
    const TOKEN: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = is_plain(byte as u8) || matches!(byte as u8, b'_' | b'-' | b'+' | b'/' | b'=');
            byte += 1;
        }
        table
    };
    TOKEN[usize::from(byte)]
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Tells whether `text` holds `len` of the wanted characters in a row, looking at few of them.
fn has_run(text: &[u8], len: usize, is_member: impl Fn(u8) -> bool) -> bool {
    let mut start = 0;
    while start + len <= text.len() {
        // The last one that is none ends every run before it.
        match text[start..start + len].iter().rposition(|&byte| !is_member(byte)) {
            None => return true,
            Some(gap) => start += gap + 1,
        }
    }
    false
}

/// The least runs of certain characters in whatever a part of a pattern matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// At its start.
    head: usize,
    /// Anywhere.
    best: usize,
    /// At its end.
    tail: usize,
    /// Its least length, when it matches nothing but such characters.
    whole: Option<usize>,
}

impl Run {
    const NOTHING: Self = Self::all(0);
    const GAP: Self = Self {
        head: 0,
        best: 0,
        tail: 0,
        whole: None,
    };

    const fn all(len: usize) -> Self {
        Self {
            head: len,
            best: len,
            tail: len,
            whole: Some(len),
        }
    }

    fn of(hir: &Hir, is_member: fn(u8) -> bool) -> Self {
        let of = |hir: &Hir| Self::of(hir, is_member);
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::NOTHING,
            HirKind::Literal(literal) => literal
                .0
                .iter()
                .map(|&byte| Self::byte(is_member(byte)))
                .fold(Self::NOTHING, Self::then),
            HirKind::Class(Class::Bytes(class)) => {
                Self::byte(class.iter().all(|range| (range.start()..=range.end()).all(is_member)))
            }
            HirKind::Class(Class::Unicode(_)) => Self::GAP,
            HirKind::Capture(capture) => of(&capture.sub),
            HirKind::Concat(parts) => parts.iter().map(of).fold(Self::NOTHING, Self::then),
            HirKind::Alternation(branches) => branches.iter().map(of).reduce(Self::or).unwrap_or(Self::GAP),
            HirKind::Repetition(repetition) => of(&repetition.sub).repeated(repetition.min as usize),
        }
    }

    fn byte(is_member: bool) -> Self {
        if is_member { Self::all(1) } else { Self::GAP }
    }

    fn then(self, next: Self) -> Self {
        Self {
            head: self.whole.map_or(self.head, |len| len + next.head),
            best: self.best.max(next.best).max(self.tail + next.head),
            tail: next.whole.map_or(next.tail, |len| len + self.tail),
            whole: self.whole.zip(next.whole).map(|(a, b)| a + b),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            head: self.head.min(other.head),
            best: self.best.min(other.best),
            tail: self.tail.min(other.tail),
            whole: self.whole.zip(other.whole).map(|(a, b)| a.min(b)),
        }
    }

    fn repeated(self, least: usize) -> Self {
        match (self.whole, least) {
            (Some(len), _) => Self::all(len * least),
            (None, 0) => Self::GAP,
            (None, _) => Self {
                best: if least > 1 {
                    self.best.max(self.tail + self.head)
                } else {
                    self.best
                },
                ..self
            },
        }
    }
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
    // Of a token that begins with a number in base64 there are some hundred beginnings.
    let prefixes = Extractor::new().limit_total(1000).extract(hir);
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
            let position = |keyword: &String| memchr::memmem::find(&text, keyword.as_bytes());
            keywords.iter().filter_map(position).min()
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(pattern: &str, keywords: &[&str]) -> Outline {
        let keywords: Vec<String> = keywords.iter().map(|&keyword| keyword.to_owned()).collect();
        Outline::of(pattern, &keywords, usize::MAX).unwrap()
    }

    fn lead_of(pattern: &str, keywords: &[&str]) -> usize {
        outline(pattern, keywords).lead
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
    fn the_least_run_of_token_characters_is_read_off_the_pattern() {
        let runs = |pattern: &str| {
            let outline = outline(pattern, &["ab_"]);
            (outline.head, outline.run, outline.is_plain)
        };
        assert_eq!(runs(r"\b(ab_[0-9a-z]{36})\b"), (39, 36, true));
        assert_eq!(runs(r"\b(ab_[0-9a-z_]{36})\b"), (39, 39, false));
        assert_eq!(runs(r"\bab_[0-9a-z]{4,9}\.[0-9a-z]{20}"), (7, 20, true));
        assert_eq!(runs(r"x{0,9}ab_=?['\x22]([0-9a-f]{32}|[0-9a-f]{40})"), (0, 32, true));
        assert_eq!(runs(r"x{0,9}ab_(?:\.x)?[a-z]{2}"), (0, 3, false));
        assert_eq!(runs(r"x{0,9}ab_x?[a-z]{2}"), (0, 5, false));
    }

    #[test]
    fn a_window_without_such_a_run_may_not_match() {
        let behind = outline(r"[0-9]{1,4}ab_=([0-9a-f]{32})", &["ab_"]);
        let text = |value: &str| format!("1ab_={value};");
        assert!(behind.may_match(text(&"0f".repeat(16)).as_bytes(), &(1..4)));
        assert!(!behind.may_match(text(&"0f ".repeat(11)).as_bytes(), &(1..4)));
        let here = outline(r"\bab_[0-9]{4}", &["ab_"]);
        let may = |text: &[u8]| here.may_match(text, &(0..3));
        assert!(may(b"ab_1234") && !may(b"ab_123") && !may(b"ab_12.4"));
    }

    #[test]
    fn the_words_that_each_match_holds_are_proven_by_the_pattern() {
        let holds = |pattern: &str, words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            holds_behind(pattern, &["print".to_owned()], &words)
        };
        assert!(holds(r"\bprint\((?i:x*(?:api_?key|db_token))\)", &["key", "token"]));
        assert!(!holds(r"\bprint\((?i:x*(?:api_?key|db_token))\)", &["key"]), "a branch");
        assert!(!holds(r"print(?:_key)?", &["key"]) && holds(r"print(?:_key){1,2}", &["key"]));
        assert!(
            !holds(r".print_key", &["key"]),
            "something may stand before the keyword"
        );
        assert!(!holds("print", &["int"]), "the keyword itself");
    }

    #[test]
    fn a_run_is_found_wherever_it_stands() {
        let holds = |text: &[u8], len| has_run(text, len, is_token);
        assert!(holds(b"ab.cdef.g", 4) && holds(b"abcd", 4) && holds(b"..abcd", 4));
        assert!(!holds(b"abc.def.g", 4) && !holds(b"abc", 4) && holds(b"", 0));
    }
}
