//! `keyfence baseline`: what was there before anybody looked, accepted for now, and what somebody thought of it.

mod attributes;
mod review;

use std::path::{Path, PathBuf};

use crate::baseline::{Baseline, Scope, Verdict};
use crate::cli::accepted;
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{ConfidenceArg, Options};
use crate::cli::scan::{project_root, read_history};
use crate::cli::session::{Session, Subject};
use crate::cli::terminal;
use crate::cli::write;
use crate::git::Repo;
use crate::git::history::Asked;
use crate::model::{Fingerprint, Outcome};
use crate::source::{Accept, Worktree};

/// Accept what is there now, so that only new findings block: make the list, check, prune and review it
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  keyfence baseline create           accept what the files hold now; commit .keyfence-baseline
  keyfence baseline create --history and what was ever committed
  keyfence baseline review           look at each finding and say whether it is a secret
  keyfence baseline check            what is new, and which lines are out of use
  keyfence baseline prune            take out the lines of which nothing is left";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write down everything that is found now
    Create(CreateArgs),
    /// Report what is not accepted, and which entries are out of use
    Check(CheckArgs),
    /// Take out the entries of which nothing is left
    Prune(PlaceArgs),
    /// Walk through the findings and record what each one is: true, false or later, with a reason
    Review(PlaceArgs),
}

/// Which baseline is meant, and what it is compared with.
#[derive(Debug, clap::Args)]
struct PlaceArgs {
    /// The baseline [default: .keyfence-baseline at the root, or what the configuration names]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Add the rules of this file; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Take findings at or above this confidence [default: medium]
    #[arg(long, value_name = "CONFIDENCE")]
    min_confidence: Option<ConfidenceArg>,
}

#[derive(Debug, clap::Args)]
struct CreateArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Accept what the whole history holds, not only the files as they are
    #[arg(long)]
    history: bool,
    /// Write a baseline anew that is there already; what was said of findings that are still there stays
    #[arg(long)]
    update: bool,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// Exit with code 1 also when an entry is out of use
    #[arg(long)]
    fail_on_stale: bool,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Create(args) => create(args),
        Command::Check(args) => check(args),
        Command::Prune(args) => prune(args),
        Command::Review(args) => review::run(args),
    }
}

impl PlaceArgs {
    fn options(&self) -> Options {
        Options {
            baseline: self.baseline.clone(),
            config: self.config.clone(),
            rules: self.rules.clone(),
            min_confidence: self.min_confidence,
            ..Options::default()
        }
    }
}

/// A project whose baseline is worked on.
struct Project<'o> {
    root: PathBuf,
    session: Session<'o>,
    file: PathBuf,
}

impl<'o> Project<'o> {
    /// Opens the project of the current folder with the baseline that is there.
    fn open(options: &'o Options) -> Result<Self, Failure> {
        let root = project_root(Path::new(".")).unwrap_or_else(|| PathBuf::from("."));
        let session = Session::open(options, Some(&root))?;
        let file = accepted::place(options, Some(&root), session.settings());
        Ok(Self { root, session, file })
    }

    /// Reads everything that a baseline of this scope speaks of, and holds nothing back.
    fn read(&self, scope: Scope) -> Result<Outcome, Failure> {
        match scope {
            Scope::Files => {
                let source = Worktree::new([&self.root], self.session.limits()?);
                self.session.search(&source.jobs(self.session.jobs()))
            }
            Scope::History => {
                let repo = Repo::discover(&self.root)?;
                read_history(&self.session, &repo, &Asked::default(), Accept::default())
            }
        }
    }

    fn write(&self, baseline: &Baseline) -> Result<(), Failure> {
        write::project_file(&self.file, &baseline.render())
    }

    fn name(&self) -> String {
        let inside = self.file.strip_prefix(&self.root).unwrap_or(&self.file);
        inside.display().to_string()
    }
}

fn create(args: &CreateArgs) -> Result<Exit, Failure> {
    let mut options = args.place.options();
    let is_new = args.place.baseline.as_ref().is_some_and(|file| !file.exists());
    let named = is_new.then(|| options.baseline.take()).flatten();
    let mut project = Project::open(&options)?;
    project.file = named.unwrap_or(project.file);
    if project.file.exists() && !args.update {
        return Err(Failure::new(
            format!("{} is there already.", project.name()),
            "`keyfence baseline review` walks through what is new; `--update` accepts all of it at once.",
        ));
    }
    let scope = match args.history {
        true => Scope::History,
        false => project.session.baseline().scope,
    };
    let outcome = project.read(scope)?;
    let baseline = Baseline::of(&outcome, scope, project.session.baseline());
    project.write(&baseline)?;
    terminal::say(&format!("Wrote {}: {}.", project.name(), counted(&baseline)));
    attributes::ensure(&project.root, &project.name())?;
    Ok(warn_of_gaps(&outcome))
}

fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let project = Project::open(&args.options)?;
    let session = &project.session;
    let scope = session.baseline().scope;
    let mut outcome = project.read(scope)?;
    session.baseline().apply(&mut outcome);
    let subject = Subject {
        mode: if scope == Scope::History { "history" } else { "worktree" },
        root: ".".to_owned(),
        is_everything: true,
        shard: None,
    };
    let exit = session.conclude(&outcome, &subject)?;
    terminal::say(&format!("{}: {}.", project.name(), counted(session.baseline())));
    let stale = session.baseline().stale(&outcome);
    match exit {
        Exit::Clean if args.fail_on_stale && !stale.is_empty() => Ok(Exit::Findings),
        exit => Ok(exit),
    }
}

fn prune(args: &PlaceArgs) -> Result<Exit, Failure> {
    let options = args.options();
    let project = Project::open(&options)?;
    let mut baseline = project.session.baseline().clone();
    let outcome = project.read(baseline.scope)?;
    if !outcome.coverage.is_complete() {
        warn_of_gaps(&outcome);
        return Err(Failure::new(
            "Nothing was taken out, for not everything could be read.",
            "an entry may speak of what was not read; mend that first.",
        ));
    }
    let stale: Vec<Fingerprint> = baseline
        .stale(&outcome)
        .iter()
        .map(|(known, _)| (*known).clone())
        .collect();
    baseline.remove(&stale);
    if !stale.is_empty() {
        project.write(&baseline)?;
    }
    terminal::say(&format!(
        "Took out {} of {}; left: {}.",
        stale.len(),
        project.name(),
        counted(&baseline)
    ));
    Ok(Exit::Clean)
}

/// Says how many entries there are and what was decided: `12 accepted (3 false, 9 open), 1 true`.
fn counted(baseline: &Baseline) -> String {
    let counts = baseline.count();
    let count = |verdict: Verdict| counts.get(&verdict).copied().unwrap_or_default();
    let held = [Verdict::False, Verdict::Later, Verdict::Open];
    let all: usize = held.into_iter().map(count).sum();
    let parts: Vec<String> = held
        .into_iter()
        .filter(|&verdict| count(verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), verdict.as_str()))
        .collect();
    let parts = if parts.is_empty() {
        String::new()
    } else {
        format!(" ({})", parts.join(", "))
    };
    match count(Verdict::True) {
        0 => format!("{all} accepted{parts}"),
        known => format!("{all} accepted{parts}, {known} true and reported until gone"),
    }
}

/// A baseline of a part is better than none, but it must be said.
fn warn_of_gaps(outcome: &Outcome) -> Exit {
    if outcome.coverage.is_complete() {
        return Exit::Clean;
    }
    for failed in outcome.coverage.failed.iter().take(20) {
        terminal::warn(&format!(
            "{}: {}",
            failed.path.to_string().escape_debug(),
            failed.error.escape_debug()
        ));
    }
    Exit::Incomplete
}
