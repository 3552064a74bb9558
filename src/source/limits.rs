//! What a scan leaves out on purpose: excluded paths and files that are too large.
//! Whatever falls under these is counted and named, never passed over in silence.

use std::path::Path;

use bstr::{BStr, ByteSlice};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use regex::bytes::{RegexSet, RegexSetBuilder};

use crate::rules::REGEX_MARK;

/// The limits of one scan.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The paths not to read.
    pub exclude: Option<Exclude>,
    /// The largest file to read, in bytes.
    pub max_file_size: u64,
    /// Whether archives are opened.
    pub archives: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            exclude: None,
            max_file_size: 100_000_000,
            archives: true,
        }
    }
}

impl Limits {
    /// Tells whether `path`, from the root of the repository, is left out by itself or by a folder above it.
    pub fn excludes(&self, path: &BStr) -> bool {
        self.exclude.as_ref().is_some_and(|exclude| exclude.covers(path, false))
    }

    /// Tells whether the folder `path` is left out with all that it holds.
    pub fn excludes_folder(&self, path: &BStr) -> bool {
        self.exclude.as_ref().is_some_and(|exclude| exclude.covers(path, true))
    }

    /// Tells whether a file of this size is read.
    pub fn admits(&self, size: u64) -> bool {
        size <= self.max_file_size
    }
}

/// Globs with the meaning that they have in a `.gitignore` at the root of the repository, and expressions behind `re:`.
#[derive(Debug, Clone)]
pub struct Exclude {
    globs: Gitignore,
    regexes: RegexSet,
}

/// A glob that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{glob}` is no glob: {why}.")]
pub struct GlobError {
    /// What stands in the configuration.
    pub glob: String,
    /// What is wrong with it.
    pub why: String,
}

impl Exclude {
    /// Reads globs; no globs exclude nothing.
    ///
    /// # Errors
    /// When one of them is none.
    pub fn new<'g>(globs: impl IntoIterator<Item = &'g str>) -> Result<Self, GlobError> {
        let mut builder = GitignoreBuilder::new("");
        let mut regexes = Vec::new();
        for glob in globs {
            if let Some(regex) = glob.strip_prefix(REGEX_MARK) {
                regexes.push(regex);
                continue;
            }
            let wrong = |error: ignore::Error| GlobError {
                glob: glob.to_owned(),
                why: error.to_string(),
            };
            builder.add_line(None, glob).map_err(wrong)?;
        }
        let wrong = |why: String| GlobError {
            glob: "exclude".to_owned(),
            why,
        };
        let regexes = RegexSetBuilder::new(regexes).unicode(false).build();
        Ok(Self {
            globs: builder.build().map_err(|error| wrong(error.to_string()))?,
            regexes: regexes.map_err(|error| wrong(error.to_string()))?,
        })
    }

    fn covers(&self, path: &BStr, is_folder: bool) -> bool {
        let is_named = !is_folder && self.regexes.is_match(path);
        let path = path.to_path_lossy();
        // A path outside of the repository is not what the globs speak of.
        let outside = |path: &Path| path.has_root() || path.starts_with("..");
        !outside(&path) && (is_named || self.globs.matched_path_or_any_parents(&path, is_folder).is_ignore())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excluded(globs: &[&str], path: &str) -> bool {
        let limits = Limits {
            exclude: Some(Exclude::new(globs.iter().copied()).unwrap()),
            ..Limits::default()
        };
        limits.excludes(path.into())
    }

    #[test]
    fn globs_read_as_in_gitignore() {
        assert!(excluded(&["vendor/"], "vendor/a/b.js"));
        assert!(excluded(&["/vendor/**"], "vendor/a.js"));
        assert!(!excluded(&["/vendor/**"], "lib/vendor/a.js"));
        assert!(excluded(&["*.min.js"], "lib/a.min.js"));
        assert!(!excluded(&["*.js", "!keep.js"], "lib/keep.js"));
    }

    #[test]
    fn an_expression_is_looked_for_in_the_whole_path() {
        assert!(excluded(&["re:(^|/)test_[a-z]+\\.py$"], "lib/test_a.py") && excluded(&["re:vendor/"], "my/vendor/a"));
        assert!(!excluded(&["re:(^|/)test_[a-z]+\\.py$"], "lib/test_a.pyc") && !excluded(&["re:.*"], "/etc/passwd"));
    }

    #[test]
    fn a_path_outside_of_the_folder_is_never_excluded() {
        assert!(!excluded(&["*"], "/etc/passwd") && !excluded(&["*"], "../other"));
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = Exclude::new(["ok", "[z-a]"]).unwrap_err();
        assert_eq!(error.glob, "[z-a]");
    }
}
