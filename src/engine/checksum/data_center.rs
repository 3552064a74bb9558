//! A personal access token of Jira or Confluence Data Center is a number, a colon and twenty random bytes, in base64.

use crate::engine::checksum::Proof;
use crate::engine::radix;

/// Twelve digits, `:`, twenty bytes.
pub(super) fn token(value: &[u8]) -> Proof {
    let bytes = radix::base64(value).unwrap_or_default();
    match bytes.split_at_checked(12) {
        Some((number, [b':', rest @ ..])) if rest.len() == 20 && number.iter().all(u8::is_ascii_digit) => Proof::Proven,
        _ => Proof::Disproven("it holds no number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_its_number() {
        // "739284650128:" + twenty letters.
        let proof = |value: &str| token(value.replace('·', "").as_bytes());
        assert_eq!(proof("NzM5Mjg0NjUw·MTI4OmtYM3ZCN3FMdzJadDlSbVBjWTVk"), Proof::Proven);
        let altered = proof("NzM5Mjg0NjUw·MWFiOmtYM3ZCN3FMdzJadDlSbVBjWTVk");
        assert!(matches!(altered, Proof::Disproven(_)));
    }
}
