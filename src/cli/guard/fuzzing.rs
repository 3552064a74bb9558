//! The doors of the fuzz targets into this room; compiled for them only.

use bstr::ByteSlice;

use crate::cli::guard::{push, receive};

/// Reads what git says to a gate on standard input.
pub fn standard_input(lines: &[u8]) {
    for line in lines.lines() {
        let _ = push::moved(line);
        let mut words = line.splitn(3, |&byte| byte == b' ');
        let _ = receive::read(words.next(), words.next(), words.next()).is_some();
    }
}
