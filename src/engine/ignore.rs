//! Comments that accept a finding: `keyfence:allow <reason>`, and those that other tools brought into the world.

use std::sync::Arc;

use bstr::ByteSlice;

use crate::model::Lines;

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

/// Returns the reason that a comment gives for accepting what stands on `line`; empty where it gives none.
pub(super) fn reason(text: &[u8], lines: &Lines, line: u32) -> Option<Arc<str>> {
    let here = end_of(&text[lines.span(line)]);
    if let Some(reason) = own(here) {
        return Some(reason);
    }
    if SAME_LINE.iter().any(|comment| here.contains_str(comment)) {
        return Some("".into());
    }
    let before = match line {
        0 | 1 => return None,
        _ => end_of(&text[lines.span(line - 1)]),
    };
    if LINE_BEFORE.iter().any(|comment| before.contains_str(comment)) {
        return Some("".into());
    }
    own(before).filter(|_| stands_alone(before))
}

fn end_of(line: &[u8]) -> &[u8] {
    &line[line.len().saturating_sub(LONGEST_LINE)..]
}

/// Tells whether a line holds a comment that accepts something, there or on the next line.
pub fn is_comment(line: &[u8]) -> bool {
    let all = SAME_LINE.iter().chain(LINE_BEFORE).chain([&OWN]);
    all.into_iter().any(|comment| line.contains_str(comment))
}

fn own(line: &[u8]) -> Option<Arc<str>> {
    let (_, after) = line.split_once_str(OWN)?;
    let reason = after.to_str_lossy();
    let reason = reason.trim().trim_end_matches("-->").trim_end_matches("*/").trim();
    Some(reason.into())
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
        reason(text.as_bytes(), &Lines::new(text.as_bytes()), line).map(|reason| reason.to_string())
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
    fn the_comments_of_other_tools_count_on_their_line() {
        for comment in SAME_LINE {
            assert!(reason_on(&format!("a = 1 # {comment}"), 1).is_some());
        }
    }
}
