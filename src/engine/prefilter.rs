//! Walks the automaton over all keywords: which rules can match in a blob, and where.
//!
//! Each step waits for the one before it, so four parts of the text are walked at once: the processor works on three
//! while it waits for the fourth. That makes about a nanosecond a byte. More parts do not fit its registers, and a table
//! of sixteen-bit numbers or one without the classes is no faster.
//!
//! Every keyword is found wherever it counts, also inside another and across the seams of the four parts. One before
//! which no rule of its allows a letter counts only where a word begins; that alone saves a fifth to a third of all hits.
//! Each part has a list of its own for what it finds, so that the lists, one after another, are in order as they are.

use crate::rules::Automaton;

/// Where a keyword ends, and which one it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// The offset just after the keyword's last byte.
    pub(super) end: u32,
    /// The keyword's number.
    pub(super) keyword: u32,
}

/// Where keywords end, in ascending order; kept from one search to the next for its memory.
#[derive(Debug, Default)]
pub(super) struct Hits([Vec<Hit>; STREAMS]);

impl Hits {
    /// Returns them one after another.
    pub(super) fn iter(&self) -> impl Iterator<Item = Hit> + Clone {
        self.0.iter().flatten().copied()
    }

    fn clear(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }
}

const STREAMS: usize = 4;

/// Finds every place where a keyword ends.
pub(super) fn find(automaton: &Automaton, text: &[u8], hits: &mut Hits) {
    if text.len() < STREAMS * (4 * automaton.longest + 16) {
        find_plainly(automaton, text, hits);
    } else {
        hits.clear();
        Walker::new(automaton).walk_four(text, hits);
    }
}

/// Finds the same in one walk.
pub(super) fn find_plainly(automaton: &Automaton, text: &[u8], hits: &mut Hits) {
    hits.clear();
    Walker::new(automaton).walk(text, 0, 0..text.len(), &mut hits.0[0]);
}

/// The automaton's tables at hand.
struct Walker<'a> {
    automaton: &'a Automaton,
    classes: &'a [u8; 256],
    table: &'a [[u8; 4]],
    first_match: u32,
}

impl<'a> Walker<'a> {
    fn new(automaton: &'a Automaton) -> Self {
        const NONE: &[u8; 256] = &[0; 256];
        Self {
            automaton,
            classes: automaton.classes.first_chunk().unwrap_or(NONE),
            table: &automaton.table,
            first_match: automaton.first_match,
        }
    }

    /// Walks one part of the text from a state on.
    fn walk(&self, text: &[u8], mut state: u32, part: std::ops::Range<usize>, hits: &mut Vec<Hit>) {
        let offset = part.start;
        for (index, &byte) in text[part].iter().enumerate() {
            state = self.step(state, byte);
            if state >= self.first_match {
                self.report(state, offset + index, hits);
            }
        }
    }

    fn walk_four(&self, text: &[u8], hits: &mut Hits) {
        let (quarter, run_up) = (text.len() / STREAMS, self.automaton.run_up());
        // Each part but the first starts a keyword's length earlier, silently, so that a seam hides nothing.
        let warm = |part: usize| {
            let start = part * quarter;
            let run_up = &text[start - run_up..start];
            run_up.iter().fold(0, |state, &byte| self.step(state, byte))
        };
        let (first, rest) = text.split_at(quarter);
        let (second, rest) = rest.split_at(quarter);
        let (third, rest) = rest.split_at(quarter);
        let (fourth, tail) = rest.split_at(quarter);
        let [mut a, mut b, mut c, mut d] = [0, warm(1), warm(2), warm(3)];
        let four = first.iter().zip(second).zip(third.iter().zip(fourth)).enumerate();
        for (index, ((&in_a, &in_b), (&in_c, &in_d))) in four {
            a = self.step(a, in_a);
            b = self.step(b, in_b);
            c = self.step(c, in_c);
            d = self.step(d, in_d);
            if a.max(b).max(c.max(d)) >= self.first_match {
                self.report_four([a, b, c, d], index, quarter, hits);
            }
        }
        self.walk(text, d, text.len() - tail.len()..text.len(), &mut hits.0[3]);
    }

    #[inline(always)]
    fn step(&self, state: u32, byte: u8) -> u32 {
        u32::from_le_bytes(self.table[state as usize + self.classes[usize::from(byte)] as usize])
    }

    #[cold]
    #[inline(never)]
    fn report_four(&self, states: [u32; STREAMS], index: usize, quarter: usize, hits: &mut Hits) {
        for (part, state) in states.into_iter().enumerate() {
            if state >= self.first_match {
                self.report(state, part * quarter + index, &mut hits.0[part]);
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn report(&self, state: u32, at: usize, hits: &mut Vec<Hit>) {
        let (from, to) = self.automaton.ends[(state - self.first_match) as usize / self.automaton.stride];
        let end = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let keywords = &self.automaton.ended[from as usize..to as usize];
        hits.extend(keywords.iter().map(|&keyword| Hit { end, keyword }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::Keyword;

    fn found(keywords: &[(&str, bool)], find: impl Fn(&Automaton, &mut Hits)) -> Vec<(u32, u32)> {
        let keywords = keywords.iter().map(|&(text, begins_word)| Keyword {
            text: text.as_bytes(),
            begins_word,
        });
        let mut hits = Hits::default();
        find(&Automaton::new(keywords), &mut hits);
        hits.iter().map(|hit| (hit.end, hit.keyword)).collect()
    }

    fn find(keywords: &[(&str, bool)], text: &[u8]) -> Vec<(u32, u32)> {
        found(keywords, |automaton, hits| super::find(automaton, text, hits))
    }

    #[test]
    fn a_keyword_inside_another_is_found_too() {
        let keywords = ["api_key", "api", "key"].map(|keyword| (keyword, false));
        assert_eq!(find(&keywords, b"API_KEY"), [(3, 1), (7, 0), (7, 2)]);
    }

    #[test]
    fn a_keyword_that_begins_a_word_is_found_nowhere_else() {
        let keywords = [("sk_", true), ("-sk", false), ("ask", false)];
        assert_eq!(find(&keywords, b"sk_task_-sk_x"), [(3, 0), (7, 2), (11, 1), (12, 0)]);
    }

    #[test]
    fn no_keywords_find_nothing() {
        assert_eq!(find(&[], b"anything at all"), []);
    }

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(
            text in "[abAB0_ -]{0,900}",
            keywords in proptest::collection::vec(("[ab_-]{1,5}", any::<bool>()), 1..8),
        ) {
            let keywords: Vec<(&str, bool)> = keywords.iter().map(|(text, begins)| (text.as_str(), *begins)).collect();
            let folded = text.to_lowercase();
            let mut expected = Vec::new();
            for end in 1..=folded.len() {
                for (number, (keyword, begins_word)) in keywords.iter().enumerate() {
                    let before = folded[..end].strip_suffix(keyword);
                    let is_inside = |before: &str| before.ends_with(|byte: char| byte.is_ascii_alphanumeric() || byte == '_');
                    if before.is_some_and(|before| !begins_word || !is_inside(before)) {
                        expected.push((end as u32, number as u32));
                    }
                }
            }
            let plainly = |automaton: &Automaton, hits: &mut Hits| find_plainly(automaton, text.as_bytes(), hits);
            prop_assert_eq!(&found(&keywords, plainly), &expected);
            prop_assert_eq!(find(&keywords, text.as_bytes()), expected);
        }
    }
}
