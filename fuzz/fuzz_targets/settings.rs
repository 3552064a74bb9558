//! The settings of a project.

#![no_main]

use keyfence::RuleSet;
use keyfence::config::Settings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(settings) = Settings::parse("keyfence.toml", text) {
        let _ = (settings.describe(), settings.allows(), settings.laxer_than(&settings));
        let mut rules = RuleSet::default();
        let _ = (settings.add_own_rules(&mut rules), settings.apply_to(&mut rules));
    }
});
