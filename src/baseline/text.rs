//! The file: `path`, `rule`, `fingerprint`, `verdict`, `reason`, a tab between each, sorted by line.
//! Only fingerprint and verdict count. A line that cannot be read is an error, for it may be half of a merge.

use crate::baseline::{Baseline, BaselineError, Entry, Scope, Verdict};
use crate::model::Fingerprint;

/// What a file begins with; the number grows when an older program would misread what follows.
const TITLE: &str = "# keyfence baseline, version ";
const VERSION: &str = "1";
const HEAD: &str = "# Findings that somebody accepted, one a line: path, rule, fingerprint, verdict, reason. `keyfence \
                    baseline review` judges them.";

impl Baseline {
    /// Reads a file's text; `name` stands in messages.
    ///
    /// # Errors
    /// When a line cannot be read.
    pub fn parse(name: &str, text: &str) -> Result<Self, BaselineError> {
        let mut baseline = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(title) = line.strip_prefix(TITLE) {
                baseline.scope = scope(name, title)?;
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                let (fingerprint, entry) = entry(line, number).ok_or_else(|| unreadable(name, number, line))?;
                baseline.add(fingerprint, entry);
            }
        }
        Ok(baseline)
    }

    /// Of two lines about one finding the stricter counts: a merge of two branches may leave both.
    fn add(&mut self, fingerprint: Fingerprint, entry: Entry) {
        match self.entries.get_mut(&fingerprint) {
            Some(known) if known.verdict <= entry.verdict => {}
            Some(known) => *known = entry,
            None => drop(self.entries.insert(fingerprint, entry)),
        }
    }

    /// Returns the file's text: the same bytes for the same entries.
    pub fn render(&self) -> String {
        let mut text = format!("{TITLE}{VERSION}, of {}\n{HEAD}\n", self.scope.as_str());
        for (fingerprint, entry) in self.entries() {
            let (path, rule, verdict) = (&entry.path, &entry.rule, entry.verdict.as_str());
            let line = format!("{path}\t{rule}\t{fingerprint}\t{verdict}\t{}", entry.reason);
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

fn scope(name: &str, title: &str) -> Result<Scope, BaselineError> {
    match title.trim_end().split_once(", of ") {
        Some((VERSION, "history")) => Ok(Scope::History),
        Some((VERSION, _)) => Ok(Scope::Files),
        _ => Err(BaselineError {
            what: format!("The baseline {name} is of another version of keyfence."),
            hint: "take the version of keyfence that made it, or a newer one.".to_owned(),
        }),
    }
}

/// Reads a line; one that is a fingerprint and nothing else is an entry as well.
fn entry(line: &str, number: u32) -> Option<(Fingerprint, Entry)> {
    let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
    let (path, rule, fingerprint, verdict, reason) = match fields.as_slice() {
        [fingerprint] => ("", "", fingerprint, Verdict::Open, ""),
        [path, rule, fingerprint, verdict] => (*path, *rule, fingerprint, verdict.parse().ok()?, ""),
        [path, rule, fingerprint, verdict, reason] => (*path, *rule, fingerprint, verdict.parse().ok()?, *reason),
        _ => return None,
    };
    let entry = Entry {
        path: path.to_owned(),
        rule: rule.to_owned(),
        verdict,
        reason: reason.to_owned(),
        line: number,
    };
    Some((fingerprint.parse().ok()?, entry))
}

/// The line is not repeated: nobody knows what somebody wrote there.
fn unreadable(name: &str, number: u32, line: &str) -> BaselineError {
    let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|mark| line.starts_with(mark));
    let (what, hint) = match is_conflict {
        true => (
            "is where a merge has stopped",
            "keep the lines of both sides and take out the marks; `merge=union` in .gitattributes does so by itself.",
        ),
        false => (
            "is no entry",
            "take the line out; or take the file away, and `keyfence baseline create` writes it anew.",
        ),
    };
    BaselineError {
        what: format!("{name}:{number} {what}."),
        hint: hint.to_owned(),
    }
}
