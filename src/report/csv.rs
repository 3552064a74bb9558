//! The report as a table: one row for each thing that somebody may have to look at, the worst state first to filter by.
//! What was not read and what was held back are rows, too: a table without them would look cleaner than the scan was.

use std::io::{self, Write};

use crate::report::escape;
use crate::report::view::{Commit, Shown, Spot, View};

const COLUMNS: &str = "state,rule,title,severity,confidence,path,line,column,end_line,end_column,secret,fingerprint,\
                       where,commit,date,author,summary,places,remedy,reason";

/// Writes the report, its lines ended as RFC 4180 has them.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{COLUMNS}\r\n")?;
    for shown in view.places() {
        let state = if shown.blocks { "blocks" } else { "does not block" };
        row(state, &shown, "", out)?;
    }
    for held in view.suppressed() {
        let reason = format!("{}: {}", held.reason.kind(), held.reason.words());
        row("suppressed", &held.found, reason.trim_end_matches(": "), out)?;
    }
    for (path, error) in view.failed() {
        bare("not read", &path, &error, out)?;
    }
    for (path, reason) in view.skipped() {
        bare("skipped", &path, reason, out)?;
    }
    Ok(())
}

fn row(state: &str, shown: &Shown<'_>, reason: &str, out: &mut dyn Write) -> io::Result<()> {
    let at = shown.location;
    let [line, column, end_line, end_column] =
        [at.line, at.column, at.end_line, at.end_column].map(|number| number.to_string());
    let commit = shown.commit.as_ref();
    let told = |text: fn(&Commit) -> &str| commit.map_or("", text);
    let places: Vec<String> = shown.origins.iter().map(Spot::told).collect();
    let cells = [
        state,
        shown.rule,
        &shown.title,
        shown.severity.as_str(),
        shown.confidence.as_str(),
        &shown.path,
        &line,
        &column,
        &end_line,
        &end_column,
        &shown.secret,
        shown.fingerprint.as_str(),
        shown.place.as_str(),
        told(|commit| &commit.id),
        told(|commit| &commit.date),
        told(|commit| &commit.author),
        told(|commit| &commit.summary),
        &places.join("; "),
        shown.remedy.as_deref().unwrap_or_default(),
        reason,
    ];
    write_cells(&cells, out)
}

/// Writes a row about a file of which nothing else is known.
fn bare(state: &str, path: &str, reason: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut cells = [""; 20];
    (cells[0], cells[5], cells[19]) = (state, path, reason);
    write_cells(&cells, out)
}

fn write_cells(cells: &[&str; 20], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}\r\n", cells.map(escape::csv).join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, sample};

    fn draw(outcome: &crate::model::Outcome) -> String {
        sample::draw(outcome, Format::Csv, &sample::style())
    }

    #[test]
    fn each_thing_to_look_at_is_a_row() {
        insta::assert_snapshot!(draw(&sample::everything()).replace('\r', ""), @r#"
        state,rule,title,severity,confidence,path,line,column,end_line,end_column,secret,fingerprint,where,commit,date,author,summary,places,remedy,reason
        "blocks","github-pat","GitHub personal access token (classic)","critical","certain","app/settings.py","3","11","3","51","ghp_…(40)","kf1:564c852c-f84dfc","content","1111111111111111111111111111111111111111","2024-02-29T23:05:00+01:00","Ada <ada@example.com>","Add settings","old/settings.py:3 (until 333333333333); app/settings.py:3 (in HEAD)","Revoke it at https://github.com/settings/tokens and read the new one from the environment.",""
        "blocks","generic-password","Password in an assignment","high","medium","app/settings.py","12","13","12","24","…(11)","kf1:4e51bfd2-ea9e8e","content","","","","","","Read it from the environment.",""
        "does not block","dotenv-file","Environment file","low","medium","deploy/.env","1","1","1","2","deploy/.env","kf1:2dae68a5-5ad96b","path","","","","","","Put it into .gitignore and commit a template without values instead.",""
        "suppressed","generic-password","Password in an assignment","high","medium","tests/a.py","1","7","1","19","…(12)","kf1:3b81e3fb-e56f6f","content","","","","","","Read it from the environment.","baseline"
        "suppressed","generic-password","Password in an assignment","high","medium","tests/a.py","1","7","1","19","…(12)","kf1:3b81e3fb-e56f6f","content","","","","","","Read it from the environment.","baseline"
        "suppressed","generic-password","Password in an assignment","high","medium","tests/a.py","1","7","1","19","…(12)","kf1:3b81e3fb-e56f6f","content","","","","","","Read it from the environment.","allow entry: test vectors"
        "not read","","","","","app/\x1B[2Jlocked.py","","","","","","","","","","","","","","Permission denied (os error 13)."
        "skipped","","","","","dump.sql","","","","","","","","","","","","","","too large"
        "skipped","","","","","logo.png","","","","","","","","","","","","","","binary"
        "skipped","","","","","video.mp4","","","","","","","","","","","","","","binary"
        "#);
    }

    #[test]
    fn each_row_has_as_many_fields_as_the_first() {
        assert_eq!(COLUMNS.split(',').count(), 20);
        for line in draw(&sample::hostile()).lines().skip(1) {
            // Quotes within a field are doubled, so only separators stand between quotes and a comma.
            assert_eq!(line.matches("\",\"").count(), 19, "{line}");
        }
    }

    #[test]
    fn no_field_is_a_formula() {
        let report = draw(&sample::hostile());
        assert!(!report.contains("\"=") && report.contains("\"'=cmd"), "{report}");
    }
}
