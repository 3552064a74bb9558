//! Why something is a finding or none: every candidate with the steps that judged it.
//! Values stay in types that do not show themselves, as in a finding.

use std::sync::Arc;

use bstr::BString;

use crate::model::{Confidence, Excerpt, Location, Place, RuleId, Secret, Severity};

/// What a rule proposed, and what became of it.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The rule that proposed it.
    pub rule: RuleId,
    /// What it would be, in a few words.
    pub title: Arc<str>,
    /// How much harm it would do.
    pub severity: Severity,
    /// Content, expression or file name.
    pub place: Place,
    /// Where it stands.
    pub location: Location,
    /// The value.
    pub secret: Secret,
    /// The text around it.
    pub excerpt: Excerpt,
    /// How it was found; may quote names from the text.
    pub found: String,
    /// What was asked of it, in order.
    pub steps: Vec<Step>,
    /// What was decided.
    pub ruling: Ruling,
}

/// One question that was asked of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was asked for, in a word.
    pub name: &'static str,
    /// True when the answer speaks for a secret, or against nothing.
    pub passed: bool,
    /// The answer, with its numbers.
    pub detail: String,
}

/// What was decided about a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// It is a finding.
    Reported(Confidence),
    /// It is not reported, and why.
    NotReported(String),
}

/// A keyword in the text, with the rules that look around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    /// The keyword as it is written there.
    pub word: BString,
    /// The rules that were tried for it.
    pub rules: Vec<RuleId>,
}
