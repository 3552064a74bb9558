//! A pack's index, version 2: which object stands where in the pack.
//!
//! Numbers are read as they are asked for, and every one of them is checked: a damaged index leads to an error, never
//! to a panic and never to an object that is silently not there.

use std::path::Path;

use crate::git::name::Name;
use crate::git::pack::map::Map;
use crate::git::pack::{Broken, broken};

/// An opened index.
#[derive(Debug)]
pub(super) struct Index {
    data: Map,
    count: usize,
    width: usize,
}

const HEADER: usize = 8;
const FANOUT: usize = 256 * 4;

impl Index {
    /// Opens an index whose names are `width` bytes long.
    pub(super) fn open(path: &Path, width: usize) -> Result<Self, Broken> {
        let data = Map::open(path).map_err(|error| broken(format!("{}: {error}", path.display())))?;
        let wrong = |what: &str| broken(format!("{}: {what}", path.display()));
        if data.get(..8) != Some(b"\xfftOc\0\0\0\x02") {
            return Err(wrong("it is no index of version 2"));
        }
        let mut index = Self { data, count: 0, width };
        index.count = index.fanout(255).ok_or_else(|| wrong("it is cut short"))?;
        let grows = (1..256).all(|byte| index.fanout(byte - 1) <= index.fanout(byte));
        if !grows || index.data.len() < index.long_offsets() + 2 * width {
            return Err(wrong("it is cut short"));
        }
        Ok(index)
    }

    /// Returns how many objects there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Finds an object's offset in the pack.
    pub(super) fn find(&self, name: &Name) -> Option<u64> {
        self.offset(self.number(name)?)
    }

    /// Finds an object's number here.
    ///
    /// Names are spread evenly, so where one stands can be guessed from its first bytes; each second step halves what is
    /// left instead, so that names that somebody chose cost no more than they would by halving alone.
    pub(super) fn number(&self, name: &Name) -> Option<usize> {
        let wanted = name.as_bytes();
        if wanted.len() != self.width {
            return None;
        }
        let first = usize::from(wanted[0]);
        let mut low = first.checked_sub(1).map_or(Some(0), |before| self.fanout(before))?;
        let mut high = self.fanout(first)?;
        let key = key(wanted);
        let (mut least, mut most) = (u64::from(wanted[0]) << 56, u64::from(wanted[0]) << 56 | u64::MAX >> 8);
        let mut guesses = true;
        while low < high {
            let share = u128::from(key - least) * (high - low) as u128 / (u128::from(most - least) + 1);
            let middle = if guesses {
                low + share as usize
            } else {
                low + (high - low) / 2
            };
            let there = self.name(middle)?;
            match there.cmp(wanted) {
                std::cmp::Ordering::Less => (low, least) = (middle + 1, self::key(there)),
                std::cmp::Ordering::Greater => (high, most) = (middle, self::key(there)),
                std::cmp::Ordering::Equal => return Some(middle),
            }
            // In a damaged index names may stand in any order.
            if !(least..=most).contains(&key) {
                return None;
            }
            guesses = !guesses;
        }
        None
    }

    /// Returns the bytes of a name by its number.
    pub(super) fn name(&self, number: usize) -> Option<&[u8]> {
        let start = HEADER + FANOUT + number.checked_mul(self.width)?;
        self.data.get(start..start + self.width)
    }

    /// Returns an offset by its number.
    pub(super) fn offset(&self, number: usize) -> Option<u64> {
        let short = self.word(HEADER + FANOUT + self.count * (self.width + 4) + number * 4)?;
        if short & 0x8000_0000 == 0 {
            return Some(u64::from(short));
        }
        // Beyond 2 GiB the offset stands in a table of its own.
        let start = self.long_offsets() + (short & 0x7FFF_FFFF) as usize * 8;
        let bytes = self.data.get(start..start + 8)?;
        Some(u64::from_be_bytes(bytes.try_into().ok()?))
    }

    fn long_offsets(&self) -> usize {
        HEADER + FANOUT + self.count * (self.width + 8)
    }

    fn fanout(&self, byte: usize) -> Option<usize> {
        self.word(HEADER + byte * 4).map(|count| count as usize)
    }

    fn word(&self, at: usize) -> Option<u32> {
        let bytes = self.data.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }
}

/// Returns the first bytes of a name as a number.
fn key(name: &[u8]) -> u64 {
    name.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes an index of entries, sorted by name: the first byte of each name, and its offset.
    fn index(entries: &[(u8, u64)]) -> (tempfile::TempDir, Index) {
        let mut data = b"\xfftOc\0\0\0\x02".to_vec();
        for byte in 0..=255 {
            let count = entries.iter().filter(|(first, _)| *first <= byte).count();
            data.extend(u32::try_from(count).unwrap().to_be_bytes());
        }
        data.extend(entries.iter().flat_map(|&(first, _)| name(first).as_bytes().to_vec()));
        data.extend(entries.iter().flat_map(|_| [0; 4]));
        let mut long = Vec::new();
        for &(_, offset) in entries {
            let short = match u32::try_from(offset) {
                Ok(short) if short < 0x8000_0000 => short,
                _ => {
                    long.extend(offset.to_be_bytes());
                    0x8000_0000 | u32::try_from(long.len() / 8 - 1).unwrap()
                }
            };
            data.extend(short.to_be_bytes());
        }
        data.extend(long);
        data.extend([0; 40]);
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("a.idx");
        std::fs::write(&path, data).unwrap();
        let index = Index::open(&path, 20).unwrap();
        (folder, index)
    }

    fn name(first: u8) -> Name {
        Name::new(&[&[first][..], &[first.wrapping_mul(37); 19]].concat()).unwrap()
    }

    #[test]
    fn offsets_beyond_four_gigabytes_are_found() {
        let entries = [
            (1, 12),
            (1 << 4, 0x7FFF_FFFF),
            (0x80, 0x8000_0000),
            (0x81, 5 << 32),
            (0xFF, u64::MAX >> 1),
        ];
        let (_folder, index) = index(&entries);
        for (first, offset) in entries {
            assert_eq!(index.find(&name(first)), Some(offset), "{first}");
        }
        assert_eq!(index.find(&name(0x82)), None);
        assert_eq!(index.find(&Name::new(&[0x81; 20]).unwrap()), None);
    }

    #[test]
    fn a_long_offset_that_is_not_there_is_no_offset() {
        let (folder, _) = index(&[(1, 5 << 32)]);
        let path = folder.path().join("a.idx");
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [&whole[..whole.len() - 48], &[0; 40]].concat()).unwrap();
        let index = Index::open(&path, 20).unwrap();
        assert!(index.find(&name(1)).is_none_or(|offset| offset != 5 << 32));
    }

    #[test]
    fn every_name_of_many_is_found() {
        let entries: Vec<(u8, u64)> = (0..=255).map(|first| (first, 12 + u64::from(first))).collect();
        let (_folder, index) = index(&entries);
        assert!(
            entries
                .iter()
                .all(|&(first, offset)| index.find(&name(first)) == Some(offset))
        );
    }
}
