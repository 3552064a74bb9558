//! Reads one file after another into the same buffer.
//!
//! Opening, two reads and closing is all that most files cost: asking for the size first, a fresh buffer each or a
//! memory map would each cost a good part of that again. A short read is not taken for the end: on some file systems it
//! is none.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::source::Limits;
use crate::source::turn::{Turn, Turns};

/// What came of opening a file.
#[derive(Debug)]
pub(super) enum Contents<'b> {
    /// All of it.
    Whole(&'b [u8]),
    /// It is larger than is to be read.
    TooLarge,
    /// It is no regular file (any more).
    Special,
}

/// A buffer that has grown for a large file is kept for the next one up to this size: fresh memory costs more than
/// reading into it.
const KEPT: usize = 4 << 20;

/// Reads files in one thread.
pub(super) struct FileReader<'s> {
    buffer: Vec<u8>,
    /// For files that are larger than the buffer.
    large: Vec<u8>,
    turns: &'s Turns,
    limits: &'s Limits,
}

impl<'s> FileReader<'s> {
    pub(super) fn new(turns: &'s Turns, limits: &'s Limits) -> Self {
        Self {
            buffer: vec![0; 256 << 10],
            large: Vec::new(),
            turns,
            limits,
        }
    }

    /// Reads a file to its end and hands it to `then`. A symbolic link is followed only when `follow` says so.
    pub(super) fn read(&mut self, path: &Path, follow: bool, then: impl FnOnce(io::Result<Contents<'_>>)) {
        let mut file = match open(path, follow) {
            Ok(file) => file,
            Err(error) => return then(Err(error)),
        };
        match fill(&mut file, &mut self.buffer) {
            Err(error) => then(Err(error)),
            Ok(len) if len == self.buffer.len() && self.is_too_large(&file) => then(Ok(Contents::TooLarge)),
            Ok(len) if len == self.buffer.len() => self.read_large(file, then),
            // A fifo without a writer reads as empty, and must not pass for an empty file.
            Ok(0) if !is_regular(&file) => then(Ok(Contents::Special)),
            Ok(len) if !self.limits.admits(len as u64) => then(Ok(Contents::TooLarge)),
            Ok(len) => then(Ok(Contents::Whole(&self.buffer[..len]))),
        }
    }

    /// Tells whether a file says of itself that it is too large, so that it need not be read to learn it.
    fn is_too_large(&self, file: &File) -> bool {
        file.metadata()
            .is_ok_and(|known| known.is_file() && !self.limits.admits(known.len()))
    }

    /// Reads a file whose beginning has filled the buffer.
    fn read_large(&mut self, file: File, then: impl FnOnce(io::Result<Contents<'_>>)) {
        let mut turn = None;
        let mut whole = std::mem::take(&mut self.large);
        match self.rest(file, &mut whole, &mut turn) {
            Ok(true) if self.limits.admits(whole.len() as u64) => then(Ok(Contents::Whole(&whole))),
            Ok(true) => then(Ok(Contents::TooLarge)),
            Ok(false) => then(Ok(Contents::Special)),
            Err(error) => then(Err(error)),
        }
        if whole.capacity() <= KEPT {
            self.large = whole;
        }
    }

    /// Reads the whole of a regular file, or one byte more than is to be read; false when it is none.
    fn rest(&self, file: File, whole: &mut Vec<u8>, turn: &mut Turn<'s>) -> io::Result<bool> {
        let known = file.metadata()?;
        if !known.is_file() {
            return Ok(false);
        }
        let limit = self.limits.max_file_size;
        let size = known.len().min(limit).saturating_add(1);
        self.turns.wait(size, turn);
        whole.clear();
        whole.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
        whole.extend_from_slice(&self.buffer);
        let left = limit.saturating_add(1).saturating_sub(whole.len() as u64);
        file.take(left).read_to_end(whole)?;
        Ok(true)
    }
}

/// Reads until the buffer is full or the file has ended.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// Opens for reading; a file swapped for a fifo since it was listed must not hold up the scan.
#[cfg(unix)]
fn open(path: &Path, follow: bool) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let stay = if follow { 0 } else { libc::O_NOFOLLOW };
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY | stay)
        .open(path)
}

#[cfg(not(unix))]
fn open(path: &Path, _follow: bool) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(bytes: &[u8], max_file_size: u64) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, bytes).unwrap();
        contents(&path, max_file_size, |whole| assert_eq!(whole, bytes))
    }

    fn contents(path: &Path, max_file_size: u64, check: impl Fn(&[u8])) -> String {
        let limits = Limits {
            max_file_size,
            ..Limits::default()
        };
        let turns = Turns::new(1);
        let mut said = String::new();
        FileReader::new(&turns, &limits).read(path, false, |contents| {
            said = match contents {
                Ok(Contents::Whole(bytes)) => {
                    check(bytes);
                    format!("whole, {}", bytes.len())
                }
                Ok(other) => format!("{other:?}"),
                Err(error) => error.kind().to_string(),
            };
        });
        said
    }

    #[test]
    fn files_of_every_size_are_read_to_their_end() {
        for len in [0, 1, 262_143, 262_144, 262_145, 20_000_000] {
            assert_eq!(read(&vec![b'x'; len], 20_000_000), format!("whole, {len}"));
        }
    }

    #[test]
    fn one_byte_too_many_is_too_large() {
        for limit in [0, 10, 262_143, 262_144, 300_000] {
            assert_eq!(read(&vec![b'x'; limit + 1], limit as u64), "TooLarge", "{limit}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_special_and_a_link_is_not_followed() {
        assert_eq!(contents(Path::new("/dev/null"), 9, |_| {}), "Special");
        assert_eq!(contents(Path::new("/dev/zero"), 9, |_| {}), "Special");
        assert_ne!(contents(Path::new("/proc/self/exe"), 99, |_| {}), "TooLarge");
    }
}
