//! `guard pre-push`: everything that a push would carry to a remote that does not have it yet.
//!
//! Git tells on standard input which refs are to move, one a line. All lines are one question: what do the new tips
//! reach that the remote does not have? What it has is known by its remote-tracking refs and by the old tips that are
//! here; nothing else is taken for known.

use std::io::{self, Read};

use bstr::ByteSlice;

use crate::cli::failure::{Exit, Failure};
use crate::cli::guard::{Advice, FromHook, advise, both, look_for, tell, variable};
use crate::cli::options::Options;
use crate::cli::range;
use crate::cli::session::Session;
use crate::git::{Oid, Range, Repo};
use crate::hook::{CANARY, Input};

const ADVICE: Advice = Advice {
    what: "push",
    would: "carry away",
    remedy: "take the value out of each commit named above (`git rebase -i` and `edit`, or `git commit --amend` for the \
             last one) and push again; a later commit that removes it does not help, for the push carries both.",
};

pub(super) fn pre_push(hook: &FromHook) -> Result<Exit, Failure> {
    let mut lines = Vec::new();
    io::stdin().lock().read_to_end(&mut lines)?;
    let repo = Repo::discover(".")?;
    let (asked, moved) = asked(&repo, &lines, &remote(hook))?;
    if let Some(canary) = variable(CANARY) {
        return look_for(&canary, |session| range::read(&repo, session, asked, &[]));
    }
    let refusal = hook.refusal(Input::Read(&lines));
    if asked.tips.is_empty() {
        // Refs are only deleted: nothing leaves.
        return Ok(both(Exit::Clean, refusal));
    }
    let options = Options::default();
    let session = Session::open(&options, repo.root())?;
    let outcome = range::read(&repo, &session, asked, &moved)?;
    let exit = tell(&session, &outcome, "push")?;
    advise(exit, &ADVICE);
    Ok(both(exit, refusal))
}

/// Returns what git calls the remote: its name, or its address where it has none.
fn remote(hook: &FromHook) -> String {
    let name = hook.args.first().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_default()
}

/// Reads `<local ref> <local name> <remote ref> <remote name>` lines.
fn asked(repo: &Repo, lines: &[u8], remote: &str) -> Result<(Range, Vec<(Oid, Oid)>), Failure> {
    let (mut range, mut moves) = (Range::default(), Vec::new());
    for line in lines.lines() {
        let (tip, known) = moved(line).ok_or_else(|| odd(line))?;
        if !tip.is_zero() && !known.is_zero() {
            moves.push((known.clone(), tip.clone()));
        }
        range.tips.extend((!tip.is_zero()).then_some(tip));
        range.without.extend((!known.is_zero()).then_some(known));
    }
    range.without_refs = repo.refs_of_remote(remote)?;
    Ok((range, moves))
}

pub(super) fn moved(line: &[u8]) -> Option<(Oid, Oid)> {
    // A local name may be any revision, spaces and all, as in `git push origin "HEAD@{2 days ago}":main`.
    let mut words = line.rsplit(|&byte| byte == b' ');
    let (known, _remote_ref, tip) = (words.next()?, words.next()?, words.next()?);
    Some((Oid::parse(tip)?, Oid::parse(known)?))
}

fn odd(line: &[u8]) -> Failure {
    Failure::new(
        format!(
            "Standard input does not read as git's pre-push hook gives it: `{}`.",
            line.to_str_lossy().escape_debug()
        ),
        "a hook manager may have swallowed the input; let it pass standard input on to keyfence.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_name_may_hold_spaces() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let line = format!("HEAD@{{2 days ago}} {one} refs/heads/main {two}");
        let (tip, known) = moved(line.as_bytes()).unwrap();
        assert_eq!((tip.as_str(), known.as_str()), (one.as_str(), two.as_str()));
        assert_eq!(moved(b"refs/heads/main refs/heads/main"), None);
    }
}
