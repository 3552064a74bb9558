//! The end of the report: what was not read, what was passed over, and one last line that says how it stands.
//! "Clean" is a word that only a scan may use that read something and read all of it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use crate::model::Reason;
use crate::report::escape;
use crate::report::human::pen::Pen;
use crate::report::view::View;

/// So many failures are named; the others are counted, and `--verbose` names them.
const NAMED: usize = 20;

/// Writes the end of the report.
pub(super) fn write(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    if view.style.verbose {
        write_passed_over(view, pen, out)?;
    }
    write_failures(view, pen, out)?;
    if view.blocking() > 0 && !view.style.quiet {
        let help = pen.help;
        writeln!(
            out,
            "{help}hint:{help:#} no secret? Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.\n"
        )?;
    }
    let parts = [
        Some(verdict(view, pen)),
        Some(read(view)),
        skipped(view),
        suppressed(view),
        view.style.elapsed.map(seconds),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    writeln!(out, "{}", parts.join(" · "))
}

fn write_passed_over(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let strong = pen.strong;
    let skipped = view
        .skipped()
        .map(|(path, reason)| format!("{} ({reason})", escape::terminal(&path)));
    let suppressed = view.suppressed().map(|held| {
        let (path, line) = (escape::terminal(&held.path).into_owned(), held.location.line);
        let why = held
            .why
            .filter(|why| !why.is_empty())
            .map_or_else(String::new, |why| format!(": {}", escape::terminal(&why)));
        format!("{path}:{line} {} ({}{why})", held.rule, word(held.reason))
    });
    for (title, lines) in [
        ("skipped", skipped.collect::<Vec<_>>()),
        ("suppressed", suppressed.collect()),
    ] {
        if !lines.is_empty() {
            writeln!(out, "{strong}{title}{strong:#}\n  {}\n", lines.join("\n  "))?;
        }
    }
    Ok(())
}

fn write_failures(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let (lost, failed) = (view.coverage().missing(), view.failed());
    if view.coverage().is_complete() {
        return Ok(());
    }
    let error = pen.error;
    writeln!(out, "{error}error:{error:#} {} could not be read:", files(unread(view)))?;
    let named = if view.style.verbose { usize::MAX } else { NAMED };
    let more = failed.len().saturating_sub(named);
    for (path, problem) in failed.take(named) {
        writeln!(out, "  {}: {}", escape::terminal(&path), escape::terminal(&problem))?;
    }
    if more > 0 {
        writeln!(out, "  … and {} more, which --verbose names.", grouped(more as u64))?;
    }
    if lost > 0 {
        writeln!(
            out,
            "  {} listed and never accounted for; this is a bug in keyfence.",
            files(lost)
        )?;
    }
    writeln!(out)
}

/// Says in a few words how it stands.
fn verdict(view: &View<'_>, pen: &Pen) -> String {
    let (all, blocking) = (view.len(), view.blocking());
    let found = match (all, blocking) {
        (0, _) => String::new(),
        (all, blocking) if all == blocking => findings(all),
        (all, 0) => format!("{} (none blocks)", findings(all)),
        (all, 1) => format!("{} (1 blocks)", findings(all)),
        (all, blocking) => format!("{} ({} block)", findings(all), grouped(blocking as u64)),
    };
    let (color, words) = if !view.coverage().is_complete() {
        let rest = if all == 0 { "no findings in the rest" } else { &found };
        (
            pen.error,
            format!("INCOMPLETE: {} not read · {rest}", files(unread(view))),
        )
    } else if all > 0 {
        (pen.level(blocking > 0).1, found)
    } else if view.coverage().scanned.files > 0 {
        (pen.good, "clean".to_owned())
    } else {
        (pen.warning, "nothing to read".to_owned())
    };
    format!("{color}{words}{color:#}")
}

fn unread(view: &View<'_>) -> u64 {
    view.coverage().missing() + view.failed().len() as u64
}

fn read(view: &View<'_>) -> String {
    let scanned = view.coverage().scanned;
    format!("{}, {} read", files(scanned.files), size(scanned.bytes))
}

fn skipped(view: &View<'_>) -> Option<String> {
    counted("skipped", view.skipped().map(|(_, reason)| reason))
}

fn suppressed(view: &View<'_>) -> Option<String> {
    counted("suppressed", view.suppressed().map(|held| word(held.reason)))
}

fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Baseline => "baseline",
        Reason::Allow(..) => "allow entry",
        Reason::Comment(_) => "comment",
    }
}

/// Says how many there are and of what kind: `3 skipped (2 binary, 1 too large)`.
fn counted(what: &str, kinds: impl Iterator<Item = &'static str>) -> Option<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind).or_insert(0) += 1;
    }
    let all: u64 = counts.values().sum();
    let parts: Vec<String> = match counts.len() {
        0 => return None,
        1 => counts.keys().map(|&kind| kind.to_owned()).collect(),
        _ => counts
            .iter()
            .map(|(kind, count)| format!("{} {kind}", grouped(*count)))
            .collect(),
    };
    Some(format!("{} {what} ({})", grouped(all), parts.join(", ")))
}

fn findings(count: usize) -> String {
    match count {
        1 => "1 finding".to_owned(),
        _ => format!("{} findings", grouped(count as u64)),
    }
}

fn files(count: u64) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{} files", grouped(count)),
    }
}

/// Writes a number with a comma before every third digit from the end.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes a number of bytes with two digits at least: `812 B`, `4.2 kB`, `37 MB`.
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut unit = 1_000_u64;
    let mut name = None;
    for next in units {
        if bytes >= unit {
            name = Some((next, unit));
        }
        unit *= 1_000;
    }
    match name {
        None => format!("{bytes} B"),
        Some((name, unit)) if bytes < unit * 10 => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        Some((name, unit)) => format!("{} {name}", bytes / unit),
    }
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.2} s", elapsed.as_secs_f64())
}
