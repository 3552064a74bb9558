//! All rules by their numbers, each made ready when it is first asked.
//!
//! A keyword calls for a rule, a look at the outline of its pattern sends nearly all of them away, and only what is left
//! needs the rule itself: to read and to prepare a thousand of them would take longer than the scan of a commit.

use std::ops::{Index, Range};
use std::sync::OnceLock;

use crate::engine::checksum;
use crate::engine::ready::Ready;
use crate::rules::{Called, Held, KeywordIndex, Outline, PathTable, Reach, Rule, RuleError, RuleSet, packed};

/// The rules of an engine. The built-in ones have their own numbers, whether they are in force or not; others follow.
#[derive(Debug)]
pub(super) struct Shelf {
    slots: Vec<Slot>,
    /// Whether any of the rules is not built in.
    has_own: bool,
}

#[derive(Debug)]
struct Slot {
    held: Held,
    /// A slot that is not in force keeps its number and is never asked.
    is_on: bool,
    /// What was read off its pattern ahead.
    outline: Option<&'static Outline>,
    ready: OnceLock<Box<Ready>>,
}

impl Slot {
    fn new(held: Held, outline: Option<&'static Outline>) -> Self {
        Self {
            held,
            is_on: false,
            outline,
            ready: OnceLock::new(),
        }
    }
}

impl Index<usize> for Shelf {
    type Output = Ready;

    fn index(&self, number: usize) -> &Ready {
        let slot = &self.slots[number];
        slot.ready.get_or_init(|| Box::new(Ready::new(&slot.held)))
    }
}

impl Shelf {
    /// Puts the rules of a set into their places.
    ///
    /// # Errors
    /// When a rule names no known checksum.
    pub(super) fn new(set: &RuleSet) -> Result<Self, RuleError> {
        let numbers = (0..).take(packed::COUNT);
        let slot = |number: u16| Slot::new(Held::BuiltIn(number), packed::outline(usize::from(number)));
        let mut shelf = Self {
            slots: numbers.map(slot).collect(),
            has_own: false,
        };
        for held in set.held() {
            let number = held.number().unwrap_or(shelf.slots.len());
            if number == shelf.slots.len() {
                has_known_checksum(held)?;
                shelf.has_own = true;
                shelf.slots.push(Slot::new(held.clone(), None));
            }
            shelf.slots[number].held = held.clone();
            shelf.slots[number].is_on = true;
        }
        Ok(shelf)
    }

    /// Tells by a look at a few bytes whether a rule may find something at a keyword: in ordinary text hardly ever.
    #[inline]
    pub(super) fn may_match(&self, number: usize, text: &[u8], keyword: &Range<usize>) -> bool {
        self.may_match_within(number, text, keyword, usize::MAX, usize::MAX)
    }

    /// Tells the same by no more than `before` bytes before the keyword and `behind` from its start on; where these do
    /// not suffice, it may.
    #[inline]
    pub(super) fn may_match_within(
        &self,
        number: usize,
        text: &[u8],
        keyword: &Range<usize>,
        before: usize,
        behind: usize,
    ) -> bool {
        match self.slots[number].outline {
            Some(outline) => {
                outline.may_match_within(text, keyword, before, behind)
                    && packed::sketch(number).is_none_or(|sketch| sketch.may_stand_within(text, keyword.start, behind))
            }
            None => self[number].may_match_within(text, keyword, before, behind),
        }
    }

    /// Returns the longest match that is looked for around a keyword.
    pub(super) fn longest(&self, number: usize) -> usize {
        let outline = self.slots[number].outline;
        outline.map_or_else(|| self[number].reach().1, |outline| outline.longest)
    }

    /// Returns how many numbers there are, also of rules that are off.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Returns the rules in force, each with its number.
    pub(super) fn rules(&self) -> impl Iterator<Item = (usize, &Rule)> {
        let numbered = self.slots.iter().enumerate();
        let on = numbered.filter(|(_, slot)| slot.is_on);
        on.map(|(number, slot)| (number, &*slot.held))
    }

    /// Returns the rules in force that have something: of the built-in ones it is known, of others it is asked.
    pub(super) fn those_with<'s>(
        &'s self,
        builtin: &'s [usize],
        has: fn(&Rule) -> bool,
    ) -> impl Iterator<Item = (usize, &'s Rule)> {
        let own = (packed::COUNT..self.slots.len()).filter(move |&number| has(&self.slots[number].held));
        let those = builtin.iter().copied().chain(own);
        let on = those.filter(|&number| self.slots[number].is_on);
        on.map(|number| (number, &*self.slots[number].held))
    }

    /// Returns which rules a keyword calls for; `is_plain` when it is to call for them wherever it stands.
    pub(super) fn keywords(&self, is_plain: bool) -> KeywordIndex {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        if self.has_own || is_plain {
            let called = self.rules().map(|(number, rule)| rule.called(narrow(number)));
            return KeywordIndex::new(called.map(|called| Called {
                begins_word: called.begins_word && !is_plain,
                ..called
            }));
        }
        let mut keywords = packed::keywords();
        if !self.slots.iter().all(|slot| slot.is_on) {
            keywords.retain(|number| self.slots[number as usize].is_on);
        }
        keywords
    }

    /// Returns the globs of all rules.
    ///
    /// # Errors
    /// When a glob is broken.
    pub(super) fn paths(&self) -> Result<PathTable, RuleError> {
        let mut globs: Vec<&[String]> = vec![&[]; self.slots.len()];
        for (number, rule) in self.those_with(packed::WITH_PATHS, |rule| !rule.paths.is_empty()) {
            globs[number] = &rule.paths;
        }
        // The tests have read those of the built-in rules.
        let table = match self.has_own {
            true => PathTable::new(globs, Reach::File),
            false => PathTable::of_known(globs, Reach::File),
        };
        table.map_err(|error| RuleError::Pattern {
            id: "paths".to_owned(),
            message: error.to_string(),
        })
    }

    /// Compiles the expressions of all rules in force now.
    ///
    /// # Errors
    /// When one does not compile.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        self.rules().try_for_each(|(number, _)| self[number].check())
    }
}

fn has_known_checksum(rule: &Rule) -> Result<(), RuleError> {
    match rule.checksum.as_deref() {
        Some(name) if checksum::by_name(name).is_none() => Err(RuleError::Pattern {
            id: rule.id.clone(),
            message: format!("there is no checksum `{name}`"),
        }),
        _ => Ok(()),
    }
}
