//! Base64, hex, percent signs, escapes, entities, and what is packed in them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| keyfence::engine::fuzzing::layers(data));
