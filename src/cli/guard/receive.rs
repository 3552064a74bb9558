//! `guard pre-receive` and `guard update`: the gate of a repository that others push to.
//!
//! What is pushed lies in git's quarantine until the gate opens, so "new" is what no ref of the repository reaches.
//! A push cannot allow itself, and there is no time after which it is let through.

use std::io::{self, Read};

use bstr::ByteSlice;

use crate::baseline;
use crate::cli::failure::{Exit, Failure};
use crate::cli::guard::allowed::Allowed;
use crate::cli::guard::{Advice, FromHook, advise, base, both, look_for, tell, variable};
use crate::cli::options::Options;
use crate::cli::range;
use crate::config::Committed;
use crate::git::{Oid, Range, Refs, Repo};
use crate::hook::{CANARY, Input};
use crate::weakening::make_strict;

const ADVICE: Advice = Advice {
    what: "push",
    would: "bring in",
    remedy: "take the value out of each commit named above (`git rebase -i` and `edit`, or `git commit --amend` for the \
             last one) and push again; a later commit that removes it does not help, for the push carries both.",
};

/// One ref that is to be moved.
pub(super) struct Move {
    old: Oid,
    new: Oid,
    name: String,
}

/// All refs of a push, one a line of standard input.
pub(super) fn pre_receive(hook: &FromHook) -> Result<Exit, Failure> {
    let mut lines = Vec::new();
    io::stdin().lock().read_to_end(&mut lines)?;
    let moves = lines.lines().map(|line| {
        let mut words = line.splitn(3, |&byte| byte == b' ');
        read(words.next(), words.next(), words.next()).ok_or_else(odd)
    });
    receive(hook, &moves.collect::<Result<Vec<_>, _>>()?, Input::Read(&lines))
}

/// One ref of a push, in the arguments.
pub(super) fn update(hook: &FromHook) -> Result<Exit, Failure> {
    let args: Vec<&[u8]> = hook.args.iter().map(|arg| arg.as_encoded_bytes()).collect();
    let moved = match args.as_slice() {
        [name, old, new] => read(Some(old), Some(new), Some(name)),
        _ => None,
    };
    receive(hook, &[moved.ok_or_else(odd)?], Input::Inherited)
}

pub(super) fn read(old: Option<&[u8]>, new: Option<&[u8]>, name: Option<&[u8]>) -> Option<Move> {
    Some(Move {
        old: Oid::parse(old?)?,
        new: Oid::parse(new?)?,
        name: name?.to_str_lossy().into_owned(),
    })
}

fn receive(hook: &FromHook, moves: &[Move], input: Input<'_>) -> Result<Exit, Failure> {
    let repo = Repo::discover(".")?;
    // A ref that is deleted brings nothing.
    let moves: Vec<&Move> = moves.iter().filter(|moved| !moved.new.is_zero()).collect();
    if let Some(canary) = variable(CANARY) {
        return look_for(&canary, |session| range::read(&repo, session, asked(&moves), &[]));
    }
    let refusal = hook.refusal(input);
    let options = Options::default();
    let mut worst = Exit::Clean;
    let is_strict = repo.says_yes("keyfence.strict")?;
    let mut allowed = Allowed::of_push(&repo)?;
    for (config, moves) in by_base(&repo, &moves)? {
        let session = base::session(&options, &repo, &config)?;
        let mut outcome = range::read(&repo, &session, asked(&moves), &states(&repo, &moves)?)?;
        base::refuse_comments(&mut outcome);
        if is_strict {
            make_strict(&mut outcome);
        }
        allowed.apply(&mut outcome, &names(&moves))?;
        worst = worse(worst, tell(&session, &outcome, "receive")?);
    }
    allowed.warn_of_unused();
    advise(worst, &ADVICE);
    Ok(both(worst, refusal))
}

fn asked(moves: &[&Move]) -> Range {
    Range {
        tips: moves.iter().map(|moved| moved.new.clone()).collect(),
        without_refs: vec![Refs::All],
        ..Range::default()
    }
}

/// What each ref named and is to name. The base of a new ref is the default branch.
fn states(repo: &Repo, moves: &[&Move]) -> Result<Vec<(Oid, Oid)>, Failure> {
    let mut states = Vec::new();
    for moved in moves {
        let new = repo.resolve_commit(moved.new.as_str())?;
        states.extend(base_of(repo, moved)?.zip(new));
    }
    Ok(states)
}

fn base_of(repo: &Repo, moved: &Move) -> Result<Option<Oid>, Failure> {
    let own = match moved.old.is_zero() {
        true => None,
        false => repo.resolve_commit(moved.old.as_str())?,
    };
    match own {
        Some(own) => Ok(Some(own)),
        None => Ok(repo.resolve_commit("HEAD")?),
    }
}

/// Puts refs together whose bases have the same configuration.
fn by_base<'m>(repo: &Repo, moves: &[&'m Move]) -> Result<Vec<(Committed, Vec<&'m Move>)>, Failure> {
    let mut groups: Vec<(Committed, Vec<&Move>)> = Vec::new();
    for &moved in moves {
        let config = Committed::find(repo, base_of(repo, moved)?.as_ref(), baseline::FILE_NAME)?;
        match groups.iter_mut().find(|(known, _)| *known == config) {
            Some((_, group)) => group.push(moved),
            None => groups.push((config, vec![moved])),
        }
    }
    Ok(groups)
}

fn names(moves: &[&Move]) -> String {
    let names: Vec<&str> = moves.iter().map(|moved| moved.name.as_str()).collect();
    names.join(" ")
}

/// Findings win over failures, failures win over clean.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Findings, _) | (_, Exit::Findings) => Exit::Findings,
        (Exit::Incomplete, _) | (_, Exit::Incomplete) => Exit::Incomplete,
        _ => one,
    }
}

fn odd() -> Failure {
    Failure::new(
        "This gate was not told which refs are to move.",
        "git tells its hook; where another program calls it, let it pass arguments and standard input on.",
    )
}
