//! Trees that git would not write: names that lead out, twice the same name, no order, no end.

use crate::forge::{self, BLOB, COMMIT, TREE};
use crate::sandbox::Sandbox;
use crate::{bounded, found, incomplete, leak};

const HISTORY: [&str; 2] = ["scan", "--history"];

/// A repository whose one commit has this tree.
fn with_tree(sandbox: &Sandbox, tree: &[u8]) {
    let tree = forge::loose(sandbox, TREE, tree);
    let commit = forge::loose(sandbox, COMMIT, &forge::commit(&tree, &[]));
    forge::tip(sandbox, &commit);
}

/// What is found by a file of that name with a finding.
fn named(name: &str) -> Vec<String> {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    with_tree(&sandbox, &forge::entry("100644", name, &blob));
    found(&sandbox, &HISTORY)
}

#[test]
fn a_name_that_leads_out_is_only_a_name() {
    for name in [
        "..",
        ".git",
        ".",
        "../../etc/passwd",
        "/etc/passwd",
        "a/b",
        "a//b",
        ".git/config",
        "-a",
        "a\nb",
    ] {
        assert_eq!(named(name), [name], "{name:?}");
    }
}

#[test]
fn a_folder_whose_name_leads_out_is_only_a_folder() {
    for name in ["..", ".git", "a/b"] {
        let sandbox = Sandbox::new();
        let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
        let inner = forge::loose(&sandbox, TREE, &forge::entry("100644", "a", &blob));
        with_tree(&sandbox, &forge::entry("40000", name, &inner));
        assert_eq!(found(&sandbox, &HISTORY), [format!("{name}/a")]);
    }
}

#[test]
fn the_second_of_two_entries_of_one_name_is_read_too() {
    let sandbox = Sandbox::new();
    let (plain, blob) = (
        forge::loose(&sandbox, BLOB, b"nothing\n"),
        forge::loose(&sandbox, BLOB, leak().as_bytes()),
    );
    let twice = |first, second| [forge::entry("100644", "a", first), forge::entry("100644", "a", second)].concat();
    for tree in [twice(&plain, &blob), twice(&blob, &plain)] {
        with_tree(&sandbox, &tree);
        assert_eq!(found(&sandbox, &HISTORY), ["a"]);
    }
}

#[test]
fn entries_without_order_are_read() {
    let sandbox = Sandbox::new();
    let (plain, blob) = (
        forge::loose(&sandbox, BLOB, b"nothing\n"),
        forge::loose(&sandbox, BLOB, leak().as_bytes()),
    );
    let names = [("z", plain), ("b", blob), ("m", plain), ("a", plain), ("c", blob)];
    let entries: Vec<u8> = names
        .iter()
        .flat_map(|(name, blob)| forge::entry("100644", name, blob))
        .collect();
    with_tree(&sandbox, &entries);
    assert_eq!(found(&sandbox, &HISTORY), ["b", "c"]);
}

#[test]
fn a_gate_reads_what_stands_under_a_forged_name() {
    for name in ["..", ".git", "a/b"] {
        let sandbox = Sandbox::new();
        sandbox.commit("a.txt", "a\n");
        let before = sandbox.git(&["rev-parse", "HEAD"]).out.trim().to_owned();
        let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
        with_tree(&sandbox, &forge::entry("100644", name, &blob));
        let said = bounded(&sandbox, &["guard", "ci", "--base", &before]);
        assert!(said.code == 1 && said.all().contains(name), "{name}: {}", said.all());
    }
}

#[test]
fn a_mode_that_nobody_knows_is_said() {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    for mode in ["0", "170000", "777777777777", "", "1006449", "-100644"] {
        with_tree(&sandbox, &forge::entry(mode, "a", &blob));
        incomplete(&sandbox, &HISTORY);
    }
}

#[test]
fn a_tree_cut_short_is_said() {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, b"nothing\n");
    let whole = forge::entry("100644", "a", &blob);
    for end in 1..whole.len() {
        with_tree(&sandbox, &whole[..end]);
        incomplete(&sandbox, &HISTORY);
    }
}

#[test]
fn a_submodule_is_passed_over_and_said_wherever_it_leads() {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    // The commit of a submodule stands elsewhere; here it is the name of a blob.
    with_tree(&sandbox, &forge::entry("160000", "sub", &blob));
    let said = bounded(&sandbox, &[&HISTORY[..], &["--format", "json"]].concat());
    assert!(said.out.contains("\"submodule\""), "{}", said.all());
    with_tree(
        &sandbox,
        &[forge::entry("100644", "a", &blob), forge::entry("160000", "sub", &blob)].concat(),
    );
    assert_eq!(found(&sandbox, &HISTORY), ["a"]);
}

#[test]
fn a_path_of_four_thousand_bytes_is_read() {
    let name = "x".repeat(4_000);
    assert_eq!(named(&name), [name]);
}

#[test]
fn folders_three_thousand_deep_are_read() {
    let sandbox = Sandbox::new();
    let blob = forge::loose(&sandbox, BLOB, leak().as_bytes());
    let mut tree = forge::entry("100644", "a", &blob);
    for _ in 0..3_000 {
        let below = forge::loose(&sandbox, TREE, &tree);
        tree = forge::entry("40000", "d", &below);
    }
    with_tree(&sandbox, &tree);
    let said = bounded(&sandbox, &HISTORY);
    assert_eq!(said.code, 1, "{}", said.all());
}

#[test]
fn a_hundred_thousand_files_in_one_folder_are_read() {
    let sandbox = Sandbox::new();
    let (plain, blob) = (
        forge::loose(&sandbox, BLOB, b"nothing\n"),
        forge::loose(&sandbox, BLOB, leak().as_bytes()),
    );
    let entry = |number: u32| {
        forge::entry(
            "100644",
            &format!("{number:06}"),
            if number == 77_777 { &blob } else { &plain },
        )
    };
    with_tree(&sandbox, &(0..100_000).flat_map(entry).collect::<Vec<u8>>());
    assert_eq!(found(&sandbox, &HISTORY), ["077777"]);
}
