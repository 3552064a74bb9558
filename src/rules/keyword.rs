//! Keywords that stand for many: what a token of base64 begins with when it holds a number.

/// Three decimal digits in base64: the head of a token that begins with an account's number.
const DIGITS: &str = "<three digits in base64>";
/// What two such heads are in lower case: words of every program.
const WORDS: [&str; 2] = ["NDEx", "NTAx"];

/// Writes out the keywords that stand for many.
pub(super) fn spelt(keywords: &[String]) -> Vec<String> {
    let mut all = Vec::with_capacity(keywords.len());
    for keyword in keywords {
        match keyword.as_str() {
            DIGITS => all.extend(heads()),
            _ => all.push(keyword.clone()),
        }
    }
    all
}

/// Returns the base64 of 100 to 999, but for those that are words.
fn heads() -> impl Iterator<Item = String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: usize| char::from(ALPHABET[bits & 63]);
    let head = move |number: u32| -> String {
        let bits = number
            .to_string()
            .bytes()
            .fold(0, |bits, byte| bits << 8 | usize::from(byte));
        (0..4).rev().map(|at| digit(bits >> (6 * at))).collect()
    };
    (100..1000).map(head).filter(|head| !WORDS.contains(&head.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_by_its_first_digits() {
        let heads = spelt(&[DIGITS.to_owned(), "acme".to_owned()]);
        assert_eq!((heads.len(), heads[0].as_str()), (899, "MTAw"));
        assert!(heads.contains(&"OTk5".to_owned()) && heads.contains(&"acme".to_owned()));
    }
}
