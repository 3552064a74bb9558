//! `keyfence init`: everything that a project needs, each shown before it is written, each skipped where it is there.

mod files;

use std::fs;
use std::io;
use std::path::Path;

use crate::atomic;
use crate::cli::failure::{Exit, Failure};
use crate::cli::hook::{here, install_usual, print};
use crate::cli::import::Tool;
use crate::cli::init::files::{Change, ci, configuration, ignore};
use crate::cli::{audit, template};
use crate::git::{Repo, special};
use crate::hook::{Found, Hook, Place, Status};

/// Set a project up: hook, keyfence.toml, .gitignore, templates, a CI step; shows what it would write, then audits
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write what is shown otherwise
    #[arg(long, alias = "yes")]
    write: bool,
    /// Take the configuration of another tool over into keyfence.toml; whatever cannot be is named
    #[arg(long, value_enum, value_name = "TOOL")]
    from: Option<Tool>,
}

const EXAMPLES: &str = "\
Examples:
  keyfence init                           what it would write
  keyfence init --write                   write it
  keyfence init --from gitleaks --write   with what .gitleaks.toml and .gitleaksignore say";

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let repo = Repo::discover(".")?;
    let Some(root) = repo.root().map(Path::to_owned) else {
        return Err(Failure::new(
            "This repository has no work tree.",
            "go to one, or use `keyfence install --server`.",
        ));
    };
    // What cannot be read is said before anything is written.
    let configuration = configuration(&root, args.from)?;
    hook(args.write)?;
    let changes = [configuration, ignore(&repo, &root)?, ci(&repo, &root)?];
    let written: Vec<String> = changes
        .iter()
        .filter(|change| args.write && !change.added.is_empty())
        .map(|change| change.path.clone())
        .collect();
    for change in changes {
        report(&root, change, args.write)?;
    }
    heading("templates")?;
    template::sync_all(args.write)?;
    if !args.write {
        let from = args
            .from
            .map(|tool| format!(" --from {}", tool.name()))
            .unwrap_or_default();
        print(&format!(
            "\nNothing was written; `keyfence init{from} --write` does all of it.\n"
        ))?;
    } else if !written.is_empty() {
        print(&format!("\nCommit what was written: {}.\n", written.join(", ")))?;
    }
    heading(if args.write {
        "audit"
    } else {
        "audit, as things are now"
    })?;
    audit::run(&audit::Args::here())?;
    Ok(Exit::Clean)
}

fn heading(text: &str) -> Result<(), Failure> {
    print(&format!("\n== {text}\n"))
}

/// The hook is proved as soon as it is in; one that is in force is left alone.
fn hook(write: bool) -> Result<(), Failure> {
    print("== hook\n")?;
    let hooks = here()?;
    let place = Place {
        hooks: &hooks,
        hook: Hook::PreCommit,
    };
    let status = Status::of(&place)?;
    if status.is_in_force() {
        return print("The pre-commit hook is in force already.\n");
    }
    if write {
        return install_usual();
    }
    let file = place.file();
    let file = file.strip_prefix(&hooks.top).unwrap_or(&file).display();
    print(&match status.found {
        Found::Managed(manager) => format!(
            "Would add keyfence to {}, which {} reads.\n",
            manager.entry(&place).file.display(),
            manager.name()
        ),
        Found::Other { .. } => {
            format!("Would put keyfence into {file}, and keep the hook that is there: both must agree.\n")
        }
        _ => format!("Would put keyfence into {file}.\n"),
    })
}

fn report(root: &Path, change: Change, write: bool) -> Result<(), Failure> {
    heading(&change.path)?;
    if change.added.is_empty() {
        print(&format!("{}\n", change.says))?;
    } else {
        print(&format!("{}\n", if write { change.done() } else { change.planned() }))?;
    }
    for line in change.added.lines() {
        print(&format!("  +{line}\n"))?;
    }
    if !change.remarks.is_empty() {
        print("Not taken over, or not to the letter:\n")?;
    }
    for remark in &change.remarks {
        print(&format!("  {remark}.\n"))?;
    }
    if let Some(hint) = &change.hint {
        print(&format!("hint: {hint}\n"))?;
    }
    if write && !change.added.is_empty() {
        apply(&root.join(&change.path), &change)
    } else {
        Ok(())
    }
}

/// Appends to a file, unless it changed since it was read.
fn apply(path: &Path, change: &Change) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let what = format!("{} could not be written: {error}.", path.display());
        Failure::new(what, "what stood there stands there still; check its permissions.")
    };
    if read(path).map_err(failed)? != change.before {
        let what = format!("{} changed while it was read; it was not written.", path.display());
        return Err(Failure::new(what, "run the command again."));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    atomic::content(path, change.after().as_slice()).map_err(failed)
}

/// Reads a file; one that is not there is empty.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    match special::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        text => text,
    }
}
