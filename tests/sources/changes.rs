//! What a user can do to files before a commit, and what of it is new.

use crate::sandbox::Sandbox;

const NOTHING: [&str; 0] = [];

scripted! {
    fn the_first_commit_is_all_new(sandbox) {
        sandbox.stage("a.txt", "one\n");
        sandbox.stage("sub/b.txt", "two\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: whole "one\n""#, r#"sub/b.txt: whole "two\n""#]);
    }

    fn nothing_is_staged_in_an_empty_repository(sandbox) {
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn only_added_lines_of_an_edit_are_new(sandbox) {
        sandbox.commit("a.txt", "one\ntwo\nthree\n");
        sandbox.stage("a.txt", "zero\none\nthree\nfour\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 1:"zero" 4:"four""#]);
    }

    fn the_index_counts_and_not_the_work_tree(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\nstaged\n");
        sandbox.write("a.txt", "one\nonly on disk\n");
        sandbox.write("untracked.txt", "on disk\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"staged""#]);
    }

    fn removed_lines_and_removed_files_add_nothing(sandbox) {
        sandbox.commit("a.txt", "one\ntwo\n");
        sandbox.commit("b.txt", "one\n");
        sandbox.stage("a.txt", "two\n");
        sandbox.git(&["rm", "-q", "b.txt"]);
        assert_eq!(sandbox.staged(), ["a.txt: added"]);
        sandbox.git(&["rm", "-q", "-f", "a.txt"]);
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn a_line_after_an_unended_last_line_is_the_only_new_one(sandbox) {
        sandbox.commit("a.txt", "one");
        sandbox.stage("a.txt", "one\ntwo");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
    }

    fn a_pure_rename_adds_nothing(sandbox) {
        sandbox.commit("a.txt", "one\ntwo\nthree\n");
        sandbox.git(&["mv", "a.txt", "b.txt"]);
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn a_rename_with_edits_adds_the_edits_and_the_path(sandbox) {
        sandbox.commit("a.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
        sandbox.git(&["mv", "a.txt", "sub"]);
        sandbox.stage("sub", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
        assert_eq!(sandbox.staged(), [r#"sub: new path, added 9:"nine""#]);
    }

    fn a_copy_is_new_content(sandbox) {
        sandbox.commit("a.txt", "1\n2\n3\n");
        sandbox.stage("b.txt", "1\n2\n3\n");
        sandbox.stage("a.txt", "1\n2\n3\n4\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 4:"4""#, r#"b.txt: whole "1\n2\n3\n""#]);
    }

    fn a_new_mode_adds_nothing(sandbox) {
        sandbox.commit("a.sh", "echo\n");
        sandbox.git(&["update-index", "--chmod=+x", "a.sh"]);
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn intent_to_add_is_not_part_of_the_commit(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.write("later.txt", "later\n");
        sandbox.git(&["add", "-N", "later.txt"]);
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn amending_is_judged_against_head(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.commit("a.txt", "one\ntwo\n");
        sandbox.stage("a.txt", "one\ntwo\nthree\n");
        sandbox.hook();
        sandbox.git(&["commit", "-q", "--amend", "--no-edit"]);
        assert_eq!(sandbox.said(), [r#"a.txt: added 3:"three""#]);
    }

    fn commit_all_records_what_is_on_disk(sandbox) {
        sandbox.commit("sub/a.txt", "one\n");
        sandbox.write("sub/a.txt", "one\ntwo\n");
        sandbox.hook();
        assert_eq!(sandbox.staged(), NOTHING);
        sandbox.git_in(&sandbox.root().join("sub"), &["commit", "-q", "-a", "-m", "all"]);
        assert_eq!(sandbox.said(), [r#"sub/a.txt: added 2:"two""#]);
    }

    fn commit_of_a_path_records_only_that_path(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.commit("b.txt", "one\n");
        sandbox.stage("b.txt", "one\nstaged for later\n");
        sandbox.write("a.txt", "one\nnow\n");
        sandbox.hook();
        sandbox.git(&["commit", "-q", "-m", "only a", "--", "a.txt"]);
        assert_eq!(sandbox.said(), [r#"a.txt: added 2:"now""#]);
        assert_eq!(sandbox.staged(), [r#"b.txt: added 2:"staged for later""#]);
    }

    fn paths_count_from_the_root_wherever_the_user_is(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        sandbox.stage("deep/er/b.txt", "new\n");
        let expected = [r#"a.txt: added 2:"two""#, r#"deep/er/b.txt: whole "new\n""#];
        assert_eq!(sandbox.ask(&sandbox.root().join("deep/er"), &[]), expected);
    }

    fn many_changes_are_read_by_many_threads(sandbox) {
        for number in 0..40 {
            sandbox.write(format!("{number:02}.txt"), format!("file {number}\n"));
        }
        sandbox.git(&["add", "."]);
        let staged = sandbox.staged();
        assert_eq!(staged.len(), 40);
        assert_eq!(staged[39], r#"39.txt: whole "file 39\n""#);
    }

    fn excluded_and_large_files_are_named(sandbox) {
        sandbox.stage("vendor/a.js", "vendored\n");
        sandbox.stage("large.txt", "more than ten bytes\n");
        sandbox.stage("small.txt", "few\n");
        let limits = [("PROBE_EXCLUDE", "vendor/"), ("PROBE_MAX", "10")];
        let expected = [
            "large.txt: skipped, too large",
            r#"small.txt: whole "few\n""#,
            "vendor/a.js: skipped, excluded",
        ];
        assert_eq!(sandbox.ask(&sandbox.root(), &limits), expected);
    }

    fn a_change_to_a_file_too_large_before_is_read_whole(sandbox) {
        sandbox.commit("a.txt", "more than ten bytes\n");
        sandbox.stage("a.txt", "few\n");
        assert_eq!(sandbox.ask(&sandbox.root(), &[("PROBE_MAX", "10")]), [r#"a.txt: whole "few\n""#]);
    }

    #[cfg(unix)]
    fn a_link_is_the_text_of_its_target(sandbox) {
        std::os::unix::fs::symlink("some/where", sandbox.root().join("link")).unwrap();
        sandbox.git(&["add", "link"]);
        assert_eq!(sandbox.staged(), [r#"link: link, whole "some/where""#]);
    }

    #[cfg(unix)]
    fn a_file_that_becomes_a_link_is_new_and_so_is_the_reverse(sandbox) {
        std::os::unix::fs::symlink("one", sandbox.root().join("link")).unwrap();
        sandbox.git(&["add", "link"]);
        sandbox.commit("file", "two");
        std::fs::remove_file(sandbox.root().join("link")).unwrap();
        std::fs::remove_file(sandbox.root().join("file")).unwrap();
        std::os::unix::fs::symlink("three", sandbox.root().join("file")).unwrap();
        sandbox.stage("link", "four");
        sandbox.git(&["add", "file"]);
        assert_eq!(sandbox.staged(), [r#"file: link, whole "three""#, r#"link: whole "four""#]);
    }

    #[cfg(unix)]
    fn odd_names_are_just_names(sandbox) {
        use std::os::unix::ffi::OsStrExt;
        let names: [&[u8]; 7] = [
            b" space ",
            b"\"quoted\"",
            b"-dash",
            b"back\\slash\ttab",
            b"line\nend",
            "schl\u{fc}ssel".as_bytes(),
            b"\xff\xfe",
        ];
        for name in names {
            sandbox.write(std::ffi::OsStr::from_bytes(name), "x");
        }
        sandbox.git(&["add", "."]);
        let expected = [
            r#" space : whole "x""#,
            r#"-dash: whole "x""#,
            r#"\"quoted\": whole "x""#,
            r#"\xff\xfe: whole "x""#,
            r#"back\\slash\ttab: whole "x""#,
            r#"line\nend: whole "x""#,
            r#"schl\xc3\xbcssel: whole "x""#,
        ];
        assert_eq!(sandbox.staged(), expected);
        assert_eq!(sandbox.worktree("."), expected);
    }

    fn text_in_any_state_is_read_as_text(sandbox) {
        let wide: Vec<u8> = "one\r\ntwo\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let more: Vec<u8> = "one\r\n2\r\ntwo\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        sandbox.commit("wide.ps1", &wide);
        sandbox.commit("nul.txt", b"a=1\0b=2 and so on\n".repeat(3));
        sandbox.stage("wide.ps1", &more);
        sandbox.stage("nul.txt", [b"a=1\0b=2 and so on\n".repeat(3), b"c=\x003\n".to_vec()].concat());
        sandbox.stage("dos.txt", "one\r\ntwo\r\n");
        let expected = [
            r#"dos.txt: whole "one\r\ntwo\r\n""#,
            r#"nul.txt: added 4:"c=\x003""#,
            r#"wide.ps1: added 2:"2""#,
        ];
        assert_eq!(sandbox.staged(), expected);
    }

    fn compressed_content_is_skipped_and_named(sandbox) {
        let picture = [b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR".as_slice(), &[0, 1, 2, 3, 4, 5, 6, 200].repeat(99)].concat();
        sandbox.stage("logo.png", picture);
        assert_eq!(sandbox.staged(), ["logo.png: skipped, binary"]);
    }

    fn one_endless_line_is_read(sandbox) {
        let mut line = b"word ".repeat(10_000_000);
        sandbox.commit("min.js", &line);
        line.extend_from_slice(b"\nsecond\n");
        sandbox.stage("min.js", &line);
        assert_eq!(sandbox.staged(), [r#"min.js: added 2:"second""#]);
    }
}
