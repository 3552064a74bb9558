//! Floor 6: the only room with a terminal, an environment and an exit code.

mod accepted;
mod audit;
mod baseline;
mod ci;
mod clock;
mod completions;
#[cfg(target_os = "linux")]
mod cut;
mod explain;
mod failure;
#[cfg(feature = "fix")]
mod fix;
mod guard;
mod hook;
mod import;
mod init;
mod interrupt;
mod options;
mod progress;
mod range;
mod reports;
mod rules;
mod scan;
mod session;
mod shards;
mod status;
mod template;
mod terminal;
mod write;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::failure::{Exit, Failure};

#[cfg(fuzzing)]
#[doc(hidden)]
pub use guard::fuzzing;

/// Stops secrets before git carries them away.
#[derive(Debug, Parser)]
#[command(name = "keyfence", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  keyfence install                from now on each commit here is checked
  keyfence scan                   the files you are working on
  keyfence scan --history         everything that was ever committed
  keyfence explain app.py:12      why something there is a finding, or none
  keyfence rules import           what .gitleaks.toml or .secrets.baseline comes to

Exit codes:
  0  everything asked for was read, and nothing that blocks was found
  1  findings
  2  no complete answer
  130  interrupted";

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::Args),
    Install(hook::InstallArgs),
    Uninstall(hook::UninstallArgs),
    Status(status::Args),
    Guard(guard::Args),
    Explain(explain::Args),
    Baseline(baseline::Args),
    #[cfg(feature = "fix")]
    Fix(fix::Args),
    Report(shards::Args),
    Rules(rules::Args),
    Template(template::Args),
    Audit(audit::Args),
    Init(init::Args),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
}

/// Runs the program.
pub fn main() -> ExitCode {
    terminal::silence_panics();
    interrupt::watch();
    // Elsewhere the same signal also means that a stack is full.
    #[cfg(target_os = "linux")]
    cut::watch();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => return explain_usage(&usage),
    };
    let result = run(cli.command);
    interrupt::have_the_last_word();
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal::fail(&failure);
            Exit::Incomplete.into()
        }
    }
}

fn run(command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Scan(args) => scan::run(&args),
        Command::Install(args) => hook::install(&args),
        Command::Uninstall(args) => hook::uninstall(&args),
        Command::Status(args) => status::run(&args),
        Command::Guard(args) => guard::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        #[cfg(feature = "fix")]
        Command::Fix(args) => fix::run(&args),
        Command::Report(args) => shards::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Template(args) => template::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => completions::man(&args),
    }
}

/// Help and version go to standard output with code 0, a usage error to standard error with code 2.
fn explain_usage(usage: &clap::Error) -> ExitCode {
    let _ = usage.print();
    if usage.use_stderr() {
        Exit::Incomplete.into()
    } else {
        Exit::Clean.into()
    }
}
