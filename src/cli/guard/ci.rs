//! `guard ci`: the gate at which a change is built.
//! It finds the range that the provider speaks of, says which one it took and why, and lets nothing pass unread.

use crate::baseline;
use crate::cli::ci::{Job, against};
use crate::cli::failure::{Exit, Failure};
use crate::cli::guard::{base, subject, variable};
use crate::cli::options::Options;
use crate::cli::range;
use crate::cli::terminal;
use crate::config::Committed;
use crate::git::Repo;

/// What is not found by the provider's variables.
#[derive(Debug, clap::Args)]
pub(super) struct CiArgs {
    /// Read what HEAD has and REF has not, whatever the provider says
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    #[command(flatten)]
    options: Options,
}

pub(super) fn ci(args: &CiArgs) -> Result<Exit, Failure> {
    let repo = Repo::discover(".")?;
    let environment = |name: &str| variable(name).map(|value| value.to_string_lossy().into_owned());
    let job = Job::recognise(&environment)?;
    let plan = match (&args.base, &job) {
        (Some(base), _) => against(&repo, base)?,
        (None, Some(job)) => job.plan(&repo)?,
        (None, None) => return Err(unknown()),
    };
    let provider = job.as_ref().map_or("keyfence", |job| job.provider.name);
    terminal::say(&format!("{provider}: {}.", plan.why));
    let config = Committed::find(&repo, plan.base.as_ref(), baseline::FILE_NAME)?;
    let session = base::session(&args.options, &repo, &config)?;
    if session.print_settings()? {
        return Ok(Exit::Clean);
    }
    let moved = range::ends(&plan.range);
    let mut outcome = range::read(&repo, &session, plan.range, &moved)?;
    base::refuse_comments(&mut outcome);
    session.judge_strictly(&mut outcome);
    session.report(&outcome, &subject("ci"))?;
    if !outcome.coverage.is_complete() && repo.is_shallow()? {
        let deepen = job.map_or("run `git fetch --unshallow` first.", |job| job.provider.deepen);
        terminal::fail(&Failure::new("This clone is too shallow for the change.", deepen));
    }
    Ok(session.verdict(&outcome))
}

fn unknown() -> Failure {
    Failure::new(
        "No CI provider that keyfence knows is at work here, so nobody says what the change is.",
        "`--base REF` names what the change started from, such as `--base origin/main`.",
    )
}
