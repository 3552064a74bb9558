//! What a path alone says about the values in the file. Only facts count: what a lock file or a translation is called
//! is agreed on; that a folder named `test` holds no secret is not true.

use bstr::{BStr, ByteSlice};

/// A class of files with values that only look like secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PathClass {
    /// Any file.
    Plain,
    /// Written by a package manager: hashes, and names of packages.
    Lock,
    /// Texts for people: under the name `password` stands a label.
    Translation,
    /// What another scanner was told to accept, a line each: a path, a rule and the number of a line.
    Accepted,
}

const LOCKS: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "cargo.lock",
    "poetry.lock",
    "pdm.lock",
    "uv.lock",
    "pipfile.lock",
    "composer.lock",
    "gemfile.lock",
    "podfile.lock",
    "pubspec.lock",
    "mix.lock",
    "flake.lock",
    "go.sum",
    "packages.lock.json",
    "paket.lock",
    "package.resolved",
    ".terraform.lock.hcl",
    "chart.lock",
    "gradle.lockfile",
    "module.bazel.lock",
];
const TRANSLATIONS: &[&str] = &[
    "po",
    "pot",
    "xlf",
    "xliff",
    "strings",
    "stringsdict",
    "resx",
    "arb",
    "ftl",
    "lng",
];
const TRANSLATED: &[&str] = &[
    "locale",
    "locales",
    "i18n",
    "l10n",
    "translations",
    "translation",
    "_locales",
    "lang",
    "langs",
];

const ACCEPTED: &[&str] = &[".gitleaksignore", ".betterleaksignore"];

impl PathClass {
    /// Tells the class from a path.
    pub(super) fn of(path: &BStr) -> Self {
        let mut parts = path.rsplit_str("/").map(<[u8]>::to_ascii_lowercase);
        let name = parts.next().unwrap_or_default();
        let name = String::from_utf8_lossy(&name);
        if LOCKS.contains(&&*name) {
            return Self::Lock;
        }
        if ACCEPTED.contains(&&*name) {
            return Self::Accepted;
        }
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let is_text = matches!(
            extension,
            "json" | "yml" | "yaml" | "properties" | "php" | "js" | "ts" | "rb" | "ini" | "toml"
        );
        let is_in =
            |folder: Vec<u8>| TRANSLATED.iter().any(|known| known.as_bytes() == folder) || folder.ends_with(b".lproj");
        let is_translation = TRANSLATIONS.contains(&extension)
            || is_text && (parts.any(is_in) || is_bundle(stem))
            || extension == "xml" && name == "strings.xml";
        if is_translation { Self::Translation } else { Self::Plain }
    }
}

/// Tells a bundle of messages by its name: `messages_de`, `labels_pt_BR`.
fn is_bundle(stem: &str) -> bool {
    ["messages", "labels", "translations", "i18n", "validationmessages"]
        .iter()
        .any(|known| {
            stem.strip_prefix(known)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-', '.']))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_files_and_translations_are_told_by_their_names() {
        for (path, class) in [
            ("web/package-lock.json", PathClass::Lock),
            ("go.sum", PathClass::Lock),
            ("app/.gitleaksignore", PathClass::Accepted),
            ("src/locales/de.json", PathClass::Translation),
            ("res/values-fr/strings.xml", PathClass::Translation),
            ("app/messages_pt_BR.properties", PathClass::Translation),
            ("django.po", PathClass::Translation),
            ("src/lang/parser.rs", PathClass::Plain),
            ("test/config.json", PathClass::Plain),
            ("i18n", PathClass::Plain),
        ] {
            assert_eq!(PathClass::of(path.into()), class, "{path}");
        }
    }
}
