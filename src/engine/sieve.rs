//! The judging chain: what a candidate must pass to become a finding. Each drop keeps its reason.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::candidate::{Candidate, Dropped, Verdict};
use crate::engine::checksum::Proof;
use crate::engine::lazy::Lazy;
use crate::engine::randomness::{self, Makeup};
use crate::engine::ready::{Near, Ready};
use crate::engine::sequence::{is_nothing_else, is_sequence};
use crate::engine::shelf::Shelf;
use crate::engine::{announced, declared, decode, judge, language, lookalike, placeholder};
use crate::model::{Confidence, Place};

/// Judges what a pattern matched.
pub(super) fn pattern(rule: &Ready, text: &[u8], span: &Range<usize>) -> Verdict {
    let value = &text[span.clone()];
    if let Some(drop) = exception(rule, text, span) {
        return Verdict::Drop(drop);
    }
    if value.len() < rule.min_length {
        return Verdict::Drop(Dropped::Unlikely("too short"));
    }
    if let Some(drop) = entropy(rule, value) {
        return Verdict::Drop(drop);
    }
    if fills_a_place(rule, value) {
        return Verdict::Drop(Dropped::NoSecret("placeholder"));
    }
    if companion(rule, text, span) == Some(false) {
        return Verdict::Drop(Dropped::Unlikely("its companion is missing"));
    }
    if rule.is_issued && is_said_public(&text[..span.start]) {
        return Verdict::Drop(Dropped::Unlikely("its name says that it is public"));
    }
    if rule.is_issued && !is_hexadecimal(value) && Makeup::of(value).is_language() {
        return Verdict::Drop(Dropped::Unlikely("words"));
    }
    if spells_prose(value) {
        return Verdict::Drop(Dropped::Unlikely("prose in base64"));
    }
    let proven = rule.proof.map(|proof| proof(value));
    match proven {
        // A shape that is an issuer's own counts whatever is said of it.
        None | Some(Proof::Fits) if rule.is_issued && announced::is_example(text, span.start) => {
            Verdict::Keep(Confidence::Low)
        }
        None | Some(Proof::Fits) => Verdict::Keep(rule.confidence),
        Some(Proof::Proven) => Verdict::Keep(Confidence::Certain),
        // A shape of its own remains, so it is more likely real than not.
        Some(Proof::Doubtful(_)) => Verdict::Keep(rule.confidence.min(Confidence::Medium)),
        Some(Proof::Disproven(reason)) => Verdict::Drop(Dropped::NoSecret(reason)),
    }
}

/// Judges what an assignment gave.
pub(super) fn assigned(
    rule: &Ready,
    judged: Result<Confidence, judge::Drop>,
    text: &[u8],
    span: &Range<usize>,
) -> Verdict {
    let value = &text[span.clone()];
    if companion(rule, text, span) == Some(false) {
        return Verdict::Drop(Dropped::Unlikely("its companion is missing"));
    }
    if let Some(drop) = exception(rule, text, span).or_else(|| entropy(rule, value)) {
        return Verdict::Drop(drop);
    }
    if lookalike::is_of_badge(text, span.start) {
        return Verdict::Drop(Dropped::Unlikely("the token of a badge"));
    }
    if lookalike::is_one_of_many(text, span) {
        return Verdict::Drop(Dropped::Unlikely("one of many checksums"));
    }
    if rule.is_expression && declared::holds_no_secret(text, value, span.start) {
        return Verdict::Drop(Dropped::Unlikely("declared as what is no secret"));
    }
    match judged {
        Ok(confidence) if value.len() >= rule.min_length => match announced::is_example(text, span.start) {
            true => Verdict::Keep(Confidence::Low),
            false => Verdict::Keep(confidence),
        },
        Ok(_) => Verdict::Drop(Dropped::Unlikely("too short")),
        Err(reason) => Verdict::Drop(Dropped::Unlikely(reason)),
    }
}

/// Tells whether the last name before a value says that everybody may know it: `"publicResourceKey": "`.
fn is_said_public(before: &[u8]) -> bool {
    const FARTHEST: usize = 80;
    let before = &before[before.len().saturating_sub(FARTHEST)..];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let end = before
        .iter()
        .rposition(u8::is_ascii_alphanumeric)
        .map_or(0, |last| last + 1);
    let len = before[..end].iter().rev().take_while(|byte| is_part(byte)).count();
    let name = &before[end - len..end];
    let begins = name.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"public"));
    let holds = |word: &str| bstr::ByteSlice::contains_str(name, word);
    begins || holds("_public_") || holds("-public-") || holds("Public") || holds("_PUBLIC_")
}

/// Tells whether the value is base64 of some words, as in a manual: `this is a fake token!`.
fn spells_prose(value: &[u8]) -> bool {
    let plain = decode::plain_value(value).unwrap_or_default();
    let is_prose = plain
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b" .,!?'".contains(byte));
    let blanks = plain.iter().filter(|&&byte| byte == b' ').count();
    is_prose && blanks >= 2 && language::bits(&plain) < 4.6
}

/// Tells whether there are only hexadecimal digits and what joins them, be they all letters.
fn is_hexadecimal(value: &[u8]) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-'))
}

/// Judges what an issuer's rule found with no word beside it that says what it is: most of that is a hash or a name.
pub(super) fn unsaid(value: &[u8]) -> Option<Dropped> {
    let makeup = Makeup::of(value);
    let is_hash = makeup.is_hex || lookalike::is_uuid(value);
    (is_hash || !makeup.is_random()).then_some(Dropped::Unlikely("nothing says that it is a secret"))
}

/// Tells whether what a pattern matched only stands where a secret will.
pub(super) fn fills_a_place(rule: &Ready, value: &[u8]) -> bool {
    rule.is_chosen && placeholder::is_placeholder(value) || is_filled_in(rule, value)
}

/// Tells whether the companion stands close by, if the rule asks for one.
pub(super) fn companion(rule: &Ready, text: &[u8], span: &Range<usize>) -> Option<bool> {
    rule.near.as_ref().map(|near| has_companion(near, text, span))
}

/// Tells whether a token's letters only fill its form: a mask or a sequence. The dashes around a key are no mask, and
/// what has just its issuer's length beside its issuer's name may count in part.
fn is_filled_in(rule: &Ready, value: &[u8]) -> bool {
    let counts = || match rule.is_issued {
        true => is_nothing_else(value),
        false => is_sequence(value),
    };
    let is_block = bstr::ByteSlice::contains_str(value, "PRIVATE KEY");
    !is_block && value.len() < 200 && (placeholder::is_mask(value) || counts())
}

pub(super) fn exception(rule: &Ready, text: &[u8], span: &Range<usize>) -> Option<Dropped> {
    let value = &text[span.clone()];
    let fits = rule.exceptions.iter().any(|exception| {
        let is_any = exception.values.is_empty() && exception.patterns.is_empty();
        let is_named = || exception.values.iter().any(|known| known.as_bytes() == value);
        let is_shaped = || exception.patterns.iter().any(|pattern| pattern.is_match(value));
        let stands_so = |line: &Lazy| line.is_match(lines_around(text, span, 0));
        (is_any && exception.line.is_some() || is_named() || is_shaped())
            && exception.line.as_ref().is_none_or(stands_so)
    });
    fits.then_some(Dropped::NoSecret("an exception of the rule"))
}

fn entropy(rule: &Ready, value: &[u8]) -> Option<Dropped> {
    let least = rule.entropy?;
    let entropy = randomness::entropy(value);
    (entropy < least).then_some(Dropped::LowEntropy(entropy))
}

fn has_companion(near: &Near, text: &[u8], span: &Range<usize>) -> bool {
    near.pattern.is_match(lines_around(text, span, near.lines as usize))
}

/// Returns the lines of a value, and so many before and after.
fn lines_around<'t>(text: &'t [u8], span: &Range<usize>, lines: usize) -> &'t [u8] {
    // A line of megabytes is no neighbourhood.
    let (first, last) = (span.start.saturating_sub(4096), text.len().min(span.end + 4096));
    let before = memchr::memrchr_iter(b'\n', &text[first..span.start])
        .nth(lines)
        .map_or(first, |at| first + at);
    let after = memchr::memchr_iter(b'\n', &text[span.end..last])
        .nth(lines)
        .map_or(last, |at| span.end + at);
    &text[before..after]
}

/// Leaves one candidate for each stretch of text: the one that says most about it.
///
/// Values and expressions are apart: a literal inside `print(…)` is one finding, that it is printed another.
pub(super) fn resolve(rules: &Shelf, candidates: &mut [Candidate]) {
    for place in [Place::Content, Place::Expression] {
        resolve_place(rules, candidates, place);
    }
}

fn resolve_place(rules: &Shelf, candidates: &mut [Candidate], place: Place) {
    let mut order: Vec<usize> = (0..candidates.len())
        .filter(|&at| candidates[at].place == place)
        .collect();
    order.sort_by_key(|&at| (candidates[at].span.start, candidates[at].span.end));
    let mut group: Vec<usize> = Vec::new();
    let mut end = 0;
    for at in order {
        if candidates[at].span.start >= end {
            settle(rules, candidates, &group);
            group.clear();
        }
        end = end.max(candidates[at].span.end);
        group.push(at);
    }
    settle(rules, candidates, &group);
}

/// Some spans, joined where they overlap: a hundred thousand candidates may share one stretch of text.
#[derive(Debug, Default)]
struct Spans(BTreeMap<usize, usize>);

impl Spans {
    fn touches(&self, span: &Range<usize>) -> bool {
        let before = self.0.range(..span.end).next_back();
        before.is_some_and(|(_, &end)| end > span.start)
    }

    fn add(&mut self, mut span: Range<usize>) {
        while let Some((&start, &end)) = self.0.range(..span.end).next_back()
            && end > span.start
        {
            self.0.remove(&start);
            span = span.start.min(start)..span.end.max(end);
        }
        self.0.insert(span.start, span.end);
    }
}

impl FromIterator<Range<usize>> for Spans {
    fn from_iter<I: IntoIterator<Item = Range<usize>>>(spans: I) -> Self {
        let mut all = Self::default();
        spans.into_iter().for_each(|span| all.add(span));
        all
    }
}

/// Settles a group of candidates that overlap: what was refuted silences generic ones, the strongest silences what it touches.
fn settle(rules: &Shelf, candidates: &mut [Candidate], group: &[usize]) {
    let strength = |at: usize| {
        let candidate = &candidates[at];
        let rule = &rules[candidate.rule];
        let is_special = rule.judged.is_some() || rule.is_bound_to_paths;
        (
            rule.is_shape(),
            candidate.confidence(),
            is_special,
            rule.severity,
            candidate.span.len(),
            std::cmp::Reverse(candidate.rule),
        )
    };
    let is_refuted = |at: &&usize| candidates[**at].is_refuted();
    let refuted: Spans = group
        .iter()
        .filter(is_refuted)
        .map(|&at| candidates[at].span.clone())
        .collect();
    let mut alive: Vec<usize> = group
        .iter()
        .copied()
        .filter(|&at| candidates[at].confidence().is_some())
        .collect();
    alive.sort_by_key(|&at| std::cmp::Reverse(strength(at)));
    let mut taken = Spans::default();
    let mut lost = Vec::new();
    for at in alive {
        let span = candidates[at].span.clone();
        let is_generic = !rules[candidates[at].rule].is_shape();
        if taken.touches(&span) || is_generic && refuted.touches(&span) {
            lost.push(at);
        } else {
            taken.add(span);
        }
    }
    for at in lost {
        candidates[at].verdict = Verdict::Drop(Dropped::Overlapped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn rules(text: &str) -> Vec<Ready> {
        let mut set = RuleSet::default();
        set.add_toml("test.toml", text).unwrap();
        set.iter().map(Ready::new).collect()
    }

    const NEAR: &str = "[[rule]]\nid='a'\ndescription='A'\nseverity='high'\nkeywords=['kk']\npattern='kk[0-9]+'\nnear={pattern='acme',lines=1}\n";

    #[test]
    fn a_companion_counts_within_its_lines_only() {
        let rule = &rules(NEAR)[0];
        let judge = |text: &str| {
            let at = text.find("kk").unwrap();
            pattern(rule, text.as_bytes(), &(at..at + 4))
        };
        assert_eq!(judge("acme\nkk81"), Verdict::Keep(Confidence::High));
        assert!(matches!(judge("acme\n\n\nkk81"), Verdict::Drop(_)));
    }

    #[test]
    fn a_name_says_that_everybody_may_know_its_value() {
        assert!(is_said_public(b"  \"publicResourceKey\": \"") && is_said_public(b"ACME_PUBLIC_KEY="));
        assert!(!is_said_public(b"public static String KEY = \"") && !is_said_public(b"republic_key="));
    }

    #[test]
    fn spans_are_joined_where_they_overlap() {
        let spans: Spans = [2..4, 8..9, 3..6].into_iter().collect();
        assert_eq!(spans.0, BTreeMap::from([(2, 6), (8, 9)]));
        assert!(spans.touches(&(5..7)) && spans.touches(&(0..20)) && !spans.touches(&(6..8)));
    }
}
