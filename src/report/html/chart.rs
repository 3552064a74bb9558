//! Bars: how many findings each rule has, and each file. A bar is a button that filters the table.

use std::io::{self, Write};

use crate::report::escape::xml;
use crate::report::html::parts::tally;
use crate::report::view::Shown;

/// So many bars are drawn; the rest is in the table.
const BARS: usize = 12;
const WIDTH: usize = 200;

/// Writes the bars of the rules.
pub(super) fn by_rule(findings: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    write(out, "By rule", "rule", &tally(findings.iter().map(|shown| shown.rule)))
}

/// Writes the bars of the files.
pub(super) fn by_path(findings: &[Shown<'_>], out: &mut dyn Write) -> io::Result<()> {
    let paths = findings.iter().map(|shown| shown.path.as_str());
    write(out, "By path", "path", &tally(paths))
}

fn write(out: &mut dyn Write, title: &str, field: &str, bars: &[(&str, usize)]) -> io::Result<()> {
    if bars.is_empty() {
        return Ok(());
    }
    let longest = bars.first().map_or(1, |&(_, count)| count.max(1));
    writeln!(out, "<section class=\"chart\">\n<h2>{title}</h2>\n<table>")?;
    for (name, count) in bars.iter().take(BARS) {
        let width = (count * WIDTH).div_ceil(longest);
        let name = xml(name);
        writeln!(
            out,
            "<tr><td><button type=\"button\" data-{field}=\"{name}\" title=\"{name}\"><bdi>{name}</bdi></button></td>\
             <td><svg width=\"{WIDTH}\" height=\"12\" viewBox=\"0 0 {WIDTH} 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{width}\" height=\"12\" rx=\"2\"/></svg></td>\
             <td class=\"number\">{count}</td></tr>"
        )?;
    }
    writeln!(out, "</table>")?;
    if bars.len() > BARS {
        writeln!(out, "<p class=\"more\">and {} more</p>", bars.len() - BARS)?;
    }
    writeln!(out, "</section>")
}
