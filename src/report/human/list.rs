//! Findings in one line each, by file: for `--quiet`, and for so many that excerpts would bury them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::{Place, Severity};
use crate::report::escape;
use crate::report::human::pen::Pen;
use crate::report::view::{Shown, View};

/// Writes every finding, or with `--quiet` every one that blocks.
pub(super) fn write(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    for mut file in view.files() {
        file.retain(|shown| shown.blocks || !view.style.quiet);
        if let Some(first) = file.first() {
            let (strong, path) = (pen.strong, escape::terminal(&first.path));
            writeln!(out, "{strong}{path}{strong:#}")?;
            write_file(&file, pen, out)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

fn write_file(file: &[Shown<'_>], pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let longest = file.iter().map(|shown| shown.rule.len()).max().unwrap_or(0);
    for shown in file {
        let (_, color) = pen.level(shown.blocks);
        let (place, secret) = match shown.place {
            Place::Path => ("name".to_owned(), "the file itself"),
            _ => (
                format!("{}:{}", shown.location.line, shown.location.column),
                shown.secret.as_str(),
            ),
        };
        let severity = shown.severity.as_str();
        let (rule, secret) = (shown.rule, escape::terminal(secret));
        let blocks = if shown.blocks { "" } else { ", does not block" };
        writeln!(
            out,
            "{place:>9}  {color}{severity:8}{color:#}  {rule:longest$}  {secret}{blocks}{}{}",
            others(shown),
            commit(shown)
        )?;
    }
    Ok(())
}

/// Says in how many places more the value stands.
fn others(shown: &Shown<'_>) -> String {
    match shown.others().len() {
        0 => String::new(),
        1 => ", and in 1 more place".to_owned(),
        more => format!(", and in {more} more places"),
    }
}

/// Says in a few words which commit introduced it.
fn commit(shown: &Shown<'_>) -> String {
    let Some(commit) = &shown.commit else {
        return String::new();
    };
    format!("  {} {}  {}", commit.short_id(), commit.day(), shown.fingerprint)
}

/// What a long report says of a rule, once.
struct Share {
    severity: Severity,
    count: usize,
    title: String,
    remedy: Option<String>,
}

/// Writes how many findings each rule has, the worst first, and what to do.
pub(super) fn write_rules(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}by rule{:#}", pen.strong, pen.strong)?;
    for (rule, share) in shares(view) {
        let (_, color) = pen.level(share.severity >= view.style.fail_on);
        let (count, severity) = (share.count, share.severity.as_str());
        let title = escape::terminal(&share.title);
        writeln!(out, "{count:>9}  {color}{severity:8}{color:#}  {rule}: {title}")?;
        if let Some(remedy) = &share.remedy {
            let (help, remedy) = (pen.help, escape::terminal(remedy));
            writeln!(out, "{:21}{help}help:{help:#} {remedy}", "")?;
        }
    }
    writeln!(out)
}

fn shares<'a>(view: &'a View<'_>) -> Vec<(&'a str, Share)> {
    let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
    let kept = view.findings().filter(|shown| shown.blocks || !view.style.quiet);
    for shown in kept {
        let share = shares.entry(shown.rule).or_insert(Share {
            severity: shown.severity,
            count: 0,
            title: shown.title,
            remedy: shown.remedy,
        });
        share.severity = share.severity.max(shown.severity);
        share.count += 1;
    }
    let mut shares: Vec<_> = shares.into_iter().collect();
    shares.sort_by_key(|(_, share)| Reverse((share.severity, share.count)));
    shares
}
