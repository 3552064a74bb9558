//! The fast ways find what the plain ways find, byte for byte.

#![no_main]

use keyfence_fuzz::{FAST, PLAIN, blob, path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (path, text) = path(data);
    let blob = blob(path, text);
    let (fast, plain) = (FAST.scan_blob(&blob), PLAIN.scan_blob(&blob));
    assert_eq!(fast.gave_up, plain.gave_up);
    assert_eq!(format!("{:?}", fast.judged), format!("{:?}", plain.judged));
});
