//! Archives for tests, made when they run: none is kept in the tree.

use std::io::{Cursor, Write};
use std::sync::Mutex;

use bstr::BStr;

use super::{Format, read};
use crate::model::Origin;
use crate::source::{Item, Limits};

pub(super) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(super) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub(super) fn packed(format: Format, bytes: &[u8]) -> Vec<u8> {
    match format {
        Format::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Format::Bzip2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Format::Xz => {
            let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Format::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
        Format::Zip | Format::Tar => unreachable!(),
    }
}

/// What was said of an archive.
#[derive(Default)]
pub(super) struct Said {
    pub(super) listed: u64,
    pub(super) blobs: Vec<String>,
    pub(super) contents: Vec<String>,
    pub(super) skipped: Vec<String>,
    pub(super) failed: Vec<String>,
}

/// Reads an archive and checks that the books balance.
pub(super) fn said(name: &str, bytes: &[u8]) -> Said {
    let said = Mutex::new(Said::default());
    let note = |item: Item<'_>| {
        let mut said = said.lock().unwrap();
        match item {
            Item::Listed(tally) => said.listed += tally.files,
            Item::Read(_) => {}
            Item::Blob(blob, _) | Item::Version(blob, ..) => {
                said.blobs.push(blob.path.to_string());
                said.contents.push(String::from_utf8_lossy(&blob.bytes).into_owned());
            }
            Item::Skipped(skipped) => said
                .skipped
                .push(format!("{}: {}", skipped.path, skipped.reason.as_str())),
            Item::Failed(failed) => said.failed.push(failed.path.to_string()),
        }
    };
    let opened = read(BStr::new(name), bytes, &Origin::Worktree, &Limits::default(), &note);
    let said = said.into_inner().unwrap();
    let shown = said.blobs.len() + said.skipped.len() + said.failed.len();
    assert_eq!(
        shown as u64,
        said.listed + u64::from(opened),
        "{name}: the books do not balance"
    );
    said
}
