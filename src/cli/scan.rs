//! `keyfence scan`: everything under a path, what is staged, or standard input.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use crate::cli::failure::{Exit, Failure};
use crate::cli::terminal::ColorChoice;
use crate::engine::{Engine, EngineSettings};
use crate::model::{Confidence, Outcome, Severity};
use crate::report::{Format, Style, render};
use crate::rules::RuleSet;

/// Look for secrets in files, in what is staged, or in standard input
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders to read [default: the current folder]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Options that every command with a report has.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// The report's format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Colour in the report
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let began = Instant::now();
    let rules = RuleSet::builtin();
    let engine = Engine::new(&rules, &EngineSettings::default())?;
    let _ = (&args.paths, &engine, Confidence::Medium, began);
    let outcome = Outcome::default();
    let style = Style {
        color: args.report.color.decide(&io::stdout()),
        show_secrets: false,
        quiet: false,
        verbose: false,
        fail_on: Severity::Medium,
        mode: "worktree",
        root: ".".to_owned(),
        config: None,
        rules: rules.len(),
        elapsed: Some(began.elapsed()),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    render(&outcome, args.report.format, &style, &mut out)?;
    out.flush()?;
    Ok(verdict(&outcome, Severity::Medium))
}

/// Findings win over failures, failures win over clean.
pub(super) fn verdict(outcome: &Outcome, fail_on: Severity) -> Exit {
    if outcome.findings.iter().any(|finding| finding.severity >= fail_on) {
        Exit::Findings
    } else if outcome.coverage.is_complete() {
        Exit::Clean
    } else {
        Exit::Incomplete
    }
}
