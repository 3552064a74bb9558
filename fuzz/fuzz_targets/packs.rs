//! Packs whose checksums hold and whose heads, bases and offsets may lie.

#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| keyfence_fuzz::folder("packs"));

fuzz_target!(|data: &[u8]| {
    keyfence_fuzz::pack::write(&FOLDER, data);
    assert!(keyfence::git::pack::fuzzing::packs(&FOLDER) <= 64);
});
