//! A part of a history, for machines that share the work.
//!
//! Which part an object belongs to must be the same on every machine, whatever its packs look like, so it is told by the
//! object's path: versions of one file are stored as changes of each other, and stay together. A message or a tag has no
//! path and is told by its name.

use std::collections::HashSet;

use bstr::BString;

use crate::git::Name;

/// What of a history is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    #[default]
    Whole,
    /// One of several shards that are everything together.
    Shard {
        /// Its number, from 1.
        number: u64,
        /// How many there are.
        of: u64,
    },
    /// These objects, by their names, and the names of all files.
    Objects(HashSet<String>),
}

impl Part {
    /// Reads a shard as it is written on a command line: `2/8`.
    pub fn shard(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let (number, of) = (number.parse().ok()?, of.parse().ok()?);
        (1 <= number && number <= of).then_some(Self::Shard { number, of })
    }

    /// Tells whether an object is in it; `paths` are those at which it stands.
    pub(super) fn holds(&self, name: &Name, paths: impl Iterator<Item = BString>) -> bool {
        match self {
            Self::Whole => true,
            Self::Shard { number, of } => {
                let first = paths.min();
                let key = first.map_or_else(|| hash(name.to_string().as_bytes()), |path| hash(&path));
                key % of == number - 1
            }
            Self::Objects(names) => names.contains(&name.to_string()),
        }
    }

    /// Tells whether the names of files are in it; they are few, and no part could be told of without reading them.
    pub(super) fn holds_names(&self) -> bool {
        !matches!(self, Self::Shard { number, .. } if *number > 1)
    }

    /// Tells whether what is no object is counted in it: gaps and submodules.
    pub(super) fn holds_gaps(&self) -> bool {
        matches!(self, Self::Whole | Self::Shard { number: 1, .. })
    }
}

/// FNV-1a, its halves folded: the same number for the same bytes in every version of this program.
fn hash(bytes: &[u8]) -> u64 {
    let fold = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_written_with_its_number_and_their_count() {
        assert_eq!(Part::shard("2/8"), Some(Part::Shard { number: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "8", "a/b", "1/0", "/", "-1/2"] {
            assert_eq!(Part::shard(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_object_is_in_exactly_one_shard_and_they_are_of_like_size() {
        let name = Name::parse("1".repeat(40).as_bytes()).unwrap();
        let mut sizes = [0; 5];
        for number in 0..1_000 {
            let path = || [BString::from(format!("src/module-{number}/lib.rs")), "z".into()].into_iter();
            let holders: Vec<u64> = (1..=5)
                .filter(|&number| Part::Shard { number, of: 5 }.holds(&name, path()))
                .collect();
            assert_eq!(holders.len(), 1);
            sizes[holders[0] as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|size| (150..250).contains(size)), "{sizes:?}");
    }
}
