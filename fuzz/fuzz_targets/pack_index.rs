//! Indexes of packs, put together so that the counts can hold.

#![no_main]

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| keyfence_fuzz::folder("index"));

fuzz_target!(|data: &[u8]| {
    let Some((&[count, first], rest)) = data.split_first_chunk() else {
        return;
    };
    let mut index = b"\xfftOc\0\0\0\x02".to_vec();
    for byte in 0..=255 {
        let upto = if byte < first { 0 } else { u32::from(count) };
        index.extend(upto.to_be_bytes());
    }
    index.extend(rest);
    let path = FOLDER.join("a.idx");
    for bytes in [&index[..], data] {
        fs::write(&path, bytes).expect("there is room for it");
        keyfence::git::pack::fuzzing::index(&path, rest.get(..20).unwrap_or_default());
    }
});
