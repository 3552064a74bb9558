//! What is text, in which encoding, and the same however often it is asked.

#![no_main]

use keyfence::source::text::{Content, classify};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (once, again) = (classify(data), classify(data));
    assert_eq!(format!("{once:?}"), format!("{again:?}"));
    if let Content::Readable { bytes, .. } = once {
        assert!(bytes.len() <= data.len() * 3);
    }
});
