//! `keyfence fix`: out of the file and into the environment, shown first and done on request.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::cli::accepted;
use crate::cli::explain;
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{ConfidenceArg, Options};
use crate::cli::session::{self, Session, quiet_on_broken_pipe};
use crate::cli::terminal;
use crate::fix::{self, Asked, Desk, FixError};
use crate::model::{Confidence, Finding, Fingerprint, Outcome, Redactor};
use crate::source::Worktree;

/// Move secrets out of files and into the environment: a lookup in the code, the value in .env
///
/// Shows what it would do, with every value masked; `--write` does it. Exit code 0: everything asked for is, or can be,
/// moved. 1: something is left alone, with the reason. 2: nothing was done, or not all of it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files, folders, lines, or fingerprints of findings [default: the current folder]
    #[arg(value_name = "PATH|FILE:LINE|FINGERPRINT")]
    targets: Vec<String>,
    /// Do it
    #[arg(long)]
    write: bool,
    /// Take the newest run back: values return to their files, and stay in .env as well
    #[arg(long, conflicts_with_all = ["targets", "write", "name"])]
    undo: bool,
    /// The name of the variable, for one finding
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The environment file [default: the nearest .env, or one beside the nearest template or manifest]
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Add the rules of this file; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Move findings at or above this confidence [default: medium]; a line or a fingerprint names any
    #[arg(long, value_name = "CONFIDENCE")]
    min_confidence: Option<ConfidenceArg>,
}

const EXAMPLES: &str = "\
Examples:
  keyfence fix                         what would be moved, in all files
  keyfence fix --write app/settings.py
  keyfence fix --write app/settings.py:12 --name STRIPE_API_KEY
  keyfence fix --undo";

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let targets: Vec<Target> = match args.targets.as_slice() {
        [] => vec![Target::Path(PathBuf::from("."))],
        named => named.iter().map(|text| Target::parse(text)).collect(),
    };
    let mut desk = Desk::open(targets[0].folder())?;
    if args.undo {
        desk.hold()?;
        return undo(&desk);
    }
    let mut is_resumed = false;
    if args.write {
        desk.hold()?;
        is_resumed = fix::resume(&desk)?;
    } else if fix::is_interrupted(&desk)? {
        terminal::warn("An earlier run was killed before its end; `--write` finishes it.");
    }
    if is_resumed {
        terminal::say("An earlier run that was killed is finished now.");
    }
    let (outcome, least) = scan(args, &targets, &desk)?;
    let chosen = choose(&targets, &outcome, least, desk.root());
    if chosen.is_empty() && !is_resumed && targets.iter().any(Target::is_exact) {
        return Err(nothing_there());
    }
    let asked = asked(args, &targets, &outcome, chosen)?;
    carry_out(&desk, &asked, args.write, &outcome)
}

/// Shows the plan, and makes it true if that is wanted.
fn carry_out(desk: &Desk, asked: &Asked<'_>, write: bool, outcome: &Outcome) -> Result<Exit, Failure> {
    let secrets = || asked.known.iter().filter(|finding| finding.place.holds_secret());
    let found = Redactor::of(secrets().map(|finding| &finding.secret));
    let plan = fix::plan(desk, asked).map_err(|error| redacted(&error, &found))?;
    let moved = plan.moved.iter().map(|moved| &moved.value);
    let redactor = Redactor::of(secrets().map(|finding| &finding.secret).chain(moved));
    if write {
        fix::apply(desk, &plan).map_err(|error| redacted(&error, &redactor))?;
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let shown = fix::show(&plan, &redactor, write, &mut out).and_then(|()| out.flush());
    quiet_on_broken_pipe(shown)?;
    for failed in &outcome.coverage.failed {
        terminal::warn(&redactor.text(&[&failed.path[..], b" was not read: ", failed.error.as_bytes()].concat()));
    }
    Ok(if !plan.left.is_empty() {
        Exit::Findings
    } else if outcome.coverage.is_complete() {
        Exit::Clean
    } else {
        Exit::Incomplete
    })
}

/// A path can hold a value, and so can what the file system says of it.
fn redacted(error: &FixError, redactor: &Redactor) -> Failure {
    Failure::new(redactor.text(error.to_string().as_bytes()), error.hint())
}

fn undo(desk: &Desk) -> Result<Exit, Failure> {
    let undone = fix::undo(desk)?;
    let redactor = Redactor::of(undone.values.iter());
    let mut lines = String::new();
    for path in &undone.restored {
        lines.push_str(&format!("{path}: as it was before\n"));
    }
    for (path, why) in &undone.kept {
        lines.push_str(&format!("{path}: as it is now, for {why}\n"));
    }
    quiet_on_broken_pipe(
        io::stdout()
            .lock()
            .write_all(redactor.text(lines.as_bytes()).as_bytes()),
    )?;
    Ok(Exit::Clean)
}

/// Finds whatever might be a value, so that nothing of it is shown, and says how certain one must be to be moved.
fn scan(args: &Args, targets: &[Target], desk: &Desk) -> Result<(Outcome, Confidence), Failure> {
    let options = Options {
        config: args.config.clone(),
        rules: args.rules.clone(),
        min_confidence: Some(ConfidenceArg::Low),
        ..Options::default()
    };
    let settings = session::settings(&options, Some(desk.root()))?;
    let least = args.min_confidence.map_or(settings.min_confidence.value, Into::into);
    let baseline = accepted::on_disk(&options, Some(desk.root()), &settings)?;
    let session = Session::with_settings(&options, settings, baseline)?;
    let paths: Vec<PathBuf> = targets.iter().map(|target| target.path(desk)).collect();
    let outcome = session.scan(&Worktree::new(paths, session.limits()?))?;
    Ok((outcome, least))
}

fn choose<'o>(targets: &[Target], outcome: &'o Outcome, least: Confidence, root: &Path) -> Vec<&'o Finding> {
    let is_asked = |finding: &&Finding| targets.iter().any(|target| target.names(finding, least, root));
    outcome.findings.iter().filter(is_asked).collect()
}

fn asked<'o>(
    args: &Args,
    targets: &[Target],
    outcome: &'o Outcome,
    findings: Vec<&'o Finding>,
) -> Result<Asked<'o>, Failure> {
    if let Some(name) = &args.name {
        check_name(name, &findings)?;
    }
    let held = outcome.suppressed.iter().map(|held| &held.finding);
    Ok(Asked {
        known: outcome.findings.iter().chain(held).collect(),
        name: args.name.clone(),
        env: args.env_file.as_deref().map(absolute).transpose()?,
        whole_files: args.name.is_none() && !targets.iter().any(Target::is_exact),
        findings,
    })
}

fn check_name(name: &str, findings: &[&Finding]) -> Result<(), Failure> {
    if findings.len() > 1 {
        let what = format!(
            "--name names one variable, and {} findings are asked for.",
            findings.len()
        );
        return Err(Failure::new(
            what,
            "name one line, as in `keyfence fix app.py:12 --name NAME`.",
        ));
    }
    if fix::is_free_name(name) {
        return Ok(());
    }
    Err(Failure::new(
        "--name is no name for a variable, or one that other programs give a meaning.",
        "use letters, digits and `_`, as in STRIPE_API_KEY.",
    ))
}

fn absolute(file: &Path) -> Result<PathBuf, Failure> {
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let folder = folder
        .canonicalize()
        .map_err(|error| session::unreadable(folder, &error))?;
    Ok(folder.join(file.file_name().unwrap_or_default()))
}

fn nothing_there() -> Failure {
    Failure::new(
        "Nothing is found there that could be moved.",
        "`keyfence explain FILE:LINE` says what is seen there and how it is judged.",
    )
}

impl From<FixError> for Failure {
    fn from(error: FixError) -> Self {
        Self::new(error.to_string(), error.hint())
    }
}

/// What is to be moved.
enum Target {
    Path(PathBuf),
    Line(PathBuf, u32),
    Fingerprint(Fingerprint),
}

impl Target {
    fn parse(text: &str) -> Self {
        if let Ok(fingerprint) = text.parse() {
            return Self::Fingerprint(fingerprint);
        }
        match explain::target(text) {
            (file, Some(line)) => Self::Line(file, line),
            (path, None) => Self::Path(path),
        }
    }

    fn is_exact(&self) -> bool {
        !matches!(self, Self::Path(_))
    }

    /// Returns the folder whose repository is meant.
    fn folder(&self) -> &Path {
        match self {
            Self::Path(path) if path.is_dir() => path,
            Self::Path(file) | Self::Line(file, _) => explain::parent(file),
            Self::Fingerprint(_) => Path::new("."),
        }
    }

    /// Returns what must be read to find it.
    fn path(&self, desk: &Desk) -> PathBuf {
        match self {
            Self::Path(path) | Self::Line(path, _) => path.clone(),
            Self::Fingerprint(_) => desk.root().to_owned(),
        }
    }

    fn names(&self, finding: &Finding, least: Confidence, root: &Path) -> bool {
        let is_in = |path: &Path| {
            let named = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            root.join(finding.path.to_path_lossy()).starts_with(named)
        };
        match self {
            Self::Fingerprint(fingerprint) => finding.fingerprint == *fingerprint,
            Self::Line(file, line) => {
                let is_there = finding.location.line <= *line && *line <= finding.location.end_line;
                is_there && is_in(file)
            }
            Self::Path(path) => finding.confidence >= least && is_in(path),
        }
    }
}
