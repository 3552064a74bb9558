//! Archives of every kind: whatever they claim, the books balance.

#![no_main]

use keyfence_fuzz::scan;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    scan("a.zip", data);
});
