//! Whether a pattern may match at a place, told by the few bytes that a match would begin with, and compiled to nearly
//! nothing.
//!
//! A pattern that begins with its keyword is tried wherever that stands, and nearly everywhere it fails within a few
//! bytes: `://` is followed by a host and a slash, and no password comes any more. To compile an expression for that
//! takes a thousand times longer than the answer. So a pattern is walked as it is written, with all the places at once at
//! which a part of it may stand, a bit for each: a class moves the bits under which one of its bytes stands, an
//! alternation joins what its branches make of them, a repetition goes on until no bit is new. Which of several matches
//! counts makes no difference to whether there is one, so the answer is exact up to the end of the window; where a place
//! reaches that, a match may begin.
//!
//! What is walked is a list of numbers, which the build script writes down for the built-in rules.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// So many bytes are looked at from where a match would begin; one more decides word boundaries before it.
pub const FARTHEST: usize = 96;

/// Bit `n` stands for the place `n` bytes from the beginning.
type Places = u128;

/// A set of bytes.
pub type Bytes = [u64; 4];

/// A pattern, ready to be walked.
#[derive(Debug, Clone, Copy)]
pub struct Sketch<'p> {
    /// How many bytes before its keyword a match may begin; a sketch is walked where that is 0 or 1.
    pub lead: usize,
    /// Operations, one after another, each with its operands.
    pub program: &'p [u16],
    /// The sets of bytes that they name.
    pub sets: &'p [Bytes],
}

/// What stands in a program.
#[derive(Clone, Copy)]
enum Op {
    /// The byte that follows.
    Byte,
    /// A byte of the set whose number follows.
    Set,
    /// A look at the bytes around; its kind follows.
    Look,
    /// Branches: their number follows, then the length of each and it.
    Either,
    /// A repetition: its least and greatest number and the length of its body follow, then the body.
    Repeat,
}

impl Op {
    const ALL: [Self; 5] = [Self::Byte, Self::Set, Self::Look, Self::Either, Self::Repeat];
}

/// Looks that a program knows.
const LOOKS: [Look; 8] = [
    Look::Start,
    Look::End,
    Look::StartLF,
    Look::EndLF,
    Look::WordAscii,
    Look::WordAsciiNegate,
    Look::WordStartAscii,
    Look::WordEndAscii,
];

impl Sketch<'_> {
    /// Tells whether a match may stand at a keyword that begins at `start`. Only the two bytes before and [`FARTHEST`]
    /// bytes from there on are looked at.
    pub fn may_stand(&self, text: &[u8], start: usize) -> bool {
        self.may_begin(text, start) || self.lead == 1 && start > 0 && self.may_begin(text, start - 1)
    }

    /// Tells the same by no more than `behind` bytes; where these do not suffice, one may.
    pub fn may_stand_within(&self, text: &[u8], start: usize, behind: usize) -> bool {
        behind < FARTHEST || self.may_stand(text, start)
    }

    fn may_begin(&self, text: &[u8], start: usize) -> bool {
        let mut walk = Walk {
            text,
            start,
            len: FARTHEST.min(text.len() - start),
            sets: self.sets,
            members: [(0, 0); KEPT],
            kept: 0,
            of_byte: None,
        };
        walk.all(self.program, 1) != 0
    }
}

/// Writes a pattern as a program; `sets` are those that are known already and may be shared.
///
/// None where it cannot be read, names characters of several bytes, or is too long to be written down.
pub fn program(pattern: &str, sets: &mut Vec<Bytes>) -> Option<Vec<u16>> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let mut program = Vec::new();
    write(&parser.parse(pattern).ok()?, sets, &mut program)?;
    Some(program)
}

/// Writes a part of a pattern as a program.
fn write(hir: &Hir, sets: &mut Vec<Bytes>, program: &mut Vec<u16>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            program.extend(literal.0.iter().flat_map(|&byte| [Op::Byte as u16, u16::from(byte)]));
        }
        HirKind::Class(class) => {
            program.extend([Op::Set as u16, number_of(bytes_of(class)?, sets)?]);
        }
        HirKind::Look(look) => {
            // A look that is not known may hold.
            if let Some(kind) = LOOKS.iter().position(|known| known == look) {
                program.extend([Op::Look as u16, u16::try_from(kind).ok()?]);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, sets, program)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, sets, program))?,
        HirKind::Alternation(branches) => {
            program.extend([Op::Either as u16, u16::try_from(branches.len()).ok()?]);
            branches.iter().try_for_each(|branch| body(branch, sets, program))?;
        }
        HirKind::Repetition(Repetition { min, max, sub, .. }) => {
            // More than the window holds makes no difference.
            let few = |count: u32| u16::try_from(count).unwrap_or(u16::MAX).min(FARTHEST as u16 + 1);
            program.extend([Op::Repeat as u16, few(*min), few(max.unwrap_or(u32::MAX))]);
            body(sub, sets, program)?;
        }
    }
    Some(())
}

/// Writes a part behind its length.
fn body(hir: &Hir, sets: &mut Vec<Bytes>, program: &mut Vec<u16>) -> Option<()> {
    let at = program.len();
    program.push(0);
    write(hir, sets, program)?;
    program[at] = u16::try_from(program.len() - at - 1).ok()?;
    Some(())
}

/// Returns the number of a set among all, where it is put if it is new.
fn number_of(set: Bytes, sets: &mut Vec<Bytes>) -> Option<u16> {
    let known = sets.iter().position(|other| *other == set);
    let number = known.unwrap_or_else(|| {
        sets.push(set);
        sets.len() - 1
    });
    u16::try_from(number).ok()
}

/// Tells whether a set holds a byte.
#[inline]
fn has(set: &Bytes, byte: u8) -> bool {
    set[usize::from(byte) / 64] >> (byte % 64) & 1 != 0
}

/// Returns the bytes of a class; none where one of its characters takes several.
fn bytes_of(class: &Class) -> Option<Bytes> {
    let class = match class {
        Class::Bytes(class) => class.clone(),
        Class::Unicode(class) => class.to_byte_class()?,
    };
    let mut set = [0; 4];
    for byte in class.iter().flat_map(|range| range.start()..=range.end()) {
        set[usize::from(byte) / 64] |= 1 << (byte % 64);
    }
    Some(set)
}

/// A walk through a program over the bytes from `start` on.
struct Walk<'t> {
    text: &'t [u8],
    start: usize,
    /// How many bytes are looked at.
    len: usize,
    sets: &'t [Bytes],
    /// The places of the window under which a byte of a set stands, for the sets that were asked of many places.
    members: [(u16, Places); KEPT],
    /// How many sets those are.
    kept: usize,
    /// The places under which each ASCII byte stands, once a small set asks for them.
    of_byte: Option<[Places; 128]>,
}

/// For so many sets is kept where their bytes stand.
const KEPT: usize = 8;
/// From so many places on, it is cheaper to look at all.
const MANY: u32 = 6;
/// A set of so few bytes, a letter in both cases mostly, is put together from the places of each.
const FEW: u32 = 4;

impl Walk<'_> {
    /// Returns where a program may end that starts at one of the places `at`; the place behind the window once any
    /// reaches it, for nothing is known of what comes then.
    fn all(&mut self, mut program: &[u16], mut at: Places) -> Places {
        while let [op, operand, rest @ ..] = program {
            if at >> self.len & 1 != 0 {
                return at;
            }
            (at, program) = match Op::ALL[usize::from(*op)] {
                Op::Byte => (self.each(at, |byte| u16::from(byte) == *operand) << 1, rest),
                Op::Set => (self.of_set(at, *operand) << 1, rest),
                Op::Look => (self.look(at, LOOKS[usize::from(*operand)]), rest),
                Op::Either => self.either(usize::from(*operand), rest, at),
                Op::Repeat => {
                    let (most, len) = (rest[0], usize::from(rest[1]));
                    let (body, rest) = rest[2..].split_at(len);
                    (self.repeat(body, *operand, most, at), rest)
                }
            };
            if at == 0 {
                break;
            }
        }
        at
    }

    /// Keeps the places under which a byte stands for which something holds.
    #[inline]
    fn each(&self, at: Places, mut holds: impl FnMut(u8) -> bool) -> Places {
        let (mut left, mut kept) = (at, 0);
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            kept |= Places::from(holds(self.text[self.start + place])) << place;
        }
        kept
    }

    /// Keeps the places under which a byte of a set stands.
    fn of_set(&mut self, at: Places, number: u16) -> Places {
        if at.count_ones() < MANY {
            let set = &self.sets[usize::from(number)];
            return self.each(at, |byte| has(set, byte));
        }
        at & self.members(number)
    }

    /// Returns all places under which a byte of a set stands.
    fn members(&mut self, number: u16) -> Places {
        let known = self.members[..self.kept].iter().find(|(known, _)| *known == number);
        if let Some((_, places)) = known {
            return *places;
        }
        let set = &self.sets[usize::from(number)];
        let len: u32 = set.iter().map(|part| part.count_ones()).sum();
        if len <= FEW && set[2..] == [0, 0] {
            return self.of_few(*set);
        }
        let window = &self.text[self.start..self.start + self.len];
        let places = match len {
            256 => (1 << self.len) - 1,
            _ => window
                .iter()
                .rev()
                .fold(0, |places, &byte| places << 1 | Places::from(has(set, byte))),
        };
        if let Some(slot) = self.members.get_mut(self.kept) {
            *slot = (number, places);
            self.kept += 1;
        }
        places
    }

    /// Returns the same for a set of a few ASCII bytes.
    fn of_few(&mut self, set: Bytes) -> Places {
        let window = &self.text[self.start..self.start + self.len];
        let of_byte = self.of_byte.get_or_insert_with(|| {
            let mut of_byte = [0; 128];
            for (place, &byte) in window.iter().enumerate().filter(|(_, byte)| byte.is_ascii()) {
                of_byte[usize::from(byte)] |= 1 << place;
            }
            of_byte
        });
        let mut places = 0;
        for (half, &part) in set[..2].iter().enumerate() {
            let mut left = part;
            while left != 0 {
                places |= of_byte[64 * half + left.trailing_zeros() as usize];
                left &= left - 1;
            }
        }
        places
    }

    fn either<'p>(&mut self, count: usize, mut program: &'p [u16], at: Places) -> (Places, &'p [u16]) {
        let coming = self.coming(at);
        let mut ends = 0;
        for _ in 0..count {
            let (branch, rest) = program[1..].split_at(usize::from(program[0]));
            if self.may_begin_with(branch, &coming) {
                ends |= self.all(branch, at);
            }
            program = rest;
        }
        (ends, program)
    }

    /// Returns the bytes under some places.
    fn coming(&self, at: Places) -> Bytes {
        let mut coming = [0; 4];
        self.each(at, |byte| {
            coming[usize::from(byte) / 64] |= 1 << (byte % 64);
            true
        });
        coming
    }

    /// Tells whether a branch may go on with one of some bytes: of many words hardly any does.
    fn may_begin_with(&self, branch: &[u16], coming: &Bytes) -> bool {
        let [op, operand, ..] = branch else { return true };
        match Op::ALL[usize::from(*op)] {
            Op::Byte => u8::try_from(*operand).is_ok_and(|byte| has(coming, byte)),
            Op::Set => self.sets[usize::from(*operand)]
                .iter()
                .zip(coming)
                .any(|(set, coming)| set & coming != 0),
            Op::Look | Op::Either | Op::Repeat => true,
        }
    }

    fn repeat(&mut self, body: &[u16], least: u16, most: u16, at: Places) -> Places {
        let mut at = at;
        for _ in 0..least {
            at = self.all(body, at);
            if at == 0 || at >> self.len & 1 != 0 {
                return at;
            }
        }
        if let [op, set] = body
            && matches!(Op::ALL[usize::from(*op)], Op::Set)
        {
            return self.run(*set, most - least, at);
        }
        // Optional rounds: from where no round has begun yet.
        let (mut ends, mut new) = (at, at);
        for _ in least..most {
            new = self.all(body, new) & !ends;
            if new == 0 {
                break;
            }
            ends |= new;
        }
        ends
    }

    /// Goes on over bytes of a set, at most so many from each place.
    fn run(&mut self, set: u16, most: u16, at: Places) -> Places {
        if at.count_ones() < MANY {
            return self.short_run(set, most, at);
        }
        let members = self.members(set);
        if usize::from(most) > FARTHEST {
            // A carry runs through each run of members from where it is entered: what it changes is what is reached.
            return at | ((at & members) + members) ^ members;
        }
        // What up to `done` rounds reach, as many more rounds reach from there, and one more besides.
        let (mut ends, mut done) = (at, 0);
        while done < most {
            let step = (done + 1).min(most - done);
            let new = (ends & in_a_row(members, step)) << step;
            if new & !ends == 0 {
                break;
            }
            ends |= new;
            done += step;
        }
        ends
    }

    /// Does the same in one pass over the bytes that are passed: who began last gets farthest.
    fn short_run(&self, set: u16, most: u16, at: Places) -> Places {
        let set = &self.sets[usize::from(set)];
        let mut ends = at;
        let (mut left, mut place) = (0, at.trailing_zeros() as usize);
        while place < self.len {
            if at >> place & 1 != 0 {
                left = most;
            }
            if left == 0 || !has(set, self.text[self.start + place]) {
                // Nothing goes on from here: the next one that begins does.
                let next = at >> place >> 1;
                if next == 0 {
                    break;
                }
                place += 1 + next.trailing_zeros() as usize;
                continue;
            }
            left -= 1;
            place += 1;
            ends |= 1 << place;
        }
        ends
    }

    /// Keeps the places around which the bytes are as a look asks; behind the window anything may be.
    fn look(&self, at: Places, look: Look) -> Places {
        let is_word = |at: Option<usize>| {
            let byte = at.and_then(|at| self.text.get(at));
            byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        let is_line_end = |at: usize| self.text.get(at) == Some(&b'\n');
        let (mut left, mut kept) = (at, 0);
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let here = self.start + place;
            let before = here.checked_sub(1);
            let holds = match look {
                Look::Start => here == 0,
                Look::End => here == self.text.len(),
                Look::StartLF => before.is_none_or(is_line_end),
                Look::EndLF => here == self.text.len() || is_line_end(here),
                Look::WordAscii => is_word(before) != is_word(Some(here)),
                Look::WordAsciiNegate => is_word(before) == is_word(Some(here)),
                Look::WordStartAscii => !is_word(before) && is_word(Some(here)),
                Look::WordEndAscii => is_word(before) && !is_word(Some(here)),
                _ => true,
            };
            kept |= Places::from(holds) << place;
        }
        kept
    }
}

/// Keeps the places from which on so many members stand, 1 or more.
fn in_a_row(members: Places, len: u16) -> Places {
    let (mut all, mut done) = (members, 1);
    while done * 2 <= len {
        all &= all >> done;
        done *= 2;
    }
    all & all >> (len - done)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::bytes::RegexBuilder;

    use super::*;

    fn may_begin(pattern: &str, text: &str) -> bool {
        may_begin_at(pattern, text, text.find("ab_").unwrap_or(0))
    }

    fn may_begin_at(pattern: &str, text: &str, at: usize) -> bool {
        let mut sets = Vec::new();
        let program = program(pattern, &mut sets).unwrap();
        let (program, sets) = (&program, &sets);
        Sketch { lead: 0, program, sets }.may_begin(text.as_bytes(), at)
    }

    #[test]
    fn what_fails_within_a_few_bytes_does_not_begin() {
        let pattern = r"\bab_[0-9a-f]{8}\b";
        assert!(may_begin(pattern, "x ab_0123abcd;"));
        assert!(!may_begin(pattern, "x ab_0123abcx;"));
        assert!(!may_begin(pattern, "xab_0123abcd;"), "the byte before counts");
    }

    #[test]
    fn what_is_open_at_the_end_may_begin() {
        assert!(may_begin("ab_[0-9]{8}", "ab_12"));
        assert!(may_begin("ab_[0-9]{500}", &format!("ab_{}", "1".repeat(600))));
        assert!(!may_begin("ab_[0-9]{500}", &format!("ab_{}", "x".repeat(600))));
    }

    #[test]
    fn what_is_no_pattern_has_no_sketch() {
        assert!(program("ab_(", &mut Vec::new()).is_none());
    }

    #[test]
    fn a_character_of_several_bytes_is_not_taken_for_one() {
        assert!(program("ab_(?u:[äö])", &mut Vec::new()).is_none());
    }

    /// Patterns of every kind of part.
    fn patterns() -> impl Strategy<Value = String> {
        let parts = proptest::sample::select(vec![
            "a",
            "b",
            "_",
            "ab",
            "[ab]",
            r"\w",
            r"\b",
            r"\B",
            "(a|bb|_a)",
            r"(?:a|\w\b)",
            "a*",
            "(?:ab|b){1,3}",
            "[b_]{2,}?",
            r"(?:\b|_)",
            r"(?:a\b|_|)*",
            "(?:|a)b?",
            r"\b{start}",
            r"\b{end}",
            "(?:_|[ab]{0,2}){1,2}",
            "(?:ab|b_|(?i:AA))",
            "(?i:ba|a_|b(?:a|b)|_[ab])",
            "(?s:.){0,12}?",
            "[ab_ ]*",
            "(?:.?[a_]){3,20}",
            "(?m:^)",
            "(?m:$)",
        ]);
        proptest::collection::vec(parts, 1..7).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn where_a_pattern_matches_a_match_may_begin(pattern in patterns(), text in "[ab_ \n]{0,60}", at in 0..60_usize) {
            let at = at.min(text.len());
            let regex = RegexBuilder::new(&pattern).unicode(false).build().unwrap();
            let matches = |from: usize| regex.find_at(text.as_bytes(), from).is_some_and(|found| found.start() == at);
            prop_assert!(may_begin_at(&pattern, &text, at) || !matches(at));
        }

        #[test]
        fn what_is_decided_before_the_window_ends_is_exact(pattern in patterns(), text in "[ab_ \n]{0,60}") {
            // Behind the window anything may come, so the text goes on with what no pattern here matches.
            let text = format!("{text}{}", "!".repeat(FARTHEST));
            let regex = RegexBuilder::new(&format!(r"\A(?:{pattern})")).unicode(false).build().unwrap();
            prop_assert_eq!(may_begin_at(&pattern, &text, 0), regex.is_match(text.as_bytes()));
        }
    }
}
