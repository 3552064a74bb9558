//! Findings that were accepted by where they stood, as in `.gitleaksignore`.
//!
//! A line number says nothing of the secret, so such an entry is carried over only by looking: whoever finds something
//! at that place today knows its fingerprint.

use bstr::ByteSlice;

use crate::model::Secret;

/// A place whose finding was accepted.
#[derive(Debug, Clone)]
pub struct Position {
    /// The commit that it was found in, if it was a commit.
    pub commit: Option<String>,
    /// The file.
    pub path: String,
    /// The other tool's rule.
    pub rule: String,
    /// The 1-based line.
    pub line: u32,
    /// The value that stood there, where the other tool wrote it down.
    pub secret: Option<Secret>,
}

impl Position {
    /// Tells whether it is this finding that was accepted, which stands in the same file on this line.
    ///
    /// A value is known again wherever it stands. Where two tools draw its bounds differently, as of an address with a
    /// password in it, the line must be the same, too.
    pub fn is(&self, value: &[u8], line: u32) -> bool {
        let Some(known) = &self.secret else {
            return line == self.line;
        };
        let known = known.expose().trim_ascii();
        known == value || line == self.line && (known.contains_str(value) || value.contains_str(known))
    }
}

/// Reads the entries, each `commit:path:rule:line` or `path:rule:line`; lines that are none are returned as they are.
pub fn gitleaksignore(text: &str) -> (Vec<Position>, Vec<String>) {
    let lines = text.lines().map(str::trim);
    let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (mut positions, mut unknown) = (Vec::new(), Vec::new());
    for entry in entries {
        match position(entry) {
            Some(position) => positions.push(position),
            None => unknown.push(entry.to_owned()),
        }
    }
    (positions, unknown)
}

fn position(entry: &str) -> Option<Position> {
    let (rest, line) = entry.rsplit_once(':')?;
    let (place, rule) = rest.rsplit_once(':')?;
    let is_commit = |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (commit, path) = match place.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_owned()), path),
        _ => (None, place),
    };
    Some(Position {
        commit,
        path: path.replace('\\', "/"),
        rule: rule.to_owned(),
        line: line.parse().ok()?,
        secret: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_wherever_it_stands_and_its_surroundings_only_on_its_line() {
        let position = |secret: Option<&str>| Position {
            commit: None,
            path: "a".to_owned(),
            rule: "r".to_owned(),
            line: 3,
            secret: secret.map(Secret::new),
        };
        let by_value = position(Some("value"));
        assert!(by_value.is(b"value", 9) && by_value.is(b"the value", 3) && by_value.is(b"val", 3));
        assert!(!by_value.is(b"the value", 9) && !by_value.is(b"other", 3));
        assert!(position(None).is(b"other", 3) && !position(None).is(b"other", 4));
    }

    #[test]
    fn an_entry_may_name_a_commit() {
        let text = "# why\n\nsrc/a.py:generic-api-key:12\n1a2b3c4d5e6f:b:c/d.py:jwt:3\nnonsense\n";
        let (positions, unknown) = gitleaksignore(text);
        let said: Vec<_> = positions
            .iter()
            .map(|it| (it.commit.as_deref(), it.path.as_str(), it.line))
            .collect();
        assert_eq!(said, [(None, "src/a.py", 12), (Some("1a2b3c4d5e6f"), "b:c/d.py", 3)]);
        assert_eq!(unknown, ["nonsense"]);
    }
}
