//! Answers about names, kept for a while: a program has few names and says them often.
//!
//! Each name has one place by its letters and takes it from whichever name had it before. A place holds its name whole,
//! so an answer is that name's own; a name too long for it is asked about anew each time.

/// How many answers are kept.
const PLACES: usize = 1024;
/// The longest name that is kept.
const LONGEST: usize = 63;

/// A name with its length behind it, so that no two names look the same.
type Padded = [u8; LONGEST + 1];

/// The last answers.
#[derive(Debug)]
pub(super) struct Recent<A> {
    places: Vec<(Padded, A)>,
}

impl<A: Copy + Default> Default for Recent<A> {
    fn default() -> Self {
        // No name fills a place with length and letters that are all zero but the empty one, which is never kept.
        Self {
            places: vec![([0; LONGEST + 1], A::default()); PLACES],
        }
    }
}

impl<A: Copy> Recent<A> {
    /// Returns the answer for a name, by `ask` where it is not known.
    pub(super) fn get(&mut self, name: &[u8], ask: impl FnOnce(&[u8]) -> A) -> A {
        let Some(padded) = padded(name) else {
            return ask(name);
        };
        let (known, answer) = &mut self.places[place(&padded)];
        if *known != padded {
            *answer = ask(name);
            *known = padded;
        }
        *answer
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most LONGEST")]
fn padded(name: &[u8]) -> Option<Padded> {
    let mut padded = [0; LONGEST + 1];
    padded.get_mut(..LONGEST)?.get_mut(..name.len())?.copy_from_slice(name);
    padded[LONGEST] = name.len() as u8;
    (!name.is_empty()).then_some(padded)
}

/// Mixes all letters into one number; any will do that spreads names over the places.
fn place(padded: &Padded) -> usize {
    const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, _) = padded.as_chunks::<8>();
    let mixed = words.iter().fold(0_u64, |mixed, word| {
        (mixed.rotate_left(29) ^ u64::from_le_bytes(*word)).wrapping_mul(MIX)
    });
    (mixed >> 48) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_asked_about_once_while_it_is_kept() {
        let (mut recent, asked) = (Recent::default(), Cell::new(0));
        let mut ask = |name: &str| {
            recent.get(name.as_bytes(), |name| {
                asked.set(asked.get() + 1);
                name.len()
            })
        };
        assert_eq!((ask("token"), ask("token"), ask("token2")), (5, 5, 6));
        assert_eq!(asked.get(), 2);
    }

    proptest! {
        #[test]
        fn no_name_gets_the_answer_of_another(names in prop::collection::vec("[a\0]{0,34}", 1..200)) {
            let mut recent = Recent::default();
            let sum = |name: &[u8]| name.iter().fold(7_u32, |sum, &byte| sum.wrapping_mul(31) + u32::from(byte));
            for name in names {
                prop_assert_eq!(recent.get(name.as_bytes(), sum), sum(name.as_bytes()));
            }
        }
    }
}
