//! Writes objects, packs and indexes as nobody else would.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use sha1::{Digest, Sha1};

use crate::sandbox::Sandbox;

pub type Name = [u8; 20];

pub const COMMIT: u8 = 1;
pub const TREE: u8 = 2;
pub const BLOB: u8 = 3;
const OF_EARLIER: u8 = 6;
const OF_NAMED: u8 = 7;

fn word(kind: u8) -> &'static str {
    ["", "commit", "tree", "blob", "tag"][usize::from(kind)]
}

pub fn name(kind: u8, content: &[u8]) -> Name {
    let head = format!("{} {}\0", word(kind), content.len());
    Sha1::new().chain_update(head).chain_update(content).finalize().into()
}

pub fn hex(name: &Name) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// An entry of a tree.
pub fn entry(mode: &str, file: &str, name: &Name) -> Vec<u8> {
    [mode.as_bytes(), b" ", file.as_bytes(), b"\0", name].concat()
}

/// A commit of a tree.
pub fn commit(tree: &Name, parents: &[Name]) -> Vec<u8> {
    let parents: String = parents
        .iter()
        .map(|parent| format!("parent {}\n", hex(parent)))
        .collect();
    let person = "A <a@example.com> 1767323045 +0000";
    format!(
        "tree {}\n{parents}author {person}\ncommitter {person}\n\na commit\n",
        hex(tree)
    )
    .into_bytes()
}

/// A number as deltas write sizes.
pub fn size(mut size: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while size > 0x7F {
        bytes.push((size & 0x7F) as u8 | 0x80);
        size >>= 7;
    }
    bytes.push(size as u8);
    bytes
}

/// A loose object under any name.
pub fn loose_as(sandbox: &Sandbox, name: &Name, stored: &[u8]) {
    let hex = hex(name);
    let folder = sandbox.path(&format!(".git/objects/{}", &hex[..2]));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&hex[2..]), stored).unwrap();
}

/// A loose object.
pub fn loose(sandbox: &Sandbox, kind: u8, content: &[u8]) -> Name {
    let name = name(kind, content);
    let head = format!("{} {}\0", word(kind), content.len());
    loose_as(sandbox, &name, &zlib(&[head.as_bytes(), content].concat()));
    name
}

/// Makes a commit the tip of the main branch.
pub fn tip(sandbox: &Sandbox, commit: &Name) {
    let heads = sandbox.path(".git/refs/heads");
    fs::create_dir_all(&heads).unwrap();
    fs::write(heads.join("main"), format!("{}\n", hex(commit))).unwrap();
}

/// A commit that holds one file, as the tip.
pub fn tip_with(sandbox: &Sandbox, file: &str, blob: &Name) -> Name {
    let tree = loose(sandbox, TREE, &entry("100644", file, blob));
    let commit = loose(sandbox, COMMIT, &commit(&tree, &[]));
    tip(sandbox, &commit);
    commit
}

/// What a delta is made of.
pub enum Base {
    Earlier(u64),
    Named(Name),
}

/// A pack that is being written, with whatever its index is to say.
pub struct Pack {
    data: Vec<u8>,
    pub entries: Vec<(Name, u64)>,
}

impl Pack {
    pub fn new() -> Self {
        Self {
            data: b"PACK\0\0\0\x02\0\0\0\0".to_vec(),
            entries: Vec::new(),
        }
    }

    /// Where the next entry will stand.
    pub fn offset(&self) -> u64 {
        self.data.len() as u64
    }

    /// Adds an object as it should be.
    pub fn whole(&mut self, kind: u8, content: &[u8]) -> Name {
        self.whole_as(name(kind, content), kind, content.len() as u64, content)
    }

    /// Adds an object under another name or with another size.
    pub fn whole_as(&mut self, name: Name, kind: u8, claimed: u64, content: &[u8]) -> Name {
        self.entries.push((name, self.offset()));
        self.head(kind, claimed);
        self.data.extend(zlib(content));
        name
    }

    /// Adds a delta.
    pub fn delta(&mut self, name: Name, base: &Base, claimed: u64, delta: &[u8]) -> Name {
        self.entries.push((name, self.offset()));
        match base {
            Base::Earlier(distance) => {
                self.head(OF_EARLIER, claimed);
                let mut left = *distance;
                let mut bytes = vec![(left & 0x7F) as u8];
                while left > 0x7F {
                    left = (left >> 7) - 1;
                    bytes.push((left & 0x7F) as u8 | 0x80);
                }
                self.data.extend(bytes.iter().rev());
            }
            Base::Named(base) => {
                self.head(OF_NAMED, claimed);
                self.data.extend(base);
            }
        }
        self.data.extend(zlib(delta));
        name
    }

    fn head(&mut self, kind: u8, mut size: u64) {
        let mut byte = kind << 4 | (size & 15) as u8;
        size >>= 4;
        while size > 0 {
            self.data.push(byte | 0x80);
            byte = (size & 0x7F) as u8;
            size >>= 7;
        }
        self.data.push(byte);
    }

    /// Writes the pack and its index.
    pub fn write(self, sandbox: &Sandbox) -> Written {
        let count = u32::try_from(self.entries.len()).unwrap();
        let mut pack = self.data;
        pack[8..12].copy_from_slice(&count.to_be_bytes());
        let sum = Sha1::digest(&pack);
        pack.extend(sum);
        let mut entries = self.entries;
        entries.sort_unstable();
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            let upto = entries.iter().filter(|(name, _)| name[0] <= first).count();
            index.extend(u32::try_from(upto).unwrap().to_be_bytes());
        }
        index.extend(entries.iter().flat_map(|(name, _)| *name));
        index.extend(entries.iter().flat_map(|_| [0; 4]));
        index.extend(
            entries
                .iter()
                .flat_map(|(_, offset)| u32::try_from(*offset).unwrap().to_be_bytes()),
        );
        index.extend(sum);
        let written = Written {
            folder: sandbox.path(".git/objects/pack"),
            count: entries.len(),
            index,
        };
        fs::create_dir_all(&written.folder).unwrap();
        fs::write(written.pack(), pack).unwrap();
        written.rewrite(|_| {});
        written
    }
}

/// A pack on disk.
pub struct Written {
    folder: PathBuf,
    pub count: usize,
    /// Its index without the checksum.
    pub index: Vec<u8>,
}

impl Written {
    pub fn pack(&self) -> PathBuf {
        self.folder.join("pack-forged.pack")
    }

    /// Writes the index anew, with a lie in it and a checksum that holds.
    pub fn rewrite(&self, lie: impl FnOnce(&mut Vec<u8>)) {
        let mut index = self.index.clone();
        lie(&mut index);
        let sum = Sha1::digest(&index);
        index.extend(sum);
        fs::write(self.folder.join("pack-forged.idx"), index).unwrap();
    }

    /// Where in the index the offset of the entry with this number stands.
    pub fn offset_at(&self, number: usize) -> usize {
        8 + 1024 + self.count * 24 + number * 4
    }
}
