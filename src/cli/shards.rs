//! `keyfence report merge`: from the reports of shards to the report of one run.
//!
//! It runs in a clone of the same repository: the shards say in which objects something was found, those few are read
//! again here, and everything else is added up. So each format and each exit code is that of a single run.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::cli::failure::{Exit, Failure};
use crate::cli::options::Options;
use crate::cli::scan::{search_history, settle_history, walk};
use crate::cli::session::{Session, Subject, unreadable};
use crate::git::Repo;
use crate::git::history::{Asked, History};
use crate::model::{Coverage, Finding, Origin, Outcome};
use crate::report::{Shard, ShardReport};
use crate::source::{Accept, Part};

/// Work on reports that were written before
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Join the JSON reports of all shards of a history into the report of one run, in a clone of that repository
    Merge(MergeArgs),
}

const EXAMPLES: &str = "\
Examples:
  keyfence scan --history --shard 1/2 --format json -o 1.json    on one machine
  keyfence scan --history --shard 2/2 --format json -o 2.json    on another
  keyfence report merge 1.json 2.json --format html -o all.html  as if it had been one run";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
struct MergeArgs {
    /// The JSON reports of all shards, in any order
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Merge(args) => merge(args),
    }
}

/// Says which shard a scan was; the outcome is that of single objects, before values are put together.
pub(super) fn describe(
    session: &Session<'_>,
    history: &History,
    asked: &Asked,
    (number, of): (u64, u64),
    outcome: &Outcome,
) -> Shard {
    let held = outcome.suppressed.iter().map(|held| &held.finding);
    let objects = outcome.findings.iter().chain(held).filter_map(object);
    let mut objects: Vec<String> = objects.collect();
    objects.sort_unstable();
    objects.dedup();
    Shard {
        number,
        of,
        history: name_of(history),
        settings: name_of_settings(session),
        revs: asked.revs.clone(),
        unreachable: asked.unreachable,
        objects,
    }
}

/// Returns the object in which a finding stands; the name of a file stands in none.
fn object(finding: &Finding) -> Option<String> {
    match &finding.origin {
        Origin::Object(name) if !name.is_empty() => Some(name.to_string()),
        _ => None,
    }
}

/// Names a history by its commits and tags, which name everything else.
fn name_of(history: &History) -> String {
    let census = &history.census;
    let commits = census.commits.iter().map(|commit| commit.object);
    let mut names: Vec<String> = commits
        .chain(census.tags.iter().copied())
        .map(|number| census.names[number as usize].to_string())
        .collect();
    names.sort_unstable();
    digest(&names.concat())
}

fn name_of_settings(session: &Session<'_>) -> String {
    let rules = session.rules().iter().map(|rule| format!("{}\n", rule.id));
    let rules: String = rules.collect();
    // What blocks and what is accepted is asked of the whole, not of its parts.
    let counts = |line: &&str| {
        !["fail-on", "baseline", "# no baseline"]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let settings: Vec<String> = session
        .settings()
        .describe()
        .lines()
        .filter(counts)
        .map(str::to_owned)
        .collect();
    digest(&format!(
        "{}\n{rules}{}",
        settings.join("\n"),
        env!("CARGO_PKG_VERSION")
    ))
}

fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn merge(args: &MergeArgs) -> Result<Exit, Failure> {
    let (shards, coverage) = read(&args.files)?;
    let first = complete(&shards)?;
    let repo = Repo::discover(".")?;
    let session = Session::open(&args.options, repo.root())?;
    let asked = Asked {
        revs: first.revs.clone(),
        unreachable: first.unreachable,
        plain: args.options.reference,
        jobs: session.jobs(),
    };
    let progress = session.progress();
    let history = walk(&repo, &asked, &progress)?;
    if name_of(&history) != first.history {
        let hint = "run it in a clone with the same refs, or run the shards again.";
        return Err(Failure::new(
            "The shards are of another history than this repository's.",
            hint,
        ));
    }
    if name_of_settings(&session) != first.settings {
        let hint = "give the same options, rules and configuration, and the same version of keyfence, to all of them.";
        return Err(Failure::new("The shards were read with other rules or settings.", hint));
    }
    let objects: HashSet<String> = shards.iter().flat_map(|shard| shard.objects.clone()).collect();
    let mut outcome = search_history(&session, &history, Accept::default(), Part::Objects(objects), &progress)?;
    take_over(&mut outcome, coverage);
    settle_history(&session, &history, &mut outcome, &progress);
    drop(progress);
    session.baseline().apply(&mut outcome);
    let subject = Subject {
        mode: "history",
        root: ".".to_owned(),
        is_everything: false,
        shard: None,
    };
    session.conclude(&outcome, &subject)
}

/// Reads the reports: which shards they are, and what all of them read.
fn read(files: &[PathBuf]) -> Result<(Vec<Shard>, Coverage), Failure> {
    let (mut shards, mut coverage) = (Vec::new(), Coverage::default());
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
        let odd = || {
            Failure::new(
                format!("{} is no JSON report of a shard.", file.display()),
                "write it with `keyfence scan --history --shard K/N --format json --output FILE`.",
            )
        };
        let report: ShardReport = serde_json::from_str(&text).map_err(|_| odd())?;
        shards.push(report.shard.clone().filter(|_| report.version == 1).ok_or_else(odd)?);
        if !report.enter(&mut coverage) {
            return Err(odd());
        }
    }
    Ok((shards, coverage))
}

/// Sees that the shards are all of one scan, each once.
fn complete(shards: &[Shard]) -> Result<&Shard, Failure> {
    let Some(first) = shards.first() else {
        return Err(Failure::new("There are no shards.", "name the JSON report of each."));
    };
    let asked = |shard: &Shard| {
        (
            shard.of,
            shard.history.clone(),
            shard.settings.clone(),
            shard.revs.clone(),
            shard.unreachable,
        )
    };
    if shards.iter().any(|shard| asked(shard) != asked(first)) {
        let hint = "run all of them on the same refs, with the same options, N and version of keyfence.";
        return Err(Failure::new("These shards are not of one scan.", hint));
    }
    let mut numbers: Vec<u64> = shards.iter().map(|shard| shard.number).collect();
    numbers.sort_unstable();
    match numbers.iter().copied().eq(1..=first.of) {
        true => Ok(first),
        false => Err(Failure::new(
            format!("These are not the shards 1 to {}, each once: {numbers:?}.", first.of),
            "a part that nobody read is not clean; run what is missing.",
        )),
    }
}

/// Takes the books of the shards for its own; what could not be read once more is a gap as well.
fn take_over(outcome: &mut Outcome, coverage: Coverage) {
    let again = std::mem::replace(&mut outcome.coverage, coverage);
    let known = &mut outcome.coverage.failed;
    for failed in again.failed {
        if !known.contains(&failed) {
            known.push(failed);
        }
    }
    outcome.sort();
}
