//! The rule set as a report: what there is to be found, and what one rule says.
//!
//! Own rules come with a repository, so their texts pass the same escapes as any other text of a stranger. Examples are
//! shown as they are written, with their break marks: no token ever stands in the output whole.

mod list;
mod markdown;
mod show;

pub use list::{as_json, as_table};
pub use markdown::as_markdown;
pub use show::show;

use crate::rules::Rule;

/// Returns the word for how a rule searches.
pub fn kind(rule: &Rule) -> &'static str {
    match rule {
        _ if rule.is_file_name_rule() => "file name",
        _ if rule.issuer.is_some() => "issuer",
        _ if rule.pattern.is_some() => "pattern",
        _ => "assignment",
    }
}
