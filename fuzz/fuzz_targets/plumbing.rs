//! What git's plumbing prints.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| keyfence::git::fuzzing::plumbing(data));
