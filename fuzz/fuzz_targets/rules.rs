//! Rules of a project: refused, or an engine that searches with them.

#![no_main]

use keyfence::{Engine, EngineSettings, RuleSet};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut rules = RuleSet::default();
    if rules.add_toml("rules.toml", text).is_ok() {
        if let Ok(engine) = Engine::new(&rules, &EngineSettings::default()) {
            let _ = engine.check();
            engine.scan_blob(&keyfence_fuzz::blob("a.txt", text.as_bytes()));
        }
    }
});
