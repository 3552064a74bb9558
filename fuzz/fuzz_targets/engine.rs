//! A text under a path: findings stand in it, in order.

#![no_main]

use bstr::ByteSlice;
use keyfence::model::Place;
use keyfence_fuzz::{FAST, blob, path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (path, text) = path(data);
    let lines = text.lines().count() as u32 + 1;
    for judged in FAST.scan_blob(&blob(path, text)).judged {
        let finding = judged.finding;
        let place = finding.location;
        assert!((1..=lines).contains(&place.line) && place.end_line >= place.line && place.end_line <= lines);
        assert!(place.column >= 1 && place.end_column >= 1);
        assert!(finding.place == Place::Path || !finding.secret.expose().is_empty());
        assert!(finding.excerpt.masked().len() <= 1_000);
    }
});
