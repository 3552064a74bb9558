//! Where in a text a closer look is due, and what one text has from another.
//!
//! Both are plain positions. The engine finds the places, a source keeps them beside a text for as long as other texts
//! are made of it; neither room need know the other for that.

use std::ops::Range;

/// The places of a text at which something may be found; at all others nothing is, whoever looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Keywords by their end and their number, ascending.
    pub keywords: Vec<(u32, u32)>,
    /// Words by which some rules tell that a keyword before them counts, likewise; nothing is found at them for that.
    pub words: Vec<(u32, u32)>,
    /// Rows of digits that may hold an encoded text, ascending.
    pub rows: Vec<Range<u32>>,
    /// Quotes and backslashes at which a string in pieces may begin, ascending.
    pub starts: Vec<u32>,
    /// True when a rule asks for all of it: then more is looked at than the places.
    pub is_whole: bool,
    /// The length of the text.
    pub len: usize,
}

impl Places {
    /// Tells whether there is nothing to look at.
    pub fn is_empty(&self) -> bool {
        self.keywords.is_empty() && self.rows.is_empty() && self.starts.is_empty() && !self.is_whole
    }
}

/// What one text has from another: `len` bytes that stand at `from` there and at `to` here. What lies between is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Where it stands in the base.
    pub from: usize,
    /// Where it stands in the result.
    pub to: usize,
    /// How long it is.
    pub len: usize,
}

/// How a file is read for its name's sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// The same number for two names under which the same content reads alike.
    pub number: u64,
    /// True when a rule judges the name itself, or all that the file holds: such a file is read whatever its places.
    pub is_whole: bool,
}
