//! Floor 4: `.env.example` and its kin, the committed list of names beside a file of values that never is.
//!
//! A template is checked (no real value, every name) and written (every name, no value). Nothing here reads or writes a
//! file: texts come in, problems and texts go out.

mod check;
mod harmless;
mod kin;
mod mask;
mod sheet;
mod sync;

pub use check::{Problem, Wrong, in_step, values};
pub use kin::{Role, environment_of, is_of_tests, role_of, template_for};
pub use mask::difference;
pub use sheet::{GLOBS, Sheet, sheets};
pub use sync::{Synced, Wanted, sync};

use bstr::{BStr, BString, ByteSlice};

use crate::engine::Engine;
use crate::engine::opinion::{Promise, is_placeholder, is_random, promise};
use crate::envfile::{Document, Syntax};
use crate::model::Secret;

/// Decides what of a text may stand in a file that everybody can read.
pub struct Judge<'e> {
    engine: &'e Engine,
    /// Values that must not appear, whatever name they stand under.
    secrets: Vec<BString>,
}

/// A known value shorter than this is not looked for in other texts: it would be found everywhere.
const SHORTEST: usize = 6;

impl<'e> Judge<'e> {
    /// Makes a judge that knows the values of a file, if there is one.
    pub fn new(engine: &'e Engine, source: Option<&Document<'_>>) -> Self {
        let mut secrets = Vec::new();
        if let Some(document) = source {
            for (_, entry) in document.all_entries() {
                let (name, value) = (document.at(&entry.name), document.at(&entry.value));
                if value.len() >= SHORTEST && !is_placeholder(value) && !harmless::is_harmless(name, value) {
                    secrets.push(value.into());
                }
            }
        }
        Self { engine, secrets }
    }

    /// Tells whether a value may be copied out of a file of values.
    pub fn copies(&self, name: &BStr, value: &BStr) -> bool {
        harmless::is_harmless(name, value) && !self.holds_secret(value)
    }

    /// Tells whether a value that stands in a template may stay there.
    pub fn leaves(&self, name: &BStr, value: &BStr) -> bool {
        let is_plain = match promise(name) {
            None => !is_random(value),
            Some(Promise::Perhaps) => is_placeholder(value) || !is_random(value),
            Some(Promise::Secret) => is_placeholder(value),
        };
        is_plain && !self.holds_secret(value) && !self.finds(&[name, &b"="[..], value].concat())
    }

    /// Tells whether a comment may be copied: it holds no known value, nothing that looks real, and names none.
    pub fn passes(&self, comment: &[u8]) -> bool {
        !self.holds_secret(comment) && !harmless::may_hold_value(comment) && !self.finds(comment)
    }

    fn holds_secret(&self, text: &[u8]) -> bool {
        self.secrets.iter().any(|secret| text.contains_str(secret))
    }

    fn finds(&self, text: &[u8]) -> bool {
        !check::scan(self.engine, BStr::new(".env.example"), text).is_empty()
    }
}

/// Returns the values of a file that nobody should see.
pub fn secrets(path: &BStr, text: &[u8]) -> Vec<Secret> {
    let document = Document::read(text, Syntax::of(path));
    let values = document
        .all_entries()
        .map(|(_, entry)| (document.at(&entry.name), document.at(&entry.value)));
    let hidden = values.filter(|(name, value)| !is_placeholder(value) && !harmless::is_harmless(name, value));
    hidden
        .filter(|(name, value)| promise(name).is_some() || is_random(value))
        .map(|(_, value)| Secret::new(value))
        .collect()
}
