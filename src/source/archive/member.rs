//! One member on its way to the engine: read within limits, opened if it is an archive, or shown.

use std::borrow::Cow;
use std::io::{self, Read};

use bstr::{BStr, BString};

use crate::model::{Blob, Kind, Nature, Scope, SkipReason};
use crate::source::Item;
use crate::source::archive::{DEEPEST, Format, LARGE, Reading, TOO_MUCH};
use crate::source::text::{self, Content};

/// Puts the name of a member behind that of its archive.
pub(super) fn join(archive: &BStr, member: &[u8]) -> BString {
    [archive.as_ref(), &b"!/"[..], member].concat().into()
}

impl Reading<'_> {
    /// Reads a member, and shows or opens it.
    pub(super) fn member(&mut self, name: &BStr, reader: impl Read, depth: usize) {
        (self.visit)(Item::listed(1));
        if self.limits.excludes(name) {
            return (self.visit)(Item::skipped(name, SkipReason::Excluded));
        }
        let mut bytes = Vec::new();
        let most = self.limits.max_file_size;
        let read = self.read_whole(reader.take(most.saturating_add(1)), &mut bytes);
        match read {
            Err(_) if self.meter.is_spent() => (self.visit)(Item::failed(name, TOO_MUCH)),
            Err(_) => (self.visit)(Item::skipped(name, SkipReason::Damaged)),
            Ok(()) if bytes.len() as u64 > most => (self.visit)(Item::skipped(name, SkipReason::TooLarge)),
            Ok(()) => self.shown(name, &bytes, depth),
        }
    }

    fn read_whole(&mut self, mut reader: impl Read, bytes: &mut Vec<u8>) -> io::Result<()> {
        (&mut reader).take(LARGE).read_to_end(bytes)?;
        if bytes.len() as u64 == LARGE {
            self.wait_for_turn(LARGE + 1);
            reader.read_to_end(bytes)?;
        }
        Ok(())
    }

    /// Shows a member that was listed and read.
    pub(super) fn shown(&mut self, name: &BStr, bytes: &[u8], depth: usize) {
        match Format::of(bytes) {
            Some(_) if depth >= DEEPEST => (self.visit)(Item::failed(
                name,
                format!("It stands {DEEPEST} archives deep and was not opened."),
            )),
            Some(format) if self.open(name, bytes, format, depth + 1) => {}
            _ => self.text(name, bytes),
        }
    }

    fn text(&self, name: &BStr, bytes: &[u8]) {
        match text::classify(bytes) {
            Content::Packed => (self.visit)(Item::skipped(name, SkipReason::Binary)),
            Content::Readable {
                bytes: readable,
                nature,
            } => self.blob(name, readable, nature, bytes.len()),
        }
    }

    /// Shows an archive without its content, so that its name is judged and it counts as read.
    pub(super) fn itself(&self, name: &BStr, size: usize) {
        self.blob(name, Cow::Borrowed(&[]), Nature::Binary, size);
    }

    fn blob(&self, name: &BStr, bytes: Cow<'_, [u8]>, nature: Nature, size: usize) {
        let blob = Blob {
            origin: self.origin.clone(),
            path: Cow::Borrowed(name),
            bytes,
            scope: Scope::Whole,
            kind: Kind::File,
            nature,
        };
        (self.visit)(Item::Blob(blob, size as u64));
    }
}
