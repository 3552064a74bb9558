//! How random a value looks: its alphabet, its entropy, and how unlike language its letters are.

use crate::engine::language;

/// Returns the Shannon entropy of the bytes, in bits a byte.
pub(super) fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "a value has at most some thousand bytes")]
    let share = |count: u32| count as f32 / value.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| -share(count) * share(count).log2())
        .sum()
}

/// What a value is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Makeup {
    pub(super) len: usize,
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digits: usize,
    pub(super) others: usize,
    /// Those of the others that join no words and stand in no base64: `$`, `!`, `{`.
    pub(super) symbols: usize,
    /// Changes between letters and digits, and from lower to upper case.
    pub(super) turns: usize,
    /// Bits a character, by Shannon.
    pub(super) entropy: f32,
    /// Bits a letter, by the language model.
    pub(super) bits: f32,
    /// True when the first character is a capital.
    pub(super) starts_upper: bool,
    /// True when there are only hexadecimal digits of one case.
    pub(super) is_hex: bool,
}

impl Makeup {
    /// Takes a value apart.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut makeup = Self {
            len: value.len(),
            entropy: entropy(value),
            bits: language::bits(value),
            starts_upper: value.first().is_some_and(u8::is_ascii_uppercase),
            ..Self::default()
        };
        let mut last = 0;
        for &byte in value {
            let class = match byte {
                b'a'..=b'z' => 1,
                b'A'..=b'Z' => 2,
                b'0'..=b'9' => 3,
                _ => 4,
            };
            *[
                &mut makeup.lower,
                &mut makeup.upper,
                &mut makeup.digits,
                &mut makeup.others,
            ][class - 1] += 1;
            makeup.symbols += usize::from(class == 4 && !b"_-./:+=~,@% ".contains(&byte));
            let turns = matches!((last, class), (1, 2) | (1 | 2, 3) | (3, 1 | 2));
            makeup.turns += usize::from(turns);
            last = class;
        }
        let one_case = makeup.lower == 0 || makeup.upper == 0;
        makeup.is_hex = makeup.digits > 0 && one_case && value.iter().all(u8::is_ascii_hexdigit);
        makeup
    }

    /// Returns how many letters there are.
    pub(super) fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// Tells whether the value looks as if drawn at random: what generators of tokens and keys put out.
    pub(super) fn is_random(&self) -> bool {
        let mixed = self.digits > 0 && self.letters() > 0;
        match self.len {
            0..16 => false,
            _ if self.is_hex => self.turns >= 3 && self.entropy >= 2.6,
            _ if mixed => self.turns >= 3 && self.entropy >= 3.0 && self.is_unlike_language(),
            _ => self.digits == 0 && self.entropy >= 3.0 && self.is_unlike_language(),
        }
    }

    /// Tells whether no language writes such letters; the fewer there are, the surer the model must be.
    pub(super) fn is_unlike_language(&self) -> bool {
        let least = match (self.letters(), self.digits) {
            (0..4, _) => return false,
            (4..8, 0) => 6.2,
            (8..12, 0) => 5.8,
            (12..20, 0) => 5.4,
            (_, 0) => 5.0,
            (4..8, _) => 5.0,
            _ => 4.6,
        };
        self.bits >= least
    }

    /// Tells whether a language writes all of it: words, or letters alone that might be some.
    pub(super) fn is_language(&self) -> bool {
        self.is_words() || self.digits == 0 && !self.is_unlike_language()
    }

    /// Tells whether the value is words, with a number here and there: an identifier, a label, a version of something.
    pub(super) fn is_words(&self) -> bool {
        let few_digits = self.digits * 4 <= self.letters();
        !self.is_hex && self.symbols == 0 && self.letters() >= 4 && few_digits && self.bits < 4.6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_bits_a_byte() {
        assert!(entropy(b"aaaa").abs() < 0.001);
        assert!((entropy(b"abcd") - 2.0).abs() < 0.001);
    }

    #[test]
    fn generated_values_look_random_and_names_do_not() {
        for value in [
            "9f86·d081884c7d65",
            "kX3v·B7qLw2Zt9RmP",
            "c2Vj·cmV0LXZhbHVlLTE5",
            "dqzi·qddlexndcfdydjdbagckvr",
            "LwQe·HbWxOaNxFyGlOuJe",
        ] {
            assert!(Makeup::of(value.replace('·', "").as_bytes()).is_random(), "{value}");
        }
        for value in [
            "my-application-name",
            "com.example.app.v2",
            "AuthorizationHeader2",
            "correct-horse-battery-staple",
            "ScalarCryptoGprGprIntrinsic32",
            "application_default_credentials_v2",
        ] {
            assert!(!Makeup::of(value.as_bytes()).is_random(), "{value}");
        }
    }
}
