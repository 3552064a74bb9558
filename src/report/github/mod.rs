//! What GitHub Actions reads: annotations in the log, and the summary of the job.

pub(super) mod annotations;
pub(super) mod summary;
