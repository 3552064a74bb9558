//! Annotations of GitHub Actions: one command a line, which the runner puts beside the line of the change.

use std::io::{self, Write};

use crate::model::Place;
use crate::report::escape::workflow::{message, property};
use crate::report::view::{Shown, View};

/// Writes the report. The runner shows ten annotations of a kind and step, so what blocks comes first.
pub(in crate::report) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<_> = view.places().collect();
    findings.sort_by_key(|shown| std::cmp::Reverse((shown.blocks, shown.severity)));
    findings.iter().try_for_each(|shown| annotate(shown, out))?;
    for (path, error) in view.failed() {
        writeln!(
            out,
            "::error file={},title=keyfence%3A not read::{}",
            property(&path),
            message(&error)
        )?;
    }
    if view.missing() > 0 {
        let missing = view.missing();
        writeln!(
            out,
            "::error title=keyfence%3A not read::{missing} files were listed and never accounted for."
        )?;
    }
    for (path, line, what) in view.relaxed() {
        let line = line.map_or_else(String::new, |line| format!(",line={line}"));
        writeln!(
            out,
            "::warning file={}{line},title=keyfence%3A the guard is relaxed::This change also relaxes the guard: it {}.",
            property(&path),
            message(&what)
        )?;
    }
    Ok(())
}

fn annotate(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let kind = if shown.blocks { "error" } else { "warning" };
    let title = property(&format!("keyfence: {}", shown.rule));
    write!(out, "::{kind} file={},", property(&shown.path))?;
    if shown.place != Place::Path {
        let at = shown.location;
        write!(out, "line={},endLine={},", at.line, at.end_line)?;
    }
    if let Some((start, end)) = shown.columns() {
        write!(out, "col={start},endColumn={end},")?;
    }
    let mut words = shown.sentence();
    if let Some(commit) = &shown.commit {
        words += &format!(" Introduced by {} on {}.", commit.short_id(), commit.day());
    }
    if let Some(remedy) = &shown.remedy {
        words += &format!(" {remedy}");
    }
    writeln!(out, "title={title}::{}", message(&words))
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, sample};

    #[test]
    fn what_blocks_is_an_error_and_comes_first() {
        insta::assert_snapshot!(sample::draw(&sample::everything(), Format::Github, &sample::style()), @r#"
        ::error file=app/settings.py,line=3,endLine=3,col=11,endColumn=51,title=keyfence%3A github-pat::GitHub personal access token (classic): ghp_…(40). Introduced by 111111111111 on 2024-02-29. Revoke it at https://github.com/settings/tokens and read the new one from the environment.
        ::error file=app/settings.py,line=12,endLine=12,col=13,endColumn=24,title=keyfence%3A generic-password::Password in an assignment: …(11). Read it from the environment.
        ::warning file=deploy/.env,title=keyfence%3A dotenv-file::Environment file. Put it into .gitignore and commit a template without values instead.
        ::error file=app/\x1B[2Jlocked.py,title=keyfence%3A not read::Permission denied (os error 13).
        ::warning file=.gitignore,title=keyfence%3A the guard is relaxed::This change also relaxes the guard: it no longer keeps `.env` out of commits.
        "#);
    }

    #[test]
    fn each_line_is_one_command_of_ours() {
        let report = sample::draw(&sample::hostile(), Format::Github, &sample::style());
        for line in report.lines() {
            assert!(
                line.starts_with("::error file=") || line.starts_with("::warning file="),
                "{line}"
            );
            let (properties, _) = line[2..].split_once("::").unwrap();
            assert!(
                !properties.contains("%0A") && properties.matches(",title=").count() == 1,
                "{line}"
            );
        }
    }
}
