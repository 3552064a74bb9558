//! The report as test results: what blocks has failed, what could not be read is an error, the rest has passed.
//! Every CI server shows such a file, and none shows an empty one, so a clean scan is one test that passed.

use std::io::{self, Write};

use crate::report::escape;
use crate::report::view::{HeldBack, Shown, Spot, View};

/// Writes the report. It says nothing of time, so that the same scan gives the same bytes.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (failures, errors, skipped) = (view.blocking(), view.failed().len(), view.suppressed().len());
    let is_empty = view.len() + errors + skipped == 0;
    let tests = view.len() + errors + skipped + usize::from(is_empty);
    let missing = usize::from(view.missing() > 0);
    let (tests, errors) = (tests + missing, errors + missing);
    let name = escape::xml(&format!("keyfence {}", view.style.mode));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">"
    )?;
    view.findings().try_for_each(|shown| finding(&shown, out))?;
    view.suppressed().try_for_each(|held| suppressed(&held, out))?;
    view.failed().try_for_each(|(path, error)| unread(&path, &error, out))?;
    if missing > 0 {
        let error = format!("{} files were listed and never accounted for.", view.missing());
        unread("keyfence", &error, out)?;
    }
    if is_empty {
        let name = format!("no secrets in {} files", view.scanned().files);
        writeln!(out, "    <testcase classname=\"keyfence\" name=\"{name}\"/>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn open(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (path, at) = (escape::xml(&shown.path), shown.location);
    let name = escape::xml(&format!("{} at {}:{}", shown.rule, at.line, at.column));
    writeln!(out, "    <testcase classname=\"{path}\" name=\"{name}\">")
}

fn close(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "    </testcase>")
}

fn finding(shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    open(shown, out)?;
    let (message, text) = (escape::xml(&shown.sentence()), text(shown));
    match shown.blocks {
        true => writeln!(
            out,
            "      <failure type=\"{}\" message=\"{message}\">{text}</failure>",
            shown.severity.as_str()
        )?,
        false => writeln!(out, "      <system-out>Does not block. {message}\n{text}</system-out>")?,
    }
    close(out)
}

/// Says everything that helps to act on it, a line each.
fn text(shown: &Shown<'_>) -> String {
    let mut lines = vec![
        format!("{}:{}:{}", shown.path, shown.location.line, shown.location.column),
        format!(
            "severity {}, confidence {}, known as {}",
            shown.severity.as_str(),
            shown.confidence.as_str(),
            shown.fingerprint
        ),
    ];
    if let Some(commit) = &shown.commit {
        let (id, day) = (commit.short_id(), commit.day());
        lines.push(format!("commit {id} of {day} by {}: {}", commit.author, commit.summary));
    }
    lines.extend(shown.origins.iter().map(Spot::told));
    lines.extend(shown.remedy.clone());
    let lines: Vec<String> = lines.iter().map(|line| escape::xml(line)).collect();
    lines.join("\n")
}

fn suppressed(held: &HeldBack<'_>, out: &mut dyn Write) -> io::Result<()> {
    open(&held.found, out)?;
    let message = format!("{}: {}", held.reason.kind(), held.reason.words());
    let message = escape::xml(message.trim_end_matches(": "));
    writeln!(out, "      <skipped message=\"{message}\"/>")?;
    close(out)
}

fn unread(path: &str, error: &str, out: &mut dyn Write) -> io::Result<()> {
    let (path, error) = (escape::xml(path), escape::xml(error));
    writeln!(out, "    <testcase classname=\"{path}\" name=\"is read\">")?;
    writeln!(out, "      <error type=\"not read\" message=\"{error}\"/>")?;
    close(out)
}

#[cfg(test)]
mod tests {
    use crate::report::{Format, sample};

    #[test]
    fn what_blocks_fails_and_what_was_not_read_is_an_error() {
        insta::assert_snapshot!(sample::draw(&sample::everything(), Format::Junit, &sample::style()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="keyfence staged" tests="7" failures="2" errors="1" skipped="3">
            <testcase classname="app/settings.py" name="github-pat at 3:11">
              <failure type="critical" message="GitHub personal access token (classic): ghp_…(40).">app/settings.py:3:11
        severity critical, confidence certain, known as kf1:564c852c-f84dfc
        commit 111111111111 of 2024-02-29 by Ada &lt;ada@example.com&gt;: Add settings
        old/settings.py:3 (until 333333333333)
        app/settings.py:3 (in HEAD)
        Revoke it at https://github.com/settings/tokens and read the new one from the environment.</failure>
            </testcase>
            <testcase classname="app/settings.py" name="generic-password at 12:13">
              <failure type="high" message="Password in an assignment: …(11).">app/settings.py:12:13
        severity high, confidence medium, known as kf1:4e51bfd2-ea9e8e
        Read it from the environment.</failure>
            </testcase>
            <testcase classname="deploy/.env" name="dotenv-file at 1:1">
              <system-out>Does not block. Environment file.
        deploy/.env:1:1
        severity low, confidence medium, known as kf1:2dae68a5-5ad96b
        Put it into .gitignore and commit a template without values instead.</system-out>
            </testcase>
            <testcase classname="tests/a.py" name="generic-password at 1:7">
              <skipped message="baseline"/>
            </testcase>
            <testcase classname="tests/a.py" name="generic-password at 1:7">
              <skipped message="baseline"/>
            </testcase>
            <testcase classname="tests/a.py" name="generic-password at 1:7">
              <skipped message="allow entry: test vectors"/>
            </testcase>
            <testcase classname="app/\x1B[2Jlocked.py" name="is read">
              <error type="not read" message="Permission denied (os error 13)."/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn a_clean_scan_is_a_test_that_passed() {
        insta::assert_snapshot!(sample::draw(&sample::clean(), Format::Junit, &sample::style()), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="keyfence staged" tests="1" failures="0" errors="0" skipped="0">
            <testcase classname="keyfence" name="no secrets in 3 files"/>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn no_text_ends_an_element_or_an_attribute() {
        let report = sample::draw(&sample::hostile(), Format::Junit, &sample::style());
        assert!(
            !report.contains("<img") && !report.contains("]]>") && !report.contains("</script"),
            "{report}"
        );
    }
}
