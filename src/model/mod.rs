//! Floor 0: the words that every other room shares.
//! No input or output, no regular expression and no git: whatever stands here can be understood alone.

mod blob;
mod commit;
mod coverage;
mod day;
mod excerpt;
mod explained;
mod finding;
mod fingerprint;
mod outcome;
mod page;
mod places;
mod redact;
mod secret;
mod span;

pub use blob::{Blob, Kind, Nature, Origin, Scope};
pub use commit::{Date, Introduced, Occurrence};
pub use coverage::{Coverage, Failed, SkipReason, Skipped, Tally};
pub use day::Day;
pub use excerpt::{Excerpt, Masks};
pub use explained::{Explained, Keyword, Ruling, Step};
pub use finding::{Cell, Confidence, Finding, Place, RuleId, Severity};
pub use fingerprint::Fingerprint;
pub use outcome::{Lapsed, Outcome, Reason, Relaxed, Suppressed};
pub use page::{Check, Evidence, Page, State};
pub use places::{Copied, Places, Profile};
pub use redact::Redactor;
pub use secret::Secret;
pub use span::{Lines, Location};
