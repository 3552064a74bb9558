//! Values that somebody counted or typed out rather than drew: `abcdef123456`, `foofoofoo`, `a1b2c3d4e5f6`.
//! Letters and digits decide alone, so that dashes and a prefix hide nothing.

/// Tells whether nearly all of the value counts up, counts down, or repeats a short piece: `abcdef123456`, `1234567890`,
/// `foofoofoo`, `a1b2c3d4e5f6`; or so much of it that chance is out of the question.
pub(super) fn is_sequence(value: &[u8]) -> bool {
    let mut plain = [0; 256];
    let plain = letters(value, &mut plain);
    is_trivial(plain) || plain.len() >= 3 && (counts_long(plain) || alternates_long(plain) || is_interleaved(plain))
}

/// Tells whether nearly all of the value counts or repeats, as no key does that ever opened anything.
pub(super) fn is_nothing_else(value: &[u8]) -> bool {
    let mut plain = [0; 256];
    is_trivial(letters(value, &mut plain))
}

/// Writes down letters and digits, in lower case.
fn letters<'b>(value: &[u8], plain: &'b mut [u8; 256]) -> &'b [u8] {
    let mut len = 0;
    for byte in value
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .take(plain.len())
    {
        plain[len] = byte.to_ascii_lowercase();
        len += 1;
    }
    &plain[..len]
}

fn is_trivial(plain: &[u8]) -> bool {
    let periods = 2..=8.min(plain.len() / 3);
    let repeats = |period| plain.windows(period + 1).all(|window| window[0] == window[period]);
    plain.len() >= 3 && (counts(plain) || periods.into_iter().any(repeats))
}

/// So many steps in a row are no chance.
const IN_A_ROW: usize = 11;

/// Tells whether nearly all steps count.
fn counts(plain: &[u8]) -> bool {
    let trivial = plain.windows(2).filter(|pair| is_count(pair[0], pair[1])).count();
    trivial * 5 >= (plain.len() - 1) * 4
}

/// Tells whether so many steps in a row count, and what they count is a good part of the value.
fn counts_long(plain: &[u8]) -> bool {
    let counts = |pair: &[u8]| pair[0] != pair[1] && is_count(pair[0], pair[1]);
    let row = longest_row(plain.windows(2).map(counts));
    row >= IN_A_ROW && row * 5 >= plain.len()
}

/// Tells the same of two characters in turns: `1A1A1A1A1A1A`.
fn alternates_long(plain: &[u8]) -> bool {
    let comes_again = |three: &[u8]| three[0] != three[1] && three[0] == three[2];
    let row = 1 + longest_row(plain.windows(3).map(comes_again));
    row >= IN_A_ROW && row * 5 >= plain.len()
}

fn longest_row(steps: impl Iterator<Item = bool>) -> usize {
    let (mut row, mut longest) = (0, 0);
    for step in steps {
        row = if step { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    longest
}

fn is_count(one: u8, next: u8) -> bool {
    one.abs_diff(next) <= 1
        || matches!(
            (one, next),
            (b'9', b'0' | b'a') | (b'0', b'9') | (b'f', b'0' | b'1') | (b'z', b'0' | b'1')
        )
}

/// Tells whether letters and digits take turns and each count up, as in `a1b2c3d4e5f6`; a few may stand out of line.
fn is_interleaved(plain: &[u8]) -> bool {
    let (mut counting, mut row, mut longest) = (0, 0, 0);
    for window in plain.windows(3) {
        let takes_turns = window[0].is_ascii_digit() != window[1].is_ascii_digit();
        let counts = takes_turns && window[0] != window[2] && is_count(window[0], window[2]);
        counting += usize::from(counts);
        row = if counts { row + 1 } else { 0 };
        longest = longest.max(row);
    }
    longest >= IN_A_ROW || counting >= 6 && counting * 4 >= (plain.len() - 2) * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_or_repeats_is_a_sequence() {
        for value in [
            "1234567890",
            "abcdefghij",
            "foofoofoo",
            "1a2b3c4d-5e6f-7a8b",
            "x_abcdefghijklmnopqrstuvwxyz",
            "kX3vB7qL-abcdefghijkl",
            "px-api-a1b2c3d4-e5f6-g7h8-kX3vB7qL",
            "73C04F92-1A1A1A1A1A1A",
        ] {
            assert!(is_sequence(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_counts_in_part_is_something_else_too() {
        assert!(!is_nothing_else(b"kX3vB7qL-abcdefghijkl") && !is_nothing_else(b"a1b2c3d4e5f6g7h8"));
        assert!(is_nothing_else(b"abcdef123456") && is_nothing_else(b"foofoofoo"));
    }

    #[test]
    fn a_few_steps_in_a_row_are_chance() {
        for value in [
            "kX3vB7qL",
            "ab1cd2ef",
            "AAAAAAAAAAAAAAAAAAAAAkX3vB7qLw2Zt9RmPcY5dQ",
            "kX3vB7qLw2Zt9RmPcY5dHs8Jf4Gn6Tu1QkX3vB7qLw2Zt9RmPcY5dHs8Jf4Gn6Tu1Q-abcdefghijkl",
        ] {
            assert!(!is_sequence(value.as_bytes()), "{value}");
        }
    }
}
