//! Values that the comment of a program announces as an example: few document a program with a token in use. Who writes
//! that above a real one hides nothing, for it is still found with low confidence.

/// How far before a value its announcement may begin.
const FARTHEST: usize = 400;

/// Tells whether a value stands in a comment whose line before says `example:`, with nothing but empty ones between.
pub(super) fn is_example(text: &[u8], value: usize) -> bool {
    let before = &text[value.saturating_sub(FARTHEST)..value];
    let mut lines = before.rsplit(|&byte| byte == b'\n');
    if lines.next().and_then(comment).is_none() {
        return false;
    }
    let said = lines.map_while(comment).find(|line| !line.is_empty());
    said.is_some_and(|line| line.to_ascii_lowercase().ends_with(b"example:"))
}

/// Returns what a line of a comment says.
fn comment(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let signs: [&[u8]; 3] = [b"///", b"//", b"*"];
    let said = signs.iter().find_map(|sign| line.strip_prefix(*sign))?;
    Some(said.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_example_of(text: &str) -> bool {
        is_example(text.as_bytes(), text.find("VALUE").unwrap_or_default())
    }

    #[test]
    fn a_comment_may_announce_an_example() {
        assert!(is_example_of(
            "// The header. For example:\n//\n// Authorization: Bearer VALUE\n"
        ));
        assert!(is_example_of("/**\n * Example:\n * token = VALUE\n */\n"));
    }

    #[test]
    fn what_stands_in_code_or_farther_below_is_not_announced() {
        assert!(!is_example_of("// For example:\nlet token = \"VALUE\";\n"));
        assert!(!is_example_of("// For example:\n// this one\n// VALUE\n"));
        assert!(!is_example_of("// For example: VALUE\n"));
        assert!(!is_example_of("For example:\nVALUE\n"));
    }
}
