//! The head of an entry in a pack: what it is, how long it is, and what it is a delta of.

use crate::git::name::Name;
use crate::git::pack::{Broken, broken};

/// What kind of object something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// A content.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// Reads the word that git uses.
    pub(in crate::git) fn parse(word: &[u8]) -> Option<Self> {
        match word {
            b"commit" => Some(Self::Commit),
            b"tree" => Some(Self::Tree),
            b"blob" => Some(Self::Blob),
            b"tag" => Some(Self::Tag),
            _ => None,
        }
    }

    /// Returns the word that git uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// The head of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) form: Form,
    /// The size of what is compressed behind the head.
    pub(super) size: u64,
    /// How many bytes the head takes.
    pub(super) len: usize,
}

/// How an entry holds its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All of it.
    Whole(ObjectKind),
    /// As a change to the entry that stands so many bytes before.
    OfEarlier(u64),
    /// As a change to the object of this name.
    OfNamed(Name),
}

/// Reads the head with which `data` begins.
pub(super) fn head(data: &[u8], width: usize) -> Result<Head, Broken> {
    let short = || broken("an entry is cut short");
    let first = *data.first().ok_or_else(short)?;
    let (mut size, mut shift, mut at) = (u64::from(first & 15), 4, 1);
    let mut byte = first;
    while byte & 0x80 != 0 {
        byte = *data.get(at).ok_or_else(short)?;
        at += 1;
        if shift > 57 {
            return Err(broken("an entry is impossibly large"));
        }
        size |= u64::from(byte & 0x7F) << shift;
        shift += 7;
    }
    let form = match first >> 4 & 7 {
        1 => Form::Whole(ObjectKind::Commit),
        2 => Form::Whole(ObjectKind::Tree),
        3 => Form::Whole(ObjectKind::Blob),
        4 => Form::Whole(ObjectKind::Tag),
        6 => {
            let (distance, len) = distance(&data[at..]).ok_or_else(short)?;
            at += len;
            Form::OfEarlier(distance)
        }
        7 => {
            let name = data.get(at..at + width).and_then(Name::new).ok_or_else(short)?;
            at += width;
            Form::OfNamed(name)
        }
        other => return Err(broken(format!("an entry of the unknown kind {other}"))),
    };
    Ok(Head { form, size, len: at })
}

/// Reads a distance; each further byte adds one more than its bits say, so that no number has two spellings.
fn distance(data: &[u8]) -> Option<(u64, usize)> {
    let mut byte = *data.first()?;
    let (mut distance, mut at) = (u64::from(byte & 0x7F), 1);
    while byte & 0x80 != 0 {
        byte = *data.get(at)?;
        at += 1;
        distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7F);
    }
    Some((distance, at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_go_on_in_further_bytes() {
        let head = head(&[0xB5, 0x0A], 20).unwrap();
        assert_eq!(
            (head.form, head.size, head.len),
            (Form::Whole(ObjectKind::Blob), 0xA5, 2)
        );
    }

    #[test]
    fn a_distance_of_two_bytes_begins_where_one_byte_ends() {
        assert_eq!(distance(&[0x7F]), Some((127, 1)));
        assert_eq!(distance(&[0x80, 0x00]), Some((128, 2)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = head(&data, 20);
        }
    }
}
