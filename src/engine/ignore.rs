//! Comments that accept a finding: `keyfence:allow <reason>`, and those that other tools brought into the world.

use std::sync::Arc;

use bstr::ByteSlice;

use crate::model::{Day, Lines};

/// Our own comment, good on its line and alone on the line before.
const OWN: &str = "keyfence:allow";
/// What other tools read on the line itself.
const SAME_LINE: &[&str] = &[
    "gitleaks:allow",
    "betterleaks:allow",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
];
/// What other tools read on the line before.
const LINE_BEFORE: &[&str] = &["pragma: allowlist nextline secret"];

/// A comment is looked for in so many bytes at the end of its line: a line of megabytes may hold a finding in each word.
const LONGEST_LINE: usize = 16 << 10;

/// What a comment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment {
    /// Why, possibly nothing.
    pub(super) reason: Arc<str>,
    pub(super) until: Until,
}

/// How long a comment counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    Ever,
    /// Its last day.
    Day(Day),
    /// It says that there is a last day, and nobody can tell which.
    Unreadable,
}

impl Until {
    pub(super) fn day(self) -> Option<Day> {
        match self {
            Self::Day(day) => Some(day),
            Self::Ever | Self::Unreadable => None,
        }
    }
}

impl Comment {
    /// One of another tool, which knows neither reason nor end.
    fn plain() -> Self {
        Self {
            reason: "".into(),
            until: Until::Ever,
        }
    }

    /// Tells whether it counts; where nobody says which day it is, each that can be read does.
    pub(super) fn counts_on(&self, today: Option<Day>) -> bool {
        match self.until {
            Until::Ever => true,
            Until::Day(last) => today.is_none_or(|today| today <= last),
            Until::Unreadable => false,
        }
    }
}

/// Returns the comment that accepts what stands on `line`.
pub(super) fn comment(text: &[u8], lines: &Lines, line: u32) -> Option<Comment> {
    let here = end_of(&text[lines.span(line)]);
    if let Some(comment) = own(here) {
        return Some(comment);
    }
    if SAME_LINE.iter().any(|comment| here.contains_str(comment)) {
        return Some(Comment::plain());
    }
    let before = match line {
        0 | 1 => return None,
        _ => end_of(&text[lines.span(line - 1)]),
    };
    if LINE_BEFORE.iter().any(|comment| before.contains_str(comment)) {
        return Some(Comment::plain());
    }
    own(before).filter(|_| stands_alone(before))
}

fn end_of(line: &[u8]) -> &[u8] {
    &line[line.len().saturating_sub(LONGEST_LINE)..]
}

/// Returns the lines, 1-based, that hold a comment that accepts something, there or on the next line.
pub fn lines_with_comments(text: &[u8]) -> Vec<u32> {
    // Every such comment has one of these words, and most files have neither.
    let mut places: Vec<usize> = ["allow", "whitelist"]
        .iter()
        .flat_map(|word| text.find_iter(word))
        .collect();
    if places.is_empty() {
        return Vec::new();
    }
    places.sort_unstable();
    let lines = Lines::new(text);
    let mut found: Vec<u32> = places.iter().map(|&place| lines.locate(&(place..place)).line).collect();
    found.dedup();
    found.retain(|&line| is_comment(&text[lines.span(line)]));
    found
}

fn is_comment(line: &[u8]) -> bool {
    let all = SAME_LINE.iter().chain(LINE_BEFORE).chain([&OWN]);
    all.into_iter().any(|comment| line.contains_str(comment))
}

fn own(line: &[u8]) -> Option<Comment> {
    let (_, after) = line.split_once_str(OWN)?;
    let reason = after.to_str_lossy();
    let reason = reason.trim().trim_end_matches("-->").trim_end_matches("*/").trim();
    Some(Comment {
        until: until(reason),
        reason: reason.into(),
    })
}

/// Reads the last day off a reason: `a test account until=2027-01-31`.
fn until(reason: &str) -> Until {
    let mut days = reason.split_whitespace().filter_map(|word| word.strip_prefix("until="));
    match days
        .next()
        .map(|day| day.trim_end_matches(['.', ',', ';', ')']).parse())
    {
        None => Until::Ever,
        Some(Ok(day)) => Until::Day(day),
        Some(Err(_)) => Until::Unreadable,
    }
}

/// Tells whether nothing but a comment sign precedes the comment, so that it speaks of the next line.
fn stands_alone(line: &[u8]) -> bool {
    line.split_once_str(OWN)
        .is_some_and(|(before, _)| !before.iter().any(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason_on(text: &str, line: u32) -> Option<String> {
        comment(text.as_bytes(), &Lines::new(text.as_bytes()), line).map(|comment| comment.reason.to_string())
    }

    #[test]
    fn a_comment_counts_on_its_line_with_its_reason() {
        let text = format!("a = 1 # {OWN} test vector\nb = 2\n");
        assert_eq!(reason_on(&text, 1).as_deref(), Some("test vector"));
        assert_eq!(reason_on(&text, 2), None);
    }

    #[test]
    fn a_comment_alone_on_a_line_speaks_of_the_next() {
        let text = format!("<!-- {OWN} sample -->\nb = 2\nc = 3\n");
        assert_eq!(reason_on(&text, 2).as_deref(), Some("sample"));
        assert_eq!(reason_on(&text, 3), None);
    }

    #[test]
    fn a_comment_counts_until_its_day_is_over() {
        let day = |text: &str| text.parse::<Day>().ok();
        let counts = |words: &str, today| {
            let text = format!("a = 1 # {OWN} {words}");
            comment(text.as_bytes(), &Lines::new(text.as_bytes()), 1)
                .unwrap()
                .counts_on(today)
        };
        assert!(counts("sample until=2027-01-31", day("2027-01-31")));
        assert!(!counts("sample (until=2027-01-31)", day("2027-02-01")) || counts("sample", day("2027-02-01")));
        assert!(!counts("until=2027-01-31, a sample", day("2027-02-01")));
        assert!(counts("until=2027-01-31", None) && !counts("until=soon", None));
    }

    #[test]
    fn the_comments_of_other_tools_count_on_their_line() {
        for comment in SAME_LINE {
            assert!(reason_on(&format!("a = 1 # {comment}"), 1).is_some());
        }
    }
}
