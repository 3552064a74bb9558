//! What content is: text, text in another encoding, or none at all.
//!
//! Secrets are matched on bytes, so nothing here may refuse a file for its encoding. Only what is certainly compressed
//! or media content is passed over, for no text stands in it; a mere first byte never hides a file.

use std::borrow::Cow;

use crate::model::Nature;
use crate::source::encoding;

/// What content is, and its bytes as the engine wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// Something to match in; UTF-16 and UTF-32 have become UTF-8, and a byte order mark is gone.
    Readable {
        /// The bytes.
        bytes: Cow<'a, [u8]>,
        /// Whether they read as text.
        nature: Nature,
    },
    /// Compressed or media content.
    Packed,
}

/// How much of the head of a file is looked at.
const HEAD: usize = 8 << 10;
/// How much is looked at in the middle and at the end.
const PROBE: usize = 2 << 10;

/// Says what `bytes` are.
pub fn classify(bytes: &[u8]) -> Content<'_> {
    if let Some((encoding, mark)) = encoding::by_mark(bytes) {
        return text(encoding.decode(&bytes[mark..]));
    }
    let head = &bytes[..bytes.len().min(HEAD)];
    let has_nul = [head, middle(bytes)]
        .iter()
        .any(|sample| memchr::memchr(0, sample).is_some());
    let is_magic = is_packed_by_magic(bytes);
    // Most files are plain text and leave here, for the counting below costs more than reading them did.
    if !has_nul && !is_magic && !is_binary(&head[..head.len().min(256)]) {
        return text(Cow::Borrowed(bytes));
    }
    if let Some(encoding) = has_nul.then(|| encoding::by_sample(head)).flatten() {
        return text(encoding.decode(bytes));
    }
    let (head, middle, end) = (is_binary(head), is_binary(middle(bytes)), is_binary(end(bytes)));
    if is_magic && head && middle && end {
        return Content::Packed;
    }
    let nature = if head || middle { Nature::Binary } else { Nature::Text };
    Content::Readable {
        bytes: Cow::Borrowed(bytes),
        nature,
    }
}

fn text(bytes: Cow<'_, [u8]>) -> Content<'_> {
    Content::Readable {
        bytes,
        nature: Nature::Text,
    }
}

fn middle(bytes: &[u8]) -> &[u8] {
    let start = bytes.len() / 2;
    &bytes[start..bytes.len().min(start + PROBE)]
}

fn end(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.len().saturating_sub(PROBE)..]
}

/// Tells whether a sample has more control characters than any text, or a good deal of NULs.
///
/// Compressed bytes have a tenth of control characters; a text with a NUL after each record has them seldom.
fn is_binary(sample: &[u8]) -> bool {
    let nuls = sample.iter().filter(|&&byte| byte == 0).count();
    let controls = sample.iter().filter(|&&byte| is_control(byte)).count();
    nuls * 100 > sample.len() * 15 || controls * 100 > sample.len() * 4
}

/// Control characters that no text has, NUL aside; backspace, escape and the like occur in logs.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0x01..=0x06 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)
}

/// The first bytes of compressed and media formats.
const MAGIC: &[&[u8]] = &[
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1F\x8B\x08",
    b"\xFD7zXZ\0",
    b"\x28\xB5\x2F\xFD",
    b"BZh",
    b"7z\xBC\xAF\x27\x1C",
    b"Rar!\x1A\x07",
    b"\x04\x22\x4D\x18",
    b"\x89PNG\r\n\x1A\n",
    b"\xFF\xD8\xFF",
    b"GIF87a",
    b"GIF89a",
    b"\0\0\x01\0",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"%PDF-",
    b"wOFF",
    b"wOF2",
    b"\0\x01\0\0\0",
    b"OTTO",
    b"ID3",
    b"\xFF\xFB",
    b"\xFF\xF3",
    b"OggS",
    b"fLaC",
    b"\x1A\x45\xDF\xA3",
];

fn is_packed_by_magic(bytes: &[u8]) -> bool {
    let riff = || bytes.starts_with(b"RIFF") && matches!(bytes.get(8..12), Some(b"WEBP" | b"WAVE" | b"AVI "));
    let mpeg4 = || bytes.get(4..8) == Some(b"ftyp");
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || riff() || mpeg4()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Bytes without any order, the same each time.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 0x9E37_79B9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[2]
        };
        (0..len).map(|_| next()).collect()
    }

    fn nature(bytes: &[u8]) -> Option<Nature> {
        match classify(bytes) {
            Content::Readable { nature, .. } => Some(nature),
            Content::Packed => None,
        }
    }

    fn decoded(bytes: &[u8]) -> Vec<u8> {
        match classify(bytes) {
            Content::Readable { bytes, .. } => bytes.into_owned(),
            Content::Packed => panic!("packed"),
        }
    }

    #[test]
    fn utf8_in_any_state_is_text() {
        assert_eq!(nature(b""), Some(Nature::Text));
        assert_eq!(nature("schlüssel = größe\r\n".as_bytes()), Some(Nature::Text));
        assert_eq!(
            nature(b"caf\xE9 in latin-1, \xFF\xFE not at the start"),
            Some(Nature::Text)
        );
    }

    #[test]
    fn line_ends_and_nuls_in_text_stay() {
        let environment = b"HOME=/root\0PATH=/usr/bin:/bin\0LANG=C.UTF-8\0SHELL=/bin/sh\0\r\n";
        assert_eq!(nature(environment), Some(Nature::Text));
        assert_eq!(decoded(environment), environment);
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        assert_eq!(decoded(b"\xEF\xBB\xBFkey=1"), b"key=1");
    }

    #[test]
    fn utf16_becomes_utf8_with_and_without_a_mark() {
        let words = "pass=\u{1F511}kürzer\r\nnext line of the file\r\n";
        let little: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&little), words.as_bytes());
        assert_eq!(decoded(&big), words.as_bytes());
        assert_eq!(decoded(&[b"\xFF\xFE", &little[..]].concat()), words.as_bytes());
        assert_eq!(decoded(&[b"\xFE\xFF", &big[..]].concat()), words.as_bytes());
    }

    #[test]
    fn pictures_and_archives_are_packed() {
        for magic in [
            &b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"[..],
            b"PK\x03\x04\x14\0\0\0",
            b"\x1F\x8B\x08\0",
        ] {
            assert_eq!(nature(&[magic, &noise(40_000)].concat()), None);
            assert_eq!(nature(&[magic, &noise(300)].concat()), None);
        }
    }

    #[test]
    fn magic_in_front_of_a_text_hides_nothing() {
        let words = b"token = of some value\n".repeat(2_000);
        for magic in [
            &b"\x89PNG\r\n\x1A\n"[..],
            b"PK\x03\x04",
            b"BM",
            b"%PDF-1.4\n",
            b"GIF89a",
        ] {
            assert_eq!(nature(&[magic, &words].concat()), Some(Nature::Text), "{magic:?}");
        }
        let behind = [b"\x89PNG\r\n\x1A\n", &noise(9_000)[..], &words].concat();
        assert_eq!(nature(&behind), Some(Nature::Binary), "a text behind a picture is read");
    }

    #[test]
    fn programs_and_key_stores_are_read_as_binary() {
        let program = [
            b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".as_slice(),
            &[0; 600],
            &noise(9_000),
        ]
        .concat();
        assert_eq!(nature(&program), Some(Nature::Binary));
        assert_eq!(
            nature(&[b"\xFE\xED\xFE\xED\0\0\0\x02".as_slice(), &noise(2_000)].concat()),
            Some(Nature::Binary)
        );
    }

    #[test]
    fn a_terminal_log_is_text() {
        let log = b"\x1B[32mok\x1B[0m compiled\n\x1B[31mfailed\x1B[0m to link\x07\n".repeat(50);
        assert_eq!(nature(&log), Some(Nature::Text));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = classify(&bytes);
        }

        #[test]
        fn plain_text_is_never_changed(words in "[ -~\n\t]{0,300}") {
            prop_assert_eq!(classify(words.as_bytes()), text(Cow::Borrowed(words.as_bytes())));
        }

        #[test]
        fn decoding_undoes_encoding(words in "\\PC{1,80}") {
            let bytes: Vec<u8> = "\u{FEFF}".encode_utf16().chain(words.encode_utf16()).flat_map(u16::to_le_bytes).collect();
            prop_assert_eq!(decoded(&bytes), words.as_bytes());
        }
    }
}
