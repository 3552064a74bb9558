//! Which reader a file gets, and why some files get none: a format without a lookup cannot read the environment.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::BStr;

use crate::fix::edit::Edit;
use crate::fix::language::{Grammar, Language};
use crate::fix::slot::{self, Slot};
use crate::fix::source::Source;
use crate::fix::yaml::{self, Dialect};
use crate::fix::{Refusal, by_hand, docker, go, pipeline, python, shell};

/// Reads one file.
pub(super) enum Reader<'t> {
    /// A language with a grammar.
    Code(Box<Source<'t>>),
    /// YAML of a program that puts variables in.
    Yaml(Dialect, &'t [u8]),
    /// A Dockerfile.
    Docker(&'t [u8]),
}

impl<'t> Reader<'t> {
    /// Opens a file by its name; `place` is where it lies on disk.
    pub(super) fn open(path: &'t BStr, place: &'t Path, text: &'t [u8]) -> Result<Self, Refusal> {
        if str::from_utf8(text).is_err() {
            return Err(Refusal::new(
                "the file is not written in UTF-8",
                "save it as UTF-8 first, or move the value by hand",
            ));
        }
        if docker::is_dockerfile(path) {
            return Ok(Self::Docker(text));
        }
        if let Some(dialect) = Dialect::of(path) {
            return Ok(Self::Yaml(dialect, text));
        }
        match Language::of(path, text) {
            Some(language) => Source::parse(place, text, language).map(|source| Self::Code(Box::new(source))),
            None => Err(pipeline::refusal(path, text).unwrap_or_else(|| by_hand::refusal(path))),
        }
    }

    /// Finds the literal around a value.
    pub(super) fn find(&self, span: &Range<usize>) -> Result<Slot, Refusal> {
        match self {
            Self::Code(source) => slot::find(source, span),
            Self::Yaml(dialect, text) => yaml::find(*dialect, text, span),
            Self::Docker(text) => docker::find(text, span),
        }
    }

    /// Finds whatever stands under a name that promises a secret: none of it is shown.
    pub(super) fn promised(&self) -> Vec<Range<usize>> {
        match self {
            Self::Code(source) => slot::promised(source),
            Self::Yaml(_, text) => yaml::promised(text),
            Self::Docker(text) => docker::promised(text),
        }
    }

    /// Finds the values that a module of nothing but values assigns: those of `secrets.py`.
    pub(super) fn module_values(&self) -> Vec<Slot> {
        match self {
            Self::Code(source) if source.language.grammar == Grammar::Python => slot::module_values(source),
            _ => Vec::new(),
        }
    }

    /// Tells whether the variable of a slot may have this name here.
    pub(super) fn accepts(&self, slot: &Slot, name: &str) -> Result<(), Refusal> {
        match self {
            Self::Code(source) if source.language.grammar == Grammar::Bash => shell::accepts(source, slot, name),
            Self::Yaml(Dialect::Workflow, _) if name.to_ascii_uppercase().starts_with("GITHUB_") => Err(Refusal::new(
                format!("GitHub allows no secret to be named {name}"),
                "choose another name with --name",
            )),
            _ => Ok(()),
        }
    }

    /// Returns what the lookups of these slots need besides: imports, and a function to call.
    ///
    /// `planned` are the files that will have changed by then.
    pub(super) fn finish(&self, slots: &[&Slot], planned: &BTreeMap<PathBuf, Vec<u8>>) -> Result<Vec<Edit>, Refusal> {
        let looking = || slots.iter().filter(|slot| !slot.lookup.is_empty());
        let Some(first) = looking().map(|slot| slot.replaced.start).min() else {
            return Ok(Vec::new());
        };
        match self {
            Self::Code(source) => match source.language.grammar {
                Grammar::Python => Ok(python::finish(source, first)?.into_iter().collect()),
                Grammar::Go => go::finish(source, planned),
                _ => Ok(Vec::new()),
            },
            Self::Yaml(..) | Self::Docker(_) => Ok(Vec::new()),
        }
    }

    /// Says how a program comes to have what `.env` holds.
    pub(super) fn loads(&self) -> String {
        match self {
            Self::Code(source) => format!("{}: {}", source.language.name, source.language.loads),
            Self::Yaml(Dialect::Compose, _) => "docker compose reads the .env beside the file by itself".to_owned(),
            Self::Yaml(Dialect::Workflow, _) => {
                "GitHub: give the repository each secret with `gh secret set NAME`, which asks for the value; a pull \
                 request from a fork gets none, and a missing one reads as an empty text"
                    .to_owned()
            }
            Self::Docker(_) => {
                "docker: `docker run -e NAME` takes the variable from the shell that starts it".to_owned()
            }
        }
    }

    /// Tells whether a changed text reads without an error, as the text before did.
    pub(super) fn still_reads(&self, path: &BStr, place: &Path, changed: &[u8]) -> bool {
        matches!(self, Self::Docker(_)) || Reader::open(path, place, changed).is_ok()
    }

    /// Tells whether `.env` must lie in the very folder of this file.
    pub(super) fn wants_env_beside(&self) -> bool {
        matches!(self, Self::Yaml(Dialect::Compose, _))
    }
}
