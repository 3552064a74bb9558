//! From digits to text, or to nothing: what is no text holds no secret that could be recognised.

use std::io::Read;

use bstr::ByteSlice;
use flate2::read::MultiGzDecoder;

use crate::engine::decode::glance::{GZIP, SHORTEST_TEXT, is_printable, is_wide};
use crate::engine::decode::map::Map;
use crate::engine::decode::stretch::Stretch;
use crate::engine::decode::{Decoded, Layer};
use crate::engine::radix;

/// Decodes a stretch as hex or base64, to at most `most` bytes.
pub(super) fn decode(text: &[u8], stretch: &Stretch, most: usize) -> Option<Decoded> {
    let width = stretch.width;
    if stretch.len() * width / 8 > most {
        return Some(Decoded::TooMuch);
    }
    let digit = if width == 4 { radix::digit16 } else { radix::digit64 };
    let bytes = radix::pack(stretch.digits(text).map(digit), width as u32)?;
    let whole = stretch.start()..stretch.end();
    if bytes.starts_with(GZIP) {
        return gunzip(&bytes, most).map(|bytes| {
            bytes.map_or(Decoded::TooMuch, |bytes| {
                let map = Map::Whole(whole);
                Decoded::Text(Layer { bytes, map })
            })
        });
    }
    let wide = narrow(&bytes);
    let scale = 1 + usize::from(wide.is_some());
    let mut bytes = wide.unwrap_or(bytes);
    bytes.truncate(text_prefix(&bytes));
    let lines = stretch.pieces();
    let map = Map::Digits { width, scale, lines };
    (bytes.len() >= SHORTEST_TEXT).then_some(Decoded::Text(Layer { bytes, map }))
}

/// Decodes a whole value that is base64 of printable text, as in a Kubernetes secret.
///
/// By chance one value of sixteen digits in a hundred thousand would pass.
pub(in crate::engine) fn value(value: &[u8]) -> Option<Vec<u8>> {
    let is_whole = value.len() >= 12 && value.len().is_multiple_of(4);
    let bytes = is_whole.then(|| radix::base64(value)).flatten()?;
    let is_plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    let bytes = bytes.trim_ascii_end();
    (!bytes.is_empty() && bytes.iter().all(is_plain)).then(|| bytes.to_vec())
}

/// Turns UTF-16, little-endian, into bytes, one for one: what is no ASCII becomes a question mark.
fn narrow(bytes: &[u8]) -> Option<Vec<u8>> {
    if !is_wide(&bytes[..bytes.len().min(6)]) {
        return None;
    }
    let narrowed = bytes.chunks_exact(2).map(|pair| match pair {
        [byte, 0] => *byte,
        // The mark of the byte order reads as a blank.
        [0xFF, 0xFE] => b' ',
        _ => b'?',
    });
    Some(narrowed.collect())
}

/// Returns how many of the first bytes read as text: UTF-8 without control characters.
fn text_prefix(bytes: &[u8]) -> usize {
    let is_control = |byte: &u8| !is_printable(*byte) && byte.is_ascii();
    let end = bytes.iter().position(is_control).unwrap_or(bytes.len());
    match str::from_utf8(&bytes[..end]) {
        Ok(_) => end,
        Err(error) => error.valid_up_to(),
    }
}

/// Unpacks to at most `most` bytes; `Some(None)` when more would come out. What is broken gives what came before.
fn gunzip(packed: &[u8], most: usize) -> Option<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut reader = MultiGzDecoder::new(packed).take(most as u64 + 1);
    // An error in the middle leaves what was read so far, which is worth a look.
    let _ = reader.read_to_end(&mut bytes);
    if bytes.len() > most {
        return Some(None);
    }
    let is_text = !bytes.is_empty() && bytes.find_byte(0).is_none();
    is_text.then_some(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked_within_bounds() {
        let bytes = packed(b"note = kq8Zt4vPw");
        assert_eq!(gunzip(&bytes, 100).unwrap().unwrap(), b"note = kq8Zt4vPw");
        assert_eq!(gunzip(&bytes, 5), Some(None));
        assert_eq!(gunzip(&packed(&[0; 9]), 100), None);
        assert_eq!(gunzip(&packed(&vec![b'a'; 1 << 20]), 1000), Some(None));
    }

    #[test]
    fn a_value_counts_when_all_of_it_is_printable() {
        assert_eq!(value(b"a3E4WnQ0dlB3LTc=").unwrap(), b"kq8Zt4vPw-7");
        assert_eq!(value(b"a3E4WnQ0dlB3Cg==").unwrap(), b"kq8Zt4vPw");
        for other in [
            &b"9f86d081884c7d65"[..],
            b"kX3vB7qLw2Zt9RmP",
            b"a3E4WnQ0dlB3LTc",
            b"AAAAAAAAAAAA",
        ] {
            assert_eq!(value(other), None);
        }
    }

    #[test]
    fn text_ends_where_it_stops_being_text() {
        assert_eq!(text_prefix("gr\u{fc}n = 1\0x".as_bytes()), 9);
        assert_eq!(text_prefix(b"abc\xFFd"), 3);
    }
}
