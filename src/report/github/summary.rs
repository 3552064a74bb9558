//! The summary of a job in GitHub Actions: Markdown, in which no text of a stranger is markup.

use std::io::{self, Write};

use crate::report::escape::markdown;
use crate::report::view::{Shown, View};

/// GitHub takes no summary above 1 MiB; so many rows stay well below.
const ROWS: usize = 200;

/// Writes the summary.
pub(in crate::report) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## keyfence: {}\n", verdict(view))?;
    if view.len() > 0 {
        writeln!(
            out,
            "| severity | what | where | secret | since |\n|---|---|---|---|---|"
        )?;
        let mut findings: Vec<_> = view.findings().collect();
        findings.sort_by_key(|shown| std::cmp::Reverse((shown.blocks, shown.severity)));
        findings.iter().take(ROWS).try_for_each(|shown| row(shown, out))?;
        let more = findings.len().saturating_sub(ROWS);
        if more > 0 {
            writeln!(out, "\n… and {more} more.")?;
        }
        writeln!(out)?;
    }
    lines(out, "Not read", view.failed())?;
    let relaxed = view.relaxed().map(|(path, _, what)| (path, format!("it {what}")));
    lines(out, "This change also relaxes the guard", relaxed)?;
    let scanned = view.scanned();
    writeln!(
        out,
        "{} files read, {} skipped, {} suppressed.",
        scanned.files,
        view.skipped().len(),
        view.suppressed().len()
    )
}

fn verdict(view: &View<'_>) -> String {
    let found = match (view.len(), view.blocking()) {
        (0, _) if view.is_complete() => return "clean".to_owned(),
        (0, _) => "no findings in what was read".to_owned(),
        (1, blocking) => format!("1 finding, {blocking} blocks"),
        (all, blocking) => format!("{all} findings, {blocking} block"),
    };
    match view.is_complete() {
        true => found,
        false => format!("INCOMPLETE, {found}"),
    }
}

fn row(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let since = shown.commit.as_ref().map_or_else(String::new, |commit| {
        format!("{} {}", commit.short_id(), markdown(commit.day()))
    });
    writeln!(
        out,
        "| {} | {} | {}:{} | {} | {since} |",
        shown.severity.as_str(),
        markdown(&shown.title),
        markdown(&shown.path),
        shown.location.line,
        markdown(&shown.secret)
    )
}

fn lines(out: &mut dyn Write, title: &str, lines: impl Iterator<Item = (String, String)>) -> io::Result<()> {
    let lines: Vec<_> = lines.take(ROWS).collect();
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "**{title}**\n")?;
    for (path, words) in lines {
        writeln!(out, "- {}: {}", markdown(&path), markdown(&words))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use crate::model::Outcome;
    use crate::report::{render_job_summary, sample};

    fn draw(outcome: &Outcome) -> String {
        let mut out = Vec::new();
        render_job_summary(outcome, &sample::style(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_summary_says_how_it_stands() {
        insta::assert_snapshot!(draw(&sample::everything()), @"
        ## keyfence: INCOMPLETE, 3 findings, 2 block

        | severity | what | where | secret | since |
        |---|---|---|---|---|
        | critical | GitHub personal access token &#40;classic&#41; | app/settings&#46;py:3 | ghp&#95;…&#40;40&#41; | 111111111111 2024&#45;02&#45;29 |
        | high | Password in an assignment | app/settings&#46;py:12 | …&#40;11&#41; |  |
        | low | Environment file | deploy/&#46;env:1 | deploy/&#46;env |  |

        **Not read**

        - app/&#92;x1B&#91;2Jlocked&#46;py: Permission denied &#40;os error 13&#41;&#46;

        **This change also relaxes the guard**

        - &#46;gitignore: it no longer keeps &#96;&#46;env&#96; out of commits

        1203 files read, 3 skipped, 3 suppressed.
        ");
        assert!(draw(&sample::clean()).starts_with("## keyfence: clean\n"));
    }

    #[test]
    fn no_text_of_a_stranger_is_markup() {
        let summary = draw(&sample::hostile());
        assert!(
            !summary.contains("<img") && !summary.contains('`') && !summary.contains("https:"),
            "{summary}"
        );
        assert!(
            summary
                .lines()
                .filter(|line| line.starts_with('|'))
                .all(|line| line.matches('|').count() == 6)
        );
    }
}
