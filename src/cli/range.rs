//! Ranges as people write them: `A..B`, `A...B`, one commit, or everything since a day.
//! An end that is not here is a failure with the command that brings it, for half a range is no answer.

use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::git::{Oid, Range, Repo};
use crate::model::Outcome;
use crate::source;
use crate::weakening::between;

/// Understands a range.
pub(super) fn parse(repo: &Repo, written: &str) -> Result<Range, Failure> {
    if let Some((one, other)) = written.split_once("...") {
        let (one, other) = (commit(repo, one)?, commit(repo, other)?);
        let without = repo.merge_bases(&one, &other)?;
        return Ok(Range {
            tips: vec![one, other],
            without,
            ..Range::default()
        });
    }
    if let Some((known, tip)) = written.split_once("..") {
        return Ok(Range {
            without: vec![commit(repo, known)?],
            tips: vec![commit(repo, tip)?],
            ..Range::default()
        });
    }
    let tip = commit(repo, written)?;
    let records = repo.records(std::slice::from_ref(&tip))?;
    Ok(Range {
        without: records.iter().flat_map(|record| record.objects("parent")).collect(),
        tips: vec![tip],
        ..Range::default()
    })
}

/// Understands a day: everything that HEAD reaches and that was committed since.
pub(super) fn since(repo: &Repo, day: &str) -> Result<Range, Failure> {
    if !is_date(day) {
        return Err(Failure::new(
            format!("`{day}` is no date that git would read as you mean it."),
            "write it like `2026-03-31`, `2026-03-31T18:00` or `2 weeks ago`.",
        ));
    }
    Ok(Range {
        tips: vec![commit(repo, "HEAD")?],
        since: Some(day.to_owned()),
        ..Range::default()
    })
}

/// Reads a range: what each commit brings, which commit brought it, and what relaxes the guard.
///
/// `moved` names states that are compared as wholes, from and to; what only the former has had since they parted is
/// nobody's doing here.
pub(super) fn read(repo: &Repo, session: &Session<'_>, range: Range, moved: &[(Oid, Oid)]) -> Result<Outcome, Failure> {
    let source = source::Range::new(repo, range, session.limits()?, session.jobs());
    let mut outcome = session.scan_change(&source)?;
    source.attribute(&mut outcome)?;
    session.engine().allow_by_places(&mut outcome);
    for (old, new) in moved {
        if let Some(base) = repo.merge_bases(old, new)?.first() {
            outcome.relaxed.extend(between(repo, base, new)?);
        }
    }
    outcome.sort();
    Ok(outcome)
}

/// Returns the states before and after a range, where it has one of each.
pub(super) fn ends(range: &Range) -> Vec<(Oid, Oid)> {
    let tips = range.tips.iter().cloned();
    range
        .without
        .first()
        .into_iter()
        .flat_map(|old| tips.clone().map(|new| (old.clone(), new)))
        .collect()
}

/// Finds the commit at one end; an end left out is HEAD, as git has it.
fn commit(repo: &Repo, revision: &str) -> Result<Oid, Failure> {
    let revision = if revision.is_empty() { "HEAD" } else { revision };
    match repo.resolve_commit(revision)? {
        Some(oid) => Ok(oid),
        None => Err(absent(repo, revision)?),
    }
}

/// Says how to bring a commit that is not here.
pub(super) fn absent(repo: &Repo, revision: &str) -> Result<Failure, Failure> {
    let hint = if repo.is_shallow()? {
        "this clone is shallow: `git fetch --unshallow` brings the rest of its history.".to_owned()
    } else {
        format!("check the name; if it is on the server only, `git fetch origin {revision}` brings it.")
    };
    Ok(Failure::new(
        format!("`{revision}` names no commit in this repository."),
        hint,
    ))
}

/// Git takes whatever it cannot read for "now", and then nothing at all would be read.
fn is_date(text: &str) -> bool {
    let is_day = |text: &str| {
        let digits: Vec<bool> = text.bytes().map(|byte| byte.is_ascii_digit()).collect();
        let shape = [true, true, true, true, false, true, true, false, true, true];
        digits.starts_with(&shape)
            && text[10..]
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b" :+-TZ.".contains(&byte))
    };
    let words: Vec<&str> = text.split([' ', '.']).filter(|word| !word.is_empty()).collect();
    let is_unit = |word: &str| {
        let unit = word.strip_suffix('s').unwrap_or(word);
        ["minute", "hour", "day", "week", "month", "year"].contains(&unit)
    };
    let is_ago = match words.as_slice() {
        [number, unit, "ago"] => number.parse::<u32>().is_ok() && is_unit(unit),
        ["yesterday"] => true,
        _ => false,
    };
    text.is_ascii() && (is_ago || is_day(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_git_would_take_for_now_is_refused() {
        for date in [
            "2026-03-31",
            "2026-03-31T18:00",
            "2026-03-31 18:00:00 +0100",
            "2 weeks ago",
            "1.day.ago",
            "yesterday",
        ] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "",
            "last release",
            "v1.2",
            "31.3.2026",
            "2026-03",
            "2026-03-31 noon",
            "two weeks ago",
            "weeks ago",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
