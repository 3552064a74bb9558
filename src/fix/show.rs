//! The plan as a person reads it: the lines that change, with no value in them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use bstr::ByteSlice;

use crate::envfile::{Document, Syntax, What};
use crate::fix::change::Change;
use crate::fix::desk::Reach;
use crate::fix::edit::{self, Hunk};
use crate::fix::journal::Role;
use crate::fix::moved::Moved;
use crate::fix::plan::Plan;
use crate::model::{Redactor, Secret};
use crate::report::escape;

/// Shows a plan, or what came of it.
///
/// # Errors
/// Those of the writer.
pub fn show(plan: &Plan, redactor: &Redactor, is_done: bool, out: &mut dyn Write) -> io::Result<()> {
    for change in &plan.changes {
        show_change(change, redactor, out)?;
    }
    show_left(plan, redactor, out)?;
    show_leaks(plan, redactor, out)?;
    show_list("Look again:", &plan.notes, redactor, out)?;
    show_list("Few programs read .env by themselves:", &plan.loads, redactor, out)?;
    let (moved, left) = (plan.moved.len(), plan.left.len());
    let done = match (moved, is_done) {
        (0, _) => "nothing to move".to_owned(),
        (_, true) => format!("{moved} moved"),
        (_, false) => format!("{moved} can be moved"),
    };
    let rest = if left > 0 {
        format!(" · {left} left alone")
    } else {
        String::new()
    };
    writeln!(out, "{done}{rest}")?;
    if !is_done && !plan.changes.is_empty() {
        writeln!(out, "Nothing has been written; `--write` does it.")?;
    }
    Ok(())
}

fn show_list(head: &str, lines: &[String], redactor: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "{head}")?;
    for line in lines {
        writeln!(out, "  {}", tame(redactor, line.as_bytes()))?;
    }
    writeln!(out)
}

/// Returns a text that shows no value and does nothing to the terminal.
fn tame(redactor: &Redactor, text: &[u8]) -> String {
    escape::line(&redactor.text(text))
}

fn show_change(change: &Change, redactor: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    let about = match (change.role, change.before.is_some()) {
        (Role::Env, false) => " (new, for its owner only)",
        (_, false) => " (new)",
        _ => "",
    };
    writeln!(out, "{}{about}", tame(redactor, change.name.as_bytes()))?;
    let before = change.before.as_ref().map_or(&b""[..], |before| &before.bytes);
    if change.role == Role::Env {
        show_names(before, &change.after, out)?;
    } else {
        let hidden_after: Vec<_> = change
            .hidden
            .iter()
            .filter_map(|span| edit::shifted(span, &change.edits))
            .collect();
        for Hunk {
            line,
            before: old,
            after,
        } in edit::hunks(before, &change.edits)
        {
            show_lines(before, &old, &change.hidden, (line.0, '-'), redactor, out)?;
            show_lines(&change.after, &after, &hidden_after, (line.1, '+'), redactor, out)?;
        }
    }
    writeln!(out)
}

/// Shows the entries that an environment file gets, by name and mask.
fn show_names(before: &[u8], after: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let old = Document::read(before, Syntax::Dotenv);
    let new = Document::read(after, Syntax::Dotenv);
    for item in &new.items {
        let What::Entry(entry) = &item.what else { continue };
        let name = new.at(&entry.name);
        let is_old = old
            .get(name)
            .is_some_and(|there| old.at(&there.raw) == new.at(&entry.raw));
        if !is_old {
            let value = Secret::new(new.at(&entry.value));
            writeln!(out, "{:>6} + {}={value}", item.line, escape::line(&name.to_str_lossy()))?;
        }
    }
    Ok(())
}

fn show_lines(
    text: &[u8],
    span: &Range<usize>,
    hidden: &[Range<usize>],
    (first, sign): (usize, char),
    redactor: &Redactor,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut shown = text[span.clone()].to_vec();
    for secret in hidden {
        let inside = secret.start.max(span.start)..secret.end.min(span.end);
        for at in inside {
            if !matches!(text[at], b'\n' | b'\r') {
                shown[at - span.start] = b'*';
            }
        }
    }
    redactor.mask(&mut shown);
    for (index, line) in shown.lines().enumerate() {
        writeln!(out, "{:>6} {sign} {}", first + index, tame(redactor, line))?;
    }
    Ok(())
}

fn show_left(plan: &Plan, redactor: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    for left in &plan.left {
        let place = format!(
            "{}:{}:{}",
            left.path.to_str_lossy(),
            left.location.line,
            left.location.column
        );
        let (place, what) = (
            tame(redactor, place.as_bytes()),
            tame(redactor, left.refusal.what.as_bytes()),
        );
        writeln!(out, "{place}: left alone ({}), for {what}.", left.rule)?;
        writeln!(out, "  by hand: {}.", tame(redactor, left.refusal.instead.as_bytes()))?;
    }
    if plan.left.is_empty() { Ok(()) } else { writeln!(out) }
}

/// Values about which there is the same to say.
struct Leak<'p> {
    names: Vec<&'p str>,
    first: &'p Moved,
    reach: Reach,
}

/// Collects what has left the work tree, in the order in which it stands there.
fn leaks(plan: &Plan) -> Vec<Leak<'_>> {
    let mut by_value: BTreeMap<&Secret, Vec<&Moved>> = BTreeMap::new();
    for moved in &plan.moved {
        by_value.entry(&moved.value).or_default().push(moved);
    }
    let mut groups: Vec<Vec<&Moved>> = by_value.into_values().collect();
    groups.sort_by(|a, b| (&a[0].path, a[0].line).cmp(&(&b[0].path, b[0].line)));
    let mut leaks: Vec<Leak<'_>> = Vec::new();
    for group in groups {
        let reach = group.iter().map(|moved| moved.reach).max().unwrap_or(Reach::Unknown);
        let mut names: Vec<&str> = group.iter().map(|moved| moved.name.as_str()).collect();
        names.dedup();
        let is_same = |leak: &&mut Leak<'_>| {
            (leak.reach, &leak.first.title, &leak.first.steps) == (reach, &group[0].title, &group[0].steps)
        };
        match leaks.iter_mut().find(is_same) {
            Some(leak) => leak.names.extend(names),
            None => leaks.push(Leak {
                names,
                first: group[0],
                reach,
            }),
        }
    }
    leaks
}

/// Says what moving a value does not mend: who has read it has it.
fn show_leaks(plan: &Plan, redactor: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    let leaks = leaks(plan);
    for leak in &leaks {
        let Some(said) = said(leak.reach) else { continue };
        let head = format!("{} ({})", leak.names.join(", "), leak.first.title);
        writeln!(out, "{}: {said}", tame(redactor, head.as_bytes()))?;
        for (index, step) in leak.first.steps.iter().enumerate() {
            writeln!(out, "  {}. {}", index + 1, tame(redactor, step.as_bytes()))?;
        }
    }
    if leaks
        .iter()
        .any(|leak| matches!(leak.reach, Reach::Committed | Reach::Pushed))
    {
        writeln!(out, "{HISTORY}\n")?;
    }
    Ok(())
}

fn said(reach: Reach) -> Option<&'static str> {
    match reach {
        Reach::WorkTree => None,
        Reach::Committed => Some("committed already, so whoever gets a copy of the history has it. Replace it."),
        Reach::Pushed => {
            Some("pushed already, so it has leaked. Replace it now: moving it does not make it secret again.")
        }
        Reach::Unknown => Some("git does not say whether it was committed; take it for leaked."),
    }
}

const HISTORY: &str = "\
History is not rewritten here. Revoke first, for a clone or a fork keeps what it has; then, if it is worth it:
  git filter-repo --replace-text FILE     FILE has one `literal:VALUE` a line; delete it afterwards
  git push --force-with-lease --all       and ask the host to drop what it has cached, and everybody to clone anew";
