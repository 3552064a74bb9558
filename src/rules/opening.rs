//! How a match begins, byte by byte, read off its pattern.
//!
//! Keywords are found in either case and inside longer words; a match is written in its pattern's own case, mostly
//! begins a word, and goes on with certain bytes. So nine keywords in ten are no beginning of a match, and a look at
//! the bytes around them tells, a few nanoseconds each, before any expression is compiled or searched.
//!
//! Bytes are told apart by sixteen kinds, so that a set of them is a number. A set read off here may be too large and
//! never too small: what it refuses cannot match. The walk through a pattern takes all the places at once where a part
//! may stand, so its time is that of the pattern's length.

use std::ops::Range;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Some of the kinds of bytes, a bit for each.
type Kinds = u16;

/// How many bytes are looked at.
const LEN: usize = 16;

const ALL: Kinds = Kinds::MAX;
/// The kinds of which words are made: letters, digits, underscore.
const WORD: Kinds = 0b11_1111;

/// The kind of each byte.
const KIND: [Kinds; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = 1 << kind(byte as u8);
        byte += 1;
    }
    kinds
};

const fn kind(byte: u8) -> u32 {
    match byte {
        b'a'..=b'f' => 0,
        b'g'..=b'z' => 1,
        b'A'..=b'F' => 2,
        b'G'..=b'Z' => 3,
        b'0'..=b'9' => 4,
        b'_' => 5,
        b'-' => 6,
        b'.' => 7,
        b'+' | b'/' | b'=' => 8,
        b' ' | b'\t' => 9,
        b'\n' | b'\r' => 10,
        b'"' | b'\'' | b'`' => 11,
        b':' => 12,
        b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'<' | b'>' => 13,
        b'!'..=b'~' => 14,
        _ => 15,
    }
}

/// What may stand just before a keyword, and from it on, in a match that begins there or one byte before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    pub(super) before: Kinds,
    pub(super) here: [Kinds; LEN],
}

impl Opening {
    /// Reads the opening of a pattern whose matches begin with a keyword, or with one byte and a keyword.
    ///
    /// `begins` tells whether all that a part of the pattern matches begins with a keyword.
    pub(super) fn of(hir: &Hir, lead: usize, begins: &dyn Fn(&Hir) -> bool) -> Self {
        let matched = beginning(hir);
        let from = |at: usize| matched.get(at).copied().unwrap_or(ALL);
        let here = |at: usize| match lead {
            0 => from(at),
            1 => from(at) | from(at + 1),
            _ => ALL,
        };
        Self {
            before: if lead > 1 {
                ALL
            } else {
                before(hir, lead, begins).unwrap_or(ALL)
            },
            here: std::array::from_fn(here),
        }
    }

    /// Tells whether nothing of which words are made may stand before a keyword.
    pub(super) fn begins_word(&self) -> bool {
        self.before & WORD == 0
    }

    /// Tells whether a match may begin at a keyword, or one byte before it.
    pub fn fits(&self, text: &[u8], keyword: &Range<usize>) -> bool {
        let is_before = keyword.start == 0 || self.before & KIND[usize::from(text[keyword.start - 1])] != 0;
        let is_here = |at: usize| match (text.get(keyword.start + at), self.here[at]) {
            (Some(&byte), kinds) => kinds & KIND[usize::from(byte)] != 0,
            (None, kinds) => kinds == ALL,
        };
        // What stands behind the keyword tells most; the keyword itself, only whether it is in the right case.
        let behind = keyword.len().min(LEN);
        is_before && (behind..LEN).all(is_here) && (0..behind).all(is_here)
    }
}

/// Returns the kinds of bytes that may stand at each of the first places of a match.
fn beginning(hir: &Hir) -> [Kinds; LEN] {
    let mut walk = Walk {
        kinds: [0; LEN],
        steps: MOST_STEPS,
    };
    let ends = walk.part(hir, 1);
    if walk.steps == 0 {
        return [ALL; LEN];
    }
    // Where a match may have ended, anything may follow.
    let shortest = ends.trailing_zeros() as usize;
    walk.kinds.iter_mut().skip(shortest).for_each(|kinds| *kinds = ALL);
    walk.kinds
}

/// A walk through a pattern with all the places at once where its parts may stand: bit `n` for the `n`th byte.
///
/// Places behind the last one that is looked at fall off.
struct Walk {
    kinds: [Kinds; LEN],
    /// How many more parts are looked at.
    steps: u32,
}

/// Repetitions in repetitions take twice the steps for each level; no pattern that somebody can read takes so many.
const MOST_STEPS: u32 = 50_000;

impl Walk {
    /// Returns where a part may end that starts at one of the places `at`.
    fn part(&mut self, hir: &Hir, at: u32) -> u32 {
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return 0;
        }
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => at,
            HirKind::Literal(literal) => literal
                .0
                .iter()
                .fold(at, |at, &byte| self.byte(KIND[usize::from(byte)], at)),
            HirKind::Class(class) => match kinds_of(class) {
                Some(kinds) => self.byte(kinds, at),
                None => self.character(at),
            },
            HirKind::Capture(capture) => self.part(&capture.sub, at),
            HirKind::Concat(parts) => parts.iter().fold(at, |at, part| self.part(part, at)),
            HirKind::Alternation(branches) => branches.iter().fold(0, |ends, branch| ends | self.part(branch, at)),
            HirKind::Repetition(repetition) => {
                let (least, most) = (repetition.min, repetition.max.unwrap_or(u32::MAX));
                self.repeated(&repetition.sub, at, least, most)
            }
        }
    }

    fn byte(&mut self, kinds: Kinds, at: u32) -> u32 {
        for place in (0..LEN).filter(|place| at >> place & 1 == 1) {
            self.kinds[place] |= kinds;
        }
        (at << 1) & ((1 << (LEN + 1)) - 1)
    }

    /// Passes a character of one byte to four.
    fn character(&mut self, mut at: u32) -> u32 {
        let mut ends = 0;
        for _ in 0..4 {
            at = self.byte(ALL, at);
            ends |= at;
        }
        ends
    }

    /// Repeats a part until all its ends are known or have fallen off.
    fn repeated(&mut self, part: &Hir, mut at: u32, least: u32, most: u32) -> u32 {
        let mut ends = if least == 0 { at } else { 0 };
        for times in 1..=most {
            let next = self.part(part, at);
            let is_settled = next == at || next & !ends == 0;
            if times >= least {
                ends |= next;
            }
            if next == 0 || is_settled && times >= least {
                break;
            }
            at = next;
        }
        ends
    }
}

/// Returns the kinds of the bytes of a class; none where one of its characters may take several.
fn kinds_of(class: &Class) -> Option<Kinds> {
    let class = match class {
        Class::Bytes(class) => class.clone(),
        Class::Unicode(class) => class.to_byte_class()?,
    };
    let bytes = class.iter().flat_map(|range| range.start()..=range.end());
    Some(bytes.fold(0, |kinds, byte| kinds | KIND[usize::from(byte)]))
}

/// Returns the kinds of bytes that may stand before the keyword with which a pattern begins, at most `lead` bytes in;
/// `None` when the pattern does not tell.
fn before(hir: &Hir, lead: usize, begins: &dyn Fn(&Hir) -> bool) -> Option<Kinds> {
    match hir.kind() {
        HirKind::Capture(capture) => before(&capture.sub, lead, begins),
        HirKind::Alternation(branches) => union(branches.iter().map(|branch| before(branch, lead, begins))),
        HirKind::Concat(parts) => {
            let is_joint = |part: &Hir| part.properties().maximum_len().is_some_and(|len| len <= lead);
            let begins_at = |at: &usize| begins(&Hir::concat(parts[*at..].to_vec()));
            let starts = (0..parts.len()).take_while(|&at| at == 0 || is_joint(&parts[at - 1]));
            let (joint, rest) = parts.split_at(starts.filter(begins_at).last()?);
            match joint {
                [] => before(rest.first()?, lead, begins),
                [joint] => last_kinds(joint, starts_word(rest)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn union(mut sets: impl Iterator<Item = Option<Kinds>>) -> Option<Kinds> {
    sets.try_fold(0, |kinds, more| Some(kinds | more?))
}

/// Tells whether what follows begins with a letter, a digit or an underscore.
fn starts_word(parts: &[Hir]) -> bool {
    beginning(&Hir::concat(parts.to_vec()))[0] & !WORD == 0
}

/// Returns the kinds of bytes that may stand before what follows `joint`, which is one byte or none.
fn last_kinds(joint: &Hir, is_word: bool) -> Option<Kinds> {
    match joint.kind() {
        HirKind::Look(Look::WordAscii) if is_word => Some(!WORD),
        HirKind::Look(Look::WordStartAscii | Look::WordStartHalfAscii) => Some(!WORD),
        HirKind::Look(Look::Start) => Some(0),
        HirKind::Look(Look::StartLF) => Some(KIND[b'\n' as usize]),
        HirKind::Class(class) => Some(kinds_of(class).unwrap_or(ALL)),
        HirKind::Literal(literal) if literal.0.len() == 1 => Some(KIND[usize::from(literal.0[0])]),
        HirKind::Capture(capture) => last_kinds(&capture.sub, is_word),
        HirKind::Alternation(branches) => union(branches.iter().map(|branch| last_kinds(branch, is_word))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Outline;

    fn fits(pattern: &str, keyword: &str, text: &str) -> bool {
        let at = text.to_lowercase().find(keyword).unwrap();
        let outline = Outline::of(pattern, &[keyword.to_owned()], usize::MAX).unwrap();
        outline.opening.fits(text.as_bytes(), &(at..at + keyword.len()))
    }

    #[test]
    fn a_token_begins_a_word_in_its_own_case() {
        let fits = |text| fits(r"\b(ab_[0-9a-f]{12})\b", "ab_", text);
        assert!(fits("x=ab_0123456789ab") && fits("ab_0123456789ab"));
        assert!(!fits("xab_0123456789ab") && !fits("AB_0123456789ab") && !fits("ab_0123:") && !fits("ab_g"));
        assert!(!fits("ab_01"), "the text ends too early");
    }

    #[test]
    fn a_short_name_stands_behind_an_underscore_or_begins_a_word() {
        let digits = "0123456789abcdef".repeat(2);
        let fits = |name: &str| {
            fits(
                r"(?:\b|_)(?i:ibm)[a-z_]{0,20}=([0-9a-f]{32})",
                "ibm",
                &format!("{name}={digits}"),
            )
        };
        assert!(fits("IBM_key") && fits("my_ibm") && fits("(ibm"));
        assert!(!fits("xibm") && !fits("9ibm"));
    }

    #[test]
    fn where_a_match_may_have_ended_anything_may_follow() {
        assert!(fits("ab(?:[0-9]{2})?", "ab", "ab:::::"));
        assert!(fits("ab[0-9]*x?", "ab", "ab:"));
        assert!(!fits("ab[0-9]+x?", "ab", "ab:"));
        assert!(fits("(?:ab|abc-)[0-9]", "ab", "abc-1") && fits("(?:ab|abc-)[0-9]", "ab", "ab1"));
    }

    #[test]
    fn repetitions_in_repetitions_end_and_anything_may_follow() {
        assert!(fits(&format!("ab(?:c{})", "+".repeat(100)), "ab", "ab:"));
    }

    #[test]
    fn a_character_may_take_several_bytes() {
        assert!(fits("ab(?u:[äö€])[0-9]{3}", "ab", "abä123") && fits("ab(?u:[äö€])[0-9]{3}", "ab", "ab€123"));
    }
}
