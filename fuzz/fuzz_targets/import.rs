//! The files of other tools.

#![no_main]

use keyfence::RuleSet;
use keyfence::rules::import;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = import::gitleaksignore(text);
    let _ = import::detect_secrets(".secrets.baseline", text);
    if let Ok(imported) = import::gitleaks(".gitleaks.toml", text, &|_| None) {
        let written = imported.to_toml();
        let _ = RuleSet::default().add_toml("imported.toml", &written);
    }
});
