//! `keyfence audit`: the checklist of a project's habits. It gathers what the checks need, and decides nothing.

use std::collections::BTreeSet;
use std::env;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};

use crate::audit::{Ground, Past, audit, keeps};
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::Options;
use crate::cli::scan::{project_root, read_history};
use crate::cli::session::{Session, quiet_on_broken_pipe};
use crate::cli::terminal::{self, ColorChoice};
use crate::envfile::{Document, Syntax};
use crate::git::Repo;
use crate::git::history::Asked;
use crate::model::{Outcome, Page, State};
use crate::report::page::{self, Format};
use crate::source::{Accept, Worktree};
use crate::survey::{Survey, Surveyor, mentions};
use crate::template::{self, Role, role_of};

/// Go through the checklist: where secrets are, where they are not, and who watches
///
/// Exit code 0 whatever the answers are, unless --fail-on says otherwise; 2 when something could not be read.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The project [default: the one that you are in]
    #[arg(default_value = ".", hide_default_value = true)]
    path: PathBuf,
    /// The page's format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Answers of this state, or a worse one, make the exit code 1
    #[arg(long, value_name = "STATE")]
    fail_on: Option<FailOn>,
    /// Read the history, however long it is; a short one is read in any case
    #[arg(long)]
    history: bool,
    /// Read no history, however short it is
    #[arg(long, conflicts_with = "history")]
    no_history: bool,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Name every place
    #[arg(long, short)]
    verbose: bool,
    /// Colour on the page
    #[arg(long, value_enum, default_value_t)]
    color: ColorChoice,
}

const EXAMPLES: &str = "\
Examples:
  keyfence audit                   the project that you are in
  keyfence audit --fail-on warn    for a pipeline: exit code 1 unless all is well
  keyfence audit --history         with everything that was ever committed
  keyfence audit --format json     for a program";

impl Args {
    /// Asks for the page of the project that one is in.
    pub(super) fn here() -> Self {
        Self {
            path: PathBuf::from("."),
            format: Format::Human,
            fail_on: None,
            history: false,
            no_history: false,
            config: None,
            verbose: false,
            color: ColorChoice::Auto,
        }
    }
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FailOn {
    Warn,
    Fail,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (page, is_complete) = look(args)?;
    let stdout = io::stdout();
    let color = args.color.decide(&stdout);
    let mut out = BufWriter::new(stdout.lock());
    let written = page::render(&page, args.format, color, args.verbose, &mut out).and_then(|()| out.flush());
    quiet_on_broken_pipe(written)?;
    if !is_complete {
        terminal::warn("some files could not be read, so there may be more; `keyfence scan` names them.");
    }
    let fails = match args.fail_on {
        None => false,
        Some(FailOn::Warn) => page.worst() >= State::Warn,
        Some(FailOn::Fail) => page.worst() >= State::Fail,
    };
    Ok(match (fails, is_complete) {
        (true, _) => Exit::Findings,
        (false, true) => Exit::Clean,
        (false, false) => Exit::Incomplete,
    })
}

/// Looks at the project; the second answer tells whether all of it could be read.
fn look(args: &Args) -> Result<(Page, bool), Failure> {
    let options = Options {
        config: args.config.clone(),
        ..Options::default()
    };
    let root = project_root(&args.path).unwrap_or_else(|| args.path.clone());
    let session = Session::open(&options, Some(&root))?;
    let repo = Repo::discover(&root).ok().filter(|repo| !repo.is_bare());
    let worktree = Worktree::new([&root], session.limits()?);
    let surveyor = Surveyor::new(&worktree, &keeps);
    let outcome = session.scan(&surveyor)?;
    let mut survey = surveyor.into_survey();
    if let Some(repo) = &repo {
        survey.add_hidden(repo, template::GLOBS)?;
    }
    let sheets = template::sheets(session.engine(), &survey, &[]);
    let mentioned = mentions(&names(&survey), &worktree, &says_something)?;
    let past = past(args, &session, repo.as_ref())?;
    let is_complete =
        outcome.coverage.is_complete() && !matches!(&past, Past::Read(past) if !past.coverage.is_complete());
    let ground = Ground {
        tracked: tracked(repo.as_ref())?,
        root,
        repo,
        survey,
        outcome: &outcome,
        baseline: session.baseline(),
        sheets,
        mentioned,
        past,
        temporary: env::temp_dir(),
    };
    Ok((audit(&ground, args.path.display().to_string()), is_complete))
}

fn tracked(repo: Option<&Repo>) -> Result<BTreeSet<BString>, Failure> {
    let Some(repo) = repo else {
        return Ok(BTreeSet::new());
    };
    let listed = repo.tracked(&[b""])?;
    Ok(listed
        .split(|&byte| byte == 0)
        .filter(|path| !path.is_empty())
        .map(BString::from)
        .collect())
}

/// Returns the names that templates and files of values list.
fn names(survey: &Survey) -> BTreeSet<BString> {
    let mut names = BTreeSet::new();
    for (path, text) in survey
        .texts
        .iter()
        .filter(|(path, _)| role_of(path.as_bstr()).is_some())
    {
        let document = Document::read(text, Syntax::of(path.as_bstr()));
        let entries = document.entries().map(|(_, entry)| document.name_of(entry));
        names.extend(entries.filter(|name| !name.is_empty()));
    }
    names
}

/// Tells whether a name that a file says is used there: not in another list of names, and not in a document.
fn says_something(path: &BStr) -> bool {
    let is_list = matches!(role_of(path), Some(Role::Template(_) | Role::Values));
    let is_document = [&b".md"[..], b".mdx", b".rst", b".adoc"]
        .iter()
        .any(|ending| path.ends_with(ending));
    !is_list && !is_document
}

/// A history of at most so many objects, and so many bytes, is read in any case.
const CHEAP: (u64, u64) = (80_000, 100 << 20);

fn past(args: &Args, session: &Session<'_>, repo: Option<&Repo>) -> Result<Past, Failure> {
    let Some(repo) = repo else { return Ok(Past::None) };
    if args.no_history {
        return Ok(Past::NotRead("not read".to_owned()));
    }
    if repo.resolve("HEAD")?.is_none() {
        return Ok(Past::None);
    }
    let (objects, bytes) = repo.size()?;
    if !args.history && (objects > CHEAP.0 || bytes > CHEAP.1) {
        return Ok(Past::NotRead(format!(
            "not read, for it has {objects} objects; --history reads it"
        )));
    }
    read(session, repo).map(Past::Read)
}

fn read(session: &Session<'_>, repo: &Repo) -> Result<Outcome, Failure> {
    let accept = Accept {
        shallow: true,
        partial: true,
    };
    let mut outcome = read_history(session, repo, &Asked::default(), accept)?;
    session.baseline().apply(&mut outcome);
    Ok(outcome)
}
