//! One line of a baseline: what was accepted, by whom it was found, and what somebody thought of it.

use std::str::FromStr;

use crate::model::Finding;

/// An accepted finding, but for the fingerprint that it is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file, as it is shown: masked where a value stands in it, and never read back.
    pub path: String,
    /// The rule, for people.
    pub rule: String,
    /// What somebody decided.
    pub verdict: Verdict,
    /// Why, in a few words.
    pub reason: String,
    /// The line on which it was read, 0 for one that was not.
    pub line: u32,
}

/// What somebody decided about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It is a secret that must be dealt with: known, and reported until it is gone.
    True,
    /// Undecided; held back for now.
    Later,
    /// No secret, or none any more.
    False,
    /// Nobody has looked yet; it was there when the baseline was made.
    Open,
}

/// What a baseline was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// The files as they are.
    #[default]
    Files,
    /// Everything that the history holds.
    History,
}

impl Entry {
    /// Makes an entry that nobody has judged yet.
    pub(super) fn new(finding: &Finding, path: &str) -> Self {
        Self {
            path: plain(path),
            rule: plain(finding.rule.as_str()),
            verdict: Verdict::Open,
            reason: String::new(),
            line: 0,
        }
    }

    /// Tells whether the finding is held back.
    pub fn is_accepted(&self) -> bool {
        self.verdict != Verdict::True
    }
}

impl Verdict {
    /// Returns the word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::Later => "later",
            Self::False => "false",
            Self::Open => "open",
        }
    }
}

impl FromStr for Verdict {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let all = [Self::True, Self::Later, Self::False, Self::Open];
        all.into_iter().find(|verdict| verdict.as_str() == word).ok_or(())
    }
}

impl Scope {
    /// Returns the word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::History => "history",
        }
    }
}

/// Makes a text one field of one line, in which nothing acts on a terminal; a field is for people and never read back.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.trim().chars() {
        match char {
            '"' | '\'' => plain.push(char),
            _ => plain.extend(char.escape_debug()),
        }
    }
    match plain.strip_prefix('#') {
        // The line would be a comment.
        Some(rest) => format!("\\x23{rest}"),
        None => plain,
    }
}
