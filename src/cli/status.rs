//! `keyfence status`: what git will really run, who told it so, and who hides whom.
//! It answers for what stands on disk; with `--test` it proves it.

use std::env;
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::hook::{here, print};
use crate::git::HooksPath;
use crate::hook::{self, Found, Hook, Kept, Place, Status};

/// Say what git runs before a commit; exit code 0 when keyfence is part of it, 1 when it is not
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Stage a made-up key in a scratch index and see whether the hook refuses it
    #[arg(long)]
    test: bool,
    /// The repository that others push to, whose own hooks are meant
    #[arg(long, value_name = "DIR")]
    server: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  keyfence status         which hooks git runs here, and who put them in
  keyfence status --test  and whether a made-up key is really refused";

/// Says what git will really run.
pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (hooks, known) = match &args.server {
        None => (here()?, Hook::CLIENT),
        Some(folder) => (HooksPath::of_server(folder)?, Hook::SERVER),
    };
    let mut in_force = Vec::new();
    for &hook in known {
        let place = Place { hooks: &hooks, hook };
        let status = Status::of(&place)?;
        // Only the first is expected everywhere; the others are told of where somebody put them in.
        if hook != known[0] && !status.is_in_force() {
            in_force.push(false);
            continue;
        }
        print(&describe(&place, &status))?;
        in_force.push(status.is_in_force());
        if args.test && (args.server.is_none() || status.is_in_force()) {
            prove(&place)?;
        }
    }
    // One gate on a server is enough; where people commit it is the commit that must be guarded.
    let is_guarded = if args.server.is_some() {
        in_force.contains(&true)
    } else {
        in_force[0]
    };
    Ok(if is_guarded { Exit::Clean } else { Exit::Unguarded })
}

fn prove(place: &Place<'_>) -> Result<(), Failure> {
    hook::prove(place, &env::temp_dir())?;
    let act = place.hook.act();
    print(&line(
        "  tested",
        &format!("git ran it over a made-up key, and it refused the {act}"),
    ))
}

fn describe(place: &Place<'_>, status: &Status) -> String {
    let verdict = if status.is_in_force() {
        "keyfence is in force"
    } else {
        "keyfence is NOT in force"
    };
    let mut lines = vec![(place.hook.name(), verdict.to_owned())];
    lines.push(("  git runs", runs(status)));
    lines.push(("  looking in", looking_in(place.hooks)));
    if let Found::Keyfence(shim) = &status.found {
        lines.push(("  program", program_line(&shim.program, status.has_program)));
        lines.extend(kept_line(&status.kept).map(|line| ("  before it", line)));
    }
    for setting in place.hooks.settings.iter().rev().skip(1) {
        let said = format!(
            "core.hooksPath = {} ({}, {})",
            setting.value, setting.scope, setting.origin
        );
        lines.push(("  overruled", said));
    }
    if let Some((file, found)) = &status.shadowed {
        let what = format!("{} ({}), for git looks elsewhere", file.display(), called(found));
        lines.push(("  never run", what));
    }
    for (manager, file) in &status.waiting {
        let what = format!("{}, but the hook is not {}'s", file.display(), manager.name());
        lines.push(("  note", what));
    }
    if !status.is_in_force() {
        lines.push((
            "  next",
            "`keyfence install` puts it in, or says who must let it in".to_owned(),
        ));
    }
    lines.iter().map(|(label, text)| line(label, text)).collect()
}

fn line(label: &str, text: &str) -> String {
    format!("{label:<14}{text}\n")
}

fn runs(status: &Status) -> String {
    let file = status.file.display();
    match &status.found {
        Found::Nothing => format!("nothing: there is no {file}"),
        Found::Managed(manager) if !status.file.exists() => {
            format!("nothing: there is no {file}, which {} is to write", manager.name())
        }
        found if !status.is_executable => format!("nothing: {file} ({}) is not executable", called(found)),
        Found::Managed(manager) if status.has_entry => format!("{file} ({}, which runs keyfence)", manager.name()),
        found => format!("{file} ({})", called(found)),
    }
}

fn called(found: &Found) -> String {
    match found {
        Found::Nothing => "nothing".to_owned(),
        Found::Keyfence(_) => "keyfence".to_owned(),
        Found::Managed(manager) => format!("{}, which does not run keyfence", manager.name()),
        Found::Other { calls_keyfence: true } => "your own, which calls keyfence".to_owned(),
        Found::Other { calls_keyfence: false } => "not keyfence's".to_owned(),
    }
}

fn looking_in(hooks: &HooksPath) -> String {
    let folder = hooks.folder.display();
    let shared = if hooks.is_shared() {
        ", outside this repository"
    } else {
        ""
    };
    match hooks.setting() {
        None => format!("{folder} (git's own choice{shared})"),
        Some(setting) => format!(
            "{folder} (core.hooksPath, {}, {}{shared})",
            setting.scope, setting.origin
        ),
    }
}

fn program_line(program: &Path, is_there: bool) -> String {
    let program = program.display();
    if is_there {
        return program.to_string();
    }
    format!("{program} is gone; unless the PATH has a keyfence, every commit is blocked")
}

fn kept_line(kept: &Kept) -> Option<String> {
    match kept {
        Kept::None => None,
        Kept::Runs(file) => Some(format!("{} (from before; both must agree)", file.display())),
        Kept::NotExecutable(file) => Some(format!("{} is kept and not run: not executable", file.display())),
    }
}
