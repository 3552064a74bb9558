//! The tables of the automaton over all keywords: an Aho-Corasick automaton turned into a dense table, as the textbooks
//! have it. The engine's prefilter walks it.
//!
//! Bytes are folded to lower case and to a few dozen classes, which keeps a row short. To build it for the built-in
//! rules takes milliseconds, as long as a whole commit may take; so the build script does, and the program maps what
//! it made. A project with keywords of its own has them built anew.

use std::borrow::Cow;
use std::collections::VecDeque;

/// The automaton as tables; a state is the offset of its row. It begins in state 0.
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

/// What the automaton finds.
#[derive(Debug, Clone, Copy)]
pub struct Keyword<'k> {
    /// Its letters, in any case.
    pub text: &'k [u8],
    /// Whether it counts only where no letter, digit or underscore stands before it.
    pub begins_word: bool,
}

impl Automaton {
    /// Builds the automaton; keywords are folded to lower case.
    pub fn new<'k>(keywords: impl Iterator<Item = Keyword<'k>>) -> Self {
        Trie::new(&keywords.collect::<Vec<_>>()).into_automaton()
    }

    /// Returns how many bytes before a place must be walked so that all keywords which end behind it are found: those of
    /// the longest but its last, and the one before it.
    #[allow(dead_code, reason = "the build script only makes the automaton")]
    pub fn run_up(&self) -> usize {
        self.longest
    }
}

/// Where keywords begin that count only at the beginning of a word. A text begins one.
const WORD_START: usize = 0;
/// Where all others begin.
const ANYWHERE: usize = 1;

/// The keywords as two trees, on the way to the automaton.
///
/// One has the keywords that count anywhere, the other those that begin a word. Behind any byte that belongs to no
/// word, what would be in the one's root is in the other's: whatever begins anywhere begins there, too.
struct Trie {
    classes: Classes,
    /// Children by node and class, 0 for none: no root is anybody's child.
    children: Vec<u32>,
    ended: Vec<Vec<u32>>,
    longest: usize,
}

impl Trie {
    fn new(keywords: &[Keyword<'_>]) -> Self {
        let classes = Classes::of(keywords);
        let lengths = keywords.iter().map(|keyword| keyword.text.len());
        let mut trie = Self {
            children: vec![0; 2 * classes.count],
            ended: vec![Vec::new(); 2],
            longest: lengths.max().unwrap_or(1).max(1),
            classes,
        };
        for (number, keyword) in keywords.iter().enumerate() {
            trie.insert(keyword, u32::try_from(number).unwrap_or(u32::MAX));
        }
        trie
    }

    fn insert(&mut self, keyword: &Keyword<'_>, number: u32) {
        let mut node = if keyword.begins_word { WORD_START } else { ANYWHERE };
        for &byte in keyword.text {
            let class = usize::from(self.classes.of_bytes[usize::from(byte)]);
            let child = node * self.classes.count + class;
            if self.children[child] == 0 {
                self.children[child] = u32::try_from(self.ended.len()).unwrap_or(0);
                self.children.resize(self.children.len() + self.classes.count, 0);
                self.ended.push(Vec::new());
            }
            node = self.children[child] as usize;
        }
        self.ended[node].push(number);
    }

    fn children_of(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let row = &self.children[node * self.classes.count..][..self.classes.count];
        row.iter().filter(|&&child| child != 0).map(|&child| child as usize)
    }

    /// Fills in what happens where no child fits, and returns the nodes in the order in which that was done.
    ///
    /// A node falls back to the longest shorter beginning of a keyword that ends where it does. Breadth first, the nodes
    /// of keywords that count anywhere before others of their depth, that one is complete before it is needed.
    fn complete(&mut self) -> Vec<usize> {
        let count = self.classes.count;
        let mut order = vec![WORD_START, ANYWHERE];
        let mut fallback = vec![ANYWHERE; self.ended.len()];
        let roots = [ANYWHERE, WORD_START];
        let mut queue: VecDeque<usize> = roots.iter().flat_map(|&root| self.children_of(root)).collect();
        for class in 0..count {
            let start = if self.classes.is_word[class] {
                ANYWHERE
            } else {
                WORD_START
            };
            let anywhere = ANYWHERE * count + class;
            match self.children[anywhere] {
                0 => self.children[anywhere] = start as u32,
                child => fallback[child as usize] = start,
            }
            let through = self.children[anywhere];
            match self.children[class] {
                0 => self.children[class] = through,
                child => fallback[child as usize] = through as usize,
            }
        }
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
        let stride = self.classes.count;
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
            classes: self.classes.of_bytes.to_vec().into(),
            table: table.into(),
            stride,
            first_match: u32::try_from(silent * stride).unwrap_or(u32::MAX),
            ends: ends.into(),
            ended: ended.into(),
            longest: self.longest,
        }
    }
}

/// What bytes are taken for: each that occurs in a keyword has a class of its own, upper case the class of lower case.
struct Classes {
    of_bytes: [u8; 256],
    /// Whether words are made of a class.
    is_word: Vec<bool>,
    count: usize,
}

impl Classes {
    fn of(keywords: &[Keyword<'_>]) -> Self {
        // Whatever occurs nowhere is one class, or two: words may be made of it.
        let mut classes = Self {
            of_bytes: [0; 256],
            is_word: vec![false],
            count: 1,
        };
        for &byte in keywords.iter().flat_map(|keyword| keyword.text) {
            let byte = byte.to_ascii_lowercase();
            if classes.of_bytes[usize::from(byte)] == 0 {
                classes.add(&[byte, byte.to_ascii_uppercase()]);
            }
        }
        let is_other = |byte: &u8| is_word(*byte) && classes.of_bytes[usize::from(*byte)] == 0;
        let others: Vec<u8> = (0..=u8::MAX).filter(is_other).collect();
        if !others.is_empty() {
            classes.add(&others);
        }
        classes
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.of_bytes[usize::from(byte)] = self.count as u8;
        }
        self.is_word.push(bytes.iter().copied().all(is_word));
        self.count += 1;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
