//! Examples and their marks.
//!
//! `«` and `»` bracket the exact secret that a rule must extract; `·` is the break mark, deleted on load. With it
//! no file of ours holds a live-looking token, so that our own tree scans clean and no host blocks our push.

use std::ops::Range;

/// A text with the span of the secret in it, marks taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The file's path: from a first line `path: NAME`, otherwise `example.txt`.
    pub path: String,
    /// The content.
    pub text: String,
    /// Where the secret stands in the text.
    pub secret: Option<Range<usize>>,
    /// True when the example is only a path.
    pub is_path_only: bool,
}

/// A mark that is missing or doubled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the marks « and » must stand once each, in this order")]
pub struct MarkError;

impl Example {
    /// Reads an example as it is written in a rule file.
    pub fn parse(written: &str) -> Result<Self, MarkError> {
        let written = Self::unbroken(written);
        let (path, body) = match written.strip_prefix("path: ") {
            None => (None, written.as_str()),
            Some(rest) => match rest.split_once('\n') {
                None => (Some(rest), ""),
                Some((path, body)) => (Some(path), body),
            },
        };
        let (text, secret) = take_marks(body)?;
        Ok(Self {
            path: path.unwrap_or("example.txt").trim().to_owned(),
            is_path_only: path.is_some() && text.is_empty(),
            text,
            secret,
        })
    }

    /// Deletes the break marks from a fixture's text.
    pub fn unbroken(written: &str) -> String {
        written.replace('·', "")
    }
}

fn take_marks(body: &str) -> Result<(String, Option<Range<usize>>), MarkError> {
    let Some((before, rest)) = body.split_once('«') else {
        return if body.contains('»') {
            Err(MarkError)
        } else {
            Ok((body.to_owned(), None))
        };
    };
    let (secret, after) = rest.split_once('»').ok_or(MarkError)?;
    if [before, secret, after].iter().any(|part| part.contains(['«', '»'])) {
        return Err(MarkError);
    }
    let span = before.len()..before.len() + secret.len();
    Ok((format!("{before}{secret}{after}"), Some(span)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_the_span_is_kept() {
        let example = Example::parse("key = «ab·cd»;").unwrap();
        assert_eq!((example.text.as_str(), example.secret), ("key = abcd;", Some(6..10)));
    }

    #[test]
    fn a_path_line_names_the_file() {
        let example = Example::parse("path: app/.env\nA=«b»").unwrap();
        assert_eq!((example.path.as_str(), example.text.as_str()), ("app/.env", "A=b"));
        assert!(Example::parse("path: app/.env").unwrap().is_path_only);
    }

    #[test]
    fn a_lone_mark_is_an_error() {
        assert_eq!(Example::parse("a » b"), Err(MarkError));
        assert_eq!(Example::parse("a « b"), Err(MarkError));
    }
}
