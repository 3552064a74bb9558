//! Floor 1: the only room that knows git.

mod error;
mod plumbing;

pub use error::GitError;
pub use plumbing::Git;
