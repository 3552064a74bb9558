//! Which of some names any file of the project says, as a word of its own.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use aho_corasick::AhoCorasick;
use bstr::{BStr, BString};

use crate::model::{Blob, Nature};
use crate::source::{Item, Source, SourceError};

/// Returns the names that occur in a file for which `counts` says so; upper and lower case are the same.
///
/// # Errors
/// When the source cannot list its files.
pub fn mentions(
    names: &BTreeSet<BString>,
    source: &dyn Source,
    counts: &(dyn Fn(&BStr) -> bool + Sync),
) -> Result<BTreeSet<BString>, SourceError> {
    let names: Vec<&BString> = names.iter().collect();
    let found = Mutex::new(BTreeSet::new());
    let Ok(finder) = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(names.iter().map(|name| name.as_slice()))
    else {
        return Ok(BTreeSet::new());
    };
    source.visit(&|item| {
        if let Item::Blob(blob, _) | Item::Version(blob, ..) = &item
            && blob.nature == Nature::Text
            && counts(&blob.path)
        {
            let here = words(&finder, blob);
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.extend(here.into_iter().map(|index| names[index].clone()));
        }
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn words(finder: &AhoCorasick, blob: &Blob<'_>) -> BTreeSet<usize> {
    let is_word = |at: Option<usize>| {
        let byte = at.and_then(|at| blob.bytes.get(at));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let hits = finder.find_overlapping_iter(&*blob.bytes);
    let whole = hits.filter(|hit| !is_word(hit.start().checked_sub(1)) && !is_word(Some(hit.end())));
    whole.map(|hit| hit.pattern().as_usize()).collect()
}
