//! `keyfence completions` and `keyfence man`: both drawn from the command line's own definition, so that neither drifts.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

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
    let command = Cli::command();
    let Some(folder) = &args.out else {
        return print(page(&Man::new(command)).as_bytes());
    };
    let failed = |error: io::Error| {
        Failure::new(
            format!("The pages could not be written to {}: {error}.", folder.display()),
            "name a folder where you may write.",
        )
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    write_pages(&command, folder).map_err(failed)?;
    Ok(Exit::Clean)
}

/// Writes the page of a command, and of each that it has.
fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    for command in shown {
        write_pages(command, folder)?;
    }
    let man = Man::new(command.clone());
    fs::write(folder.join(man.get_filename()), page(&man))
}

/// Returns a page, its examples line by line as they are written; filled to the width they could not be read.
fn page(man: &Man) -> String {
    let mut text = Vec::new();
    // Writing into memory cannot fail.
    let _ = man.render(&mut text);
    let text = String::from_utf8_lossy(&text).into_owned();
    let Some((before, behind)) = text.split_once(".SH EXTRA\n") else {
        return text;
    };
    let (examples, behind) = behind.split_once(".SH ").unwrap_or((behind, ""));
    format!("{before}.SH EXAMPLES\n.nf\n{examples}.fi\n.SH {behind}")
}

fn print(text: &[u8]) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    quiet_on_broken_pipe(out.write_all(text).and_then(|()| out.flush()))?;
    Ok(Exit::Clean)
}
