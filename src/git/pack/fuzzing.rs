//! The doors of the fuzz targets into this room; compiled for them only.

use std::path::Path;
use std::sync::Mutex;

use crate::git::Name;
use crate::git::pack::index::Index;
use crate::git::pack::{Made, ObjectKind, Reader, Store, delta, entry, sweep_kinds};

/// No object that a target makes is larger.
const MOST: u64 = 1 << 20;
const ALL: [ObjectKind; 4] = [ObjectKind::Commit, ObjectKind::Tree, ObjectKind::Blob, ObjectKind::Tag];

/// Applies a delta: what it says that it copied stands where it says.
pub fn apply(base: &[u8], changes: &[u8]) -> Option<Vec<u8>> {
    let (mut made, mut copies) = (Vec::new(), Vec::new());
    delta::apply(base, changes, &mut made, &mut copies).ok()?;
    for copy in &copies {
        let (from, to) = (&base[copy.from..][..copy.len], &made[copy.to..][..copy.len]);
        assert_eq!(from, to, "a copy is none");
    }
    assert_eq!(delta::result_size(changes).ok(), Some(made.len() as u64));
    Some(made)
}

/// Reads the head of an entry.
pub fn head(data: &[u8]) {
    if let Ok(head) = entry::head(data, 20) {
        assert!(head.len <= data.len());
    }
}

/// Asks an index for all that it has, and for what it may not have.
pub fn index(path: &Path, wanted: &[u8]) {
    let Ok(index) = Index::open(path, 20) else { return };
    for number in 0..index.len().min(1_000) {
        let name = index.name(number).and_then(Name::new);
        let _ = (index.offset(number), name.and_then(|name| index.find(&name)));
    }
    let _ = Name::new(wanted).and_then(|name| index.find(&name));
}

/// Reads all objects of the packs in a folder, all at once and one by one, which gives the same; returns how many there are.
pub fn packs(folder: &Path) -> usize {
    let Ok(store) = Store::open(vec![folder.to_owned()], 20) else {
        return 0;
    };
    let (mut names, made) = (Vec::new(), Mutex::new(Vec::new()));
    let mut number = |name: Name| {
        names.push(name);
        Some(names.len() as u32 - 1)
    };
    sweep_kinds::<()>(&store, &ALL, MOST, &mut number, &|object: Made<'_, ()>| {
        let mut made = made.lock().expect("nobody fails while he holds it");
        made.push((object.number, object.kind, object.content.to_vec()));
        Some(())
    });
    let made = made.into_inner().expect("nobody fails while he holds it");
    let mut reader = Reader::new(&store);
    for (number, kind, content) in &made {
        let name = &names[*number as usize];
        // Of two entries of one name only one is found by it.
        if names.iter().filter(|other| *other == name).count() == 1
            && let Ok(Some(read)) = reader.read(name)
        {
            assert_eq!((*kind, content), (read.0, &*read.1), "{name} is read in two ways");
            assert_eq!(reader.describe(name), Ok(Some((*kind, content.len() as u64))), "{name}");
        }
    }
    made.len()
}
