//! What people write into commits and tags besides files: the message, and the header with their names.
//!
//! The message comes first, so that a line's number is the one that `git log --format=%B` shows; the header follows.

use std::borrow::Cow;
use std::sync::Arc;

use bstr::{BStr, ByteSlice};

use crate::git::Record;
use crate::model::{Blob, Kind, Nature, Origin, Scope, Tally};
use crate::source::{Item, Source, SourceError, Visitor};

/// Header lines that hold nothing but names of objects.
const NAMES: &[&[u8]] = &[b"tree ", b"parent ", b"object ", b"type "];

/// The names under which messages are reported: a fingerprint must not change when a commit is made anew.
const COMMIT: &str = "<commit message>";
const TAG: &str = "<tag message>";

/// Makes a blob of a commit's or a tag's words.
pub(super) fn blob(record: &Record, kind: Kind) -> Blob<'static> {
    let path = match kind {
        Kind::TagMessage => TAG,
        _ => COMMIT,
    };
    Blob {
        origin: Origin::Object(Arc::from(record.oid.as_str())),
        path: Cow::Borrowed(BStr::new(path)),
        bytes: Cow::Owned(words(record)),
        scope: Scope::Whole,
        kind,
        nature: Nature::Text,
    }
}

/// A commit's message before there is a commit.
pub struct Message {
    text: Vec<u8>,
}

/// What `git commit --verbose` puts between the message and a diff that is not part of it.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

impl Message {
    /// Takes the text that git hands to its `commit-msg` hook.
    pub fn new(mut text: Vec<u8>) -> Self {
        text.truncate(end_of(&text));
        Self { text }
    }
}

impl Source for Message {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        visit(Item::Listed(Tally {
            commits: 1,
            ..Tally::default()
        }));
        let blob = Blob {
            origin: Origin::Index,
            path: Cow::Borrowed(BStr::new(COMMIT)),
            bytes: Cow::Borrowed(&self.text),
            scope: Scope::Whole,
            kind: Kind::CommitMessage,
            nature: Nature::Text,
        };
        visit(Item::Blob(blob, self.text.len() as u64));
        Ok(())
    }
}

/// Returns where git stops reading. Its own scissors are followed by a comment; without one they are a person's words.
fn end_of(text: &[u8]) -> usize {
    let mut start = 0;
    let mut lines = text.lines_with_terminator().peekable();
    while let Some(line) = lines.next() {
        let comment = line.trim_end().strip_suffix(SCISSORS).unwrap_or_default();
        if !comment.is_empty() && lines.peek().is_some_and(|next| next.starts_with(comment)) {
            return start;
        }
        start += line.len();
    }
    text.len()
}

fn words(record: &Record) -> Vec<u8> {
    let mut words = record.message().to_vec();
    if !words.ends_with(b"\n") {
        words.push(b'\n');
    }
    let mut is_signature = false;
    for line in record.header().lines_with_terminator() {
        // A signature goes on in lines that begin with a space.
        is_signature = line.starts_with(b"gpgsig") || is_signature && line.starts_with(b" ");
        if !is_signature && !NAMES.iter().any(|name| line.starts_with(name)) {
            words.extend_from_slice(line);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Oid;

    #[test]
    fn the_diff_under_a_message_is_not_part_of_it() {
        let scissors = "# ------------------------ >8 ------------------------\n";
        let verbose = format!("words\n{scissors}# Everything below is ignored.\ndiff\n");
        assert_eq!(Message::new(verbose.into()).text, b"words\n");
        let words = format!("words\n{scissors}more words\n");
        assert_eq!(Message::new(words.clone().into()).text, words.as_bytes());
    }

    #[test]
    fn the_message_keeps_its_line_numbers_and_the_header_follows() {
        let content = "tree 1\nparent 2\nauthor A <a@b> 1 +0000\ngpgsig -----\n x\n y\nencoding z\n\nfirst\n\nthird";
        let record = Record {
            oid: Oid::parse("1".repeat(40).as_bytes()).unwrap(),
            content: content.into(),
        };
        let expected = "first\n\nthird\nauthor A <a@b> 1 +0000\nencoding z\n";
        assert_eq!(words(&record).as_bstr(), expected);
    }
}
