//! Floor 1: what a rule says.
//! Rules are data: a TOML block with its own proof. Nothing here searches anything.

mod allow;
mod builtin;
mod example;
mod family;
mod globs;
pub mod import;
mod issuer;
mod keyword;
mod lint;
mod outline;
mod paths;
pub mod remedy;
mod sample;
mod set;
mod spec;

pub use allow::Allow;
pub use example::{Example, MarkError};
pub use family::Family;
pub use issuer::Issuer;
pub use outline::Outline;
pub use paths::{GlobError, PathTable, Paths, REGEX_MARK, Reach};
pub use set::{RuleError, RuleSet};
pub use spec::{Assignment, Near, Rule};
