//! Comments that a change adds and that accept findings, noticed while the change is read anyway.

use std::sync::{Mutex, PoisonError};

use crate::engine::ignore;
use crate::model::{Blob, Relaxed};
use crate::source::{Extent, Item, Source, SourceError, Visitor};

/// A source that is read as it is, while somebody watches what goes by.
pub struct Watch<'s> {
    source: &'s dyn Source,
    seen: Mutex<Vec<Relaxed>>,
}

impl<'s> Watch<'s> {
    /// Watches a source of changes.
    pub fn new(source: &'s dyn Source) -> Self {
        Self {
            source,
            seen: Mutex::default(),
        }
    }

    /// Returns what went by.
    pub fn into_relaxed(self) -> Vec<Relaxed> {
        self.seen.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, blob: &Blob<'_>) {
        let found = comments(blob);
        if found.is_empty() {
            return;
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
    }
}

impl Source for Watch<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        self.source.visit(&|item| {
            if let Item::Blob(blob, _) | Item::Version(blob, ..) = &item {
                self.look(blob);
            }
            visit(item);
        })
    }

    fn extent(&self) -> Extent {
        self.source.extent()
    }
}

fn comments(blob: &Blob<'_>) -> Vec<Relaxed> {
    let lines = ignore::lines_with_comments(&blob.bytes).into_iter();
    let added = lines.filter(|&line| blob.scope.covers(line, line));
    let relaxed = |line| Relaxed {
        path: blob.path.clone().into_owned(),
        line: Some(line),
        what: "adds a comment that accepts what is found beside it".to_owned(),
    };
    added.map(relaxed).collect()
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a list of line ranges often has one")]
mod tests {
    use std::borrow::Cow;

    use bstr::BStr;

    use super::*;
    use crate::model::{Kind, Nature, Origin, Scope};

    #[test]
    fn only_comments_on_added_lines_are_new() {
        let comment = ["# keyfence", ":allow x"].concat();
        let blob = Blob {
            origin: Origin::Index,
            path: Cow::Borrowed(BStr::new("a")),
            bytes: format!("{comment}\r\nb\n{comment}\n").into_bytes().into(),
            scope: Scope::Added {
                lines: vec![2..4],
                path: false,
            },
            kind: Kind::File,
            nature: Nature::Text,
        };
        let lines: Vec<_> = comments(&blob).into_iter().map(|relaxed| relaxed.line).collect();
        assert_eq!(lines, [Some(3)]);
    }
}
