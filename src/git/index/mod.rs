//! The index as it stands on disk: versions 2, 3 and 4, with the cache of trees.
//!
//! Git reads all of it into memory for every question; here an entry costs a few steps until it is asked for. What is
//! not understood to the last bit is refused, and then git is asked: nothing here may ever guess.

mod cache;
mod entries;

use crate::git::Name;

pub(super) use cache::Cache;
pub(super) use entries::Cursor;

/// Why a question is left to git itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) &'static str);

/// The index ends in the middle of an entry. Git reads on behind its end and makes up what is not there.
pub(super) const CUT: Refusal = Refusal("the index is cut short");

/// How long a name is here. Where names are longer, libgit2 opens no repository, and git is asked for everything.
const NAME: usize = 20;

/// An index with its cache of trees.
pub(super) struct Index<'i> {
    entries: entries::Entries<'i>,
    /// Which folders stood in a tree, unchanged since.
    pub(super) cache: Cache<'i>,
}

impl<'i> Index<'i> {
    /// Reads the places of all entries, and the cache of trees.
    pub(super) fn read(data: &'i [u8]) -> Result<Self, Refusal> {
        // What follows the last extension is a checksum, which git may leave out and does not verify either.
        let end = data.len().checked_sub(NAME).ok_or(CUT)?;
        let data = &data[..end];
        let (entries, rest) = entries::Entries::read(data)?;
        Ok(Self {
            entries,
            cache: cache(rest)?,
        })
    }

    /// Returns a cursor that stands at the first entry.
    pub(super) fn cursor(&self) -> Result<Cursor<'_, 'i>, Refusal> {
        Cursor::new(&self.entries)
    }
}

/// Finds the cache of trees among the extensions; any that changes what the entries mean is refused.
fn cache(mut extensions: &[u8]) -> Result<Cache<'_>, Refusal> {
    let mut cache = None;
    while !extensions.is_empty() {
        let (head, rest) = extensions
            .split_at_checked(8)
            .ok_or(Refusal("an extension is cut short"))?;
        let size = number(head, 4).ok_or(Refusal("an extension is cut short"))?;
        let (body, rest) = rest
            .split_at_checked(size as usize)
            .ok_or(Refusal("an extension is cut short"))?;
        match &head[..4] {
            b"TREE" => cache = Some(Cache::read(body)?),
            b"link" => return Err(Refusal("the index is split")),
            b"sdir" => return Err(Refusal("the index is sparse")),
            // By git's rule, one may be passed over whose name begins with a capital.
            [b'A'..=b'Z', ..] => {}
            _ => return Err(Refusal("the index has an extension that nobody knows")),
        }
        extensions = rest;
    }
    cache.ok_or(Refusal("the index has no cache of trees"))
}

fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at + 4)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn name(data: &[u8], at: usize) -> Option<Name> {
    Name::new(data.get(at..at + NAME)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn extension(signature: &str, body: &[u8]) -> Vec<u8> {
        [signature.as_bytes(), &(body.len() as u32).to_be_bytes(), body].concat()
    }

    fn index(version: u32, extensions: &[u8]) -> Vec<u8> {
        [
            b"DIRC".as_slice(),
            &version.to_be_bytes(),
            &[0; 4],
            extensions,
            &[0; NAME],
        ]
        .concat()
    }

    fn refusal(data: &[u8]) -> Option<&'static str> {
        Index::read(data).err().map(|refusal| refusal.0)
    }

    #[test]
    fn only_extensions_that_may_be_passed_over_are_passed_over() {
        let tree = extension("TREE", b"\0-1 0\n");
        let with = |signature: &str| index(2, &[extension(signature, b"..."), tree.clone()].concat());
        assert_eq!(refusal(&with("UNTR")), None);
        assert_eq!(refusal(&with("link")), Some("the index is split"));
        assert_eq!(refusal(&with("sdir")), Some("the index is sparse"));
        assert_eq!(
            refusal(&with("news")),
            Some("the index has an extension that nobody knows")
        );
    }

    #[test]
    fn an_index_is_refused_without_its_cache_or_of_another_version() {
        assert_eq!(refusal(&index(2, b"")), Some("the index has no cache of trees"));
        assert_eq!(refusal(&index(5, b"")), Some("the index is of another version"));
        assert_eq!(refusal(b"DIRC"), Some("the index is cut short"));
    }

    proptest! {
        #[test]
        fn no_index_makes_it_panic(
            version in 1_u32..6,
            count in 0_u32..4,
            rest in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..300),
        ) {
            let data = [b"DIRC".as_slice(), &version.to_be_bytes(), &count.to_be_bytes(), &rest].concat();
            if let Ok(index) = Index::read(&data) {
                let mut cursor = index.cursor();
                while let Ok(at) = &mut cursor && at.entry().is_some() && at.advance().is_ok() {}
            }
        }
    }
}
