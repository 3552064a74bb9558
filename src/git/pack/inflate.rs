//! Decompression of what git stores, with its checksum.

use crate::git::pack::{Broken, LARGEST, broken, impossible};

/// Decompresses in one thread.
pub(super) struct Inflater(libdeflater::Decompressor);

impl Inflater {
    pub(super) fn new() -> Self {
        Self(libdeflater::Decompressor::new())
    }

    /// Decompresses what `data` begins with into `result`: exactly `size` bytes, or it is an error.
    pub(super) fn inflate(&mut self, data: &[u8], size: u64, result: &mut Vec<u8>) -> Result<(), Broken> {
        let size = usize::try_from(size).ok().filter(|&size| size <= LARGEST);
        let size = size.ok_or_else(|| impossible("it is larger than can be held"))?;
        // What stands in it is overwritten, so only what is added need be cleared.
        result.resize(size, 0);
        match self.0.zlib_decompress(data, result) {
            Ok(len) if len == size => Ok(()),
            Ok(_) => Err(broken("an entry is shorter than it says")),
            Err(error) => Err(broken(format!("its compressed bytes are damaged: {error}"))),
        }
    }

    /// Decompresses a stream of unknown size, up to `most` bytes.
    pub(super) fn inflate_all(&mut self, data: &[u8], most: usize) -> Result<Vec<u8>, Broken> {
        let mut size = data.len().saturating_mul(4).max(4 << 10);
        loop {
            let mut result = vec![0; size.min(most)];
            match self.0.zlib_decompress(data, &mut result) {
                Ok(len) => {
                    result.truncate(len);
                    return Ok(result);
                }
                Err(libdeflater::DecompressionError::InsufficientSpace) if size < most => size = size.saturating_mul(4),
                Err(error) => return Err(broken(format!("its compressed bytes are damaged: {error}"))),
            }
        }
    }
}
