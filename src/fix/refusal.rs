//! Why something is left where it is, and what to do by hand.

/// Why a literal stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as the end of a sentence that begins with "left alone, for".
    pub what: String,
    /// What to do by hand.
    pub instead: String,
}

impl Refusal {
    /// Makes one from both halves.
    pub fn new(what: impl Into<String>, instead: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            instead: instead.into(),
        }
    }
}
