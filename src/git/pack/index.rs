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
        let wanted = name.as_bytes();
        if wanted.len() != self.width {
            return None;
        }
        let first = usize::from(wanted[0]);
        let mut low = first.checked_sub(1).map_or(Some(0), |before| self.fanout(before))?;
        let mut high = self.fanout(first)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle)?.cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.offset(middle),
            }
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
