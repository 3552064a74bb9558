//! Floor 1: what a rule says.
//! Rules are data: a TOML block with its own proof. Nothing here searches anything.

mod allow;
mod automaton;
mod builtin;
mod example;
mod family;
mod globs;
pub mod import;
mod index;
mod issuer;
mod keyword;
mod lint;
mod opening;
mod outline;
pub mod packed;
mod paths;
pub mod remedy;
mod sample;
mod set;
mod sketch;
mod spec;

pub use allow::Allow;
pub use automaton::{Automaton, Keyword};
pub use example::{Example, MarkError};
pub use family::Family;
pub use index::{Called, KeywordIndex, MARKS};
pub use issuer::Issuer;
pub use outline::{Outline, holds_behind};
pub use paths::{GlobError, PathTable, Paths, REGEX_MARK, Reach};
pub use set::{Held, RuleError, RuleSet, is_built_in};
pub use sketch::{Bytes, FARTHEST, Sketch, program};
pub use spec::{Assignment, Near, Rule};
