//! A baseline: what was read and is written says the same when it is read again.

#![no_main]

use keyfence::baseline::Baseline;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(baseline) = Baseline::parse("baseline", text) {
        let written = baseline.render();
        let again = Baseline::parse("baseline", &written).expect("what was written can be read");
        assert_eq!(again.render(), written);
    }
});
