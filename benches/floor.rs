//! What reading a tree costs and nothing else: a walk, and each file through one buffer that is used again.
//!
//! No scanner can do with less, so `compare.sh` times it beside the scanners. Git's own folder is left out, as it is in a
//! scan. It uses the standard library alone and is built by `rustc -O`.

#![expect(clippy::print_stdout, reason = "it says what it has read")]

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{env, process};

/// As much as keyfence reads at once.
const BUFFER: usize = 256 << 10;

#[derive(Default)]
struct Total {
    files: u64,
    bytes: u64,
}

fn main() -> process::ExitCode {
    let root = env::args_os().nth(1).unwrap_or_else(|| OsString::from("."));
    let mut total = Total::default();
    match read_folder(Path::new(&root), &mut vec![0; BUFFER], &mut total) {
        Ok(()) => println!("{} files, {} bytes", total.files, total.bytes),
        Err(error) => println!("error: {error}"),
    }
    process::ExitCode::SUCCESS
}

fn read_folder(folder: &Path, buffer: &mut [u8], total: &mut Total) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() != ".git" {
            read_folder(&entry.path(), buffer, total)?;
        } else if kind.is_file() {
            read_file(&entry.path(), buffer, total)?;
        }
    }
    Ok(())
}

fn read_file(path: &PathBuf, buffer: &mut [u8], total: &mut Total) -> io::Result<()> {
    let mut file = File::open(path)?;
    total.files += 1;
    loop {
        let len = file.read(buffer)?;
        total.bytes += len as u64;
        // What does not fill the buffer was the last of the file.
        if len < buffer.len() {
            return Ok(());
        }
    }
}
