//! A span that a detector proposes, and what the sieve says of it.

use std::ops::Range;

use crate::engine::explain::Trail;
use crate::model::{Confidence, Place};

/// A proposed secret.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// The rule's number in the engine.
    pub(super) rule: usize,
    /// Where the value stands in the blob; empty for a file name.
    pub(super) span: Range<usize>,
    /// Content or file name.
    pub(super) place: Place,
    /// The value where it stands encoded in the blob.
    pub(super) decoded: Option<Box<[u8]>>,
    /// What was decided.
    pub(super) verdict: Verdict,
    /// How it came to that, where somebody wants to know.
    pub(super) trail: Option<Box<Trail>>,
}

/// What was decided about a candidate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It is a secret.
    Keep(Confidence),
    /// It is none, or it is not to be reported.
    Drop(Dropped),
}

/// Why a candidate was dropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Dropped {
    /// Its checksum is wrong, or it is a placeholder or a published sample: nothing else may claim these bytes.
    NoSecret(&'static str),
    /// It does not look enough like a secret.
    Unlikely(&'static str),
    /// Fewer bits of entropy a character than the rule asks.
    LowEntropy(f32),
    /// Less certain than what is to be reported.
    LowConfidence(Confidence),
    /// Another rule says it better.
    Overlapped,
}

impl Verdict {
    /// Tells whether it says something of these bytes: a secret, or certainly none.
    pub(super) fn speaks(&self) -> bool {
        matches!(self, Self::Keep(_) | Self::Drop(Dropped::NoSecret(_)))
    }
}

impl Candidate {
    /// Returns how certain a kept candidate is.
    pub(super) fn confidence(&self) -> Option<Confidence> {
        match self.verdict {
            Verdict::Keep(confidence) => Some(confidence),
            Verdict::Drop(_) => None,
        }
    }

    /// Tells whether the candidate was shown to be no secret at all.
    pub(super) fn is_refuted(&self) -> bool {
        matches!(self.verdict, Verdict::Drop(Dropped::NoSecret(_)))
    }
}
