//! A JFrog reference token is text in base64 that names its date.

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// The base64 of `reftkn:01:` + ten digits + `:` + the token proper.
pub(super) fn reference(value: &[u8]) -> Proof {
    let plain = radix::base64(value).unwrap_or_default();
    let date = plain.strip_prefix(b"reftkn:").and_then(|rest| rest.get(3..13));
    match date {
        Some(date) if date.iter().all(u8::is_ascii_digit) => Proof::Proven,
        _ => Proof::Doubtful("it names no date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_token_names_its_date() {
        // "reftkn:01:1767225600:" + six letters.
        assert_eq!(reference(b"cmVmdGtuOjAxOjE3NjcyMjU2MDA6YWJjZGVm"), Proof::Proven);
        assert!(matches!(
            reference(b"cmVmdGtuOjAxOmFiY2RlZmdoaWo6YWJjZGVm"),
            Proof::Doubtful(_)
        ));
    }
}
