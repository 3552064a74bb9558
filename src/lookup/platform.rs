//! Variables that are not a project's own settings, or that it need not read itself.

use std::sync::LazyLock;

use bstr::BStr;

/// Names, and beginnings of names.
struct List {
    whole: Vec<&'static str>,
    beginnings: Vec<&'static str>,
}

/// The shell's, the build's, the CI provider's: something other than a project gives them their values.
static PLATFORM: LazyLock<List> = LazyLock::new(|| List::new(include_str!("platform.txt")));
/// Those that libraries and images read by themselves, so that no file of the project says their names.
static LIBRARIES: LazyLock<List> = LazyLock::new(|| List::new(include_str!("libraries.txt")));

impl List {
    fn new(text: &'static str) -> Self {
        let words = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .flat_map(str::split_ascii_whitespace);
        let (beginnings, whole): (Vec<&str>, Vec<&str>) = words.partition(|word| word.ends_with('*'));
        Self {
            whole,
            beginnings: beginnings.into_iter().map(|word| word.trim_end_matches('*')).collect(),
        }
    }

    fn has(&self, name: &BStr) -> bool {
        let is_whole = self.whole.iter().any(|word| name.eq_ignore_ascii_case(word.as_bytes()));
        is_whole
            || self
                .beginnings
                .iter()
                .any(|beginning| name.starts_with(beginning.as_bytes()))
    }
}

/// Tells whether something other than a project's own settings gives this variable its value.
pub fn is_platform(name: &BStr) -> bool {
    PLATFORM.has(name)
}

/// Tells whether a library or an image reads this variable by itself.
pub fn is_library(name: &BStr) -> bool {
    LIBRARIES.has(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_machine_sets_is_the_platform_s() {
        for name in ["HOME", "NODE_ENV", "GITHUB_SHA", "CARGO_PKG_VERSION", "LC_ALL"] {
            assert!(is_platform(name.into()), "{name}");
        }
        for name in [
            "DATABASE_URL",
            "SECRET_KEY",
            "GITHUB_TOKEN",
            "GITHUB_CLIENT_SECRET",
            "HOMEPAGE",
        ] {
            assert!(!is_platform(name.into()), "{name}");
        }
    }
}
