//! Makes a plan true, in the one order in which nothing can be lost and nothing leaks.
//!
//! First git ignores `.env`, by its own word. Then `.env` gets the value, and is read back. Only then does the value
//! leave its source, and last the template gets the name. Whenever a run is killed, each file is whole, old or new, and
//! the value stands in the source or in `.env`; the journal lets the next run finish what is left.

use bstr::ByteSlice;

use crate::fix::change::Change;
use crate::fix::desk::Desk;
use crate::fix::journal::{self, Held, Journal, Record, Role};
use crate::fix::plan::Plan;
use crate::fix::write::{self, Access};
use crate::fix::{FixError, dotenv, edit, ledger, token};
use crate::model::Secret;

/// Makes a plan true. The desk must be held.
///
/// # Errors
/// At the first thing that does not go as planned; what was done by then stands, and a rerun goes on.
pub fn apply(desk: &Desk, plan: &Plan) -> Result<(), FixError> {
    if plan.changes.is_empty() {
        return Ok(());
    }
    let mut journal = Journal {
        version: 1,
        finished: false,
        files: plan.changes.iter().map(record).collect(),
    };
    let path = journal::begin(desk.scratch(), &journal)?;
    for change in &plan.changes {
        make(desk, change)?;
        if change.role == Role::Ignore {
            ignores(desk, plan)?;
        }
    }
    journal.finished = true;
    journal::save(desk.scratch(), &path, &journal)
}

fn record(change: &Change) -> Record {
    Record {
        role: change.role,
        path: change.name.clone(),
        before: change.before.as_ref().map(|before| journal::hash(&before.bytes)),
        after: journal::hash(&change.after),
        steps: change.steps.clone(),
        names: change.names.clone(),
    }
}

fn make(desk: &Desk, change: &Change) -> Result<(), FixError> {
    if change.role == Role::Env && (desk.is_tracked(&change.name)? || !desk.is_ignored(&change.name)?) {
        return Err(FixError::NotIgnored(change.name.clone()));
    }
    let access = if change.role == Role::Env {
        Access::OwnerOnly
    } else {
        Access::AsBefore
    };
    write::replace(
        desk.scratch(),
        &change.place,
        change.before.as_ref(),
        &change.after,
        access,
    )?;
    write::read_back(&change.place, &change.after)
}

/// Refuses to go on when git does not ignore an environment file for all that its rules say now.
fn ignores(desk: &Desk, plan: &Plan) -> Result<(), FixError> {
    let envs = plan.moved.iter().map(|moved| &moved.env);
    for env in envs {
        if !desk.is_ignored(env)? {
            return Err(FixError::NotIgnored(env.clone()));
        }
    }
    Ok(())
}

/// Finishes what a killed run has left, and tells whether there was something.
///
/// Sources that it had not reached are as they were: the next plan finds them again. A source that it did reach may
/// lack its name in the template.
///
/// # Errors
/// When a file cannot be read or written.
pub fn resume(desk: &Desk) -> Result<bool, FixError> {
    let Some((path, mut journal)) = journal::newest(desk.scratch())? else {
        return Ok(false);
    };
    if journal.finished {
        return Ok(false);
    }
    let mut is_begun = false;
    for record in &journal.files {
        is_begun |= record.role == Role::Source && state(desk, record)? == State::After;
    }
    if !is_begun {
        journal::drop(&path)?;
        return Ok(false);
    }
    for record in journal.files.iter_mut().filter(|record| record.role == Role::Template) {
        let place = desk.root.join(&record.path);
        desk.refuse_links(&place)?;
        let before = write::read(&place)?;
        let text = before.as_ref().map_or(&b""[..], |before| &before.bytes);
        let (after, missing) = ledger::with_names(text, &record.names);
        if !missing.is_empty() {
            write::replace(desk.scratch(), &place, before.as_ref(), &after, Access::AsBefore)?;
        }
    }
    journal.finished = true;
    journal::save(desk.scratch(), &path, &journal)?;
    Ok(true)
}

/// Tells whether a run was killed before its end.
///
/// # Errors
/// When the journal cannot be read.
pub fn is_interrupted(desk: &Desk) -> Result<bool, FixError> {
    Ok(journal::newest(desk.scratch())?.is_some_and(|(_, journal)| !journal.finished))
}

/// Which of a file's two contents is there.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Before,
    After,
    Other,
}

fn state(desk: &Desk, record: &Record) -> Result<State, FixError> {
    let place = desk.root.join(&record.path);
    desk.refuse_links(&place)?;
    let now = write::read(&place)?.map(|file| journal::hash(&file.bytes));
    Ok(match now {
        Some(now) if now == record.after => State::After,
        now if now == record.before => State::Before,
        _ => State::Other,
    })
}

/// What became of each file when a run was taken back.
#[derive(Debug, Default)]
pub struct Undone {
    /// Files that are as they were before.
    pub restored: Vec<String>,
    /// Files that stay as they are, each with the reason.
    pub kept: Vec<(String, &'static str)>,
    /// The values that came back, so that none is shown.
    pub values: Vec<Secret>,
}

/// Takes the newest run back: every value returns to its source, and `.env` keeps it as well.
///
/// # Errors
/// When there is no journal, or a file cannot be read or written.
pub fn undo(desk: &Desk) -> Result<Undone, FixError> {
    let (path, journal) = journal::newest(desk.scratch())?.ok_or(FixError::NoJournal)?;
    let mut undone = Undone::default();
    // Nothing leaves the template before its value is back in the source.
    for record in &journal.files {
        for held in record.steps.iter().filter_map(|step| step.value.as_ref()) {
            undone
                .values
                .extend(value_of(desk, &held.env, &held.name)?.map(Secret::new));
        }
        match take_back(desk, record)? {
            Ok(()) => undone.restored.push(record.path.clone()),
            Err("") => {}
            Err(why) => undone.kept.push((record.path.clone(), why)),
        }
    }
    if undone.kept.iter().all(|(_, why)| [KEEPS_OUT, HOLDS].contains(why)) {
        journal::drop(&path)?;
    }
    Ok(undone)
}

const KEEPS_OUT: &str = "it keeps .env out of commits";
const HOLDS: &str = "what it holds may be nowhere else";

/// Restores one file, or says why not; an empty reason says that there is nothing to do.
fn take_back(desk: &Desk, record: &Record) -> Result<Result<(), &'static str>, FixError> {
    match record.role {
        Role::Ignore => return Ok(Err(KEEPS_OUT)),
        Role::Env => return Ok(Err(HOLDS)),
        Role::Source | Role::Template => {}
    }
    match state(desk, record)? {
        State::Before => return Ok(Err("")),
        State::Other => return Ok(Err("it has changed since; `git diff` shows how")),
        State::After => {}
    }
    let place = desk.root.join(&record.path);
    let Some(now) = write::read(&place)? else {
        return Ok(Err("it is gone"));
    };
    let Some(old) = old_content(desk, record, &now.bytes)? else {
        return Ok(Err(
            "what stood there cannot be put together from .env; `git checkout -- FILE` has it if it was committed",
        ));
    };
    if record.before.is_none() {
        std::fs::remove_file(&place).map_err(FixError::io("removed", &place))?;
        return Ok(Ok(()));
    }
    write::replace(desk.scratch(), &place, Some(&now), &old, Access::AsBefore)?;
    Ok(Ok(()))
}

/// Puts the old content together; the hash of the whole file tells whether it is the right one.
fn old_content(desk: &Desk, record: &Record, now: &[u8]) -> Result<Option<Vec<u8>>, FixError> {
    let mut edits = Vec::new();
    for step in &record.steps {
        let body = match &step.value {
            None => Vec::new(),
            Some(held) => match body(desk, held, step.head.bytes().last())? {
                Some(body) => body,
                None => return Ok(None),
            },
        };
        edits.push(edit::Edit {
            span: step.at.min(now.len())..(step.at + step.len).min(now.len()),
            text: [step.head.as_bytes(), &body, step.tail.as_bytes()].concat(),
        });
    }
    let old = edit::apply(now, &edits);
    let wanted = record.before.clone().unwrap_or_else(|| journal::hash(b""));
    Ok((journal::hash(&old) == wanted).then_some(old))
}

/// Writes a value as it was written between its quotes.
fn body(desk: &Desk, held: &Held, quote: Option<u8>) -> Result<Option<Vec<u8>>, FixError> {
    let value = value_of(desk, &held.env, &held.name)?;
    Ok(value.and_then(|value| token::bodies(&value, quote).into_iter().nth(held.way)))
}

fn value_of(desk: &Desk, env: &str, name: &str) -> Result<Option<Vec<u8>>, FixError> {
    let place = desk.root.join(env);
    desk.refuse_links(&place)?;
    let text = write::read(&place)?.map(|file| file.bytes).unwrap_or_default();
    Ok(match dotenv::look_up(&text, name) {
        dotenv::Said::Value(value) => Some(value.expose().as_bytes().to_vec()),
        _ => None,
    })
}
