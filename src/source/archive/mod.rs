//! The members of archives, as blobs with names such as `lib/a.zip!/inner/x.env`.
//!
//! Nothing is written to disk, so a name that points elsewhere is only a name. And nothing is believed: sizes, counts
//! and depths that an archive claims are met by limits of our own, and whatever these leave out is said.

mod member;
#[cfg(test)]
mod samples;
mod stream;
mod zip;

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bstr::BStr;

use crate::model::{Origin, SkipReason};
use crate::source::{Item, Limits, Visitor};

/// Archives in archives are opened so deep.
const DEEPEST: usize = 4;
/// The most members of one file, those of archives inside it included.
const MOST_MEMBERS: usize = 100_000;
/// So many times its size, and within these bounds, may come out of one file.
const RATIO: u64 = 200;
const LEAST_BYTES: u64 = 32 << 20;
const MOST_BYTES: u64 = 1 << 30;
/// Members larger than this wait until no other thread holds one.
const LARGE: u64 = 16 << 20;
static ONE_LARGE: Mutex<()> = Mutex::new(());

const TOO_MUCH: &str = "More comes out of this archive than is read; exclude it, or look at it by hand.";

/// Tells by its first bytes whether a content may be an archive.
pub(super) fn may_be(bytes: &[u8]) -> bool {
    Format::of(bytes).is_some()
}

/// Reads the members of the file `name` if it is an archive; otherwise returns false and has said nothing.
///
/// The file itself has been listed; it is shown as a blob without content, so that rules may judge its name.
pub(super) fn read(name: &BStr, bytes: &[u8], origin: &Origin, limits: &Limits, visit: Visitor<'_>) -> bool {
    let Some(format) = Format::of(bytes).filter(|_| limits.archives) else {
        return false;
    };
    let size = (bytes.len() as u64).saturating_mul(RATIO);
    let mut reading = Reading {
        origin,
        limits,
        visit,
        meter: Meter(Rc::new(Cell::new(size.clamp(LEAST_BYTES, MOST_BYTES)))),
        members: 0,
        turn: None,
        is_over: false,
    };
    reading.open(name, bytes, format, 1)
}

/// What a file is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Zip,
    Tar,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

impl Format {
    fn of(bytes: &[u8]) -> Option<Self> {
        const MAGIC: &[(&[u8], Format)] = &[
            (b"PK\x03\x04", Format::Zip),
            (b"PK\x05\x06", Format::Zip),
            (b"\x1F\x8B\x08", Format::Gzip),
            (b"BZh", Format::Bzip2),
            (b"\xFD7zXZ\0", Format::Xz),
            (b"\x28\xB5\x2F\xFD", Format::Zstd),
        ];
        let by_magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
        let by_magic = by_magic.map(|&(_, format)| format);
        by_magic.or_else(|| (bytes.get(257..262) == Some(b"ustar")).then_some(Self::Tar))
    }
}

/// How many bytes may still come out of the file.
#[derive(Debug, Clone)]
struct Meter(Rc<Cell<u64>>);

impl Meter {
    fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// Counts what is read, and fails when it was too much.
    fn over<R: Read>(&self, reader: R) -> Metered<R> {
        let meter = self.clone();
        Metered {
            reader,
            meter,
            has_failed: false,
        }
    }
}

struct Metered<R> {
    reader: R,
    meter: Meter,
    /// A decoder that goes on after an error may never end.
    has_failed: bool,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.has_failed {
            return Err(io::Error::other("it has failed before"));
        }
        let read = self.reader.read(buffer);
        self.has_failed = matches!(&read, Err(error) if error.kind() != io::ErrorKind::Interrupted);
        let len = read?;
        let left = self.meter.0.get().saturating_sub(len as u64);
        self.meter.0.set(left);
        match left {
            0 if len > 0 => Err(io::Error::other("too much came out")),
            _ => Ok(len),
        }
    }
}

/// One file on its way through all that is packed in it.
struct Reading<'r> {
    origin: &'r Origin,
    limits: &'r Limits,
    visit: Visitor<'r>,
    meter: Meter,
    members: usize,
    turn: Option<MutexGuard<'static, ()>>,
    /// True when a limit was met and said.
    is_over: bool,
}

impl Reading<'_> {
    /// Opens an archive that was listed; false when it is none, and nothing was said.
    fn open(&mut self, name: &BStr, bytes: &[u8], format: Format, depth: usize) -> bool {
        match format {
            Format::Zip => self.zip(name, bytes, depth),
            Format::Tar => {
                self.itself(name, bytes.len());
                self.tar(name, bytes, depth);
                true
            }
            _ => self.stream(name, bytes, format, depth),
        }
    }

    /// Counts the next member; false when there are too many, or too much came out.
    fn goes_on(&mut self, archive: &BStr) -> bool {
        self.members += 1;
        if self.members <= MOST_MEMBERS && !self.meter.is_spent() {
            return true;
        }
        if !self.is_over {
            self.is_over = true;
            self.rest(archive, Rest::TooMuch);
        }
        false
    }

    /// Says why an archive was not read to its end.
    fn rest(&self, archive: &BStr, rest: Rest) {
        (self.visit)(Item::listed(1));
        (self.visit)(match rest {
            Rest::Damaged => Item::skipped(archive, SkipReason::Damaged),
            Rest::TooMuch => Item::failed(archive, TOO_MUCH),
        });
    }

    fn wait_for_turn(&mut self, size: u64) {
        if size > LARGE && self.turn.is_none() {
            self.turn = Some(ONE_LARGE.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// Why an archive was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Damaged,
    TooMuch,
}

#[cfg(test)]
mod tests {
    use super::samples::{packed, said, tar, zip};
    use super::*;

    const ENV: &[u8] = b"TOKEN=abc\n";

    #[test]
    fn the_members_of_a_zip_are_blobs() {
        let bytes = zip(&[("a/.env", ENV), ("b.txt", b"hello")]);
        let said = said("lib/x.zip", &bytes);
        assert_eq!(said.blobs, ["lib/x.zip", "lib/x.zip!/a/.env", "lib/x.zip!/b.txt"]);
        assert_eq!((said.listed, said.skipped.len(), said.failed.len()), (2, 0, 0));
    }

    #[test]
    fn every_way_of_packing_is_opened() {
        let inner = tar(&[("a/.env", ENV)]);
        assert_eq!(said("x.tar", &inner).blobs, ["x.tar", "x.tar!/a/.env"]);
        for format in [Format::Gzip, Format::Bzip2, Format::Xz, Format::Zstd] {
            let said = said("x.tar.gz", &packed(format, &inner));
            assert_eq!(said.blobs, ["x.tar.gz", "x.tar.gz!/a/.env"], "{format:?}");
        }
        assert_eq!(
            said("d/a.log.gz", &packed(Format::Gzip, b"hello")).blobs,
            ["d/a.log.gz", "d/a.log.gz!/a.log"]
        );
    }

    #[test]
    fn frames_and_members_one_after_another_are_all_read() {
        for format in [Format::Gzip, Format::Bzip2, Format::Xz, Format::Zstd] {
            let two = [packed(format, b"first "), packed(format, b"second")].concat();
            assert_eq!(said("a.gz", &two).contents, ["", "first second"], "{format:?}");
        }
    }

    #[test]
    fn archives_in_archives_are_opened_until_too_deep() {
        let mut bytes = zip(&[(".env", ENV)]);
        for _ in 0..3 {
            bytes = zip(&[("in.zip", &bytes)]);
        }
        let deep = said("x.zip", &bytes);
        assert_eq!(deep.blobs.last().unwrap(), "x.zip!/in.zip!/in.zip!/in.zip!/.env");
        let deeper = said("x.zip", &zip(&[("in.zip", &bytes)]));
        assert_eq!(deeper.failed, ["x.zip!/in.zip!/in.zip!/in.zip!/in.zip"]);
    }

    #[test]
    fn what_is_damaged_is_said() {
        let whole = packed(Format::Gzip, &tar(&[("a", &b"x".repeat(5000)), ("b", ENV)]));
        let cut = said("x.tgz", &whole[..whole.len() - 30]);
        assert_eq!(cut.skipped, ["x.tgz: damaged"]);
        let mut bytes = zip(&[("a.txt", &b"hello ".repeat(9))]);
        bytes[40] ^= 0x55;
        assert_eq!(said("x.zip", &bytes).skipped, ["x.zip!/a.txt: damaged"]);
    }

    #[test]
    fn a_decoder_that_failed_is_not_asked_again() {
        struct Odd(bool);
        impl Read for Odd {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                assert!(!std::mem::replace(&mut self.0, true), "it was asked again");
                Err(io::ErrorKind::InvalidData.into())
            }
        }
        let mut reader = Meter(Rc::new(Cell::new(100))).over(Odd(false));
        assert!(reader.read(&mut [0]).is_err() && reader.read(&mut [0]).is_err());
    }

    #[test]
    fn what_is_cut_short_anywhere_ends() {
        let plain: Vec<u8> = (0..3_000_u32)
            .flat_map(|number| (number * number).to_le_bytes())
            .collect();
        for format in [Format::Gzip, Format::Bzip2, Format::Xz, Format::Zstd] {
            let whole = packed(format, &plain);
            for end in (0..whole.len()).step_by(whole.len() / 60) {
                said("x.tar.gz", &whole[..end]);
            }
        }
    }

    #[test]
    fn magic_alone_makes_no_archive() {
        for text in [&b"PK\x03\x04 is how it begins"[..], b"BZh is a word", b"\x1F\x8B\x08"] {
            let said = said("a.txt", text);
            assert!(said.blobs.is_empty() && said.listed == 0, "{text:?}");
        }
    }

    #[test]
    fn an_encrypted_member_is_said() {
        let mut bytes = zip(&[("a.txt", b"hello")]);
        // The flag stands in the local head and in the directory.
        let directory = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        bytes[6] |= 1;
        bytes[directory + 8] |= 1;
        assert_eq!(said("x.zip", &bytes).skipped, ["x.zip!/a.txt: encrypted"]);
    }

    #[test]
    fn a_bomb_ends_and_is_said() {
        let bomb = zip(&[("zeros", &vec![0; 40 << 20])]);
        assert_eq!(said("x.zip", &bomb).failed, ["x.zip!/zeros"]);
        let bomb = packed(Format::Gzip, &vec![b'a'; 40 << 20]);
        assert_eq!(said("x.gz", &bomb).failed, ["x.gz!/x"]);
    }

    #[test]
    fn a_name_that_points_elsewhere_is_only_a_name() {
        assert_eq!(
            said("x.zip", &zip(&[("../../etc/x", ENV)])).blobs[1],
            "x.zip!/../../etc/x"
        );
    }
}
