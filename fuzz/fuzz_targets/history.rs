//! Commits, tags and trees as a history reads them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    keyfence::git::history::fuzzing::object(data);
    keyfence::git::fuzzing::record(data);
});
