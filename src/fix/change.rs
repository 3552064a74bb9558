//! The change of one file: its content before and after, and how to get back without a value written down.

use std::ops::Range;
use std::path::PathBuf;

use bstr::ByteSlice;

use crate::fix::desk::Desk;
use crate::fix::edit::{self, Edit};
use crate::fix::journal::{Held, Role, Step};
use crate::fix::ledger::{self, Ledger};
use crate::fix::slot::Slot;
use crate::fix::write::{self, Before};
use crate::fix::{FixError, token};
use crate::model::Finding;

/// One file's change.
pub(super) struct Change {
    pub(super) role: Role,
    pub(super) name: String,
    pub(super) place: PathBuf,
    pub(super) before: Option<Before>,
    pub(super) after: Vec<u8>,
    pub(super) edits: Vec<Edit>,
    pub(super) steps: Vec<Step>,
    pub(super) names: Vec<String>,
    /// Values in the content before.
    pub(super) hidden: Vec<Range<usize>>,
}

/// One literal with the name that its variable gets.
pub(super) struct Choice<'f> {
    pub(super) slot: Slot,
    pub(super) name: String,
    pub(super) finding: Option<&'f Finding>,
}

/// Returns the lookup that takes the place of a literal; where words would run together it keeps them apart.
pub(super) fn replacement(text: &[u8], choice: &Choice<'_>) -> Edit {
    let span = choice.slot.replaced.clone();
    let mut lookup = choice.slot.lookup.replace("{name}", &choice.name).into_bytes();
    let is_word = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let before = span.start.checked_sub(1).and_then(|at| text.get(at));
    if is_word(before) && is_word(lookup.first()) {
        lookup.insert(0, b' ');
    }
    if is_word(text.get(span.end)) && lookup.last().is_some_and(|last| !last.is_ascii_whitespace()) {
        lookup.push(b' ');
    }
    Edit { span, text: lookup }
}

/// Works out how to get back, without a value in it.
pub(super) fn steps(change: &Change, choices: &[Choice<'_>], env: &str) -> Vec<Step> {
    let text = change.before.as_ref().map_or(&b""[..], |before| &before.bytes);
    let is_silent = |piece: &[u8]| !choices.iter().any(|choice| piece.contains_str(&choice.slot.value));
    let mut shift = 0_isize;
    let mut steps = Vec::new();
    for edit in &change.edits {
        let at = edit.span.start.saturating_add_signed(shift);
        shift += edit.text.len().cast_signed() - edit.span.len().cast_signed();
        let choice = choices.iter().find(|choice| choice.slot.replaced == edit.span);
        let body = choice.map_or(edit.span.end..edit.span.end, |choice| choice.slot.body.clone());
        let (head, tail) = (&text[edit.span.start..body.start], &text[body.end..edit.span.end]);
        let value = choice.map(|choice| held(choice, &text[body], head.last().copied(), env));
        if !is_silent(head) || !is_silent(tail) || value == Some(None) {
            return Vec::new();
        }
        steps.push(Step {
            at,
            len: edit.text.len(),
            head: head.to_str_lossy().into_owned(),
            tail: tail.to_str_lossy().into_owned(),
            value: value.flatten(),
        });
    }
    steps
}

/// Says where a value is, and how it was written; `None` when it cannot be written that way again.
fn held(choice: &Choice<'_>, body: &[u8], quote: Option<u8>, env: &str) -> Option<Held> {
    let bodies = token::bodies(&choice.slot.value, quote);
    Some(Held {
        name: choice.name.clone(),
        env: env.to_owned(),
        way: bodies.iter().position(|written| written == body)?,
    })
}

fn plain(role: Role, name: String, place: PathBuf, before: Option<Before>, after: Vec<u8>) -> Change {
    let text = before.as_ref().map_or(&b""[..], |before| &before.bytes);
    let edits = vec![edit::difference(text, &after)];
    Change {
        role,
        name,
        place,
        before,
        after,
        edits,
        steps: Vec::new(),
        names: Vec::new(),
        hidden: Vec::new(),
    }
}

/// Writes the values down.
pub(super) fn env_change(ledger: &Ledger) -> Option<Change> {
    ledger.is_changed().then(|| {
        let Ledger {
            name,
            place,
            before,
            after,
            ..
        } = ledger.clone();
        plain(Role::Env, name, place, before, after)
    })
}

/// Adds the names to the template.
pub(super) fn template_change(desk: &Desk, ledger: &Ledger) -> Result<Option<Change>, FixError> {
    let place = ledger.template();
    desk.refuse_links(&place)?;
    let before = write::read(&place)?;
    let text = before.as_ref().map_or(&b""[..], |before| &before.bytes);
    let (after, names) = ledger::with_names(text, &ledger.names);
    let Some(name) = desk.name(&place).filter(|_| !names.is_empty()) else {
        return Ok(None);
    };
    let added = after[text.len()..].len();
    let step = Step {
        at: text.len(),
        len: added,
        head: String::new(),
        tail: String::new(),
        value: None,
    };
    Ok(Some(Change {
        steps: vec![step],
        names,
        ..plain(Role::Template, name, place, before, after)
    }))
}

/// Makes git ignore the environment files, if it does not yet.
pub(super) fn ignore_change(desk: &Desk, ledgers: &[Ledger]) -> Result<Option<Change>, FixError> {
    let place = desk.root.join(".gitignore");
    desk.refuse_links(&place)?;
    let before = write::read(&place)?;
    let old = before.as_ref().map_or(&b""[..], |file| &file.bytes);
    let has_line = |text: &[u8], line: &str| text.lines().any(|there| there.trim_end() == line.as_bytes());
    let mut after = old.to_vec();
    for ledger in ledgers {
        if desk.is_ignored(&ledger.name)? {
            continue;
        }
        let line = ledger.name.rsplit('/').next().unwrap_or(".env");
        if has_line(old, line) {
            return Err(FixError::NotIgnored(ledger.name.clone()));
        }
        if !has_line(&after, line) {
            let end = edit::line_end(&after);
            let gap = if after.is_empty() || after.ends_with(b"\n") {
                ""
            } else {
                end
            };
            after.extend_from_slice(format!("{gap}{line}{end}").as_bytes());
        }
    }
    Ok((old != after).then(|| plain(Role::Ignore, ".gitignore".to_owned(), place, before.clone(), after)))
}
