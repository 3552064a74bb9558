//! The whole answer of one scan, finished and sorted; reports are functions of it.

use std::fmt;
use std::sync::Arc;

use bstr::BString;

use crate::model::{Coverage, Day, Finding, Redactor};

/// Findings, what was held back and why, and what was read.
#[derive(Clone, Default)]
pub struct Outcome {
    /// What stood, sorted by path, line, column and rule.
    pub findings: Vec<Finding>,
    /// What would have stood but for somebody's decision, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// What in the examined change makes the guard look less closely.
    pub relaxed: Vec<Relaxed>,
    /// Comments that would have held a finding back and count no longer.
    pub lapsed: Vec<Lapsed>,
    /// What was read.
    pub coverage: Coverage,
}

/// A comment that counts no longer, or not at all: its day is over, or nobody can tell which day it means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapsed {
    /// The file.
    pub path: BString,
    /// The line of the finding.
    pub line: u32,
    /// The day that it says; `None` where what it says is no day.
    pub until: Option<Day>,
}

/// Something in a change that makes the guard look less closely.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relaxed {
    /// The file.
    pub path: BString,
    /// The line of the new file; `None` where what counts is that something is gone.
    pub line: Option<u32>,
    /// What the change does, as the end of a sentence that begins with "it".
    pub what: String,
}

/// A finding that somebody decided not to hear of.
#[derive(Debug, Clone)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Whose decision it was.
    pub reason: Reason,
}

/// Whose decision suppressed a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// An entry of the baseline.
    Baseline,
    /// An `[[allow]]` entry of the configuration: its number there (from 0), and its reason.
    Allow(usize, Arc<str>),
    /// A comment in the file, with the reason it gives (possibly empty).
    Comment(Arc<str>),
    /// An option of the push that brought it, with the reason it gives.
    PushOption(Arc<str>),
}

impl Outcome {
    /// Puts everything into its fixed order, so that the same input gives the same bytes out.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        self.suppressed
            .sort_by(|a, b| a.finding.sort_key().cmp(&b.finding.sort_key()));
        self.relaxed.sort();
        self.relaxed.dedup();
        self.lapsed.sort();
        self.lapsed.dedup();
        self.coverage.skipped.sort();
        self.coverage.failed.sort();
    }
}

/// Everything, through the last net: a path or an error can hold a value that was found elsewhere.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            findings,
            suppressed,
            relaxed,
            lapsed,
            coverage,
        } = self;
        let all = format!(
            "Outcome {{ findings: {findings:?}, suppressed: {suppressed:?}, relaxed: {relaxed:?}, lapsed: {lapsed:?}, \
             coverage: {coverage:?} }}"
        );
        f.write_str(&Redactor::new(self).text(all.as_bytes()))
    }
}
