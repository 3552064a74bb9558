//! Objects that stand in files of their own, not in a pack yet.

use std::io;
use std::path::Path;

use crate::git::name::Name;
use crate::git::pack::entry::ObjectKind;
use crate::git::pack::inflate::Inflater;
use crate::git::pack::{Broken, LARGEST, broken, impossible};
use crate::git::special;

/// Reads an object from a folder of objects; `None` when it is not there.
pub(super) fn read(
    folder: &Path,
    name: &Name,
    inflater: &mut Inflater,
) -> Result<Option<(ObjectKind, Vec<u8>)>, Broken> {
    let hex = name.to_string();
    let stored = match special::read(&folder.join(&hex[..2]).join(&hex[2..])) {
        Ok(stored) => stored,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Err(impossible("its file is none")),
        Err(error) => return Err(broken(error.to_string())),
    };
    let mut object = inflater.inflate_all(&stored, LARGEST)?;
    let (kind, start) = head(&object).ok_or_else(|| broken("its head is damaged"))?;
    object.drain(..start);
    Ok(Some((kind, object)))
}

/// Reads `<kind> <size>\0`, checks the size, and returns where the content starts.
fn head(object: &[u8]) -> Option<(ObjectKind, usize)> {
    let end = memchr::memchr(0, object.get(..object.len().min(64))?)?;
    let mut words = object[..end].split(|&byte| byte == b' ');
    let kind = ObjectKind::parse(words.next()?)?;
    let size: usize = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    (size == object.len() - end - 1).then_some((kind, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_names_kind_and_size() {
        assert_eq!(head(b"blob 3\0abc"), Some((ObjectKind::Blob, 7)));
        assert_eq!(head(b"blob 4\0abc"), None);
        assert_eq!(head(b"thing 3\0abc"), None);
    }
}
