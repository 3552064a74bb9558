//! A regular expression that is compiled when it is first asked: most scans ask a handful of hundreds.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// An ASCII expression, not yet compiled.
#[derive(Debug)]
pub(super) struct Lazy {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Lazy {
    /// Searches anywhere.
    pub(super) fn anywhere(pattern: &str) -> Self {
        Self {
            source: pattern.to_owned(),
            compiled: OnceLock::new(),
        }
    }

    /// Matches a value from its first byte to its last.
    pub(super) fn whole(pattern: &str) -> Self {
        Self::anywhere(&format!(r"\A(?:{pattern})\z"))
    }

    /// Compiles the expression now, to learn whether it can be.
    pub(super) fn check(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&self.source).unicode(false).build()
    }

    /// Tells whether it matches. One that cannot be compiled matches nothing; whoever reads rules checks them first.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        let compiled = self.compiled.get_or_init(|| self.check().ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_match_is_anchored_at_both_ends() {
        let lazy = Lazy::whole("ab|cd");
        assert!(lazy.is_match(b"cd") && !lazy.is_match(b"abc") && !lazy.is_match(b"xcd"));
    }
}
