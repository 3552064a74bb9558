//! Packs and their indexes: cut short, lying, in circles; and loose objects that are none.

use std::fs;

use crate::forge::{self, BLOB, Base, COMMIT, Pack, TREE, Written};
use crate::sandbox::Sandbox;
use crate::{found, incomplete, leak};

const HISTORY: [&str; 2] = ["scan", "--history"];

/// A repository whose one commit stands in a pack, with a blob that has a finding.
fn packed() -> (Sandbox, Written) {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let other = pack.whole(BLOB, &b"nothing\n".repeat(500));
    let blob = pack.whole(BLOB, leak().as_bytes());
    let entries = [forge::entry("100644", "a", &blob), forge::entry("100644", "b", &other)];
    let tree = pack.whole(TREE, &entries.concat());
    let commit = pack.whole(COMMIT, &forge::commit(&tree, &[]));
    forge::tip(&sandbox, &commit);
    let written = pack.write(&sandbox);
    (sandbox, written)
}

/// A repository with one file, whose blob is whatever `forge` makes of it.
fn with_blob(forge: impl FnOnce(&mut Pack) -> forge::Name) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let blob = forge(&mut pack);
    pack.write(&sandbox);
    forge::tip_with(&sandbox, "a", &blob);
    sandbox
}

#[test]
fn a_pack_that_is_forged_well_is_read() {
    let (sandbox, _) = packed();
    assert_eq!(found(&sandbox, &HISTORY), ["a"]);
}

#[test]
fn a_pack_cut_short_anywhere_is_never_clean() {
    let (sandbox, written) = packed();
    let whole = fs::read(written.pack()).unwrap();
    for end in (0..whole.len()).step_by(whole.len() / 12) {
        fs::write(written.pack(), &whole[..end]).unwrap();
        incomplete(&sandbox, &HISTORY);
    }
}

#[test]
fn an_index_of_a_pack_cut_short_anywhere_is_never_clean() {
    let (sandbox, written) = packed();
    for end in (0..written.index.len()).step_by(written.index.len() / 12) {
        written.rewrite(|index| index.truncate(end));
        incomplete(&sandbox, &HISTORY);
    }
}

#[test]
fn an_index_that_counts_more_objects_than_there_are_is_never_clean() {
    let (sandbox, written) = packed();
    for count in [u32::MAX, 1 << 31, 1 << 24, 5, 0] {
        written.rewrite(|index| index[8 + 255 * 4..][..4].copy_from_slice(&count.to_be_bytes()));
        incomplete(&sandbox, &HISTORY);
    }
    written.rewrite(|index| index[8..8 + 1024].fill(0xFF));
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn an_index_with_offsets_out_of_range_is_never_clean() {
    let (sandbox, written) = packed();
    for offset in [0_u32, 11, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] {
        for number in 0..written.count {
            let at = written.offset_at(number);
            written.rewrite(|index| index[at..][..4].copy_from_slice(&offset.to_be_bytes()));
            incomplete(&sandbox, &HISTORY);
        }
    }
}

#[test]
fn a_delta_of_itself_ends_and_is_said() {
    let sandbox = with_blob(|pack| pack.delta([7; 20], &Base::Named([7; 20]), 4, b"\x05\x05\x90\x05"));
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn two_deltas_of_each_other_end_and_are_said() {
    let sandbox = with_blob(|pack| {
        pack.delta([7; 20], &Base::Named([8; 20]), 4, b"\x05\x05\x90\x05");
        pack.delta([8; 20], &Base::Named([7; 20]), 4, b"\x05\x05\x90\x05")
    });
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn a_commit_that_is_a_delta_of_itself_ends_and_is_said() {
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let commit = pack.delta([7; 20], &Base::Named([7; 20]), 4, b"\x05\x05\x90\x05");
    pack.write(&sandbox);
    forge::tip(&sandbox, &commit);
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn a_base_outside_of_the_pack_is_said() {
    for distance in [0, 5, 1 << 20, u64::MAX >> 1] {
        let sandbox = with_blob(|pack| {
            pack.whole(BLOB, b"hello");
            pack.delta([7; 20], &Base::Earlier(distance), 4, b"\x05\x05\x90\x05")
        });
        incomplete(&sandbox, &HISTORY);
    }
    let sandbox = with_blob(|pack| pack.delta([7; 20], &Base::Named([9; 20]), 4, b"\x05\x05\x90\x05"));
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn an_object_that_says_it_is_huge_takes_no_memory() {
    for claimed in [1 << 20, 1 << 33, 1 << 40, (1 << 58) + 1] {
        let whole = with_blob(|pack| pack.whole_as([7; 20], BLOB, claimed, b"hello"));
        incomplete(&whole, &HISTORY);
        let delta = with_blob(|pack| {
            let base = pack.whole(BLOB, b"hello");
            pack.delta([7; 20], &Base::Named(base), claimed, b"\x05\x05\x90\x05")
        });
        incomplete(&delta, &HISTORY);
    }
}

#[test]
fn a_loose_object_that_is_none_is_said() {
    let sandbox = Sandbox::new();
    let blob = [7; 20];
    forge::tip_with(&sandbox, "a", &blob);
    let half = forge::zlib(&[b"blob 9000\0".as_slice(), &b"word ".repeat(1_800)].concat());
    let huge = |head: &str| forge::zlib(format!("{head}\0hello").as_bytes());
    for stored in [
        b"".to_vec(),
        b"no object at all".to_vec(),
        half[..half.len() / 2].to_vec(),
        huge("blob 6"),
        huge("blob 18446744073709551615"),
        huge("blob 99999999999999999999999999"),
        huge("blob -1"),
        huge("thing 5"),
        huge("blob"),
        forge::zlib(&vec![b'b'; 3 << 20]),
    ] {
        forge::loose_as(&sandbox, &blob, &stored);
        incomplete(&sandbox, &HISTORY);
    }
}

#[test]
fn a_loose_object_that_says_it_is_larger_than_it_is_takes_nobodys_place() {
    // Git reads on behind its end: into its answer for the next object.
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    let liar = [7; 20];
    forge::loose_as(&sandbox, &liar, &forge::zlib(b"blob 6\0hello"));
    let tree = [forge::entry("100644", "a", &liar), forge::entry("100644", "b", &blob)].concat();
    let tree = forge::loose(&sandbox, TREE, &tree);
    let commit = forge::loose(&sandbox, COMMIT, &forge::commit(&tree, &[]));
    forge::tip(&sandbox, &commit);
    let report = incomplete(&sandbox, &HISTORY);
    assert!(report.contains("\"b\""), "{report}");
    sandbox.git(&["read-tree", "HEAD"]);
    fs::remove_file(sandbox.path(".git/refs/heads/main")).unwrap();
    let report = incomplete(&sandbox, &["scan", "--staged"]);
    assert!(report.contains("\"b\""), "{report}");
}

#[test]
fn a_short_object_that_git_alone_reads_holds_up_nobody() {
    // Git sends what there is, and then waits for the next question.
    let sandbox = Sandbox::new();
    let liar = [7; 20];
    forge::loose_as(&sandbox, &liar, &forge::zlib(b"blob 60\0hello"));
    forge::tip_with(&sandbox, "a", &liar);
    sandbox.git(&["config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["config", "extensions.partialClone", "origin"]);
    incomplete(&sandbox, &HISTORY);
    sandbox.git(&["read-tree", "HEAD"]);
    fs::remove_file(sandbox.path(".git/refs/heads/main")).unwrap();
    incomplete(&sandbox, &["scan", "--staged"]);
}

#[test]
fn a_commit_without_its_parent_or_its_folder_is_said() {
    let sandbox = Sandbox::new();
    let tree = forge::loose(&sandbox, TREE, b"");
    for commit in [
        forge::commit(&[7; 20], &[]),
        forge::commit(&tree, &[[7; 20]]),
        b"tree nonsense\n\n".to_vec(),
        b"".to_vec(),
    ] {
        let commit = forge::loose(&sandbox, COMMIT, &commit);
        forge::tip(&sandbox, &commit);
        incomplete(&sandbox, &HISTORY);
    }
    let blob = forge::loose(&sandbox, BLOB, b"hello");
    let commit = forge::loose(&sandbox, COMMIT, &forge::commit(&blob, &[]));
    forge::tip(&sandbox, &commit);
    incomplete(&sandbox, &HISTORY);
}

#[test]
fn commits_in_a_circle_end_and_hide_nothing() {
    // Only a lie about a name makes a circle: nobody can find such a commit.
    let sandbox = Sandbox::new();
    let mut pack = Pack::new();
    let blob = pack.whole(BLOB, leak().as_bytes());
    let tree = pack.whole(TREE, &forge::entry("100644", "a", &blob));
    for (name, parent) in [([7; 20], [8; 20]), ([8; 20], [7; 20])] {
        let commit = forge::commit(&tree, &[parent]);
        pack.whole_as(name, COMMIT, commit.len() as u64, &commit);
    }
    pack.write(&sandbox);
    forge::tip(&sandbox, &[7; 20]);
    let said = crate::bounded(&sandbox, &HISTORY);
    assert_ne!(said.code, 0, "{}", said.all());
}
