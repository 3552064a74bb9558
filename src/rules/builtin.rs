//! The rule files that are part of the program; `tests/house.rs` refuses one that is forgotten here.

/// Embeds files of `rules/`, each with its name.
macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../rules/", $name)))),*]
    };
}

/// Name and text of each embedded rule file.
pub(super) const FILES: &[(&str, &str)] = embed![
    "exposure.toml", //
    "fallback.toml",
    "files.toml",
    "generic.toml",
    "github.toml",
    "image.toml",
    "pipeline.toml",
];
