//! The end of the report: what was not read, what was passed over, and one last line that says how it stands.
//! "Clean" is a word that only a scan may use that read something and read all of it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::report::escape;
use crate::report::human::amount::{commits, files, findings, grouped, seconds, size};
use crate::report::human::pen::Pen;
use crate::report::view::{HeldBack, View};

/// So many are named in each list; the others are counted, and `--verbose` names them.
const NAMED: usize = 20;

/// Writes the end of the report.
pub(super) fn write(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    if view.style.verbose {
        write_passed_over(view, pen, out)?;
    }
    write_relaxed(view, pen, out)?;
    write_failures(view, pen, out)?;
    if view.blocking() > 0 && !view.style.quiet {
        let (help, exception) = (pen.help, exception(view.style.mode));
        writeln!(out, "{help}hint:{help:#} no secret? {exception}\n")?;
    }
    let parts = [
        Some(verdict(view, pen)),
        Some(read(view)),
        view.has_own_rules_alone().then(|| view.rules()),
        skipped(view),
        suppressed(view),
        view.style.elapsed.map(seconds),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    writeln!(out, "{}", parts.join(" · "))
}

/// Says how a person states that something is no secret. Where a change must not speak for itself, its base must.
fn exception(mode: &str) -> &'static str {
    match mode {
        "receive" | "ci" => {
            "An [[allow]] entry in keyfence.toml counts once the base has it: bring it in by itself first; \
             nothing that this change says about itself counts."
        }
        _ => "Write `keyfence:allow <reason>` on its line, or an [[allow]] entry in keyfence.toml.",
    }
}

fn write_passed_over(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let strong = pen.strong;
    let skipped = view
        .skipped()
        .map(|(path, reason)| format!("{} ({reason})", escape::terminal(&path)));
    let suppressed = view.suppressed().map(|held| name(&held));
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

fn name(held: &HeldBack<'_>) -> String {
    let words = match held.reason.words() {
        "" => String::new(),
        why => format!(": {}", escape::terminal(why)),
    };
    let (path, line) = (escape::terminal(&held.found.path), held.found.location.line);
    format!("{path}:{line} {} ({}{words})", held.found.rule, held.reason.kind())
}

/// A change that makes the guard look less closely is for a person to agree to, so it is said each time.
fn write_relaxed(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    if view.relaxed().len() == 0 {
        return Ok(());
    }
    let warning = pen.warning;
    writeln!(out, "{warning}note:{warning:#} this change also relaxes the guard:")?;
    let relaxed = view.relaxed();
    let named = if view.style.verbose { usize::MAX } else { NAMED };
    let more = relaxed.len().saturating_sub(named);
    for (path, line, what) in relaxed.take(named) {
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(
            out,
            "  {}{line}: it {}",
            escape::terminal(&path),
            escape::terminal(&what)
        )?;
    }
    if more > 0 {
        let more = grouped(more as u64);
        writeln!(out, "  … and in {more} more places, which --verbose names.")?;
    }
    writeln!(out)
}

fn write_failures(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let (lost, failed) = (view.missing(), view.failed());
    if view.is_complete() {
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
    let (color, words) = match (view.is_complete(), view.len()) {
        (false, 0) => (pen.error, format!("{} · no findings in the rest", incomplete(view))),
        (false, _) => (pen.error, format!("{} · {}", incomplete(view), found(view))),
        (true, 0) if view.scanned().files > 0 => (pen.good, "clean".to_owned()),
        (true, 0) if view.scanned().commits > 0 => (pen.warning, "no files to read".to_owned()),
        (true, 0) => (pen.warning, "nothing to read".to_owned()),
        (true, _) => (pen.level(view.blocking() > 0).1, found(view)),
    };
    format!("{color}{words}{color:#}")
}

fn incomplete(view: &View<'_>) -> String {
    format!("INCOMPLETE: {} not read", files(unread(view)))
}

fn found(view: &View<'_>) -> String {
    let (all, blocking) = (view.len(), view.blocking());
    match blocking {
        _ if all == blocking => findings(all),
        0 => format!("{} (none blocks)", findings(all)),
        1 => format!("{} (1 blocks)", findings(all)),
        _ => format!("{} ({} block)", findings(all), grouped(blocking as u64)),
    }
}

fn unread(view: &View<'_>) -> u64 {
    view.missing() + view.failed().len() as u64
}

fn read(view: &View<'_>) -> String {
    let scanned = view.scanned();
    let read = format!("{}, {} read", files(scanned.files), size(scanned.bytes));
    match scanned.commits {
        0 => read,
        count => format!("{}, {read}", commits(count)),
    }
}

fn skipped(view: &View<'_>) -> Option<String> {
    counted("skipped", view.skipped().map(|(_, reason)| reason))
}

fn suppressed(view: &View<'_>) -> Option<String> {
    counted("suppressed", view.suppressed().map(|held| held.reason.kind()))
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
