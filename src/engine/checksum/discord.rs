//! A Discord bot's token begins with the base64 of the bot's number.

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// `base64(number).time.signature`, where the number has 17 to 20 digits.
pub(super) fn bot(token: &[u8]) -> Proof {
    let head = token.split(|&byte| byte == b'.').next().unwrap_or_default();
    let number = radix::base64(head).unwrap_or_default();
    if matches!(number.len(), 17..=20) && number.iter().all(u8::is_ascii_digit) {
        Proof::Proven
    } else {
        Proof::Doubtful("it names no bot")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_is_a_number() {
        // The base64 of "739284650128374651".
        assert_eq!(bot(b"NzM5Mjg0NjUwMTI4Mzc0NjUx.Gxyz12.rest"), Proof::Proven);
        assert!(matches!(bot(b"NzM5Mjg0NjUwMTI4YWJj.Gxyz12.rest"), Proof::Doubtful(_)));
    }
}
