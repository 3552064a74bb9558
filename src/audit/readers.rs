//! Who reads a `.env` here: without a reader there is nothing to ignore, and nothing that an image would take along.

use bstr::{BString, ByteSlice};

use crate::audit::Ground;
use crate::audit::ground::is_manifest;
use crate::envfile::Syntax;
use crate::lookup::{Language, is_aside};
use crate::survey::{file_name, folder};
use crate::template::{Role, role_of};

/// What reads one for the program that depends on it.
const LIBRARIES: &[&str] = &[
    "dotenv",
    "django-environ",
    "environs",
    "python-decouple",
    "pydantic-settings",
    "pydantic_settings",
    "cleanenv",
    "laravel/framework",
    "symfony/framework-bundle",
    "\"@prisma/client\"",
];

/// What reads one while it builds, for the names that the code says: where it says none, there is nothing to read.
const BUILDERS: &[&str] = &["\"next\"", "\"vite\"", "\"nuxt\"", "\"astro\"", "react-scripts"];

impl Ground<'_> {
    /// Tells whether anything here reads a `.env`: there is one, a template of one, or a program that looks for one.
    pub(super) fn uses_dotenv(&self) -> bool {
        let is_compose = |lookup: &Language| *lookup == Language::Compose;
        self.survey.texts.keys().any(is_dotenv)
            || self.readers().next().is_some()
            || self.survey.lookups().any(|(_, lookup)| is_compose(&lookup.language))
    }

    /// Tells whether the program at the top reads a `.env`, which then stands there.
    pub(super) fn reads_dotenv_at_top(&self) -> bool {
        self.readers().any(|path| !path.contains(&b'/'))
    }

    /// Returns the manifests that name a reader.
    fn readers(&self) -> impl Iterator<Item = &BString> {
        let names = |text: &[u8], known: &[&str]| known.iter().any(|reader| text.contains_str(reader));
        self.texts(is_manifest)
            .filter(move |(path, text)| {
                let is_builder = || names(text, BUILDERS) && self.code_below_reads(path);
                !is_aside(path.as_bstr()) && !is_library(path, text) && (names(text, LIBRARIES) || is_builder())
            })
            .map(|(path, _)| path)
    }

    fn code_below_reads(&self, manifest: &BString) -> bool {
        let folder = folder(manifest.as_bstr());
        self.variables().any(|(path, _)| path.starts_with(folder))
    }
}

/// Tells whether a file is a `.env` or the template of one, of the program itself.
fn is_dotenv(path: &BString) -> bool {
    let is_own = |path: &BString| Syntax::of(path.as_bstr()) == Syntax::Dotenv && !is_aside(path.as_bstr());
    match role_of(path.as_bstr()) {
        Some(Role::Values) => is_own(path),
        // A template is an example by its name: what it stands for tells more.
        Some(Role::Template(source)) => is_own(&source),
        None => false,
    }
}

/// Composer takes what does not call itself a project for a library: that is run by somebody else.
fn is_library(path: &BString, text: &[u8]) -> bool {
    file_name(path.as_bstr()) == "composer.json" && !text.contains_str("\"project\"")
}
