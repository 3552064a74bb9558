//! Why a command has no answer, in one place: the sentence, the hint and the exit code.

use std::io;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::git::GitError;
use crate::rules::RuleError;
use crate::source::SourceError;

/// What `main` returns to the shell; a contract that scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Everything asked for was read and nothing that blocks was found.
    Clean,
    /// Findings that block; they win over everything else.
    Findings,
    /// No complete answer.
    Incomplete,
    /// No keyfence guard is in force; only `status` says this.
    Unguarded,
    /// A rule is broken; only `rules` says this.
    BrokenRule,
    /// Clean, but the hook that was there before keyfence refused, with this code.
    Refused(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::from(0),
            Exit::Findings => Self::from(1),
            Exit::Incomplete => Self::from(2),
            Exit::Unguarded | Exit::BrokenRule => Self::from(1),
            Exit::Refused(code) => Self::from(code),
        }
    }
}

/// Why there is no answer: always exit code 2, one sentence and one hint.
#[derive(Debug)]
pub(super) struct Failure {
    /// What happened.
    pub(super) what: String,
    /// What to do about it.
    pub(super) hint: String,
}

impl Failure {
    /// Makes a failure from a sentence and a hint.
    pub(super) fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::new(error.what, error.hint)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(error.what, error.hint)
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let hint = error.hint();
        Self::new(error.to_string(), hint)
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        Self::new(error.to_string(), "mend the rule; `keyfence rules test` proves it.")
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(
            format!("The report could not be written: {error}."),
            "look at the disk and at where the output goes.",
        )
    }
}
