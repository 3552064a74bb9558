//! The doors of the fuzz targets into this room; compiled for them only.

use crate::git::history::difference::{self, Base, Difference};
use crate::git::history::parse;
use crate::model::Copied;

/// Reads bytes as whatever a history is made of.
pub fn object(content: &[u8]) {
    let _ = (parse::commit(content), parse::tag(content), parse::words(content));
    let (_, date, _) = parse::authorship(content);
    let _ = date.to_string();
    let width = if content.len() % 3 == 0 { 32 } else { 20 };
    let entries = parse::tree(content, width).count();
    assert!(entries <= content.len(), "a tree has more entries than bytes");
}

/// Reads a folder by itself and as what it differs in from another one, which comes to the same.
pub fn folder(base: &[u8], content: &[u8], copies: &[Copied]) {
    let Some(before) = difference::read(base, 20, None).filter(|before| before.is_orderly) else {
        return;
    };
    let alone = difference::read(content, 20, None);
    let base = Base {
        starts: &before.starts,
        content: base,
        copies,
    };
    let beside = difference::read(content, 20, Some(&base));
    assert_eq!(alone.is_some(), beside.is_some(), "a folder is damaged only by itself");
    if let (Some(alone), Some(beside)) = (alone, beside) {
        assert_eq!(alone.starts, beside.starts);
        assert_eq!(
            all(&alone, &[]),
            all(&beside, base.content),
            "a folder is read in two ways"
        );
    }
}

/// All entries of a folder, by what its base has, what is gone of that and what is new.
fn all(difference: &Difference<'_, '_>, base: &[u8]) -> Vec<String> {
    let gone: Vec<String> = difference.gone.iter().map(|entry| format!("{entry:?}")).collect();
    let kept = parse::tree(base, 20).flatten().filter(|_| difference.is_of_base);
    let mut entries: Vec<String> = kept.map(|entry| format!("{entry:?}")).collect();
    entries.retain(|entry| !gone.contains(entry));
    entries.extend(difference.new.iter().map(|entry| format!("{entry:?}")));
    entries.sort();
    entries
}
