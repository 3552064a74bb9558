//! The files of a work tree and of a plain folder.

use std::fs;

use crate::sandbox::Sandbox;

const NOTHING: [&str; 0] = [];

/// The names that a source spoke of.
fn names(said: &[String]) -> Vec<&str> {
    said.iter().map(|line| line.split(": ").next().unwrap()).collect()
}

scripted! {
    fn tracked_and_untracked_files_are_read_and_ignored_ones_are_not(sandbox) {
        sandbox.commit(".gitignore", "*.log\nbuild/\n");
        sandbox.commit("tracked.txt", "tracked\n");
        sandbox.write("untracked.txt", "untracked\n");
        sandbox.write(".hidden/file", "hidden\n");
        sandbox.write("a.log", "ignored\n");
        sandbox.write("build/out.txt", "ignored\n");
        let expected = [".gitignore", ".hidden/file", "tracked.txt", "untracked.txt"];
        assert_eq!(names(&sandbox.worktree(".")), expected);
        let everything = sandbox.ask(&sandbox.root(), &[("PROBE_PATHS", "."), ("PROBE_NO_IGNORE", "1")]);
        assert_eq!(names(&everything).len(), 6);
    }

    fn a_tracked_file_is_read_though_it_is_ignored(sandbox) {
        sandbox.commit("build/kept.txt", "kept\n");
        sandbox.commit("a.log", "kept\n");
        sandbox.commit("gone.log", "gone\n");
        fs::remove_file(sandbox.root().join("gone.log")).unwrap();
        sandbox.write(".gitignore", "*.log\nbuild/\n");
        sandbox.write("build/out.txt", "ignored\n");
        assert_eq!(names(&sandbox.worktree(".")), [".gitignore", "a.log", "build/kept.txt"]);
        assert_eq!(names(&sandbox.worktree("build")), ["build/kept.txt", "build/out.txt"]);
    }

    fn only_gits_own_rules_leave_files_out(sandbox) {
        sandbox.write(".ignore", "*.txt\n");
        sandbox.write(".rgignore", "*.txt\n");
        sandbox.write("a.txt", "one\n");
        assert_eq!(names(&sandbox.worktree(".")), [".ignore", ".rgignore", "a.txt"]);
    }

    fn rules_outside_of_the_tree_count_as_they_do_for_git(sandbox) {
        fs::write(sandbox.root().join(".git/info/exclude"), "excluded.txt\n").unwrap();
        fs::write(sandbox.path("home/rules"), "/global.txt\n*.tmp\n").unwrap();
        fs::write(sandbox.path("home/.gitconfig"), "[core]\n\texcludesFile = ~/rules\n").unwrap();
        for name in ["excluded.txt", "global.txt", "sub/global.txt", "sub/a.tmp", "kept.txt"] {
            sandbox.write(name, "x");
        }
        assert_eq!(names(&sandbox.worktree(".")), ["kept.txt", "sub/global.txt"]);
        let inside = sandbox.ask(&sandbox.root().join("sub"), &[("PROBE_PATHS", ".")]);
        assert_eq!(names(&inside), ["sub/global.txt"]);
    }

    fn what_is_read_is_what_git_would_add(sandbox) {
        let rules = "*.o\n!keep.o\n/top\nsub/**/deep\n**/any/\nlit\\*eral\n[ab].x\n# comment\n\\#file\ntrail \nnot\\ \n!sub2/\nsub2/*\n!sub2/in\n";
        sandbox.write(".gitignore", rules);
        sandbox.write("sub/.gitignore", "!a.o\n/anchored\nnested/path\n");
        for name in [
            "a.o", "keep.o", "top", "sub/top", "sub/a.o", "sub/b.o", "sub/anchored", "sub/x/anchored", "sub/x/y/deep",
            "sub/deep", "any/f", "q/any/f", "q/any.txt", "lit*eral", "literal", "a.x", "c.x", "#file", "trail", "not ",
            "sub2/in", "sub2/out", "sub/nested/path", "sub/x/nested/path", "q/keep.o", "q/r/s/t.o",
        ] {
            sandbox.write(name, "x");
        }
        let listed = sandbox.git(&["ls-files", "--cached", "--others", "--exclude-standard"]);
        let mut listed: Vec<&str> = listed.lines().collect();
        listed.sort_unstable();
        assert_eq!(names(&sandbox.worktree(".")), listed);
    }

    fn a_subfolder_is_named_from_the_root(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.commit("sub/b.txt", "two\n");
        let inside = sandbox.ask(&sandbox.root().join("sub"), &[("PROBE_PATHS", ".")]);
        assert_eq!(inside, [r#"sub/b.txt: whole "two\n""#]);
        assert_eq!(names(&sandbox.worktree("sub")), ["sub/b.txt"]);
        let above = sandbox.ask(&sandbox.root().join("sub"), &[("PROBE_PATHS", "../a.txt")]);
        assert_eq!(names(&above), ["a.txt"]);
    }

    fn a_named_file_is_read_whatever_the_rules_say(sandbox) {
        sandbox.write(".gitignore", "*.log\n");
        sandbox.write("a.log", "named\n");
        assert_eq!(sandbox.worktree("a.log"), [r#"a.log: whole "named\n""#]);
    }

    fn a_path_named_twice_is_read_once(sandbox) {
        sandbox.commit("sub/a.txt", "one\n");
        sandbox.write(".gitignore", "b.txt\n");
        sandbox.write("sub/b.txt", "two\n");
        let said = sandbox.worktree(". sub sub/b.txt ./sub/a.txt");
        assert_eq!(names(&said), [".gitignore", "sub/a.txt", "sub/b.txt"]);
    }

    fn a_path_that_is_not_there_is_an_error(sandbox) {
        sandbox.commit("a.txt", "one\n");
        assert_eq!(
            sandbox.worktree("a.txt nowhere.txt"),
            ["error: nowhere.txt does not exist. hint: check the spelling and the folder that you are in."]
        );
    }

    fn a_repository_inside_is_not_entered(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.git(&["init", "-q", "inner"]);
        sandbox.write("inner/b.txt", "two\n");
        // A `.git` that is no repository hides nothing.
        sandbox.write("fake/.git/config", "");
        sandbox.write("fake/c.txt", "three\n");
        assert_eq!(sandbox.worktree("."), [
            r#"a.txt: whole "one\n""#,
            r#"fake/c.txt: whole "three\n""#,
            "inner: skipped, submodule",
        ]);
        assert_eq!(names(&sandbox.worktree("inner")), ["b.txt"]);
    }

    fn excluded_folders_are_named_once(sandbox) {
        sandbox.commit("vendor/a.js", "one\n");
        sandbox.commit("vendor/b.js", "two\n");
        sandbox.commit("c.js", "three\n");
        let said = sandbox.ask(&sandbox.root(), &[("PROBE_PATHS", "."), ("PROBE_EXCLUDE", "vendor/")]);
        assert_eq!(said, [r#"c.js: whole "three\n""#, "vendor: skipped, excluded"]);
    }

    fn a_plain_folder_is_all_that_it_holds(sandbox) {
        let plain = sandbox.path("plain");
        fs::create_dir_all(plain.join("sub/.git")).unwrap();
        fs::write(plain.join(".gitignore"), "*\n").unwrap();
        fs::write(plain.join("sub/a.txt"), "one\n").unwrap();
        fs::write(plain.join("sub/.git/config"), "git's own\n").unwrap();
        let inside = sandbox.ask(&plain, &[("PROBE_PATHS", ".")]);
        assert_eq!(inside, [r#".gitignore: whole "*\n""#, r#"sub/a.txt: whole "one\n""#]);
        let beside = sandbox.ask(&sandbox.path("home"), &[("PROBE_PATHS", "../plain/sub ../plain/sub/a.txt")]);
        assert_eq!(names(&beside), ["../plain/sub/a.txt"]);
    }

    fn large_files_and_empty_ones_are_read_or_named(sandbox) {
        sandbox.write("empty.txt", "");
        sandbox.write("large.txt", "x".repeat(1_000_000));
        sandbox.write("larger.txt", "x".repeat(1_000_001));
        let said = sandbox.ask(&sandbox.root(), &[("PROBE_PATHS", "."), ("PROBE_MAX", "1000000")]);
        assert_eq!(said, [
            r#"empty.txt: whole """#,
            "large.txt: whole (1000000 bytes)",
            "larger.txt: skipped, too large",
        ]);
    }

    fn nothing_in_an_empty_folder_is_nothing(sandbox) {
        assert_eq!(sandbox.worktree("."), NOTHING);
    }

    #[cfg(unix)]
    fn links_are_not_followed_and_fifos_not_opened(sandbox) {
        use std::os::unix::fs::symlink;
        sandbox.commit("dir/a.txt", "one\n");
        symlink("dir", sandbox.root().join("link")).unwrap();
        symlink("/nowhere/at all", sandbox.root().join("dangling")).unwrap();
        #[expect(clippy::disallowed_methods, reason = "std makes no fifo")]
        std::process::Command::new("mkfifo").arg(sandbox.root().join("pipe")).status().unwrap();
        let said = sandbox.worktree(".");
        assert_eq!(said, [
            r#"dangling: link, whole "/nowhere/at all""#,
            r#"dir/a.txt: whole "one\n""#,
            r#"link: link, whole "dir""#,
            "pipe: skipped, special file",
        ]);
        assert_eq!(sandbox.worktree("pipe"), ["pipe: skipped, special file"]);
    }

    #[cfg(unix)]
    fn a_tracked_file_behind_a_link_is_not_there(sandbox) {
        sandbox.commit("dir/a.txt", "one\n");
        fs::rename(sandbox.root().join("dir"), sandbox.path("outside")).unwrap();
        std::os::unix::fs::symlink("../outside", sandbox.root().join("dir")).unwrap();
        assert_eq!(sandbox.worktree("."), [r#"dir: link, whole "../outside""#]);
        // Not even where a rule hides the link.
        sandbox.write(".gitignore", "dir\n");
        assert_eq!(names(&sandbox.worktree(".")), [".gitignore"]);
    }

    #[cfg(target_os = "linux")]
    fn a_file_that_cannot_be_read_fails(sandbox) {
        let said = sandbox.ask(&sandbox.root(), &[("PROBE_PATHS", "/proc/self/mem")]);
        assert!(said.len() == 1 && said[0].starts_with("/proc/self/mem: failed, It could not be read"), "{said:?}");
    }
}
