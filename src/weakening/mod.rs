//! Floor 5: what in a change makes the guard look less closely.
//!
//! An exception may be right, and then a person agrees to it; it must only never come in unseen, in the same change as
//! what it covers. Files are compared by what they mean where that can be told, and by their lines where not.

mod comments;
mod policy;

pub use comments::Watch;
pub use policy::between;

use crate::model::{
    Confidence, Excerpt, Finding, Fingerprint, Location, Origin, Outcome, Place, Relaxed, RuleId, Secret, Severity,
};

/// The rule under which a strict gate reports what relaxes it.
pub const RULE: &str = "relaxed-guard";

/// Turns everything that relaxes the guard into findings, for a gate that wants nobody to do so.
pub fn make_strict(outcome: &mut Outcome) {
    let relaxed = std::mem::take(&mut outcome.relaxed);
    outcome.findings.extend(relaxed.iter().map(finding));
    outcome.sort();
}

fn finding(relaxed: &Relaxed) -> Finding {
    let line = relaxed.line.unwrap_or(1);
    let path = relaxed.path.as_ref();
    let place = relaxed.line.map(|line| format!(" (line {line})")).unwrap_or_default();
    Finding {
        rule: RuleId::new(RULE),
        title: format!("This change relaxes the guard: it {}{place}", relaxed.what).into(),
        severity: Severity::High,
        confidence: Confidence::Certain,
        path: relaxed.path.clone(),
        location: Location {
            line,
            column: 1,
            end_line: line,
            end_column: 1,
        },
        // There is no value in it, so nothing to excerpt.
        place: Place::Path,
        fingerprint: Fingerprint::new(RULE, path, relaxed.what.as_bytes(), false),
        secret: Secret::new(""),
        excerpt: Excerpt::default(),
        origin: Origin::Index,
        commit: None,
        origins: Vec::new(),
        whole: None,
        cell: None,
        remedy: Some("Let somebody who answers for the guard bring this in by itself.".into()),
    }
}
