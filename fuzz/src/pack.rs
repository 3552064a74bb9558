//! Packs with their indexes, put together as an input says: lies in heads, bases and offsets, under checksums that hold.

use std::fs;
use std::io::Write;
use std::path::Path;

use sha1::{Digest, Sha1};

/// An input, taken apart byte by byte; behind its end there are zeros.
struct Script<'s>(&'s [u8]);

impl<'s> Script<'s> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    fn bytes(&mut self, len: usize) -> &'s [u8] {
        let (bytes, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        bytes
    }
}

struct Entry {
    name: [u8; 20],
    offset: u64,
}

/// Writes a pack and its index into `<folder>/pack`.
pub fn write(folder: &Path, script: &[u8]) {
    let mut script = Script(script);
    let mut pack = b"PACK\0\0\0\x02\0\0\0\0".to_vec();
    let mut entries: Vec<Entry> = Vec::new();
    while !script.0.is_empty() && entries.len() < 64 {
        let entry = entry(&mut script, &mut pack, &entries);
        entries.push(entry);
    }
    let count = u32::try_from(entries.len()).unwrap_or(0);
    pack[8..12].copy_from_slice(&count.to_be_bytes());
    let sum = Sha1::digest(&pack);
    pack.extend(sum);
    let place = folder.join("pack");
    let _ = fs::create_dir_all(&place);
    let written =
        fs::write(place.join("a.pack"), &pack).and_then(|()| fs::write(place.join("a.idx"), index(entries, &sum)));
    written.expect("there is room for it");
}

/// One byte says what it is and where it lies, then come what it is made of and how long its content is.
fn entry(script: &mut Script<'_>, pack: &mut Vec<u8>, before: &[Entry]) -> Entry {
    let (what, lie, base, len) = (script.byte(), script.byte(), script.byte(), script.byte());
    let content = script.bytes(usize::from(len)).to_vec();
    let kind = [1, 2, 3, 4, 6, 7, 6, 7][usize::from(what & 7)];
    let offset = pack.len() as u64;
    let claimed = match lie & 3 {
        0..=1 => content.len() as u64,
        2 => content.len() as u64 + u64::from(lie >> 2),
        _ => 1 << (lie >> 2).min(59),
    };
    head(pack, kind, claimed);
    let other = before.get(usize::from(base));
    match kind {
        6 => distance(
            pack,
            other.map_or(u64::from(base), |other| offset.wrapping_sub(other.offset)),
        ),
        7 => pack.extend(other.map_or([base; 20], |other| other.name)),
        _ => {}
    }
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&content).expect("memory takes it");
    pack.extend(encoder.finish().expect("memory takes it"));
    // A byte of the name is enough to tell them apart, and some are the same.
    let mut name = [what >> 4; 20];
    name[19] = before.len() as u8 & !(what >> 3 & 1);
    let offset = if what & 0xF0 == 0xF0 {
        u64::from(lie) << 24
    } else {
        offset
    };
    Entry { name, offset }
}

fn head(pack: &mut Vec<u8>, kind: u8, mut size: u64) {
    let mut byte = kind << 4 | (size & 15) as u8;
    size >>= 4;
    while size > 0 {
        pack.push(byte | 0x80);
        byte = (size & 0x7F) as u8;
        size >>= 7;
    }
    pack.push(byte);
}

fn distance(pack: &mut Vec<u8>, mut distance: u64) {
    let mut bytes = vec![(distance & 0x7F) as u8];
    while distance > 0x7F {
        distance = (distance >> 7) - 1;
        bytes.push((distance & 0x7F) as u8 | 0x80);
    }
    pack.extend(bytes.iter().rev());
}

fn index(mut entries: Vec<Entry>, sum: &[u8]) -> Vec<u8> {
    entries.sort_by_key(|entry| entry.name);
    let mut data = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        let upto = entries.iter().filter(|entry| entry.name[0] <= first).count();
        data.extend((upto as u32).to_be_bytes());
    }
    data.extend(entries.iter().flat_map(|entry| entry.name));
    data.extend(entries.iter().flat_map(|_| [0; 4]));
    data.extend(
        entries
            .iter()
            .flat_map(|entry| (entry.offset as u32 & 0x7FFF_FFFF).to_be_bytes()),
    );
    data.extend(sum);
    data.extend(Sha1::digest(&data));
    data
}
