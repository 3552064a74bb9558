//! A report of gitleaks as JSON, which `--baseline-path` makes its list of known findings.
//!
//! Unlike `.gitleaksignore` it says what was found and not only where, unless it was redacted.

use serde::Deserialize;

use crate::model::Secret;
use crate::rules::import::{ImportError, Position};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(rename = "RuleID", default)]
    rule: String,
    #[serde(default)]
    secret: String,
    file: String,
    #[serde(default)]
    commit: String,
    start_line: u32,
}

/// Tells whether a text is such a report: a list, where the baseline of detect-secrets is an object.
pub fn is_gitleaks_report(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with('[')
}

/// Reads the report.
///
/// # Errors
/// When it is none.
pub fn gitleaks_report(name: &str, text: &str) -> Result<Vec<Position>, ImportError> {
    let found: Vec<Found> = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| {
        // The parser's words may quote a value, its place does not.
        let (line, column) = (error.line(), error.column());
        ImportError(format!("{name}:{line}:{column} is no report of gitleaks as JSON"))
    })?;
    Ok(found.into_iter().map(Found::position).collect())
}

impl Found {
    fn position(self) -> Position {
        let path = self.file.replace('\\', "/");
        Position {
            commit: (!self.commit.is_empty()).then_some(self.commit),
            path: path.strip_prefix("./").unwrap_or(&path).to_owned(),
            rule: self.rule,
            line: self.start_line,
            secret: (!is_redacted(&self.secret)).then(|| Secret::new(self.secret)),
        }
    }
}

/// Tells whether `--redact` took the value out, or the end of it.
fn is_redacted(secret: &str) -> bool {
    secret.is_empty() || secret == "REDACTED" || secret.ends_with("...")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_known_by_its_value_unless_that_was_redacted() {
        let found = |file: &str, secret: &str| {
            format!(
                "{{\"RuleID\":\"jwt\",\"StartLine\":3,\"Secret\":\"{secret}\",\"File\":\"{file}\",\"Commit\":\"\",\"Tags\":[]}}"
            )
        };
        let text = [
            found("./a\\\\b.py", "value"),
            found("c", "REDACTED"),
            found("c", "va..."),
        ]
        .join(",");
        assert!(is_gitleaks_report(&format!(" [{text}]")));
        let read = gitleaks_report("known.json", &format!("[{text}]")).unwrap();
        assert_eq!(
            (read[0].path.as_str(), read[0].line, &read[0].commit),
            ("a/b.py", 3, &None)
        );
        assert_eq!(read[0].secret.as_ref().unwrap().expose(), "value");
        assert!(read[1].secret.is_none() && read[2].secret.is_none());
    }

    #[test]
    fn what_is_no_report_is_refused_without_a_word_of_what_is_in_it() {
        let error = gitleaks_report("known.json", "[{\"File\": 3}]").unwrap_err();
        assert_eq!(error.to_string(), "known.json:1:11 is no report of gitleaks as JSON");
    }
}
