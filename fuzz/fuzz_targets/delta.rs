//! Deltas: what is made is what they say, and each copy is one.

#![no_main]

use keyfence_fuzz::halves;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (base, delta) = halves(data);
    keyfence::git::pack::fuzzing::apply(base, delta);
    // Most inputs fail at the two sizes, so they are put right as well.
    if let (Ok(from), Some(to)) = (u8::try_from(base.len()), delta.first().filter(|to| **to < 0x80)) {
        if from < 0x80 {
            keyfence::git::pack::fuzzing::apply(base, &[&[from, *to], &delta[1..]].concat());
        }
    }
});
