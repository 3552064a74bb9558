//! A fixed list of words that answers without hashing or allocating: names are looked up for each keyword of a blob.

/// Words by their length, each length sorted.
#[derive(Debug)]
pub(super) struct WordList {
    by_length: Vec<Vec<&'static [u8]>>,
}

impl WordList {
    /// Reads a list from the text of a file in `src/engine/words/`.
    pub(super) fn new(text: &'static str) -> Self {
        let mut by_length: Vec<Vec<&'static [u8]>> = Vec::new();
        for word in text.split_ascii_whitespace() {
            if by_length.len() <= word.len() {
                by_length.resize(word.len() + 1, Vec::new());
            }
            by_length[word.len()].push(word.as_bytes());
        }
        by_length.iter_mut().for_each(|words| words.sort_unstable());
        Self { by_length }
    }

    /// Tells whether a lower-case word is in the list.
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        self.by_length
            .get(word.len())
            .is_some_and(|words| words.binary_search(&word).is_ok())
    }

    /// Returns the length of the longest word.
    pub(super) fn longest(&self) -> usize {
        self.by_length.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_are_in_the_list() {
        let list = WordList::new("token\nkey secret");
        assert!(list.contains(b"key") && list.contains(b"secret"));
        assert!(!list.contains(b"ke") && !list.contains(b"tokens") && !list.contains(b""));
        assert_eq!(list.longest(), 6);
    }
}
