//! `keyfence completions` and `keyfence man`: both drawn from the command line's own definition, so that neither drifts.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::cli::failure::{Exit, Failure};
use crate::cli::session::quiet_on_broken_pipe;

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETIONS)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const COMPLETIONS: &str = "\
Examples:
  keyfence completions bash > ~/.local/share/bash-completion/completions/keyfence
  keyfence completions zsh > ~/.zfunc/_keyfence
  keyfence completions fish > ~/.config/fish/completions/keyfence.fish";

/// Print the manual page, or write one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = MAN)]
pub(super) struct ManArgs {
    /// Write the pages of all commands into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

const MAN: &str = "\
Examples:
  keyfence man | man -l -
  keyfence man --out ~/.local/share/man/man1";

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "keyfence", &mut text);
    print(&text)
}

pub(super) fn man(args: &ManArgs) -> Result<Exit, Failure> {
    let Some(folder) = &args.out else {
        return print(&page(Cli::command())?);
    };
    let failed = |error: io::Error| {
        Failure::new(
            format!("The pages could not be written to {}: {error}.", folder.display()),
            "name a folder where you may write.",
        )
    };
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)?;
    Ok(Exit::Clean)
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(text)
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    quiet_on_broken_pipe(out.write_all(text).and_then(|()| out.flush()))?;
    Ok(Exit::Clean)
}
