//! The library (`kill.c`) that makes calls of the C library fail, or kills the program at one of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Returns where it stands; it is compiled once in a process, for tests are threads of one.
pub(crate) fn library() -> &'static Path {
    static LIBRARY: LazyLock<PathBuf> = LazyLock::new(compiled);
    &LIBRARY
}

fn compiled() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kill/kill.c");
    let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libkill.so");
    // Other processes compile it, too; each replaces it as a whole.
    let beside = library.with_extension(std::process::id().to_string());
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-o"]).arg(&beside).arg(source).arg("-ldl");
    assert!(cc.status().unwrap().success());
    fs::rename(&beside, &library).unwrap();
    library
}
