//! One pack with its index.

use std::path::{Path, PathBuf};

use crate::git::name::Name;
use crate::git::pack::entry::{self, Form, Head, ObjectKind};
use crate::git::pack::index::Index;
use crate::git::pack::inflate::Inflater;
use crate::git::pack::map::Map;
use crate::git::pack::{Broken, broken, impossible};

/// Git itself would follow such a chain until its memory is full.
pub(super) const CIRCLE: &str = "a delta is its own base";

/// An opened pack.
#[derive(Debug)]
pub(super) struct Pack {
    pub(super) index: Index,
    data: Map,
    width: usize,
    path: PathBuf,
    /// Whether the server that it came from promised what is missing.
    pub(super) is_promised: bool,
}

impl Pack {
    /// Opens the pack that belongs to an index.
    pub(super) fn open(index: &Path, width: usize) -> Result<Self, Broken> {
        let path = index.with_extension("pack");
        let data = Map::open(&path).map_err(|error| broken(format!("{}: {error}", path.display())))?;
        let is_known = matches!(data.get(..8), Some(b"PACK\0\0\0\x02" | b"PACK\0\0\0\x03"));
        if !is_known || data.len() < 12 + width {
            return Err(broken(format!("{} is no pack of version 2", path.display())));
        }
        Ok(Self {
            index: Index::open(index, width)?,
            data,
            width,
            is_promised: index.with_extension("promisor").exists(),
            path,
        })
    }

    /// Reads the head of the entry at `offset`, and returns the bytes behind it.
    pub(super) fn entry(&self, offset: u64) -> Result<(Head, &[u8]), Broken> {
        // The pack's own checksum at the end is no entry.
        let end = self.data.len() - self.width;
        let start = usize::try_from(offset).ok().filter(|&start| (12..end).contains(&start));
        let data = start.and_then(|start| self.data.get(start..end));
        let data = data.ok_or_else(|| broken(format!("{} ends before one of its entries", self.path.display())))?;
        let head = entry::head(data, self.width)?;
        let data = &data[head.len..];
        // No stream is smaller than a thousandth of what it holds: a size beyond that is a lie, and no memory is taken.
        if head.size > (data.len() as u64).saturating_mul(1_040).saturating_add(64) {
            return Err(broken("an entry says that it is larger than it can be"));
        }
        Ok((head, data))
    }

    /// Returns where it stands.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives back the memory that holds what was read of the pack.
    pub(super) fn forget(&self) {
        self.data.forget();
    }

    /// Returns the offset of the entry that an entry is a delta of; `None` when it is whole.
    pub(super) fn base(&self, offset: u64, form: Form) -> Result<Option<u64>, Broken> {
        match form {
            Form::Whole(_) => Ok(None),
            Form::OfEarlier(distance) if distance > 0 && distance < offset => Ok(Some(offset - distance)),
            Form::OfEarlier(_) => Err(broken("a delta's base stands outside of its pack")),
            Form::OfNamed(name) => match self.index.find(&name) {
                Some(base) if base == offset => Err(impossible(CIRCLE)),
                Some(base) => Ok(Some(base)),
                None => Err(broken(format!("a delta's base {name} is not in its pack"))),
            },
        }
    }

    /// Decompresses what stands behind an entry's head.
    pub(super) fn inflate(&self, offset: u64, inflater: &mut Inflater, result: &mut Vec<u8>) -> Result<(), Broken> {
        let (head, data) = self.entry(offset)?;
        inflater.inflate(data, head.size, result)
    }

    /// Finds an object.
    pub(super) fn find(&self, name: &Name) -> Option<u64> {
        self.index.find(name)
    }

    /// Returns what kind of object an entry is and how large, without making it.
    pub(super) fn describe(&self, offset: u64, inflater: &mut Inflater) -> Result<(ObjectKind, u64), Broken> {
        let (head, data) = self.entry(offset)?;
        let size = match head.form {
            Form::Whole(kind) => return Ok((kind, head.size)),
            _ => {
                let mut delta = Vec::new();
                inflater.inflate(data, head.size, &mut delta)?;
                super::delta::result_size(&delta)?
            }
        };
        let (mut at, mut form) = (offset, head.form);
        // No chain is longer than the pack has entries: a longer one runs in a circle.
        for _ in 0..=self.index.len() {
            match self.base(at, form)? {
                None => break,
                Some(base) => (at, form) = (base, self.entry(base)?.0.form),
            }
        }
        match form {
            Form::Whole(kind) => Ok((kind, size)),
            _ => Err(impossible(CIRCLE)),
        }
    }
}
