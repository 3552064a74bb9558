//! A checklist with its answers: what holds, what does not, where one sees it and what to do.

use bstr::BString;

use crate::model::Secret;

/// The answers to a checklist.
#[derive(Clone, Default)]
pub struct Page {
    /// What was looked at, as the user named it.
    pub root: String,
    /// The answers, in the order of the list.
    pub checks: Vec<Check>,
    /// Every value that was met, so that no text shows one.
    pub secrets: Vec<Secret>,
}

/// The answer to one question.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its stable name, for scripts.
    pub id: &'static str,
    /// What it belongs to.
    pub group: &'static str,
    /// What should be true.
    pub title: &'static str,
    /// Whether it is.
    pub state: State,
    /// What was found, in a few words.
    pub says: String,
    /// Where one sees it.
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub remedy: Option<String>,
}

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// There is nothing here to which it applies, or nobody can tell from here.
    NotApplicable,
    /// It holds.
    Ok,
    /// It should be better.
    Warn,
    /// It does not.
    Fail,
}

impl State {
    /// Returns the word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "n-a",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// A place where one sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The file.
    pub path: BString,
    /// The line, 1-based, where there is one.
    pub line: Option<u32>,
    /// What is there.
    pub what: String,
}

impl Page {
    /// Returns the gravest state on the page.
    pub fn worst(&self) -> State {
        self.checks.iter().map(|check| check.state).max().unwrap_or(State::Ok)
    }

    /// Returns how many checks are in a state.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }
}
