//! `guard commit-msg`: the message of a commit, before there is a commit.
//! A token pasted into a message is as public as one in a file, and no later commit takes it back.

use std::fs;
use std::path::Path;

use crate::cli::failure::{Exit, Failure};
use crate::cli::guard::{Advice, FromHook, advise, both, look_for, tell, variable};
use crate::cli::options::Options;
use crate::cli::session::Session;
use crate::git::Repo;
use crate::hook::{CANARY, Input};
use crate::source::Message;

const ADVICE: Advice = Advice {
    what: "commit",
    would: "have in its message",
    remedy: "take the value out of the message and commit again; git kept the message in .git/COMMIT_EDITMSG.",
};

pub(super) fn commit_msg(hook: &FromHook) -> Result<Exit, Failure> {
    let file = hook.args.first().map(Path::new).ok_or_else(no_file)?;
    if let Some(canary) = variable(CANARY) {
        return look_for(&canary, |session| session.scan(&read(file)?));
    }
    let refusal = hook.refusal(Input::Inherited);
    let repo = Repo::discover(".")?;
    let options = Options::default();
    let session = Session::open(&options, repo.root())?;
    let outcome = session.scan(&read(file)?)?;
    let mut exit = session.verdict(&outcome);
    // The pre-commit hook has had its say just now, so a clean message is no news.
    if !outcome.findings.is_empty() || exit != Exit::Clean {
        exit = tell(&session, &outcome, "message")?;
    }
    advise(exit, &ADVICE);
    Ok(both(exit, refusal))
}

/// After the hook from before, which may have written the message anew.
fn read(file: &Path) -> Result<Message, Failure> {
    let text = fs::read(file).map_err(|error| {
        Failure::new(
            format!("The commit's message, {}, could not be read: {error}.", file.display()),
            "look at the file's permissions and at the disk.",
        )
    })?;
    Ok(Message::new(text))
}

fn no_file() -> Failure {
    Failure::new(
        "The commit-msg gate was not told which file holds the message.",
        "git gives it to its hook; by hand, write `keyfence guard commit-msg FILE`.",
    )
}
