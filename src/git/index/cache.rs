//! The cache of trees: for each folder, how many entries are under it and which tree they make.
//!
//! Git keeps it right: whatever touches an entry drops what the cache knows of the folders above it. A folder whose
//! tree is HEAD's has no change in it, and nothing under it needs to be looked at.

use crate::git::Name;
use crate::git::index::{NAME, Refusal};

/// The folders, each followed by those in it.
pub(in crate::git) struct Cache<'i> {
    folders: Vec<Folder<'i>>,
}

struct Folder<'i> {
    name: &'i [u8],
    /// How many entries are under it, and the name of their tree; `None` since something in it was touched.
    known: Option<(usize, &'i [u8])>,
    /// Where the folders under it end.
    end: usize,
}

/// A path is no longer than that in any system, nor is a chain of folders deeper.
const DEEPEST: usize = 2_048;

impl<'i> Cache<'i> {
    pub(super) fn read(data: &'i [u8]) -> Result<Self, Refusal> {
        let mut reader = Reader {
            data,
            folders: Vec::new(),
        };
        match reader.folder(0) {
            Some(()) if reader.data.is_empty() => Ok(Self {
                folders: reader.folders,
            }),
            _ => Err(Refusal("the cache of trees is damaged")),
        }
    }

    /// Returns the number of the folder `name` in the folder of the number `parent`; the root is number 0.
    pub(in crate::git) fn within(&self, parent: usize, name: &[u8]) -> Option<usize> {
        let end = self.folders.get(parent)?.end;
        let mut at = parent + 1;
        while at < end {
            let folder = self.folders.get(at)?;
            if folder.name == name {
                return Some(at);
            }
            at = folder.end;
        }
        None
    }

    /// Returns how many entries are under a folder, if they are just those of `tree`.
    pub(in crate::git) fn count_if(&self, folder: usize, tree: &Name) -> Option<usize> {
        let (count, known) = self.folders.get(folder)?.known?;
        (known == tree.as_bytes()).then_some(count)
    }
}

struct Reader<'i> {
    data: &'i [u8],
    folders: Vec<Folder<'i>>,
}

impl<'i> Reader<'i> {
    /// Reads `<name>\0<entries> <folders>\n`, the tree's name unless there are -1 entries, and the folders.
    fn folder(&mut self, depth: usize) -> Option<()> {
        let number = self.folders.len();
        let name = self.until(0)?;
        let entries = self.until(b' ')?;
        let within = decimal(self.until(b'\n')?)?;
        let known = match entries {
            b"-1" => None,
            count => Some((decimal(count)?, self.tree()?)),
        };
        self.folders.push(Folder { name, known, end: 0 });
        for _ in 0..within {
            (depth < DEEPEST).then(|| self.folder(depth + 1))??;
        }
        self.folders[number].end = self.folders.len();
        Some(())
    }

    /// Reads up to a byte, and over it. What is read here has a handful of bytes, too few for a vectorised search.
    fn until(&mut self, byte: u8) -> Option<&'i [u8]> {
        let end = self.data.iter().position(|&other| other == byte)?;
        let (before, rest) = self.data.split_at(end);
        self.data = &rest[1..];
        Some(before)
    }

    fn tree(&mut self) -> Option<&'i [u8]> {
        let (tree, rest) = self.data.split_at_checked(NAME)?;
        self.data = rest;
        Some(tree)
    }
}

fn decimal(digits: &[u8]) -> Option<usize> {
    let number = |number: usize, digit: &u8| match digit {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(usize::from(digit - b'0')),
        _ => None,
    };
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, number))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str, numbers: &str, tree: Option<u8>) -> Vec<u8> {
        let tree = tree.map_or(Vec::new(), |byte| vec![byte; NAME]);
        [name.as_bytes(), b"\0", numbers.as_bytes(), b"\n", &tree].concat()
    }

    #[test]
    fn folders_are_found_in_their_parents_only() {
        let data = [
            folder("", "-1 2", None),
            folder("a", "3 1", Some(1)),
            folder("inner", "2 0", Some(2)),
            folder("b", "-1 0", None),
        ]
        .concat();
        let cache = Cache::read(&data).unwrap();
        let a = cache.within(0, b"a").unwrap();
        let inner = cache.within(a, b"inner").unwrap();
        assert_eq!(cache.within(0, b"inner"), None);
        assert_eq!(cache.within(a, b"b"), None);
        let tree = Name::new(&[2; NAME]).unwrap();
        assert_eq!(cache.count_if(inner, &tree), Some(2));
        assert_eq!(cache.count_if(a, &tree), None);
        assert_eq!(cache.count_if(cache.within(0, b"b").unwrap(), &tree), None);
    }

    #[test]
    fn half_a_cache_is_refused() {
        let data = [folder("", "3 1", Some(1)), folder("a", "3 0", Some(2))].concat();
        let whole = (0..=data.len()).filter(|&end| Cache::read(&data[..end]).is_ok());
        assert_eq!(whole.collect::<Vec<_>>(), [data.len()]);
    }

    #[test]
    fn folders_without_end_are_refused() {
        let data = folder("a", "-1 1", None).repeat(100_000);
        assert!(Cache::read(&data).is_err());
    }
}
