//! `keyfence guard`: the engine at one of git's gates.
//!
//! A gate speaks git's protocol for that hook and answers with an exit code; everything it says goes to standard
//! error, where git shows it. Each gate is a variant with its arguments and one function.

mod agent;
mod allowed;
mod base;
mod ci;
mod framework;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod message;
mod push;
mod receive;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use bstr::ByteSlice;

use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{Options, ways};
use crate::cli::session::{Session, Subject};
use crate::cli::terminal::{self, variable};
use crate::git::{GitError, Repo};
use crate::hook::{self, CANARY, Chained, Input};
use crate::model::{Outcome, Place};
use crate::source::Staged;

/// Stand at one of git's gates; the hooks call this
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    gate: Gate,
}

#[derive(Debug, clap::Subcommand)]
enum Gate {
    /// Before a commit: read what it would record
    PreCommit(PreCommitArgs),
    /// When a commit has its message: read that file
    CommitMsg(FromHook),
    /// Before a push leaves: read everything that the remote does not have yet
    PrePush(FromHook),
    /// On a server, before a push is let in: read everything that no ref reaches yet
    PreReceive(FromHook),
    /// The same for one ref of a push
    Update(FromHook),
    /// In a CI job: read what the change that is built brings
    Ci(ci::CiArgs),
    /// At a step of Claude Code or Cursor: read from its hook, on standard input, what it writes, runs, sends or reads
    #[command(after_help = AGENT)]
    Agent,
}

#[derive(Debug, clap::Args)]
struct PreCommitArgs {
    /// Read every file that git tracks instead of what is staged
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    hook: FromHook,
}

const EXAMPLES: &str = "\
Examples:
  keyfence guard pre-commit             what lefthook, husky and others call before a commit
  keyfence guard pre-commit --all       every file that git tracks
  keyfence guard ci                     in a CI job, whose variables say what the change is
  keyfence guard ci --base origin/main  what HEAD has and that branch has not";

const AGENT: &str = "\
Refused is what would write or send a secret, and reading a file that holds some; a step that is not understood, too.
Claude Code is answered by exit code 2 and words on standard error, Cursor by JSON on standard output.

In .claude/settings.json:
  { \"hooks\": { \"PreToolUse\": [ { \"matcher\": \"*\",
      \"hooks\": [ { \"type\": \"command\", \"command\": \"keyfence guard agent\" } ] } ] } }
In .cursor/hooks.json:
  { \"version\": 1, \"hooks\": { \"beforeReadFile\": [ { \"command\": \"keyfence guard agent\" } ] } }";

/// What a hook's stub hands over.
#[derive(Debug, clap::Args)]
struct FromHook {
    /// The hook that was here before keyfence; it runs first, and both must agree
    #[arg(long, value_name = "FILE")]
    chain: Option<PathBuf>,
    /// Take the plain ways only, against which the fast ones are tested
    #[arg(long, hide = true)]
    reference: bool,
    /// What git gave to the hook
    args: Vec<OsString>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.gate {
        Gate::PreCommit(args) => pre_commit(args),
        Gate::CommitMsg(hook) => message::commit_msg(hook),
        Gate::PrePush(hook) => push::pre_push(hook),
        Gate::PreReceive(hook) => receive::pre_receive(hook),
        Gate::Update(hook) => receive::update(hook),
        Gate::Ci(args) => ci::ci(args),
        Gate::Agent => agent::agent(),
    }
}

fn pre_commit(args: &PreCommitArgs) -> Result<Exit, Failure> {
    let hook = &args.hook;
    if let Some(canary) = variable(CANARY) {
        let repo = Repo::discover(".")?;
        return look_for(&canary, |session| {
            session.scan(&Staged::new(&repo, session.limits()?, 0))
        });
    }
    let refusal = hook.refusal(Input::Inherited);
    let repo = Repo::discover_by(".", ways(hook.reference))?;
    let root = repo.root().ok_or_else(|| bare(&repo))?;
    let options = Options::default();
    let session = Session::open(&options, Some(root))?;
    let asked = framework::Asked::by(args, &repo)?;
    let outcome = asked.scan(&repo, &session)?;
    if outcome.coverage.expected.files == 0 && matches!(asked, framework::Asked::Staged) {
        return Ok(both(Exit::Clean, refusal));
    }
    let exit = tell(&session, &outcome, asked.mode())?;
    advise(exit, asked.advice());
    Ok(both(exit, refusal))
}

/// Reports where git shows it, and decides.
fn tell(session: &Session<'_>, outcome: &Outcome, mode: &'static str) -> Result<Exit, Failure> {
    let exit = session.verdict(outcome);
    if exit == Exit::Clean && outcome.findings.is_empty() && outcome.relaxed.is_empty() {
        // One line among those of git: it should say whose it is.
        terminal::begin("keyfence: ");
    }
    session.report_to_stderr(outcome, &subject(mode))?;
    Ok(exit)
}

fn bare(repo: &Repo) -> Failure {
    GitError::Bare(repo.git_dir().display().to_string()).into()
}

fn subject(mode: &'static str) -> Subject {
    Subject {
        mode,
        root: ".".to_owned(),
        is_everything: false,
        shard: None,
    }
}

/// A test by `install` or `status`: does the chain from git to the engine hold? The project's configuration is not
/// asked, for it may have good reasons to pass over the canary, and nothing else that is there can let it pass.
fn look_for(canary: &OsStr, scan: impl FnOnce(&Session<'_>) -> Result<Outcome, Failure>) -> Result<Exit, Failure> {
    let options = Options::default();
    let session = Session::open(&options, None)?;
    let outcome = scan(&session)?;
    // A message has no name of its own.
    let mut found = outcome.findings.iter();
    if found.any(|it| it.place == Place::CommitMessage || it.path.as_bytes() == canary.as_encoded_bytes()) {
        terminal::say(&format!("The canary is found: {}.", canary.display()));
        return Ok(Exit::Findings);
    }
    let what = "This is blocked, for keyfence was told to test itself and did not find its canary.";
    Err(Failure::new(what, format!("if this is no test, unset {CANARY}.")))
}

impl FromHook {
    /// Runs the hook from before. That it refused, or could not even start, does not keep us from looking too.
    fn refusal(&self, input: Input<'_>) -> Option<u8> {
        let kept = self.chain.as_ref()?;
        match hook::run_kept(kept, &self.args, input) {
            Ok(Chained::Nothing | Chained::Passed) => None,
            Ok(Chained::NotExecutable) => {
                terminal::warn(&format!("{} is not executable, so it was not run.", kept.display()));
                None
            }
            Ok(Chained::Refused(code)) => {
                terminal::say(&format!("error: {} refused with exit code {code}.", kept.display()));
                Some(code)
            }
            Err(error) => {
                terminal::fail(&error.into());
                Some(2)
            }
        }
    }
}

/// Our own verdict counts first; a refusal from before turns a clean one into its exit code.
fn both(exit: Exit, refusal: Option<u8>) -> Exit {
    match (exit, refusal) {
        (Exit::Clean, Some(code)) => Exit::Refused(code),
        (exit, _) => exit,
    }
}

/// What a gate says when it stays shut.
struct Advice {
    what: &'static str,
    would: &'static str,
    remedy: &'static str,
}

const COMMIT: Advice = Advice {
    what: "commit",
    would: "record",
    remedy: "read the value from the environment or a secret store, `git add` the file and commit again; or leave \
             the file out with `git restore --staged <file>`.",
};

/// Says what became of it and what to do next; how to allow what is no secret stands in the report.
fn advise(exit: Exit, advice: &Advice) {
    let Advice { what, would, remedy } = advice;
    match exit {
        Exit::Findings => terminal::fail(&Failure::new(
            format!("This {what} is blocked, for it would {would} a secret."),
            *remedy,
        )),
        Exit::Incomplete => terminal::fail(&Failure::new(
            format!("This {what} is blocked, for not all of it could be read, and nobody knows that it is clean."),
            "see above what could not be read and why.",
        )),
        Exit::Clean | Exit::Unguarded | Exit::BrokenRule | Exit::Refused(_) => {}
    }
}
