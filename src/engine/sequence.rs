//! Values that somebody counted or typed out rather than drew: `abcdef123456`, `foofoofoo`, `a1b2c3d4e5f6`.
//! Letters and digits decide alone, so that dashes and a prefix hide nothing.

/// Tells whether nearly all of the value counts up, counts down, or repeats a short piece: `abcdef123456`, `1234567890`,
/// `foofoofoo`, `a1b2c3d4e5f6`.
pub(super) fn is_sequence(value: &[u8]) -> bool {
    let mut plain = [0; 256];
    let mut len = 0;
    for byte in value
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .take(plain.len())
    {
        plain[len] = byte.to_ascii_lowercase();
        len += 1;
    }
    let plain = &plain[..len];
    let repeats =
        || (2..=8.min(len / 3)).any(|period| plain.windows(period + 1).all(|window| window[0] == window[period]));
    len >= 3 && (counts(plain) || repeats() || is_interleaved(plain))
}

/// Tells whether nearly all steps count, or so many in a row that chance is out of the question.
fn counts(plain: &[u8]) -> bool {
    const IN_A_ROW: usize = 14;
    let mut trivial = 0;
    let mut row = 0;
    for pair in plain.windows(2) {
        let counts = is_count(pair[0], pair[1]);
        trivial += usize::from(counts);
        row = if counts && pair[0] != pair[1] { row + 1 } else { 0 };
        if row >= IN_A_ROW {
            return true;
        }
    }
    trivial * 5 >= (plain.len() - 1) * 4
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
    let counting = plain
        .windows(3)
        .filter(|window| {
            let takes_turns = window[0].is_ascii_digit() != window[1].is_ascii_digit();
            takes_turns && window[0] != window[2] && is_count(window[0], window[2])
        })
        .count();
    counting >= 6 && counting * 4 >= (plain.len() - 2) * 3
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
        ] {
            assert!(is_sequence(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_few_steps_in_a_row_are_chance() {
        for value in ["kX3vB7qL", "ab1cd2ef", "AAAAAAAAAAAAAAAAAAAAAkX3vB7qLw2Zt9RmPcY5dQ"] {
            assert!(!is_sequence(value.as_bytes()), "{value}");
        }
    }
}
