//! Floor 2: reports, functions over a finished outcome; one file per format.

pub mod catalog;
mod csv;
pub mod escape;
mod explain;
mod github;
mod gitlab;
mod html;
mod human;
mod join;
mod json;
mod jsonl;
mod junit;
pub mod page;
#[cfg(test)]
mod sample;
mod sarif;
mod shard;
mod view;

pub use explain::Explanation;
pub use shard::{Shard, ShardReport};

use std::io::{self, Write};
use std::sync::Arc;

use crate::model::{Date, Finding, Outcome, Severity};
use crate::report::view::View;
use crate::rules::RuleSet;

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people, in a terminal.
    #[default]
    Human,
    /// For programs: version 1 of the JSON contract.
    Json,
    /// The same, one record a line.
    Jsonl,
    /// SARIF 2.1.0: GitHub code scanning, Azure DevOps, editors.
    Sarif,
    /// A table for a spreadsheet.
    Csv,
    /// Test results, as every CI server reads them.
    Junit,
    /// GitLab's secret detection report.
    Gitlab,
    /// GitLab's code quality report.
    GitlabCodequality,
    /// Annotations in a log of GitHub Actions, and the summary of its job.
    Github,
    /// One page with everything in it, to look at in a browser.
    Html,
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
    /// The project's name, for a page that stands by itself.
    pub project: Option<String>,
    /// The configuration file in force.
    pub config: Option<String>,
    /// How many rules were in force.
    pub rules: usize,
    /// The rules themselves, for formats that describe them.
    pub known: Arc<RuleSet>,
    /// When the scan began, for formats that must say so.
    pub began: Option<Date>,
    /// Which shard of a scan it is, if it is one.
    pub shard: Option<Arc<Shard>>,
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
        Format::Jsonl => jsonl::render(&view, out),
        Format::Sarif => sarif::render(&view, out),
        Format::Csv => csv::render(&view, out),
        Format::Junit => junit::render(&view, out),
        Format::Gitlab => gitlab::secrets::render(&view, out),
        Format::GitlabCodequality => gitlab::quality::render(&view, out),
        Format::Github => github::annotations::render(&view, out),
        Format::Html => html::render(&view, out),
    }
}

/// Writes one finding of an outcome as people read it; no value of any of them is shown.
///
/// # Errors
/// Those of the writer.
pub fn render_finding(outcome: &Outcome, finding: &Finding, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    human::render_finding(&View::new(outcome, style), finding, out)
}

/// Writes the page that GitHub Actions shows of a job, in Markdown.
///
/// # Errors
/// Those of the writer.
pub fn render_job_summary(outcome: &Outcome, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    github::summary::render(&View::new(outcome, style), out)
}
