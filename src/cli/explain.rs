//! `keyfence explain`: why something at a place is reported, or why it is not.
//! It searches by the code of a scan, with the same settings; only the reasons are kept, too.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bstr::{BString, ByteSlice};
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{ConfidenceArg, Options};
use crate::cli::scan::project_root;
use crate::cli::session::{Session, quiet_on_broken_pipe};
use crate::engine::Engine;
use crate::git::Repo;
use crate::model::{Blob, Explained, Location, Redactor, Secret};
use crate::report::{Explanation, Format};
use crate::source::{Item, Source, Staged, Worktree};

/// Say why something is reported, or why it is not: each candidate with the steps that judged it
///
/// Exit code 0 when the file was read, whatever is in it; 2 when it was not.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A file, with or without a line in it
    #[arg(value_name = "FILE[:LINE]")]
    target: String,
    /// Explain what is staged rather than what is on disk
    #[arg(long)]
    staged: bool,
    /// The explanation's format
    #[arg(long, default_value = "human", value_parser = format())]
    format: Format,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Add the rules of this file; may be given several times
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    /// Explain by this confidence [default: medium]
    #[arg(long, value_name = "CONFIDENCE")]
    min_confidence: Option<ConfidenceArg>,
}

const EXAMPLES: &str = "\
Examples:
  keyfence explain app/settings.py:12   every candidate on that line
  keyfence explain --staged .env        the whole file, as it is staged
  keyfence explain app.py:3 --format json";

/// Reads the formats that an explanation can have.
fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["human", "json"]).map(|name| match name.as_str() {
        "json" => Format::Json,
        _ => Format::Human,
    })
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (file, line) = target(&args.target);
    let options = Options {
        config: args.config.clone(),
        rules: args.rules.clone(),
        min_confidence: args.min_confidence,
        ..Options::default()
    };
    if file.is_dir() {
        let what = format!("{} is a folder.", file.display());
        return Err(Failure::new(
            what,
            "name a file in it, as in `keyfence explain app.py:12`.",
        ));
    }
    let session = Session::open(&options, project_root(&file).as_deref())?;
    let seen = if args.staged {
        let repo = Repo::discover(parent(&file))?;
        let name = name_in(&repo, &file)?;
        look(
            session.engine(),
            &Staged::new(&repo, session.limits()?, 0),
            line,
            Some(&name),
        )?
    } else {
        look(session.engine(), &Worktree::new([&file], session.limits()?), line, None)?
    };
    print(&seen.outcome(&file)?, args.format)?;
    Ok(Exit::Clean)
}

/// Takes the line off a target, unless there is a file of that very name.
fn target(target: &str) -> (PathBuf, Option<u32>) {
    let whole = (PathBuf::from(target), None);
    if Path::new(target).exists() {
        return whole;
    }
    let parsed = target
        .rsplit_once(':')
        .and_then(|(file, number)| Some((file, number.parse().ok()?)));
    match parsed {
        // `FILE:LINE:COLUMN`, as reports write it.
        Some((rest, _)) if !Path::new(rest).exists() => match rest.rsplit_once(':').map(|(f, n)| (f, n.parse())) {
            Some((file, Ok(line))) => (file.into(), Some(line)),
            _ => parsed.map_or(whole, |(file, line)| (file.into(), Some(line))),
        },
        Some((file, line)) => (file.into(), Some(line)),
        None => whole,
    }
}

fn parent(file: &Path) -> &Path {
    file.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Returns the name of a file within its repository, whether it is on disk or not.
fn name_in(repo: &Repo, file: &Path) -> Result<BString, Failure> {
    let outside = || {
        let what = format!("{} is not in the work tree of this repository.", file.display());
        Failure::new(what, "name a file that is staged.")
    };
    let root = repo
        .root()
        .and_then(|root| root.canonicalize().ok())
        .ok_or_else(outside)?;
    let folder = parent(file).canonicalize().map_err(|_| outside())?;
    let path = folder.join(file.file_name().unwrap_or_default());
    let inside = path.strip_prefix(&root).map_err(|_| outside())?;
    Ok(<[u8]>::from_path(inside).ok_or_else(outside)?.into())
}

/// What a source had to say of the file.
#[derive(Default)]
struct Seen {
    found: Vec<Explanation>,
    /// The values of all candidates, also of those on other lines.
    values: Vec<Secret>,
    /// Why it was not read.
    problem: Option<String>,
}

fn look(engine: &Engine, source: &dyn Source, line: Option<u32>, only: Option<&BString>) -> Result<Seen, Failure> {
    let seen = Mutex::new(Seen::default());
    let is_asked = |path: &[u8]| only.is_none_or(|only| only == path);
    source.visit(&|item| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        match item {
            Item::Blob(blob, _) if is_asked(&blob.path) => seen.explain(engine, &blob, line),
            Item::Skipped(skipped) if is_asked(&skipped.path) => {
                seen.problem = Some(format!("it is passed over: {}.", skipped.reason.as_str()));
            }
            Item::Failed(failed) if is_asked(&failed.path) => seen.problem = Some(failed.error),
            _ => {}
        }
    })?;
    Ok(seen.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Seen {
    fn explain(&mut self, engine: &Engine, blob: &Blob<'_>, line: Option<u32>) {
        let (candidates, gave_up) = engine.explain(blob);
        if gave_up {
            self.problem = Some("it asks for more work than any honest file does.".to_owned());
        }
        let secrets = candidates.iter().filter(|one| one.place.holds_secret());
        self.values.extend(secrets.map(|one| one.secret.clone()));
        let is_there = |at: &Location| line.is_none_or(|line| at.line <= line && line <= at.end_line);
        let candidates: Vec<Explained> = candidates.into_iter().filter(|one| is_there(&one.location)).collect();
        let keywords = match line {
            Some(line) if candidates.is_empty() => engine.keywords_on(blob, line),
            _ => Vec::new(),
        };
        let path = blob.path.clone().into_owned();
        self.found.push(Explanation {
            path,
            line,
            candidates,
            keywords,
        });
    }

    /// Returns what there is to say, or why there is nothing.
    fn outcome(self, file: &Path) -> Result<Self, Failure> {
        let file = file.display();
        match &self.problem {
            Some(problem) => Err(Failure::new(
                format!("{file} was not read to its end: {problem}"),
                "a scan passes over it in the same way, and says so in its summary.",
            )),
            None if self.found.is_empty() => Err(Failure::new(
                format!("{file} is not among what is read."),
                "with --staged only what the next commit changes is read; check with `git status`.",
            )),
            None => Ok(self),
        }
    }
}

fn print(seen: &Seen, format: Format) -> Result<(), Failure> {
    let redactor = Redactor::of(seen.values.iter());
    let mut out = BufWriter::new(io::stdout().lock());
    let written = seen
        .found
        .iter()
        .try_for_each(|found| found.render(&redactor, format, &mut out));
    quiet_on_broken_pipe(written.and_then(|()| out.flush()))?;
    Ok(())
}
