//! keyfence stops secrets before git carries them away.
//!
//! One direction, from bytes to an answer:
//!
//! ```text
//! source ──► blob ──► detector ──► candidate ──► sieve ──► finding ──► outcome ──► report
//! worktree            prefilter, pattern,        checksum,             sorted,     human,
//! staged              path, assignment           randomness,           counted     json
//! stdin                                          placeholder, allow
//! ```
//!
//! The library never prints, never exits and never reads the environment; only [`cli`] does.

pub mod atomic;
pub mod audit;
pub mod baseline;
pub mod config;
pub mod engine;
pub mod envfile;
#[cfg(feature = "fix")]
pub mod fix;
pub mod git;
pub mod hook;
pub mod lookup;
pub mod model;
pub mod report;
pub mod rules;
pub mod scan;
pub mod source;
pub mod survey;
pub mod template;
pub mod weakening;

#[cfg(feature = "cli")]
pub mod cli;

pub use engine::{Engine, EngineSettings};
pub use model::{Blob, Finding, Outcome, Secret};
pub use report::{Format, render};
pub use rules::RuleSet;
pub use scan::scan;
pub use source::Source;
