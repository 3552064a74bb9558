//! How unlike language a value is.

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
    pub(super) distinct: usize,
    /// Changes between letters and digits, and from lower to upper case.
    pub(super) turns: usize,
    pub(super) entropy: f32,
}

impl Makeup {
    /// Takes a value apart.
    pub(super) fn of(value: &[u8]) -> Self {
        let mut makeup = Self {
            len: value.len(),
            entropy: entropy(value),
            ..Self::default()
        };
        let mut seen = [false; 256];
        let mut last = 0;
        for &byte in value {
            makeup.distinct += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
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
            let turns = matches!((last, class), (1, 2) | (1 | 2, 3) | (3, 1 | 2));
            makeup.turns += usize::from(turns);
            last = class;
        }
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
            16..24 => mixed && self.turns >= 3 && self.entropy >= 3.0,
            _ => self.turns >= 4 && (mixed && self.entropy >= 3.0 || self.entropy >= 4.2),
        }
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
        for value in ["9f86d081884c7d65", "kX3vB7qLw2Zt9RmP", "c2VjcmV0LXZhbHVlLTE5"] {
            assert!(Makeup::of(value.as_bytes()).is_random(), "{value}");
        }
        for value in [
            "my-application-name",
            "com.example.app.v2",
            "AuthorizationHeader2",
            "correct-horse",
        ] {
            assert!(!Makeup::of(value.as_bytes()).is_random(), "{value}");
        }
    }
}
