//! Options that every command with a scan in it shares.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::cli::reports::Reports;
use crate::cli::terminal::ColorChoice;
use crate::git::Ways;
use crate::model::{Confidence, Severity};

/// What to scan with, and how to report it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) reports: Reports,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Add the rules of this file; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,
    /// Hold back what this file accepts, instead of .keyfence-baseline at the root or what the configuration names
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Findings at or above this severity make the exit code 1 [default: medium]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) fail_on: Option<SeverityArg>,
    /// Report findings at or above this confidence [default: medium]
    #[arg(long, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<ConfidenceArg>,
    /// Report what makes the guard look less closely as findings, where a change is examined
    #[arg(long)]
    pub(super) strict: bool,
    /// Use so many threads [default: one a core]
    #[arg(long, short, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) jobs: usize,
    /// Show values instead of masks; refused where the report does not go to a terminal, unless `=force`
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "terminal")]
    pub(super) show_secrets: Option<ShowSecrets>,
    /// Print each setting with its value and where it was set, and scan nothing
    #[arg(long)]
    pub(super) print_settings: bool,
    /// Say only what blocks, and the last line
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Name what was skipped, too
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Colour in the report
    #[arg(long, value_enum, default_value_t)]
    pub(super) color: ColorChoice,
    /// Take the plain ways only, against which the fast ones are tested
    #[arg(long, hide = true)]
    pub(super) reference: bool,
}

/// Returns the ways to git that may be taken.
pub(super) fn ways(reference: bool) -> Ways {
    if reference { Ways::Reference } else { Ways::Any }
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SeverityArg {
    Low,
    Medium,
    High,
    Critical,
}

impl From<SeverityArg> for Severity {
    fn from(arg: SeverityArg) -> Self {
        match arg {
            SeverityArg::Low => Self::Low,
            SeverityArg::Medium => Self::Medium,
            SeverityArg::High => Self::High,
            SeverityArg::Critical => Self::Critical,
        }
    }
}

/// A confidence on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfidenceArg {
    Low,
    Medium,
    High,
    Certain,
}

impl From<ConfidenceArg> for Confidence {
    fn from(arg: ConfidenceArg) -> Self {
        match arg {
            ConfidenceArg::Low => Self::Low,
            ConfidenceArg::Medium => Self::Medium,
            ConfidenceArg::High => Self::High,
            ConfidenceArg::Certain => Self::Certain,
        }
    }
}

/// Where values may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowSecrets {
    /// On a terminal only.
    Terminal,
    /// Wherever the report goes.
    Force,
}
