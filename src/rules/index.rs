//! Which rules a keyword calls for: all keywords of all rules, each once, with an automaton that finds them.
//!
//! The words that a rule's matches hold are keywords, too, though they call for no rule: finding them costs nothing then.
//!
//! Keywords are known by their number, in ascending order of their letters, and so are rules, in the order of their set.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::automaton::{Automaton, Keyword};

/// Literals that call for no rule: they tell of an escape behind which a name and a value could hide. Each quote, colon,
/// equals sign or at sign behind a percent sign, each ASCII character behind a backslash, each number in HTML.
pub const MARKS: [&str; 17] = [
    "%22", "%3a", "%3d", "%40", "\\u002", "\\u003", "\\u004", "\\u005", "\\u006", "\\u007", "\\x2", "\\x3", "\\x4",
    "\\x5", "\\x6", "\\x7", "&#",
];

/// A rule as it is called for.
#[derive(Debug, Clone, Copy)]
pub struct Called<'r> {
    /// Its number.
    pub rule: u32,
    /// What calls for it.
    pub keywords: &'r [String],
    /// Of these words each of its matches holds one.
    pub holds: &'r [String],
    /// Whether a keyword calls for it only where a word begins.
    pub begins_word: bool,
}

/// Keywords and whose they are.
#[derive(Debug, Clone)]
pub struct KeywordIndex {
    /// Finds them.
    pub automaton: Automaton,
    /// How long each one is.
    pub lengths: Cow<'static, [u32]>,
    /// The rules of all keywords, one keyword after another.
    pub rules: Cow<'static, [u32]>,
    /// Where the rules of each keyword end among all.
    pub ends: Cow<'static, [u32]>,
    /// The number of each of [`MARKS`] as a keyword.
    pub marks: Cow<'static, [u32]>,
    /// The rules whose matches hold one of some words; there is a bit for each, so from the ninth on a
    /// rule is simply tried.
    pub holders: Cow<'static, [u32]>,
    /// For each keyword, of which of these rules it is such a word.
    pub held: Cow<'static, [u8]>,
}

impl KeywordIndex {
    /// Makes the index of rules in ascending order of their numbers.
    pub fn new<'r>(rules: impl Iterator<Item = Called<'r>>) -> Self {
        let mut by_keyword: BTreeMap<String, Vec<u32>> = MARKS.iter().map(|&mark| (mark.to_owned(), vec![])).collect();
        let (mut holders, mut held) = (Vec::new(), BTreeMap::<String, u8>::new());
        // What is asked for inside words as well: by its nature, or by one rule at least.
        let mut inside: BTreeSet<String> = by_keyword.keys().cloned().collect();
        for Called {
            rule,
            keywords,
            holds,
            begins_word,
        } in rules
        {
            for keyword in keywords {
                let keyword = keyword.to_ascii_lowercase();
                if !begins_word {
                    inside.insert(keyword.clone());
                }
                let rules = by_keyword.entry(keyword).or_default();
                if rules.last() != Some(&rule) {
                    rules.push(rule);
                }
            }
            if !holds.is_empty() && holders.len() < u8::BITS as usize {
                for word in holds {
                    *held.entry(word.to_ascii_lowercase()).or_default() |= 1 << holders.len();
                    by_keyword.entry(word.to_ascii_lowercase()).or_default();
                }
                holders.push(rule);
            }
        }
        let number = |mark: &&str| by_keyword.keys().position(|keyword| keyword == mark).unwrap_or(0);
        let begins_word = |text: &String| !inside.contains(text) && !held.contains_key(text);
        let keywords = by_keyword.keys().map(|text| Keyword {
            text: text.as_bytes(),
            begins_word: begins_word(text),
        });
        Self {
            automaton: Automaton::new(keywords),
            lengths: by_keyword.keys().map(|keyword| narrow(keyword.len())).collect(),
            marks: MARKS.iter().map(number).map(narrow).collect(),
            holders: holders.into(),
            held: by_keyword
                .keys()
                .map(|keyword| held.get(keyword).copied().unwrap_or_default())
                .collect(),
            ends: ends(by_keyword.values().map(Vec::len)),
            rules: by_keyword.into_values().flatten().collect(),
        }
    }

    /// Returns the rules that a keyword calls for.
    #[inline]
    pub fn rules_of(&self, keyword: usize) -> &[u32] {
        let start = keyword.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.rules[start as usize..self.ends[keyword] as usize]
    }

    /// Calls for none but the rules for which `keeps` says so.
    pub fn retain(&mut self, keeps: impl Fn(u32) -> bool) {
        let kept = |keyword| self.rules_of(keyword).iter().copied().filter(|&rule| keeps(rule));
        let kept: Vec<Vec<u32>> = (0..self.ends.len()).map(|keyword| kept(keyword).collect()).collect();
        self.ends = ends(kept.iter().map(Vec::len));
        self.rules = kept.into_iter().flatten().collect();
    }
}

/// Returns where each of some lists ends when they are laid one after another.
fn ends(lengths: impl Iterator<Item = usize>) -> Cow<'static, [u32]> {
    let sum = |end: &mut usize, length| {
        *end += length;
        Some(narrow(*end))
    };
    lengths.scan(0, sum).collect()
}

/// There is no memory for so many rules that their numbers or keywords would not fit.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> KeywordIndex {
        let keywords: [&[String]; 2] = [&["Key".to_owned(), "api".to_owned()], &["key".to_owned()]];
        let holds = &["Word".to_owned(), "api".to_owned()];
        let called = (0..).zip(keywords).map(|(rule, keywords)| Called {
            rule,
            keywords,
            holds: if rule == 1 { holds } else { &[] },
            begins_word: false,
        });
        KeywordIndex::new(called)
    }

    fn all(index: &KeywordIndex) -> Vec<&[u32]> {
        let all = (0..index.lengths.len()).map(|keyword| index.rules_of(keyword));
        all.filter(|rules| !rules.is_empty()).collect()
    }

    #[test]
    fn a_keyword_calls_for_all_rules_that_have_it_in_any_case() {
        assert_eq!(all(&index()), [&[0][..], &[0, 1]]);
    }

    #[test]
    fn a_word_that_matches_hold_is_a_keyword_that_calls_for_no_rule() {
        let index = index();
        let words = (0..index.lengths.len()).filter(|&keyword| index.held[keyword] == 1);
        let words: Vec<_> = words.map(|word| (index.lengths[word], index.rules_of(word))).collect();
        assert_eq!((&*index.holders, words), (&[1][..], vec![(3, &[0][..]), (4, &[])]));
    }

    #[test]
    fn a_keyword_is_found_inside_words_where_any_of_its_rules_asks_for_it_there() {
        let [both, one, word] = ["sk_", "ck_", "pk_"].map(str::to_owned);
        let called = [
            (0, vec![both.clone(), one.clone(), word.clone()], vec![], true),
            (1, vec![both], vec![word], false),
        ];
        let called = called.iter().map(|(rule, keywords, holds, begins_word)| Called {
            rule: *rule,
            keywords,
            holds,
            begins_word: *begins_word,
        });
        let automaton = KeywordIndex::new(called).automaton;
        let ends = |text: &str| {
            let step = |state: &mut u32, &byte: &u8| {
                let class = automaton.classes[usize::from(byte)];
                *state = u32::from_le_bytes(automaton.table[*state as usize + usize::from(class)]);
                Some(*state)
            };
            let states = text.as_bytes().iter().scan(0, step);
            states.filter(|&state| state >= automaton.first_match).count()
        };
        assert_eq!(
            [ends("task_"), ends("ask_"), ends("ack_"), ends("ck_"), ends("spk_")],
            [1, 1, 0, 1, 1]
        );
    }

    #[test]
    fn a_rule_that_is_off_is_not_called_for() {
        let mut index = index();
        index.retain(|rule| rule != 0);
        assert_eq!(all(&index), [&[1]]);
    }

    #[test]
    fn marks_are_keywords_that_call_for_no_rule() {
        let index = index();
        for (mark, &keyword) in MARKS.iter().zip(index.marks.iter()) {
            assert_eq!(index.lengths[keyword as usize] as usize, mark.len());
            assert!(index.rules_of(keyword as usize).is_empty());
        }
    }
}
