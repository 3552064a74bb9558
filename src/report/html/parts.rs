//! The page's frame: how it stands, the numbers, what was not read, and how it was made.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::model::Severity;
use crate::report::escape::xml;
use crate::report::html::name;
use crate::report::human::amount::grouped;
use crate::report::view::{Shown, Spot, View};

/// The worst first.
pub(super) const SEVERITIES: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

/// Files that are named; more would bury the page.
const NAMED: usize = 500;

/// Writes the title and the verdict.
pub(super) fn banner(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (class, words) = verdict(view);
    let root = xml(&view.path(name(view)));
    writeln!(
        out,
        "<header>\n<h1>Secrets in <span class=\"root\">{root}</span></h1>\n\
         <button id=\"theme\" type=\"button\">light or dark</button>\n</header>\n\
         <p class=\"verdict {class}\">{words}</p>"
    )
}

fn verdict(view: &View<'_>) -> (&'static str, String) {
    if !view.is_complete() {
        let unread = view.failed().len() as u64 + view.missing();
        let rest = match view.len() {
            0 => String::new(),
            all => format!(" {all} found in the rest."),
        };
        return (
            "bad",
            format!("Incomplete: {unread} could not be read, so nobody knows what is in there.{rest}"),
        );
    }
    match (view.len(), view.blocking()) {
        (0, _) => ("good", "Clean: everything was read, and nothing was found.".to_owned()),
        (all, 0) => ("warn", format!("{all} found, of which none is grave enough to block.")),
        (all, blocking) => ("bad", format!("{all} found, of which {blocking} must be dealt with.")),
    }
}

/// Writes the numbers.
pub(super) fn cards(view: &View<'_>, findings: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<section class=\"cards\">")?;
    for severity in SEVERITIES {
        let count = findings.iter().filter(|shown| shown.severity == severity).count();
        card(out, severity.as_str(), count as u64, severity.as_str())?;
    }
    let is_live = |shown: &&Shown<'_>| shown.origins.is_empty() || shown.origins.iter().any(Spot::is_live);
    if findings.iter().any(|shown| shown.commit.is_some()) {
        card(out, "", findings.iter().filter(is_live).count() as u64, "still in HEAD")?;
    }
    card(out, "", view.scanned().files, "files read")?;
    if view.scanned().commits > 0 {
        card(out, "", view.scanned().commits, "commits read")?;
    }
    card(out, "", view.suppressed().len() as u64, "held back")?;
    card(
        out,
        if view.is_complete() { "" } else { "critical" },
        view.failed().len() as u64 + view.missing(),
        "not read",
    )?;
    writeln!(out, "</section>")
}

fn card(out: &mut dyn Write, class: &str, count: u64, words: &str) -> io::Result<()> {
    let class = if count == 0 { "" } else { class };
    writeln!(
        out,
        "<div class=\"card {class}\"><b>{}</b><span>{words}</span></div>",
        grouped(count)
    )
}

/// Writes what was not read, what relaxes the guard, what was held back and what was passed over.
pub(super) fn gaps(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let failed = view.failed();
    list(out, "Not read", "open", failed)?;
    let relaxed = view.relaxed().map(|(path, _, what)| (path, format!("it {what}")));
    list(out, "This change also relaxes the guard", "open", relaxed)?;
    let held = view.suppressed().map(|held| {
        let words = format!("{}, {}: {}", held.found.rule, held.reason.kind(), held.reason.words());
        let path = format!("{}:{}", held.found.path, held.found.location.line);
        (path, words.trim_end_matches(": ").to_owned())
    });
    list(out, "Held back by somebody's decision", "", held)?;
    let skipped = view.skipped().map(|(path, reason)| (path, reason.to_owned()));
    list(out, "Passed over", "", skipped)
}

fn list(
    out: &mut dyn Write,
    title: &str,
    open: &str,
    lines: impl ExactSizeIterator<Item = (String, String)>,
) -> io::Result<()> {
    let count = lines.len();
    if count == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "<details class=\"list\" {open}><summary>{title} ({count})</summary>\n<ul>"
    )?;
    for (path, words) in lines.take(NAMED) {
        writeln!(out, "<li><code>{}</code> {}</li>", xml(&path), xml(&words))?;
    }
    if count > NAMED {
        writeln!(
            out,
            "<li>… and {} more, which the other formats name.</li>",
            count - NAMED
        )?;
    }
    writeln!(out, "</ul>\n</details>")
}

/// Writes how the page was made.
pub(super) fn foot(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = view.style;
    let mut said = vec![
        format!("keyfence {}", env!("CARGO_PKG_VERSION")),
        view.rules(),
        format!("scan of {}", style.mode),
        format!("blocks from severity {} on", style.fail_on.as_str()),
    ];
    said.extend(
        style
            .config
            .as_ref()
            .map(|config| format!("settings of {}", view.path(config))),
    );
    said.extend(style.began.map(|began| {
        let began = began.to_string();
        format!("begun on {} at {}", &began[..10], began.get(11..16).unwrap_or_default())
    }));
    writeln!(out, "<footer>{}. Values are masked.</footer>", xml(&said.join(" · ")))
}

/// Counts by a key, the most frequent first, then by name.
pub(super) fn tally<'s>(keys: impl Iterator<Item = &'s str>) -> Vec<(&'s str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|&(key, count)| (std::cmp::Reverse(count), key));
    counts
}
