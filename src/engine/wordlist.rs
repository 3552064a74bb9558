//! A fixed list of words that answers without hashing or allocating: names are looked up for each keyword of a blob.
//!
//! A word of at most sixteen letters is a number, and numbers are compared in one step.

/// The longest word that is written as a number.
const LONGEST: usize = 16;

/// Words by their length, each length sorted.
#[derive(Debug)]
pub(super) struct WordList {
    by_length: Vec<Vec<u128>>,
    /// The few longer ones.
    long: Vec<&'static [u8]>,
}

impl WordList {
    /// Reads a list from the text of a file in `src/engine/words/`.
    pub(super) fn new(text: &'static str) -> Self {
        let mut list = Self {
            by_length: vec![Vec::new(); LONGEST + 1],
            long: Vec::new(),
        };
        for word in text.split_ascii_whitespace() {
            match list.by_length.get_mut(word.len()) {
                Some(words) => words.push(number(word.as_bytes())),
                None => list.long.push(word.as_bytes()),
            }
        }
        list.by_length.iter_mut().for_each(|words| words.sort_unstable());
        list
    }

    /// Tells whether a lower-case word is in the list.
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        match self.by_length.get(word.len()) {
            Some(words) => !words.is_empty() && words.binary_search(&number(word)).is_ok(),
            None => self.long.contains(&word),
        }
    }

    /// Returns the length of the longest word.
    pub(super) fn longest(&self) -> usize {
        let short = self.by_length.iter().rposition(|words| !words.is_empty()).unwrap_or(0);
        self.long.iter().map(|word| word.len()).max().unwrap_or(short)
    }
}

/// Writes a word of at most sixteen letters as a number of its own.
fn number(word: &[u8]) -> u128 {
    word.iter().fold(0, |number, &byte| number << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_in_the_list() {
        let list = WordList::new("token\nkey secret");
        let long = WordList::new("key aword.of.seventeen");
        assert!(list.contains(b"key") && list.contains(b"secret"));
        assert!(!list.contains(b"ke") && !list.contains(b"tokens") && !list.contains(b""));
        assert!(long.contains(b"aword.of.seventeen") && !long.contains(b"a.word.of.eighteen"));
        assert_eq!((list.longest(), long.longest()), (6, 18));
    }
}
