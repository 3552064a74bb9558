//! The rule files that are part of the program; `tests/house.rs` refuses one that is forgotten here.

/// Name and text of each embedded rule file.
pub(super) const FILES: &[(&str, &str)] = &[("github.toml", include_str!("../../rules/github.toml"))];
