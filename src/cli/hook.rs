//! `keyfence install` and `uninstall`: into the hooks that git really runs, and out of them.
//! What is installed is tested at once: a hook that does not fire would be trusted all the same.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::failure::{Exit, Failure};
use crate::cli::import;
use crate::cli::terminal;
use crate::git::HooksPath;
use crate::hook::{self, Found, Hook, HookError, Installed, Manager, Place, Status, Uninstalled};

/// Which hooks, and whether a folder of many repositories is meant.
#[derive(Debug, clap::Args)]
struct Choice {
    /// The hooks that are meant [default: pre-commit, or pre-receive on a server]
    #[arg(long = "hook", value_name = "HOOK", value_delimiter = ',')]
    hooks: Vec<Hook>,
    /// The repository that others push to, whose own hooks are meant
    #[arg(long, value_name = "DIR")]
    server: Option<PathBuf>,
    /// Agree to a hooks folder outside the repository, which other repositories use too
    #[arg(long)]
    shared: bool,
}

/// Put keyfence into this repository's git hooks, and prove that it works
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InstallArgs {
    #[command(flatten)]
    choice: Choice,
    /// Where husky, lefthook, the pre-commit framework or prek owns the hook, add keyfence to its configuration
    #[arg(long)]
    write: bool,
}

const EXAMPLES: &str = "\
Examples:
  keyfence install                            before each commit
  keyfence install --hook pre-push            before each push, too
  keyfence install --write                    into the configuration of husky, lefthook, prek …
  keyfence install --server /srv/git/app.git  on the machine that others push to";

const UNINSTALL: &str = "\
Examples:
  keyfence uninstall                          what was there before comes back, byte for byte
  keyfence uninstall --hook pre-push          that one only";

/// Take keyfence out of this repository's git hooks and put back what was there
#[derive(Debug, clap::Args)]
#[command(after_help = UNINSTALL)]
pub(super) struct UninstallArgs {
    #[command(flatten)]
    choice: Choice,
}

impl Choice {
    fn place(&self) -> Result<HooksPath, Failure> {
        match &self.server {
            None => here(),
            Some(folder) => Ok(HooksPath::of_server(folder)?),
        }
    }

    /// Git runs a server's hooks in no one's work tree, and no one's hooks on a server.
    fn hooks(&self) -> Result<Vec<Hook>, Failure> {
        let (usual, known, side, hint) = match self.server {
            None => (
                Hook::PreCommit,
                Hook::CLIENT,
                "a server",
                "`--server DIR` says where that is.",
            ),
            Some(_) => (Hook::PreReceive, Hook::SERVER, "a work tree", "leave --server out."),
        };
        if let Some(stranger) = self.hooks.iter().find(|hook| !known.contains(hook)) {
            let what = format!("Nothing was changed: {} is a hook of {side}.", stranger.name());
            return Err(Failure::new(what, hint));
        }
        match self.hooks.as_slice() {
            [] => Ok(vec![usual]),
            hooks => Ok(hooks.to_vec()),
        }
    }
}

/// Installs the usual hook, in a manager's configuration where one owns it.
pub(super) fn install_usual() -> Result<(), Failure> {
    let choice = Choice {
        hooks: Vec::new(),
        server: None,
        shared: false,
    };
    put_in(&InstallArgs { choice, write: true }, &here()?)
}

pub(super) fn install(args: &InstallArgs) -> Result<Exit, Failure> {
    let hooks = args.choice.place()?;
    put_in(args, &hooks)?;
    let takes_over = |_| "keyfence rules import --write".to_owned();
    if let Some(hint) = import::hint(&hooks.top, takes_over).filter(|_| args.choice.server.is_none()) {
        terminal::hint(&hint);
    }
    Ok(Exit::Clean)
}

/// Installs, then tests; a hook that does not fire is a failure, for it would be trusted.
fn put_in(args: &InstallArgs, hooks: &HooksPath) -> Result<(), Failure> {
    let program = program()?;
    for hook in args.choice.hooks()? {
        let place = Place { hooks, hook };
        match place.found()? {
            Found::Managed(manager) => join(&place, manager, args.write)?,
            _ => install_one(&place, &program, args.choice.shared)?,
        }
    }
    Ok(())
}

fn install_one(place: &Place<'_>, program: &Path, shared: bool) -> Result<(), Failure> {
    let installed = hook::install(place, program, shared)?;
    let (name, file) = (place.hook.name(), place.file());
    let file = file.display();
    print(&match installed {
        Installed::New => format!("Installed the {name} hook: {file}.\n"),
        Installed::Refreshed => format!("Renewed the {name} hook: {file}.\n"),
        Installed::Already => format!("The {name} hook is installed already: {file}.\n"),
        Installed::Beside(kept) => format!("Installed the {name} hook: {file}.\n{}", beside(&kept)),
    })?;
    hook::prove(place, &env::temp_dir())?;
    print(&format!(
        "Tested: git ran it over a made-up key, and it refused the {}.\n",
        place.hook.act()
    ))?;
    if place.hooks.is_in_work_tree() {
        print("Note: the hook lies in the work tree; commit it, and everybody here is guarded who has keyfence.\n")?;
    }
    remind(&Status::of(place)?)
}

fn beside(kept: &Path) -> String {
    let fate = if hook::is_executable(kept) {
        "it runs first, and both must agree"
    } else {
        "it is not executable, so git never ran it and keyfence will not"
    };
    format!("The hook that was there is kept as {}; {fate}.\n", kept.display())
}

/// Another program's configuration in the work tree means that its hook may come and take the place.
fn remind(status: &Status) -> Result<(), Failure> {
    for (manager, file) in &status.waiting {
        let (name, file) = (manager.name(), file.display());
        print(&format!(
            "Note: {file} is here, but the hook is not {name}'s. If {name} is installed later, run `keyfence install` again.\n"
        ))?;
    }
    Ok(())
}

/// The hook belongs to a manager: keyfence becomes an entry in its configuration, written only on request.
fn join(place: &Place<'_>, manager: Manager, write: bool) -> Result<(), Failure> {
    if place.hook != Hook::PreCommit {
        let name = place.hook.name();
        return Err(Failure::new(
            format!("Nothing was installed: the {name} hook belongs to {}.", manager.name()),
            format!("let it run `keyfence guard {name} -- \"$@\"`, with the standard input that git gave."),
        ));
    }
    let (name, entry) = (manager.name(), manager.entry(place));
    let file = entry.file.display();
    if entry.is_there()? {
        print(&format!("Keyfence stands in {file} already, which {name} reads.\n"))?;
        return await_hook(place, manager);
    }
    if !write {
        let add = format!(
            "add this to {file}, or let `keyfence install --write` do it:\n\n{}",
            entry.text
        );
        return Err(Failure::new(
            format!(
                "Nothing was installed: the {} hook belongs to {name}.",
                place.hook.name()
            ),
            add,
        ));
    }
    entry.add()?;
    print(&format!(
        "Added keyfence to {file}, which {name} reads. Commit that file, and everybody here is guarded who has keyfence.\n"
    ))?;
    await_hook(place, manager)
}

/// An entry guards nobody while the manager's own hook is missing.
fn await_hook(place: &Place<'_>, manager: Manager) -> Result<(), Failure> {
    let file = place.file();
    if hook::is_executable(&file) {
        return Ok(());
    }
    let what = format!(
        "Git runs nothing yet: {} is not there, or not executable.",
        file.display()
    );
    let hint = format!(
        "let {} write its hooks; `keyfence status` then says that keyfence is in force.",
        manager.name()
    );
    Err(Failure::new(what, hint))
}

/// Takes out only what keyfence put in.
pub(super) fn uninstall(args: &UninstallArgs) -> Result<Exit, Failure> {
    let hooks = args.choice.place()?;
    for hook in args.choice.hooks()? {
        let place = Place { hooks: &hooks, hook };
        let uninstalled = hook::uninstall(&place, args.choice.shared)?;
        let file = place.file();
        let file = file.display();
        print(&match uninstalled {
            Uninstalled::Removed => format!("Removed {file}.\n"),
            Uninstalled::Restored => format!("Restored {file} as it was before keyfence.\n"),
            Uninstalled::NotThere { kept: None } => format!("There is no hook of keyfence at {file}.\n"),
            Uninstalled::NotThere { kept: Some(kept) } => format!(
                "There is no hook of keyfence at {file}, but a hook that it once kept lies in {}; nobody runs it.\n",
                kept.display()
            ),
        })?;
        leave_manager(&place)?;
    }
    Ok(Exit::Clean)
}

/// An entry in a manager's configuration stands in a file of the project, so a person takes it out.
fn leave_manager(place: &Place<'_>) -> Result<(), Failure> {
    let Found::Managed(manager) = place.found()? else {
        return Ok(());
    };
    if place.hook != Hook::PreCommit {
        return Ok(());
    }
    let entry = manager.entry(place);
    if !entry.is_there()? {
        return Ok(());
    }
    Err(Failure::new(
        format!("{} still runs keyfence.", manager.name()),
        format!("take its lines out of {}.", entry.file.display()),
    ))
}

pub(super) fn here() -> Result<HooksPath, Failure> {
    Ok(HooksPath::around(Path::new("."))?)
}

/// The program that the stub is to call: this one, by the name that outlives an upgrade.
///
/// Package managers put a link on the PATH and the program into a folder named after its version.
fn program() -> Result<PathBuf, Failure> {
    let exact = env::current_exe()?;
    let is_same = |link: &PathBuf| fs::canonicalize(link).is_ok_and(|real| real == exact);
    let name = exact.file_name().unwrap_or(OsStr::new("keyfence"));
    let links = path_variable().into_iter().flatten().map(|folder| folder.join(name));
    let link = links.filter(|link| link.is_absolute()).find(is_same);
    Ok(link.unwrap_or(exact))
}

#[expect(clippy::disallowed_methods, reason = "cli/ is the room that reads the environment")]
fn path_variable() -> Option<Vec<PathBuf>> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect())
}

pub(super) fn print(text: &str) -> Result<(), Failure> {
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        match error {
            HookError::Git(error) => error.into(),
            error => Self::new(error.to_string(), error.hint()),
        }
    }
}
