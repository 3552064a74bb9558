//! Small things that become large: deltas, folders in folders, packed zeros.

use crate::forge::{self, BLOB, Base, COMMIT, Name, Pack, TREE};
use crate::sandbox::Sandbox;
use crate::{bounded, incomplete, leak};

const HISTORY: [&str; 2] = ["scan", "--history"];

/// A delta that copies all of 16 MiB so many times.
fn copies(times: u64) -> Vec<u8> {
    let piece = 0xFF_FFFF_u64;
    let step = [0xF0, 0xFF, 0xFF, 0xFF];
    [
        forge::size(piece),
        forge::size(piece * times),
        step.repeat(times as usize),
    ]
    .concat()
}

/// A pack of a few kilobytes in which `a` is a few bytes of a delta that makes so many times 16 MiB.
fn bomb(times: u64) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let zeros = pack.whole(BLOB, &vec![0; 0xFF_FFFF]);
    let copies = copies(times);
    let large = pack.delta([7; 20], &Base::Named(zeros), copies.len() as u64, &copies);
    let few = [forge::size(0xFF_FFFF * times), forge::size(5), vec![0x90, 5]].concat();
    let small = pack.delta([8; 20], &Base::Named(large), few.len() as u64, &few);
    pack.write(&sandbox);
    forge::tip_with(&sandbox, "a", &small);
    sandbox
}

#[test]
fn a_delta_of_a_delta_that_makes_terabytes_takes_no_memory() {
    for times in [1_000, 100_000] {
        incomplete(&bomb(times), &HISTORY);
    }
}

#[test]
fn a_delta_that_claims_to_make_terabytes_takes_no_memory() {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let base = pack.whole(BLOB, b"hello");
    let delta = [forge::size(5), forge::size(1 << 44), vec![0x90, 5]].concat();
    let made = pack.delta([7; 20], &Base::Named(base), delta.len() as u64, &delta);
    let few = [forge::size(1 << 44), forge::size(5), vec![0x90, 5]].concat();
    let small = pack.delta([8; 20], &Base::Named(made), few.len() as u64, &few);
    pack.write(&sandbox);
    forge::tip_with(&sandbox, "a", &small);
    incomplete(&sandbox, &HISTORY);
}

/// Ten folders, each of them ten times in the next: ten thousand million paths, of a few kilobytes.
fn folders(content: &str, mut store: impl FnMut(u8, &[u8]) -> Name) -> Name {
    let mut below = store(BLOB, content.as_bytes());
    for level in 0..10 {
        let mode = if level == 0 { "100644" } else { "40000" };
        let entries: Vec<u8> = (0..10)
            .flat_map(|number| forge::entry(mode, &format!("d{number}"), &below))
            .collect();
        below = store(TREE, &entries);
    }
    below
}

#[test]
fn folders_that_hold_each_other_ten_times_end_and_are_said() {
    let loose = Sandbox::new();
    let top = folders("boom\n", |kind, content| forge::loose(&loose, kind, content));
    let commit = forge::loose(&loose, COMMIT, &forge::commit(&top, &[]));
    forge::tip(&loose, &commit);
    incomplete(&loose, &HISTORY);

    let packed = Sandbox::new();
    let mut pack = Pack::new();
    let top = folders(&leak(), |kind, content| pack.whole(kind, content));
    let commit = pack.whole(COMMIT, &forge::commit(&top, &[]));
    pack.write(&packed);
    forge::tip(&packed, &commit);
    incomplete(&packed, &HISTORY);
}

#[test]
fn folders_that_hold_each_other_ten_times_do_not_get_through_a_gate() {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    let before = sandbox.git(&["rev-parse", "HEAD"]).out.trim().to_owned();
    let top = folders("boom\n", |kind, content| forge::loose(&sandbox, kind, content));
    let commit = forge::loose(&sandbox, COMMIT, &forge::commit(&top, &[]));
    forge::tip(&sandbox, &commit);
    let said = bounded(&sandbox, &["guard", "ci", "--base", &before]);
    assert!(said.code == 2 && said.err.contains("has no end here"), "{}", said.all());
}

#[test]
fn a_folder_in_itself_ends_and_is_said() {
    // Only a lie about a name makes a circle.
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let blob = pack.whole(BLOB, b"hello");
    let entries = [forge::entry("100644", "a", &blob), forge::entry("40000", "d", &[7; 20])].concat();
    pack.whole_as([7; 20], TREE, entries.len() as u64, &entries);
    let commit = pack.whole(COMMIT, &forge::commit(&[7; 20], &[]));
    pack.write(&sandbox);
    forge::tip(&sandbox, &commit);
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn folders_without_end_below_each_other_are_said() {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let blob = pack.whole(BLOB, leak().as_bytes());
    let mut below = pack.whole(TREE, &forge::entry("100644", "a", &blob));
    for _ in 0..20_000 {
        below = pack.whole(TREE, &forge::entry("40000", "d", &below));
    }
    let commit = pack.whole(COMMIT, &forge::commit(&below, &[]));
    pack.write(&sandbox);
    forge::tip(&sandbox, &commit);
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn a_blob_of_packed_zeros_is_not_unpacked_beyond_the_limit() {
    let sandbox = Sandbox::new();
    let head = b"blob 1073741824\0";
    let stored = forge::zlib(&[head.as_slice(), &vec![0; 1 << 30]].concat());
    forge::loose_as(&sandbox, &[7; 20], &stored);
    forge::tip_with(&sandbox, "a", &[7; 20]);
    let said = bounded(&sandbox, &[&HISTORY[..], &["--format", "json"]].concat());
    assert!(said.out.contains("\"too large\"") || said.code == 2, "{}", said.all());
}
