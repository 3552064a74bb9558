//! One automaton over all keywords: which rules can match in a blob, and where.
//!
//! An Aho-Corasick automaton turned into a dense table, as the textbooks have it, with two turns for speed. Bytes are
//! folded to lower case and to a few dozen classes, so the table of some hundred keywords stays in the second-level
//! cache and is built in under a millisecond. And since each step waits for the one before it, four parts of the text
//! are walked at once: the processor works on three while it waits for the fourth. That makes about a nanosecond a
//! byte. More parts do not fit its registers, and a table of sixteen-bit numbers or one without the classes is no faster.
//!
//! Every keyword is found wherever it stands, also inside another and across the seams of the four parts. Each part
//! has a list of its own for what it finds, so that the lists, one after another, are in order as they are.

use std::collections::VecDeque;

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
    pub(super) fn iter(&self) -> impl Iterator<Item = Hit> {
        self.0.iter().flatten().copied()
    }

    fn clear(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }
}

/// The keywords, ready to be searched.
#[derive(Debug)]
pub(super) struct Prefilter {
    classes: [u8; 256],
    /// Next states by `state + class`; a state is the offset of its row.
    table: Vec<u32>,
    /// The length of a row: one entry a class.
    stride: usize,
    /// States from here on end a keyword.
    first_match: u32,
    /// The keywords that each such state ends, as ranges of `ended`.
    ends: Vec<(u32, u32)>,
    ended: Vec<u32>,
    longest: usize,
}

const STREAMS: usize = 4;

impl Prefilter {
    /// Builds the automaton; keywords are folded to lower case.
    pub(super) fn new<'k>(keywords: impl Iterator<Item = &'k [u8]>) -> Self {
        Trie::new(keywords).into_automaton()
    }

    /// Returns the length of the longest keyword, 1 or more.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Finds every place where a keyword ends.
    pub(super) fn find(&self, text: &[u8], hits: &mut Hits) {
        if text.len() < STREAMS * (4 * self.longest + 16) {
            self.find_plainly(text, hits);
        } else {
            hits.clear();
            self.walk_four(text, hits);
        }
    }

    /// Finds the same in one walk.
    pub(super) fn find_plainly(&self, text: &[u8], hits: &mut Hits) {
        hits.clear();
        self.walk(text, 0, 0..text.len(), &mut hits.0[0]);
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
        let quarter = text.len() / STREAMS;
        // Each part but the first starts a keyword's length earlier, silently, so that a seam hides nothing.
        let warm = |part: usize| {
            let start = part * quarter;
            let run_up = &text[start - (self.longest - 1)..start];
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
        self.table[state as usize + self.classes[usize::from(byte)] as usize]
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
        let (from, to) = self.ends[(state - self.first_match) as usize / self.stride];
        let end = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let keywords = &self.ended[from as usize..to as usize];
        hits.extend(keywords.iter().map(|&keyword| Hit { end, keyword }));
    }
}

/// The keywords as a tree, on the way to the automaton.
struct Trie {
    classes: [u8; 256],
    class_count: usize,
    /// Children by node and class, 0 for none: the root is nobody's child.
    children: Vec<u32>,
    ended: Vec<Vec<u32>>,
    longest: usize,
}

impl Trie {
    fn new<'k>(keywords: impl Iterator<Item = &'k [u8]>) -> Self {
        let folded: Vec<Vec<u8>> = keywords.map(<[u8]>::to_ascii_lowercase).collect();
        let (classes, class_count) = classes(&folded);
        let mut trie = Self {
            classes,
            class_count,
            children: vec![0; class_count],
            ended: vec![Vec::new()],
            longest: folded.iter().map(Vec::len).max().unwrap_or(1).max(1),
        };
        for (number, keyword) in folded.iter().enumerate() {
            trie.insert(keyword, u32::try_from(number).unwrap_or(u32::MAX));
        }
        trie
    }

    fn insert(&mut self, keyword: &[u8], number: u32) {
        let mut node = 0;
        for &byte in keyword {
            let class = usize::from(self.classes[usize::from(byte)]);
            let child = node * self.class_count + class;
            if self.children[child] == 0 {
                self.children[child] = u32::try_from(self.ended.len()).unwrap_or(0);
                self.children.resize(self.children.len() + self.class_count, 0);
                self.ended.push(Vec::new());
            }
            node = self.children[child] as usize;
        }
        self.ended[node].push(number);
    }

    /// Fills in what happens where no child fits, breadth first, and returns the nodes in that order.
    fn complete(&mut self) -> Vec<usize> {
        let count = self.class_count;
        let mut order = vec![0];
        let mut fallback = vec![0_usize; self.ended.len()];
        let mut queue: VecDeque<usize> = self.children[..count]
            .iter()
            .filter(|&&child| child != 0)
            .map(|&c| c as usize)
            .collect();
        while let Some(node) = queue.pop_front() {
            order.push(node);
            if !self.ended[fallback[node]].is_empty() {
                let inherited = self.ended[fallback[node]].clone();
                self.ended[node].extend(inherited);
            }
            let (own, through) = (node * count, fallback[node] * count);
            for class in 0..count {
                let through = self.children[through + class];
                match self.children[own + class] {
                    0 => self.children[own + class] = through,
                    child => {
                        fallback[child as usize] = through as usize;
                        queue.push_back(child as usize);
                    }
                }
            }
        }
        order
    }

    /// Numbers the states so that those which end a keyword come last: one comparison then tells a hit.
    fn into_automaton(mut self) -> Prefilter {
        let mut order = self.complete();
        order.sort_by_key(|&node| !self.ended[node].is_empty());
        let stride = self.class_count;
        let mut number = vec![0_u32; order.len()];
        for (index, &node) in order.iter().enumerate() {
            number[node] = u32::try_from(index * stride).unwrap_or(0);
        }
        let mut table = vec![0; order.len() * stride];
        for (index, &node) in order.iter().enumerate() {
            let children = &self.children[node * stride..][..stride];
            for (next, &child) in table[index * stride..].iter_mut().zip(children) {
                *next = number[child as usize];
            }
        }
        let silent = order.iter().filter(|&&node| self.ended[node].is_empty()).count();
        let mut automaton = Prefilter {
            classes: self.classes,
            table,
            stride,
            first_match: u32::try_from(silent * stride).unwrap_or(u32::MAX),
            ends: Vec::new(),
            ended: Vec::new(),
            longest: self.longest,
        };
        for &node in &order[silent..] {
            let from = automaton.ended.len();
            self.ended[node].sort_unstable();
            automaton.ended.append(&mut self.ended[node]);
            let range = (
                u32::try_from(from).unwrap_or(0),
                u32::try_from(automaton.ended.len()).unwrap_or(0),
            );
            automaton.ends.push(range);
        }
        automaton
    }
}

/// Gives each byte that occurs in a keyword a class of its own, upper case the class of lower case; 0 is all others.
fn classes(folded: &[Vec<u8>]) -> ([u8; 256], usize) {
    let mut classes = [0_u8; 256];
    let mut count = 1_u8;
    for &byte in folded.iter().flatten() {
        if classes[usize::from(byte)] == 0 {
            classes[usize::from(byte)] = count;
            classes[usize::from(byte.to_ascii_uppercase())] = count;
            count += 1;
        }
    }
    (classes, usize::from(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(keywords: &[&str], find: impl Fn(&Prefilter, &mut Hits)) -> Vec<(u32, u32)> {
        let mut hits = Hits::default();
        find(
            &Prefilter::new(keywords.iter().map(|keyword| keyword.as_bytes())),
            &mut hits,
        );
        hits.iter().map(|hit| (hit.end, hit.keyword)).collect()
    }

    fn find(keywords: &[&str], text: &[u8]) -> Vec<(u32, u32)> {
        found(keywords, |automaton, hits| automaton.find(text, hits))
    }

    #[test]
    fn a_keyword_inside_another_is_found_too() {
        assert_eq!(find(&["api_key", "api", "key"], b"API_KEY"), [(3, 1), (7, 0), (7, 2)]);
    }

    #[test]
    fn no_keywords_find_nothing() {
        assert_eq!(find(&[], b"anything at all"), []);
    }

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(text in "[abAB]{0,900}", keywords in proptest::collection::vec("[ab]{1,5}", 1..6)) {
            let words: Vec<&str> = keywords.iter().map(String::as_str).collect();
            let folded = text.to_lowercase();
            let mut expected = Vec::new();
            for end in 1..=folded.len() {
                for (number, word) in words.iter().enumerate() {
                    if folded[..end].ends_with(word) {
                        expected.push((end as u32, number as u32));
                    }
                }
            }
            let plainly = |automaton: &Prefilter, hits: &mut Hits| automaton.find_plainly(text.as_bytes(), hits);
            prop_assert_eq!(&found(&words, plainly), &expected);
            prop_assert_eq!(find(&words, text.as_bytes()), expected);
        }
    }
}
