//! How the path of a file makes it read: its syntax, its class, the rules that are bound to it.
//!
//! Most versions of a history stand at few paths, so whoever shows many of them asks once for each path.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use bstr::BStr;

use crate::engine::assignment::{self, Syntax};
use crate::engine::path_class::PathClass;
use crate::engine::{Engine, ready};
use crate::model::Profile;

/// How a file is read for its path's sake.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) syntax: Syntax,
    pub(super) path_class: PathClass,
    /// The rules whose globs match the path.
    pub(super) rules: Arc<[usize]>,
}

/// The manners of all profiles that were asked for, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Manners(RwLock<HashMap<u64, Manner>>);

impl Engine {
    pub(super) fn manner(&self, path: &BStr) -> Manner {
        Manner {
            syntax: Syntax::of(path),
            path_class: PathClass::of(path),
            rules: self.paths.matches(path).into(),
        }
    }

    /// Returns the manner of a profile; where it was not asked for here, that of the path.
    pub(super) fn manner_of(&self, profile: Option<Profile>, path: &BStr) -> Manner {
        let manners = self.manners.0.read().unwrap_or_else(PoisonError::into_inner);
        let known = profile.and_then(|profile| manners.get(&profile.number));
        known.cloned().unwrap_or_else(|| self.manner(path))
    }

    /// Tells how a file is read for its name's sake.
    pub fn profile(&self, path: &BStr) -> Profile {
        let manner = self.manner(path);
        let is = |test: fn(&ready::Ready) -> bool| manner.rules.iter().any(|&rule| test(&self.rules[rule]));
        let is_named = is(|rule| matches!(rule.way, ready::Way::FileName));
        let mut hasher = DefaultHasher::new();
        // Where the name itself is judged, each one has a number of its own.
        (is_named.then_some(path), self.exceptions.of_path(path), &manner.rules).hash(&mut hasher);
        (manner.syntax, manner.path_class, assignment::is_dotenv(path)).hash(&mut hasher);
        let profile = Profile {
            number: hasher.finish(),
            is_whole: is_named || is(|rule| rule.reads_whole_file),
        };
        let mut manners = self.manners.0.write().unwrap_or_else(PoisonError::into_inner);
        manners.insert(profile.number, manner);
        profile
    }
}
