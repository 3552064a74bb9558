//! The tables of the automaton over all keywords: an Aho-Corasick automaton turned into a dense table, as the textbooks
//! have it. The engine's prefilter walks it.
//!
//! Bytes are folded to lower case and to a few dozen classes, which keeps a row short. To build it for the built-in
//! rules takes milliseconds, as long as a whole commit may take; so the build script does, and the program maps what
//! it made. A project with keywords of its own has them built anew.

use std::borrow::Cow;
use std::collections::VecDeque;

/// The automaton as tables; a state is the offset of its row.
#[derive(Debug, Clone)]
pub struct Automaton {
    /// The class of each byte.
    pub classes: Cow<'static, [u8]>,
    /// Next states by `state + class`, little-endian: the build script writes them as bytes.
    pub table: Cow<'static, [[u8; 4]]>,
    /// The length of a row: one entry a class.
    pub stride: usize,
    /// States from here on end a keyword.
    pub first_match: u32,
    /// The keywords that each such state ends, as ranges of `ended`.
    pub ends: Cow<'static, [(u32, u32)]>,
    /// Numbers of keywords.
    pub ended: Cow<'static, [u32]>,
    /// The length of the longest keyword, 1 or more.
    pub longest: usize,
}

impl Automaton {
    /// Builds the automaton; keywords are folded to lower case.
    pub fn new<'k>(keywords: impl Iterator<Item = &'k [u8]>) -> Self {
        Trie::new(keywords).into_automaton()
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
    fn into_automaton(mut self) -> Automaton {
        let mut order = self.complete();
        order.sort_by_key(|&node| !self.ended[node].is_empty());
        let stride = self.class_count;
        let mut number = vec![0_u32; order.len()];
        for (index, &node) in order.iter().enumerate() {
            number[node] = u32::try_from(index * stride).unwrap_or(0);
        }
        let mut table = vec![[0; 4]; order.len() * stride];
        for (index, &node) in order.iter().enumerate() {
            let children = &self.children[node * stride..][..stride];
            for (next, &child) in table[index * stride..].iter_mut().zip(children) {
                *next = number[child as usize].to_le_bytes();
            }
        }
        let silent = order.iter().filter(|&&node| self.ended[node].is_empty()).count();
        let (mut ends, mut ended) = (Vec::new(), Vec::new());
        let place = |ended: &Vec<u32>| u32::try_from(ended.len()).unwrap_or(u32::MAX);
        for &node in &order[silent..] {
            let from = place(&ended);
            self.ended[node].sort_unstable();
            ended.append(&mut self.ended[node]);
            ends.push((from, place(&ended)));
        }
        Automaton {
            classes: self.classes.to_vec().into(),
            table: table.into(),
            stride,
            first_match: u32::try_from(silent * stride).unwrap_or(u32::MAX),
            ends: ends.into(),
            ended: ended.into(),
            longest: self.longest,
        }
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
