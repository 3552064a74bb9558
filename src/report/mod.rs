//! Floor 2: reports, functions over a finished outcome; one file per format.

pub mod catalog;
mod escape;
mod explain;
mod human;
mod join;
mod json;
#[cfg(test)]
mod sample;
mod view;

pub use explain::Explanation;

use std::io::{self, Write};

use crate::model::{Outcome, Severity};
use crate::report::view::View;

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people, in a terminal.
    #[default]
    Human,
    /// For programs: version 1 of the JSON contract.
    Json,
}

/// How a report is drawn, and what the scan was.
#[derive(Debug, Clone)]
pub struct Style {
    /// Colour codes for a terminal.
    pub color: bool,
    /// Show values instead of masks.
    pub show_secrets: bool,
    /// Say only what blocks, and the last line.
    pub quiet: bool,
    /// Name what was skipped, too.
    pub verbose: bool,
    /// Findings at or above this severity block.
    pub fail_on: Severity,
    /// `worktree`, `staged`, `stdin`, …
    pub mode: &'static str,
    /// What was scanned: the root as the user named it.
    pub root: String,
    /// The configuration file in force.
    pub config: Option<String>,
    /// How many rules were in force.
    pub rules: usize,
    /// How long the scan took; a report of the same input is the same bytes without it.
    pub elapsed: Option<std::time::Duration>,
}

/// Writes the outcome in a format.
///
/// # Errors
/// Those of the writer.
pub fn render(outcome: &Outcome, format: Format, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(outcome, style);
    match format {
        Format::Human => human::render(&view, out),
        Format::Json => json::render(&view, out),
    }
}
