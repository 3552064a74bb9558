//! One blob from a stream.
//! A gate reads all of it or fails: a part of what was piped in is no answer.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use bstr::{BStr, BString};

use crate::model::{Blob, Kind, Origin, Scope, SkipReason};
use crate::source::text::{self, Content};
use crate::source::{Item, Limits, Source, SourceError, Visitor, archive};

/// A stream, read once to its end.
pub struct Stdin<R> {
    stream: Mutex<R>,
    path: BString,
    limits: Limits,
}

impl<R: Read + Send> Stdin<R> {
    /// Reads `stream`; `path` is the name by which rules and reports know it.
    pub fn new(stream: R, path: Option<BString>, limits: Limits) -> Self {
        Self {
            stream: Mutex::new(stream),
            path: path.unwrap_or_else(|| "<stdin>".into()),
            limits,
        }
    }

    /// Reads one byte more than is allowed, so that too much can be told from just enough.
    fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        (&mut *stream)
            .take(self.limits.max_file_size.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn is_archive(&self, bytes: &[u8], visit: Visitor<'_>) -> bool {
        let path: &BStr = self.path.as_ref();
        self.limits.admits(bytes.len() as u64) && archive::read(path, bytes, &Origin::Stdin, &self.limits, visit)
    }

    fn item<'b>(&'b self, bytes: &'b [u8]) -> Item<'b> {
        let path: &BStr = self.path.as_ref();
        if !self.limits.admits(bytes.len() as u64) {
            let limit = self.limits.max_file_size;
            return Item::failed(path, format!("It is larger than {limit} bytes; raise `max-file-size`."));
        }
        match text::classify(bytes) {
            Content::Packed => Item::skipped(path, SkipReason::Binary),
            Content::Readable {
                bytes: readable,
                nature,
            } => {
                let blob = Blob {
                    origin: Origin::Stdin,
                    path: Cow::Borrowed(path),
                    bytes: readable,
                    scope: Scope::Whole,
                    kind: Kind::File,
                    nature,
                };
                Item::Blob(blob, bytes.len() as u64)
            }
        }
    }
}

impl<R: Read + Send> Source for Stdin<R> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        visit(Item::listed(1));
        match self.read() {
            Ok(bytes) if self.is_archive(&bytes, visit) => {}
            Ok(bytes) => visit(self.item(&bytes)),
            Err(error) => visit(Item::failed(
                self.path.clone(),
                format!("It could not be read: {error}."),
            )),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(stream: impl Read + Send, max_file_size: u64) -> Vec<String> {
        let limits = Limits {
            max_file_size,
            ..Limits::default()
        };
        let said = Mutex::new(Vec::new());
        let name = Some("piped.env".into());
        let note = |item: Item<'_>| said.lock().unwrap().push(format!("{item:?}"));
        Stdin::new(stream, name, limits).visit(&note).unwrap();
        said.into_inner().unwrap()
    }

    #[test]
    fn a_stream_is_one_blob() {
        let said = said(&b"a=b"[..], 3);
        assert!(said[0].contains("files: 1") && said[1].contains("piped.env") && said[1].ends_with(", 3)"));
    }

    #[test]
    fn too_large_a_stream_fails_and_never_passes() {
        assert!(said(&b"a=bc"[..], 3)[1].starts_with("Failed("));
    }

    #[test]
    fn a_stream_that_breaks_fails() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::ConnectionReset.into())
            }
        }
        assert!(said(b"a=".chain(Broken), 99)[1].starts_with("Failed("));
    }
}
