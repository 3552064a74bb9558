//! The members of a zip, and of all that is one by another name: jar, whl, apk, docx, xlsx.

use std::io::Cursor;

use bstr::{BStr, BString};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::model::SkipReason;
use crate::source::Item;
use crate::source::archive::member::join;
use crate::source::archive::{Reading, Rest};

impl Reading<'_> {
    pub(super) fn zip(&mut self, name: &BStr, bytes: &[u8], depth: usize) -> bool {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else {
            return false;
        };
        self.itself(name, bytes.len());
        for index in 0..archive.len() {
            if !self.goes_on(name) {
                return true;
            }
            self.zip_member(name, &mut archive, index, depth);
        }
        // Of members with one name only the last is kept by the reader.
        if archive.has_duplicate_names() {
            self.rest(name, Rest::Damaged);
        }
        true
    }

    fn zip_member(&mut self, name: &BStr, archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize, depth: usize) {
        let meter = self.meter.clone();
        let error = match archive.by_index(index) {
            Ok(file) if file.is_dir() => return,
            Ok(file) => {
                let path = join(name, file.name_raw());
                return self.member(path.as_ref(), meter.over(file), depth);
            }
            Err(error) => error,
        };
        (self.visit)(Item::listed(1));
        (self.visit)(Item::skipped(path_of(name, archive, index), reason(&error)));
    }
}

fn path_of(name: &BStr, archive: &ZipArchive<Cursor<&[u8]>>, index: usize) -> BString {
    match archive.file_names_raw().nth(index) {
        Some(member) => join(name, member),
        None => name.into(),
    }
}

fn reason(error: &ZipError) -> SkipReason {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => SkipReason::Encrypted,
        ZipError::InvalidPassword => SkipReason::Encrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => SkipReason::Unsupported,
        _ => SkipReason::Damaged,
    }
}
