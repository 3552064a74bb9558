//! `keyfence scan`: everything under a path, what is staged, a whole history, or standard input.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::BString;

use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{Options, ways};
use crate::cli::progress::Progress;
use crate::cli::range;
use crate::cli::session::{Session, Subject};
use crate::cli::shards;
use crate::git::Repo;
use crate::git::history::{self, Asked};
use crate::model::Outcome;
use crate::source::{Accept, Extent, History, Part, Staged, Stdin, Worktree, attribute};

/// Look for secrets in files, in what is staged, in a whole history, or in standard input
///
/// Exit code 0: everything asked for was read and nothing that blocks was found. 1: findings. 2: no complete answer.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Files and folders to read [default: the current folder]; with --history, revisions to start from
    #[arg(conflicts_with_all = ["staged", "stdin", "range", "since"])]
    paths: Vec<PathBuf>,
    /// Read what `git commit` would record, and report only what it adds
    #[arg(long, conflicts_with = "stdin")]
    staged: bool,
    /// Read standard input
    #[arg(long)]
    stdin: bool,
    /// Read each commit of A..B, of A...B, or one commit, and report what each one adds
    #[arg(long, value_name = "RANGE", conflicts_with_all = ["staged", "stdin"])]
    range: Option<String>,
    /// Read each commit that HEAD reaches since a day, such as 2026-03-31 or "2 weeks ago"
    #[arg(long, value_name = "DATE", conflicts_with_all = ["staged", "stdin", "range"])]
    since: Option<String>,
    /// Read every object that the refs, or the given revisions, reach: contents, messages, notes, names
    #[arg(long, conflicts_with_all = ["staged", "stdin", "no_ignore", "range", "since"])]
    history: bool,
    /// Read also what only a reflog or nothing at all leads to
    #[arg(long, requires = "history", conflicts_with = "paths")]
    unreachable: bool,
    /// Read only one of N shards, which are everything together; `keyfence report merge` joins their JSON reports
    #[arg(long, value_name = "K/N", requires = "history", value_parser = shard)]
    shard: Option<Part>,
    /// Accept that a shallow clone ends where it ends
    #[arg(long, requires = "history")]
    allow_shallow: bool,
    /// Accept that a partial clone lacks what it did not fetch
    #[arg(long, requires = "history")]
    allow_partial: bool,
    /// The name under which standard input is judged and reported
    #[arg(long, value_name = "NAME", requires = "stdin")]
    path: Option<String>,
    /// Read also what .gitignore and its kin leave out
    #[arg(long)]
    no_ignore: bool,
    #[command(flatten)]
    options: Options,
}

const EXAMPLES: &str = "\
Examples:
  keyfence scan                     the work tree you are in
  keyfence scan --staged            what the next commit would record
  keyfence scan --range main..HEAD  each commit that main does not have
  keyfence scan src .env            these two only
  keyfence scan --history           everything that any ref reaches
  keyfence scan --history main v2   everything that these two reach
  git show HEAD:app.py | keyfence scan --stdin --path app.py
  keyfence scan --format json -o report.json";

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    if args.stdin {
        stdin(args)
    } else if args.staged {
        staged(args)
    } else if args.range.is_some() || args.since.is_some() {
        range(args)
    } else if args.history {
        history(args)
    } else {
        worktree(args)
    }
}

fn stdin(args: &Args) -> Result<Exit, Failure> {
    let root = project_root(Path::new("."));
    let session = Session::open(&args.options, root.as_deref())?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let path = args.path.as_deref().map(BString::from);
    let source = Stdin::new(io::stdin(), path, session.limits()?);
    session.run(&source, &subject("stdin", "-"))
}

fn staged(args: &Args) -> Result<Exit, Failure> {
    let repo = Repo::discover_by(".", ways(args.options.reference))?;
    let session = Session::open(&args.options, repo.root())?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let source = Staged::new(&repo, session.limits()?, args.options.jobs);
    let mut outcome = session.scan_change(&source)?;
    session.judge_strictly(&mut outcome);
    session.report(&outcome, &subject("staged", "."))?;
    Ok(session.verdict(&outcome))
}

fn range(args: &Args) -> Result<Exit, Failure> {
    let repo = Repo::discover(".")?;
    let session = Session::open(&args.options, repo.root())?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let range = match (&args.range, &args.since) {
        (Some(written), _) => range::parse(&repo, written)?,
        (None, day) => range::since(&repo, day.as_deref().unwrap_or_default())?,
    };
    let moved = range::ends(&range);
    let mut outcome = range::read(&repo, &session, range, &moved)?;
    session.judge_strictly(&mut outcome);
    session.report(&outcome, &subject("range", "."))?;
    Ok(session.verdict(&outcome))
}

fn history(args: &Args) -> Result<Exit, Failure> {
    let repo = Repo::discover(".")?;
    let session = Session::open(&args.options, repo.root())?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let asked = Asked {
        revs: args
            .paths
            .iter()
            .map(|rev| rev.to_string_lossy().into_owned())
            .collect(),
        unreachable: args.unreachable,
        plain: args.options.reference,
        jobs: args.options.jobs,
    };
    let accept = Accept {
        shallow: args.allow_shallow,
        partial: args.allow_partial,
    };
    let progress = session.progress();
    let history = walk(&repo, &asked, &progress)?;
    let part = args.shard.clone().unwrap_or_default();
    let mut subject = subject("history", ".");
    let mut outcome = search_history(&session, &history, accept, part.clone(), &progress)?;
    if let Part::Shard { number, of } = part {
        let shard = shards::describe(&session, &history, &asked, (number, of), &outcome);
        subject.shard = Some(Arc::new(shard));
    }
    settle_history(&session, &history, &mut outcome, &progress);
    drop(progress);
    session.baseline().apply(&mut outcome);
    session.conclude(&outcome, &subject)
}

fn shard(text: &str) -> Result<Part, String> {
    Part::shard(text).ok_or_else(|| "a shard is written like 2/8".to_owned())
}

/// Reads a history, and says of each finding which commits brought it.
pub(super) fn read_history(
    session: &Session<'_>,
    repo: &Repo,
    asked: &Asked,
    accept: Accept,
) -> Result<Outcome, Failure> {
    let progress = session.progress();
    let history = walk(repo, asked, &progress)?;
    let mut outcome = search_history(session, &history, accept, Part::Whole, &progress)?;
    settle_history(session, &history, &mut outcome, &progress);
    Ok(outcome)
}

/// Finds out what a history holds.
pub(super) fn walk(repo: &Repo, asked: &Asked, progress: &Progress) -> Result<history::History, Failure> {
    progress.enter("walking through the history", Extent::Unknown);
    Ok(repo.history(asked)?)
}

/// Searches the objects of a history, each for itself.
pub(super) fn search_history(
    session: &Session<'_>,
    history: &history::History,
    accept: Accept,
    part: Part,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let source = History::new(history, session.limits()?, session.jobs(), accept, session.engine());
    session.search_shown(&source.part(part), progress)
}

/// Says of each finding which commits brought it, and heeds the exceptions that speak of commits.
pub(super) fn settle_history(
    session: &Session<'_>,
    history: &history::History,
    outcome: &mut Outcome,
    progress: &Progress,
) {
    progress.enter("finding the commits", Extent::Unknown);
    attribute(history, outcome);
    session.engine().allow_by_places(outcome);
}

fn worktree(args: &Args) -> Result<Exit, Failure> {
    let paths = if args.paths.is_empty() {
        vec![PathBuf::from(".")]
    } else {
        args.paths.clone()
    };
    let root = project_root(&paths[0]);
    let session = Session::open(&args.options, root.as_deref())?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let is_everything = is_whole_project(&paths, root.as_deref());
    let counted = root.filter(|_| is_everything && session.shows_progress());
    let source = Worktree::new(paths, session.limits()?)
        .no_ignore(args.no_ignore)
        .jobs(args.options.jobs)
        .about(counted.and_then(|root| Repo::discover(root).ok()?.count_tracked()));
    let subject = Subject {
        is_everything,
        ..subject("worktree", &named.join(" "))
    };
    session.run(&source, &subject)
}

fn subject(mode: &'static str, root: &str) -> Subject {
    Subject {
        mode,
        root: root.to_owned(),
        is_everything: false,
        shard: None,
    }
}

/// Returns where a project keeps its configuration: the repository's root, or without one the folder itself.
pub(super) fn project_root(path: &Path) -> Option<PathBuf> {
    let folder = if path.is_dir() {
        path
    } else {
        path.parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
    };
    match Repo::discover(folder) {
        Ok(repo) => repo.root().map(Path::to_owned),
        Err(_) => Some(folder.to_owned()),
    }
}

fn is_whole_project(paths: &[PathBuf], root: Option<&Path>) -> bool {
    let absolute = |path: &Path| path.canonicalize().ok();
    let root = root.and_then(absolute).or_else(|| env::current_dir().ok());
    paths.iter().any(|path| absolute(path) == root)
}
