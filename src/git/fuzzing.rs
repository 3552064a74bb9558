//! The doors of the fuzz targets into this room; compiled for them only.

use bstr::BString;

use crate::git::index::Index;
use crate::git::tree::Tree;
use crate::git::{Oid, Record, raw};

/// Reads an index and goes through it.
pub fn index(data: &[u8]) {
    let Ok(index) = Index::read(data) else { return };
    let Ok(mut cursor) = index.cursor() else { return };
    let mut folders = vec![Some(0)];
    while let Some(entry) = cursor.entry() {
        for part in entry.path.split(|&byte| byte == b'/') {
            let parent = folders.last().copied().flatten();
            folders.push(parent.and_then(|parent| index.cache.within(parent, part)));
            let _ = parent.and_then(|parent| index.cache.count_if(parent, &entry.name));
        }
        folders.truncate(1);
        if cursor.advance().is_err() {
            break;
        }
    }
}

/// Reads a tree.
pub fn tree(content: &[u8]) {
    let mut tree = Tree::new(content, 20);
    while let Ok(Some(entry)) = tree.next() {
        let _ = entry.order(content);
    }
}

/// Reads what git's plumbing prints.
pub fn plumbing(output: &[u8]) {
    let _ = (raw::parse(output), raw::parse_commits(output));
}

/// Reads a commit or a tag.
pub fn record(content: &[u8]) {
    let record = Record {
        oid: Oid::parse(&[b'1'; 40]).expect("forty digits are a name"),
        content: BString::from(content),
    };
    let told = record.introduced();
    let _ = (told.date.to_string(), record.objects("parent"), record.message());
}
