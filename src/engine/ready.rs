//! Rules made ready to search.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::assignment;
use crate::engine::checksum::{self, Proof};
use crate::engine::lazy::Lazy;
use crate::engine::pattern::Pattern;
use crate::model::{Confidence, RuleId, Severity};
use crate::rules::{Assignment, Rule, RuleError};

/// A rule as the engine holds it.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) id: RuleId,
    pub(super) title: Arc<str>,
    pub(super) severity: Severity,
    pub(super) confidence: Confidence,
    pub(super) remedy: Option<Arc<str>>,
    pub(super) way: Way,
    /// How the value that a pattern finds is judged by its name.
    pub(super) judged: Option<Assignment>,
    /// True when the rule reads every pair of a file rather than those around a keyword.
    pub(super) reads_whole_file: bool,
    /// True when only the nearness of its issuer's name tells what it finds from anything else.
    pub(super) is_issued: bool,
    /// True when its pattern is tried on whole texts.
    pub(super) is_anywhere: bool,
    /// True when what it finds is an expression that may be shown.
    pub(super) is_expression: bool,
    /// True when the rule's globs say where its pattern or assignment applies.
    pub(super) is_bound_to_paths: bool,
    pub(super) entropy: Option<f32>,
    pub(super) min_length: usize,
    pub(super) proof: Option<fn(&[u8]) -> Proof>,
    pub(super) near: Option<Near>,
    pub(super) exceptions: Vec<Exception>,
    /// True when a person may have chosen what it finds.
    pub(super) is_chosen: bool,
}

/// How a rule searches.
#[derive(Debug)]
pub(super) enum Way {
    /// By a regular expression around a keyword.
    Pattern(Box<Pattern>),
    /// By reading names and their values.
    Assignment(Assignment),
    /// By the file's name.
    FileName,
}

/// A companion that must stand close by.
#[derive(Debug)]
pub(super) struct Near {
    pub(super) pattern: Lazy,
    pub(super) lines: u32,
}

/// A rule's own exception: the whole value, given or matched, and the line on which it stands.
#[derive(Debug)]
pub(super) struct Exception {
    pub(super) values: Vec<String>,
    pub(super) patterns: Vec<Lazy>,
    pub(super) line: Option<Lazy>,
}

impl Ready {
    /// Tells whether the rule knows an issuer's own shape, rather than a name and what looks like a secret.
    pub(super) fn is_shape(&self) -> bool {
        matches!(self.way, Way::Pattern(_)) && self.judged.is_none()
    }

    pub(super) fn new(rule: &Rule) -> Self {
        let near = rule.near.as_ref().map(|near| Near {
            pattern: Lazy::anywhere(&near.pattern),
            lines: near.lines,
        });
        let exceptions = rule.allow.iter().map(|allow| Exception {
            values: allow.secrets.clone(),
            patterns: allow.expressions().map(Lazy::whole).collect(),
            line: allow.line.as_deref().map(Lazy::anywhere),
        });
        let way = match (&rule.pattern, rule.assignment) {
            (Some(pattern), _) => Way::Pattern(Box::new(Pattern::new(rule, pattern))),
            (None, Some(want)) => Way::Assignment(want),
            (None, None) => Way::FileName,
        };
        Self {
            id: RuleId::new(&rule.id),
            title: rule.description.as_str().into(),
            severity: rule.severity,
            confidence: rule.base_confidence(),
            remedy: rule.remedy.as_deref().map(Into::into),
            judged: rule.pattern.as_ref().and(rule.assignment),
            reads_whole_file: matches!(way, Way::Assignment(_)) && rule.keywords.is_empty(),
            is_issued: rule.issuer.is_some(),
            is_anywhere: rule.anywhere,
            is_expression: rule.expression,
            is_bound_to_paths: !rule.paths.is_empty() && !matches!(way, Way::FileName),
            way,
            entropy: rule.entropy,
            min_length: rule.min_length.unwrap_or(0),
            proof: rule.checksum.as_deref().and_then(checksum::by_name),
            near,
            exceptions: exceptions.collect(),
            is_chosen: rule.finds_chosen_values(),
        }
    }

    /// Tells by no more than `before` bytes before a keyword and `behind` from its start on whether the rule may find
    /// something there; where these do not suffice, it may.
    pub(super) fn may_match_within(&self, text: &[u8], keyword: &Range<usize>, before: usize, behind: usize) -> bool {
        match &self.way {
            Way::Pattern(pattern) if !self.is_anywhere => pattern.may_match_within(text, keyword, before, behind),
            _ => true,
        }
    }

    /// Returns how many bytes before and after its keyword a finding of the rule may reach.
    pub(super) fn reach(&self) -> (usize, usize) {
        match &self.way {
            Way::Pattern(pattern) => pattern.reach(),
            Way::Assignment(_) => (assignment::REACH, assignment::REACH),
            Way::FileName => (0, 0),
        }
    }

    /// Compiles every expression of the rule now.
    pub(super) fn check(&self) -> Result<(), RuleError> {
        if let Way::Pattern(pattern) = &self.way {
            pattern.check()?;
        }
        let exceptions = self
            .exceptions
            .iter()
            .flat_map(|exception| exception.patterns.iter().chain(&exception.line));
        let near = self.near.iter().map(|near| &near.pattern);
        near.chain(exceptions).try_for_each(|lazy| {
            lazy.check().map(drop).map_err(|error| RuleError::Pattern {
                id: self.id.to_string(),
                message: error.to_string(),
            })
        })
    }
}
