//! What is packed as one stream: gzip, bzip2, xz, zstd, and the tar that is often in it.

use std::io::{self, Cursor, Read};

use bstr::{BStr, BString, ByteSlice};
use bzip2::read::MultiBzDecoder;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::source::archive::member::join;
use crate::source::archive::{Format, Reading, Rest};

/// A tar's head, by which it is recognised.
const HEAD: u64 = 512;
/// The most memory that a decoder may ask for.
const MOST_MEMORY: u32 = 128 << 20;

impl Reading<'_> {
    pub(super) fn stream(&mut self, name: &BStr, bytes: &[u8], format: Format, depth: usize) -> bool {
        let Some(decoder) = decoder(bytes, format) else {
            return false;
        };
        let mut reader = self.meter.over(decoder);
        let mut head = Vec::new();
        let opened = (&mut reader).take(HEAD).read_to_end(&mut head);
        if opened.is_err() && head.is_empty() {
            return false;
        }
        self.itself(name, bytes.len());
        let is_tar = Format::of(&head) == Some(Format::Tar);
        let reader = Cursor::new(head).chain(reader);
        if is_tar {
            self.tar(name, reader, depth);
        } else {
            self.members += 1;
            self.member(unpacked(name).as_ref(), reader, depth);
        }
        true
    }

    /// Reads the members of a tar, which was shown itself.
    pub(super) fn tar(&mut self, name: &BStr, reader: impl Read, depth: usize) {
        let mut archive = tar::Archive::new(reader);
        let Ok(entries) = archive.entries() else {
            return self.rest(name, Rest::Damaged);
        };
        for entry in entries {
            if !self.goes_on(name) {
                return;
            }
            let Ok(entry) = entry else {
                let rest = if self.meter.is_spent() {
                    Rest::TooMuch
                } else {
                    Rest::Damaged
                };
                return self.rest(name, rest);
            };
            let kind = entry.header().entry_type();
            if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                let path = join(name, &entry.path_bytes());
                self.member(path.as_ref(), entry, depth);
            }
        }
    }
}

/// Names what comes out of `a.log.gz` and `a.tgz`: `a.log.gz!/a.log`, `a.tgz!/a`.
fn unpacked(name: &BStr) -> BString {
    let file = name.rsplit_str("/").next().unwrap_or_default();
    let stem = file.rsplitn_str(2, ".").nth(1).filter(|stem| !stem.is_empty());
    join(name, stem.unwrap_or(file))
}

fn decoder<'b>(bytes: &'b [u8], format: Format) -> Option<Box<dyn Read + 'b>> {
    Some(match format {
        Format::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Format::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
        Format::Xz => Box::new(XzReader::new_mem_limit(bytes, true, MOST_MEMORY >> 10)),
        Format::Zstd => Box::new(Frames::new(bytes).ok()?),
        Format::Zip | Format::Tar => return None,
    })
}

/// Frames of zstd, one after another; the decoder by itself stops after the first.
struct Frames<'b> {
    decoder: StreamingDecoder<&'b [u8], FrameDecoder>,
}

impl<'b> Frames<'b> {
    fn new(bytes: &'b [u8]) -> io::Result<Self> {
        let decoder = StreamingDecoder::new_with_max_window_size(bytes, u64::from(MOST_MEMORY));
        decoder.map(|decoder| Self { decoder }).map_err(io::Error::other)
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let len = self.decoder.read(buffer)?;
            let rest: &[u8] = self.decoder.get_ref();
            if len > 0 || buffer.is_empty() || rest.is_empty() {
                return Ok(len);
            }
            *self = Self::new(rest)?;
        }
    }
}
