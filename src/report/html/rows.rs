//! The table of findings. Each row carries what it is filtered and sorted by; the script only shows, hides and orders.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::report::escape::xml;
use crate::report::html::parts::SEVERITIES;
use crate::report::view::{Shown, Spot};

/// A browser stays quick with so many rows; the worst are kept, and the page says how many are not.
const ROWS: usize = 5_000;

/// Writes the table with its filters.
pub(super) fn write(findings: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&Shown<'_>> = findings.iter().collect();
    sorted.sort_by_key(|shown| Reverse(shown.severity));
    filters(sorted.len().min(ROWS), out)?;
    if sorted.len() > ROWS {
        let more = sorted.len() - ROWS;
        writeln!(
            out,
            "<p class=\"more\">The {ROWS} worst are listed; {more} more are counted above and named in the other formats.</p>"
        )?;
    }
    writeln!(out, "<table id=\"findings\">\n<thead><tr>")?;
    for (key, title) in [
        ("severity", "Severity"),
        ("rule", "What"),
        ("path", "Where"),
        ("day", "Since"),
    ] {
        writeln!(
            out,
            "<th aria-sort=\"none\"><button type=\"button\" data-sort=\"{key}\">{title}</button></th>"
        )?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    sorted.iter().take(ROWS).try_for_each(|shown| row(shown, out))?;
    writeln!(out, "</tbody>\n</table>\n</section>")
}

fn filters(count: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section class=\"findings\">\n<h2>Findings <span id=\"count\">{count} of {count}</span></h2>\n\
         <form id=\"filters\">\n<input id=\"search\" type=\"search\" placeholder=\"rule, path, author, commit …\" aria-label=\"search\">\n\
         <select id=\"severity\" aria-label=\"severity\"><option value=\"\">every severity</option>"
    )?;
    for severity in SEVERITIES {
        let name = severity.as_str();
        writeln!(out, "<option value=\"{name}\">{name}</option>")?;
    }
    writeln!(
        out,
        "</select>\n<select id=\"state\" aria-label=\"state\"><option value=\"\">there or gone</option>\
         <option value=\"live\">still there</option><option value=\"gone\">only in history</option></select>\n\
         <span id=\"chosen\"></span>\n<button id=\"clear\" type=\"button\">show all</button>\n</form>"
    )
}

fn row(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let severity = shown.severity.as_str();
    let day = shown.commit.as_ref().map_or("", |commit| commit.day());
    let is_live = shown.origins.is_empty() || shown.origins.iter().any(Spot::is_live);
    let state = if is_live { "live" } else { "gone" };
    let (rule, path) = (xml(shown.rule), xml(&shown.path));
    writeln!(
        out,
        "<tr data-severity=\"{severity}\" data-rank=\"{}\" data-rule=\"{rule}\" data-path=\"{path}\" data-line=\"{}\" data-day=\"{day}\" data-state=\"{state}\">",
        shown.severity as u8, shown.location.line
    )?;
    writeln!(out, "<td><span class=\"tag {severity}\">{severity}</span></td>")?;
    writeln!(
        out,
        "<td><details><summary>{}<br><code>{}</code></summary>",
        xml(&shown.title),
        xml(&shown.secret)
    )?;
    more(shown, out)?;
    writeln!(
        out,
        "</details></td>\n<td><code class=\"path\">{path}:{}</code>{}</td>",
        shown.location.line,
        if is_live {
            ""
        } else {
            "<br><span class=\"gone\">only in history</span>"
        }
    )?;
    match &shown.commit {
        Some(commit) => writeln!(
            out,
            "<td>{day}<br>{}<br><code>{}</code></td>",
            xml(commit.author_name()),
            commit.short_id()
        )?,
        None => writeln!(out, "<td></td>")?,
    }
    writeln!(out, "</tr>")
}

/// Writes what is seen once a row is opened.
fn more(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(line) = shown.line() {
        let [before, focus, after] =
            [&line.before, &line.focus, &line.after].map(|part| xml(&part.replace('\t', "    ")));
        writeln!(out, "<pre>{before}<mark>{focus}</mark>{after}</pre>")?;
    }
    writeln!(out, "<dl>")?;
    if let Some(remedy) = &shown.remedy {
        term("What to do", &xml(remedy), out)?;
    }
    term(
        "Rule",
        &format!("{}, confidence {}", xml(shown.rule), shown.confidence.as_str()),
        out,
    )?;
    if let Some(commit) = &shown.commit {
        term(
            "Commit",
            &format!(
                "<code>{}</code><br>{}<br>{}",
                xml(&commit.id),
                xml(&commit.author),
                xml(&commit.summary)
            ),
            out,
        )?;
    }
    if !shown.origins.is_empty() {
        term("Places", &places(&shown.origins), out)?;
    }
    term("Known as", &format!("<code>{}</code>", shown.fingerprint), out)?;
    writeln!(out, "</dl>")
}

fn term(name: &str, markup: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<dt>{name}</dt><dd>{markup}</dd>")
}

fn places(origins: &[Spot]) -> String {
    const NAMED: usize = 50;
    let mut places: Vec<String> = origins
        .iter()
        .take(NAMED)
        .map(|spot| format!("<code>{}</code>", xml(&spot.told())))
        .collect();
    if origins.len() > NAMED {
        places.push(format!("and {} more", origins.len() - NAMED));
    }
    places.join("<br>")
}
