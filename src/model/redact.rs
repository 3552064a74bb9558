//! The last net under every report: no text that leaves the program contains a value that was found.
//!
//! Excerpts are masked by span already. But a value can stand in other texts too: a file named after a token, a
//! commit message, an error that quotes its input. Every text that a report prints passes through here.

use aho_corasick::{AhoCorasick, MatchKind};
use bstr::ByteSlice;

use crate::model::{Outcome, Place, Secret};

/// Replaces every known value in a text by its redacted form.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    net: Option<AhoCorasick>,
}

impl Redactor {
    /// Values shorter than this are masked by span only: `root` would turn every path into stars.
    pub const SHORTEST: usize = 6;

    /// Learns the values of an outcome, of what was suppressed as well as of what was found.
    pub fn new(outcome: &Outcome) -> Self {
        let suppressed = outcome.suppressed.iter().map(|held| &held.finding);
        let findings = outcome.findings.iter().chain(suppressed);
        Self::of(
            findings
                .filter(|finding| finding.place == Place::Content)
                .map(|finding| &finding.secret),
        )
    }

    /// Learns the given values.
    pub fn of<'a>(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let mut values: Vec<&[u8]> = secrets
            .map(|secret| secret.expose().as_bytes())
            .filter(|value| value.len() >= Self::SHORTEST)
            .collect();
        values.sort_unstable();
        values.dedup();
        let build = || {
            AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .build(&values)
                .ok()
        };
        Self {
            net: if values.is_empty() { None } else { build() },
        }
    }

    /// Redacts nothing: for `--show-secrets`.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns `text` with every known value replaced, as UTF-8 (invalid bytes as `\xNN`).
    pub fn text(&self, text: &[u8]) -> String {
        let Some(net) = &self.net else {
            return readable(text);
        };
        let mut shown = String::with_capacity(text.len());
        let mut last = 0;
        for found in net.find_iter(text) {
            shown.push_str(&readable(&text[last..found.start()]));
            shown.push_str(&Secret::new(&text[found.range()]).to_string());
            last = found.end();
        }
        shown.push_str(&readable(&text[last..]));
        shown
    }
}

/// Turns bytes into a string in which an invalid byte reads `\xNN`.
fn readable(text: &[u8]) -> String {
    let mut shown = String::with_capacity(text.len());
    for chunk in text.utf8_chunks() {
        shown.push_str(chunk.valid());
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02X}"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_path_is_redacted() {
        let secret = Secret::new("tok_0123456789abcdef");
        let redactor = Redactor::of([&secret].into_iter());
        assert_eq!(redactor.text(b"dir/tok_0123456789abcdef.txt"), "dir/to…(20).txt");
    }

    #[test]
    fn bytes_that_are_no_utf8_stay_readable() {
        assert_eq!(Redactor::none().text(b"a\xffb"), "a\\xFFb");
    }
}
