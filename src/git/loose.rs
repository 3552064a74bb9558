//! Objects in files of their own, as `git add` writes them.
//!
//! The size is known before the content is made, so that whoever asks can turn it away; and half a file is an error at
//! once, where libgit2 waits for the rest.

use std::io::{self, BufReader, Read};
use std::path::Path;

use bstr::ByteSlice;
use flate2::bufread::ZlibDecoder;

use crate::git::{Name, ObjectKind, special};

/// An object, or only what it is if it was turned away.
pub(super) type Object = (ObjectKind, Option<Vec<u8>>);

/// Longer than any head.
const HEAD: u64 = 32;

/// Reads an object from a folder of objects, after `admit` has seen what it is and how large; `None` if it is not there.
pub(super) fn read(
    folder: &Path,
    name: &Name,
    admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
) -> io::Result<Option<Object>> {
    let hex = name.to_string();
    match special::open(&folder.join(&hex[..2]).join(&hex[2..])) {
        Ok(file) => {
            let stored = file.metadata()?.len();
            object(BufReader::new(file), stored, admit).map(Some)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn object(file: impl io::BufRead, stored: u64, admit: &mut dyn FnMut(ObjectKind, u64) -> bool) -> io::Result<Object> {
    let mut stream = ZlibDecoder::new(file);
    let mut content = Vec::new();
    stream.by_ref().take(HEAD).read_to_end(&mut content)?;
    let (kind, size, start) = head(&content).ok_or_else(|| damaged("its head is damaged"))?;
    // No stream is smaller than a thousandth of what it holds.
    if size > stored.saturating_mul(1_040) {
        return Err(damaged("it says that it is larger than it can be"));
    }
    if !admit(kind, size) {
        return Ok((kind, None));
    }
    content.drain(..start);
    let rest = size.saturating_sub(content.len() as u64);
    content.try_reserve_exact(usize::try_from(rest).unwrap_or(usize::MAX))?;
    // One byte more than there should be: it is the end of the stream that proves its checksum.
    stream.take(rest.saturating_add(1)).read_to_end(&mut content)?;
    if content.len() as u64 != size {
        return Err(damaged("its size is not what it says"));
    }
    Ok((kind, Some(content)))
}

/// Reads `<kind> <size>\0`, and returns also where the content starts.
fn head(object: &[u8]) -> Option<(ObjectKind, u64, usize)> {
    let end = object.find_byte(0)?;
    let (kind, size) = object[..end].split_once_str(" ")?;
    let size = size.to_str().ok()?.parse().ok()?;
    Some((ObjectKind::parse(kind)?, size, end + 1))
}

fn damaged(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn stored(object: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(object).unwrap();
        encoder.finish().unwrap()
    }

    fn read_all(stored: &[u8]) -> Option<Vec<u8>> {
        object(stored, stored.len() as u64, &mut |_, _| true).ok()?.1
    }

    #[test]
    fn an_object_is_its_head_and_its_content() {
        let text = b"word ".repeat(100);
        let file = stored(&[b"blob 500\0", &text[..]].concat());
        assert_eq!(read_all(&file), Some(text));
        assert_eq!(read_all(&stored(b"blob 0\0")), Some(Vec::new()));
    }

    #[test]
    fn half_a_file_and_a_wrong_size_are_errors() {
        let file = stored(&[b"blob 500\0", &b"word ".repeat(100)[..]].concat());
        assert!((0..file.len()).all(|end| read_all(&file[..end]).is_none()));
        for wrong in ["blob 2\0abc", "blob 4\0abc", "blob\0abc", "thing 3\0abc", "blob 3abc"] {
            assert_eq!(read_all(&stored(wrong.as_bytes())), None, "{wrong}");
        }
    }

    #[test]
    fn a_size_that_nobody_believes_takes_no_memory() {
        assert_eq!(read_all(&stored(b"blob 18446744073709551615\0abc")), None);
        assert_eq!(read_all(&stored(b"blob 99999999999\0abc")), None);
        let turned_away = object(&stored(b"blob 999\0abc")[..], 20, &mut |_, size| size < 100).unwrap();
        assert_eq!(turned_away, (ObjectKind::Blob, None));
    }
}
