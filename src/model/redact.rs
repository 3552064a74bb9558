//! The last net under every report: no text that leaves the program contains a value that was found.
//!
//! Excerpts are masked by span already. But a value can stand in other texts too: a file named after a token, a
//! commit message, an error that quotes its input, the next line. Every text that a report prints passes through here.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use bstr::{BStr, ByteSlice};

use crate::model::{Finding, Outcome, Place, Secret};

/// Replaces every known value in a text, as it is or encoded.
///
/// The values are a sorted list behind a small table of their first bytes: unlike an automaton that costs the same
/// memory as the values themselves, so a scan with a hundred thousand findings can still be printed.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Sorted, without doubles, each at least [`Redactor::SHORTEST`] long.
    values: Vec<Vec<u8>>,
    /// One bit for each hash of a value's first six bytes, a power of two of words; empty when there are no values.
    heads: Vec<u64>,
}

impl Redactor {
    /// Values shorter than this are masked by span only: `root` would turn every path into stars.
    pub const SHORTEST: usize = 6;

    /// A line of a value over several lines counts by itself from this length on.
    const SHORTEST_LINE: usize = 16;

    /// Learns the values of an outcome, of what was suppressed as well as of what was found.
    pub fn new(outcome: &Outcome) -> Self {
        Self::of(holders(outcome).map(|finding| &finding.secret))
    }

    /// Learns the given values but for plain words that stand in one of these paths, which are shown beside them.
    ///
    /// A database's password is often the name of the project, and so of its folders. Hiding it there would leave a
    /// report whose files nobody finds, and would tell a reader which word of a path is a password. Like a short value,
    /// such a word is masked by its span.
    pub fn beside<'a>(secrets: impl Iterator<Item = &'a Secret>, paths: impl Iterator<Item = &'a [u8]>) -> Self {
        const LONGEST: usize = 16;
        let words: HashSet<&[u8]> = paths
            .flat_map(|path| path.split(|byte| !byte.is_ascii_alphanumeric()))
            .filter(|word| word.len() <= LONGEST && word.iter().all(u8::is_ascii_lowercase))
            .collect();
        Self::of(secrets.filter(|secret| !words.contains(secret.expose().as_bytes())))
    }

    /// Learns the values of an outcome that no path may show.
    ///
    /// A value that is a mere word, as the password that is the project's own name, is left standing in a path unless
    /// it was found in one: without its path nobody finds the place, and a folder's name tells nothing of a password.
    pub fn of_paths(outcome: &Outcome) -> Self {
        let hides = |finding: &&Finding| finding.place == Place::Name || !is_word(finding.secret.expose());
        Self::of(holders(outcome).filter(hides).map(|finding| &finding.secret))
    }

    /// Learns the given values.
    pub fn of<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let mut values: Vec<Vec<u8>> = secrets.flat_map(|secret| forms(secret.expose())).collect();
        values.retain(|value| value.len() >= Self::SHORTEST);
        values.sort_unstable();
        values.dedup();
        // Some sixteen bits for a value: nearly every place in a text is told apart by one look at the table.
        let mut heads = vec![
            0;
            if values.is_empty() {
                0
            } else {
                (values.len() / 4 + 16).next_power_of_two()
            }
        ];
        for value in &values {
            let (word, bit) = slot(value, heads.len());
            heads[word] |= bit;
        }
        Self { values, heads }
    }

    /// Redacts nothing: for `--show-secrets`.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns `text` with every known value replaced by its redacted form, as UTF-8 (invalid bytes as `\xNN`).
    pub fn text(&self, text: &[u8]) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut last = 0;
        for found in self.find(text) {
            push_readable(&mut shown, &text[last..found.start]);
            shown.push_str(&Secret::new(&text[found.clone()]).to_string());
            last = found.end;
        }
        push_readable(&mut shown, &text[last..]);
        shown
    }

    /// Replaces every known value in `text` by stars of the same width.
    pub fn mask(&self, text: &mut [u8]) {
        for found in self.find(text) {
            text[found].fill(b'*');
        }
    }

    /// Returns where known values stand: leftmost first, the longest of those that begin together.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while !self.heads.is_empty() && at + Self::SHORTEST <= text.len() {
            match self.longest_prefix(&text[at..]) {
                Some(len) => {
                    found.push(at..at + len);
                    at += len;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Returns the length of the longest value with which `text` begins.
    fn longest_prefix(&self, text: &[u8]) -> Option<usize> {
        let (word, bit) = slot(text, self.heads.len());
        if self.heads[word] & bit == 0 {
            return None;
        }
        // The greatest value up to `bound` either begins it, or shares with it whatever a shorter one could share.
        let mut bound = text;
        while bound.len() >= Self::SHORTEST {
            let at = self.values.partition_point(|value| value.as_slice() <= bound);
            let value = self.values.get(at.checked_sub(1)?)?;
            let common = value.iter().zip(bound).take_while(|(a, b)| a == b).count();
            if common == value.len() {
                return Some(common);
            }
            bound = &bound[..common];
        }
        None
    }
}

/// Returns the findings that hold a secret, those that were suppressed, too.
fn holders(outcome: &Outcome) -> impl Iterator<Item = &Finding> {
    let suppressed = outcome.suppressed.iter().map(|held| &held.finding);
    let findings = outcome.findings.iter().chain(suppressed);
    findings.filter(|finding| finding.place.holds_secret())
}

/// Tells whether a value reads like the name of a folder: lower-case letters, in one word or several.
fn is_word(value: &BStr) -> bool {
    value
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || b"-_.".contains(byte))
}

/// Returns the place of a text's first bytes in a table of `words` (a power of two): the word and the bit in it.
fn slot(text: &[u8], words: usize) -> (usize, u64) {
    let head = text.iter().take(Redactor::SHORTEST);
    let number = head.fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    let hash = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}

/// Returns a value in the forms in which it may stand in a text: as it is, line by line, escaped, encoded.
fn forms(value: &BStr) -> Vec<Vec<u8>> {
    // A line of a file, or a message, stops before the blanks at a value's end.
    let trimmed = value.trim_ascii();
    let mut forms = vec![value.to_vec(), trimmed.to_vec()];
    if trimmed.contains(&b'\n') {
        // The fence lines of a private key are the same in every key.
        let is_own = |line: &&[u8]| line.len() >= Redactor::SHORTEST_LINE && !line.starts_with(b"-----");
        let lines = value.lines().map(<[u8]>::trim_ascii).filter(is_own);
        forms.extend(lines.map(<[u8]>::to_vec));
    }
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    if !value.iter().all(is_plain) {
        forms.push(percent(value, is_plain));
        let text = value.to_str_lossy();
        let json = serde_json::Value::from(text.as_ref()).to_string();
        let quoted = [format!("{value:?}"), format!("{text:?}"), json];
        forms.extend(quoted.map(|quoted| quoted.as_bytes()[1..quoted.len() - 1].to_vec()));
    }
    forms.push(base64(value, b'+', b'/'));
    forms.push(base64(value, b'-', b'_'));
    forms
}

fn percent(value: &[u8], is_plain: impl Fn(&u8) -> bool) -> Vec<u8> {
    let mut form = Vec::with_capacity(value.len() * 3);
    for byte in value {
        if is_plain(byte) {
            form.push(*byte);
        } else {
            form.extend(format!("%{byte:02X}").into_bytes());
        }
    }
    form
}

/// Encodes the whole groups of three bytes, which read the same with padding and without.
fn base64(value: &[u8], sixty_two: u8, sixty_three: u8) -> Vec<u8> {
    let digit = |bits: usize| match bits & 63 {
        62 => sixty_two,
        63 => sixty_three,
        bits => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[bits],
    };
    let groups = value.chunks_exact(3);
    let bits = groups.map(|group| usize::from(group[0]) << 16 | usize::from(group[1]) << 8 | usize::from(group[2]));
    bits.flat_map(|bits| [digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)])
        .collect()
}

/// Appends bytes as a string in which an invalid byte reads `\xNN`.
fn push_readable(shown: &mut String, text: &[u8]) {
    for chunk in text.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02X}"));
        }
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} forms of values)", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(values: &[&str]) -> Redactor {
        let secrets: Vec<Secret> = values.iter().map(|&value| Secret::new(value)).collect();
        Redactor::of(secrets.iter())
    }

    #[test]
    fn a_value_in_a_path_is_redacted() {
        let redactor = redactor(&["tok_0123456789abcdef"]);
        assert_eq!(redactor.text(b"dir/tok_0123456789abcdef.txt"), "dir/to…(20).txt");
        assert_eq!(redactor.text(b"dir/tok_0123456789abcde"), "dir/tok_0123456789abcde");
    }

    #[test]
    fn a_plain_word_that_is_the_name_of_a_folder_is_shown_in_paths() {
        let secrets = ["otterlake", "otterlake9", "kqzvbn7mhj"].map(Secret::new);
        let paths = ["otterlake/settings.py", "a/otterlake9.txt", "kqzvbn7mhj/x"];
        let redactor = Redactor::beside(secrets.iter(), paths.iter().map(|path| path.as_bytes()));
        let shown = paths.map(|path| redactor.text(path.as_bytes()));
        assert_eq!(shown, ["otterlake/settings.py", "a/…(10).txt", "…(10)/x"]);
    }

    #[test]
    fn the_longest_of_several_values_is_taken() {
        let redactor = redactor(&["abcdef", "abcdefghij", "abcdefgzzz", "efghijkl"]);
        assert_eq!(redactor.text(b"-abcdefghijkl-"), "-…(10)kl-");
        assert_eq!(redactor.text(b"-abcdefgh-"), "-…(6)gh-");
        assert_eq!(redactor.text(b"abcdefefghijkl"), "…(6)…(8)");
    }

    #[test]
    fn a_mask_keeps_the_width() {
        let mut line = *b"# was hunter22 before";
        redactor(&["hunter22"]).mask(&mut line);
        assert_eq!(&line, b"# was ******** before");
    }

    #[test]
    fn encoded_forms_of_a_value_are_redacted() {
        let value = "p\"a\\ss w\u{f6}rd\n4";
        let redactor = redactor(&[value]);
        let texts = [
            serde_json::to_string(value).unwrap(),
            format!("{value:?}"),
            format!("{:?}", BStr::new(value)),
            "p%22a%5Css%20w%C3%B6rd%0A4".to_owned(),
            "cCJhXHNzIHfDtnJkCjQ=".to_owned(),
        ];
        for text in texts {
            let shown = redactor.text(text.as_bytes());
            assert!(shown.contains('…') && !shown.contains("ss"), "{shown}");
        }
    }

    #[test]
    fn a_line_of_a_key_is_redacted_by_itself_but_not_its_fence() {
        let redactor = redactor(&["-----BEGIN KEY-----\nMIIBOgIBAAJBAKj34GkxFhD9\n-----END KEY-----\n"]);
        assert_eq!(redactor.text(b"at MIIBOgIBAAJBAKj34GkxFhD9."), "at MII…(24).");
        assert_eq!(redactor.text(b"-----BEGIN KEY-----"), "-----BEGIN KEY-----");
    }

    #[test]
    fn short_values_and_no_values_change_nothing() {
        assert_eq!(redactor(&["root"]).text(b"/root/x"), "/root/x");
        assert_eq!(Redactor::none().text(b"anything"), "anything");
    }

    #[test]
    fn bytes_that_are_no_utf8_stay_readable() {
        assert_eq!(Redactor::none().text(b"a\xffb"), "a\\xFFb");
    }

    #[test]
    fn debug_shows_no_value() {
        assert!(!format!("{:?}", redactor(&["hunter22"])).contains("hunter22"));
    }
}
