//! What GitLab reads: its secret detection report, and its code quality report for who has no security dashboard.

pub(super) mod quality;
pub(super) mod secrets;
