//! The index of a work tree: cut short, with absurd counts, with paths that lead out.

use std::fs;

use sha1::{Digest, Sha1};

use crate::forge::{self, BLOB, Name};
use crate::sandbox::Sandbox;
use crate::{bounded, incomplete, leak};

const STAGED: [&str; 2] = ["scan", "--staged"];

/// A repository with a staged finding, and its index.
fn staged() -> (Sandbox, Vec<u8>) {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox.write("b.txt", &leak());
    sandbox.git(&["add", "b.txt"]);
    let index = fs::read(sandbox.path(".git/index")).unwrap();
    (sandbox, index)
}

/// Writes an index with the right checksum.
fn write(sandbox: &Sandbox, index: &[u8]) {
    fs::write(sandbox.path(".git/index"), [index, &Sha1::digest(index)].concat()).unwrap();
}

#[test]
fn an_index_cut_short_anywhere_is_never_clean() {
    let (sandbox, index) = staged();
    let body = &index[..index.len() - 20];
    for end in (1..index.len()).step_by(9) {
        fs::write(sandbox.path(".git/index"), &index[..end]).unwrap();
        let said = bounded(&sandbox, &STAGED);
        assert_ne!(said.code, 0, "cut at {end}: {}", said.all());
        write(&sandbox, &body[..end.min(body.len())]);
        let said = bounded(&sandbox, &STAGED);
        assert_ne!(said.code, 0, "cut at {end}, with a checksum: {}", said.all());
    }
}

#[test]
fn an_index_that_counts_other_entries_than_it_has_is_never_clean() {
    let (sandbox, index) = staged();
    for count in [u32::MAX, 1 << 31, 1 << 20, 3] {
        let mut lying = index[..index.len() - 20].to_vec();
        lying[8..12].copy_from_slice(&count.to_be_bytes());
        write(&sandbox, &lying);
        incomplete(&sandbox, &STAGED);
    }
}

#[test]
fn an_index_of_another_version_is_never_clean() {
    let (sandbox, index) = staged();
    for version in [0, 1, 5, u32::MAX] {
        let mut other = index[..index.len() - 20].to_vec();
        other[4..8].copy_from_slice(&version.to_be_bytes());
        write(&sandbox, &other);
        incomplete(&sandbox, &STAGED);
    }
}

#[test]
fn a_wrong_checksum_is_no_reason_to_call_it_clean() {
    let (sandbox, mut index) = staged();
    let last = index.len() - 1;
    index[last] ^= 0x55;
    fs::write(sandbox.path(".git/index"), &index).unwrap();
    assert_ne!(bounded(&sandbox, &STAGED).code, 0);
    assert_ne!(bounded(&sandbox, &["guard", "pre-commit"]).code, 0);
}

#[test]
fn a_byte_changed_anywhere_is_never_clean() {
    let (sandbox, index) = staged();
    let second = index.windows(5).position(|name| name == b"b.txt").unwrap();
    // From the second entry's name of an object to the end of its path: all else says when the file was last seen.
    for at in second - 22..second + 5 {
        let mut damaged = index[..index.len() - 20].to_vec();
        damaged[at] ^= 0x01;
        write(&sandbox, &damaged);
        let said = bounded(&sandbox, &STAGED);
        assert_ne!(said.code, 0, "byte {at}: {}", said.all());
    }
}

/// An index of version 2 with one file.
fn with_path(path: &str, blob: &Name) -> Vec<u8> {
    let mut index = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
    let mut entry = vec![0; 24];
    entry.extend(0o100_644_u32.to_be_bytes());
    entry.extend([0; 12]);
    entry.extend(blob);
    entry.extend(u16::try_from(path.len().min(0xFFF)).unwrap().to_be_bytes());
    entry.extend(path.as_bytes());
    entry.resize(entry.len() / 8 * 8 + 8, 0);
    index.extend(entry);
    index
}

#[test]
fn a_staged_path_that_leads_out_is_never_clean() {
    for path in ["../a", ".git/config", "/etc/passwd", "a//b", "a/../b", ".git", ""] {
        let sandbox = Sandbox::new();
        sandbox.commit("a.txt", "a\n");
        let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
        write(&sandbox, &with_path(path, &blob));
        let said = bounded(&sandbox, &STAGED);
        assert_ne!(said.code, 0, "{path:?}: {}", said.all());
    }
}

#[test]
fn a_staged_path_of_four_thousand_bytes_is_read() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    write(&sandbox, &with_path(&"x".repeat(4_000), &blob));
    assert_eq!(bounded(&sandbox, &STAGED).code, 1);
}
