//! How unlike language a value is: what its letters cost under a model of letter trigrams.
//!
//! Words and identifiers cost some three bits a letter, letters drawn at random more than six. It tells an identifier
//! from a token where entropy cannot: both spread their letters evenly. `benches/train/README.md` has the figures.

/// What the third letter costs after the other two, in quarter bits above `0`: 27 lines of 27 * 27 characters, made by
/// `benches/train/trigrams.py`. Symbol 0 is the edge of a word.
const TABLE: &[u8] = include_bytes!("words/trigrams.txt");
/// Bytes of a line with its end.
const LINE: usize = 27 * 27 + 1;

/// Returns the bits a letter that the words of a value cost; 0 where there are no letters.
///
/// Words end where letters do, and where the case changes as in `camelCase` and `HTTPServer`.
pub(super) fn bits(value: &[u8]) -> f32 {
    let mut walk = Walk::default();
    for (at, &byte) in value.iter().enumerate() {
        if !byte.is_ascii_alphabetic() {
            walk.end_word();
            continue;
        }
        if byte.is_ascii_uppercase() && at > 0 {
            let after_lower = value[at - 1].is_ascii_lowercase();
            let before_lower = value.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            if after_lower || before_lower {
                walk.end_word();
            }
        }
        walk.step(usize::from(byte.to_ascii_lowercase() - b'a') + 1);
    }
    walk.end_word();
    walk.mean()
}

/// A walk over the letters: the last two, and the cost so far.
#[derive(Default)]
struct Walk {
    first: usize,
    second: usize,
    cost: u32,
    steps: u32,
}

impl Walk {
    fn step(&mut self, letter: usize) {
        let cost = TABLE[self.first * LINE + self.second * 27 + letter] - b'0';
        self.cost += u32::from(cost);
        self.steps += 1;
        (self.first, self.second) = (self.second, letter);
    }

    fn end_word(&mut self) {
        if self.second != 0 {
            self.step(0);
            (self.first, self.second) = (0, 0);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a value has at most some thousand letters")]
    fn mean(&self) -> f32 {
        self.cost as f32 / 4.0 / self.steps.max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(TABLE.len(), 27 * LINE);
        assert!(TABLE.iter().all(|byte| *byte == b'\n' || (b'0'..=b'o').contains(byte)));
    }

    #[test]
    fn words_are_cheap_and_random_letters_dear() {
        for value in [
            "password",
            "randomStringGoesHere",
            "XMLHttpRequest",
            "storage_gateway_name",
            "wachtwoord",
        ] {
            assert!(bits(value.as_bytes()) < 4.5, "{value}");
        }
        for value in [
            "xkrcrhjdndumb",
            "LwQe·HbWxOaNxFyGlOuJe",
            "dqzi·qddlexndcfd",
            "snrd·eonp",
        ] {
            assert!(bits(value.replace('·', "").as_bytes()) > 6.0, "{value}");
        }
    }

    #[test]
    fn what_has_no_letters_costs_nothing() {
        assert!(bits(b"").abs() < 0.001 && bits(b"1234-5678").abs() < 0.001);
    }
}
