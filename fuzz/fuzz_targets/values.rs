//! The sieve: what a value looks like.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| keyfence::engine::fuzzing::judge(data));
