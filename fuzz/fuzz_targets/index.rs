//! The index of a work tree.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| keyfence::git::fuzzing::index(data));
