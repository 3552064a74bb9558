//! What git says to a gate on standard input.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| keyfence::cli::fuzzing::standard_input(data));
