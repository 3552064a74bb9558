//! Floor 2: keyfence.toml, as written and as it counts.
//!
//! One file at the repository's root and nothing else: a gate must answer alike on every machine, so there is no file
//! of a user's own. Whatever cannot be read to the letter is an error, for a guard that misreads its orders is none.

mod apply;
mod check;
mod committed;
mod describe;
mod file;
mod relaxed;
mod settings;
mod size;

pub use check::nearest;
pub use committed::Committed;
pub use file::FILE_NAMES;
pub use settings::{SetBy, Setting, Settings};

/// A configuration in which every key is explained and none is set, to begin with.
pub const TEMPLATE: &str = include_str!("template.toml");

/// What is wrong with a configuration, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ConfigError {
    /// One sentence: file, line and what is wrong there.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl ConfigError {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: hint.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_sets_nothing_and_everything_in_it_can_be_switched_on() {
        let settings = Settings::parse("keyfence.toml", TEMPLATE).unwrap();
        assert_eq!(settings.fail_on.set_by, SetBy::Default);
        let is_setting = |line: &&str| line.starts_with("# [") || line.contains(" = ");
        let switched_on: Vec<&str> = TEMPLATE
            .lines()
            .filter(is_setting)
            .map(|line| line.trim_start_matches("# "))
            .collect();
        let settings = Settings::parse("keyfence.toml", &switched_on.join("\n")).unwrap();
        assert_eq!(
            (settings.allow.len(), settings.exclude.value.len()),
            (1, 1),
            "{switched_on:?}"
        );
    }
}
