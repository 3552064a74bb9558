//! Repositories of every kind that git makes.

use std::fs;

use crate::sandbox::Sandbox;

const NOTHING: [&str; 0] = [];

/// Commits `a.txt`, stages one more line in it, and expects just that line.
fn expect_one_line(sandbox: &Sandbox) {
    sandbox.commit("a.txt", "one\n");
    sandbox.stage("a.txt", "one\ntwo\n");
    assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
}

scripted! {
    fn a_linked_worktree_has_its_own_index(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
        let linked = sandbox.path("linked");
        fs::write(linked.join("b.txt"), "linked\n").unwrap();
        sandbox.git_in(&linked, &["add", "b.txt"]);
        assert_eq!(sandbox.ask(&linked, &[]), [r#"b.txt: whole "linked\n""#]);
        assert_eq!(sandbox.staged(), NOTHING);
        let files = sandbox.ask(&linked, &[("PROBE_PATHS", ".")]);
        assert_eq!(files, [r#"a.txt: whole "one\n""#, r#"b.txt: whole "linked\n""#]);
    }

    fn a_merge_in_a_linked_worktree_is_that_worktrees(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.git(&["checkout", "-q", "-b", "theirs"]);
        sandbox.commit("b.txt", "theirs\n");
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("c.txt", "ours\n");
        sandbox.git(&["worktree", "add", "-q", "../linked", "-b", "linked"]);
        let linked = sandbox.path("linked");
        sandbox.git_in(&linked, &["merge", "-q", "--no-commit", "theirs"]);
        assert_eq!(sandbox.ask(&linked, &[]), NOTHING);
    }

    fn a_submodule_is_a_repository_of_its_own(sandbox) {
        let inner = sandbox.again(&[]);
        inner.commit("inner.txt", "inner\n");
        let from = inner.root();
        let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", from.to_str().unwrap(), "sub"];
        sandbox.git(&add);
        // Not even where the configuration says that a submodule's changes do not matter.
        sandbox.git(&["config", "submodule.sub.ignore", "all"]);
        let staged = sandbox.staged();
        assert_eq!(staged.len(), 2);
        assert_eq!(staged[1], "sub: skipped, submodule");
        let sub = sandbox.root().join("sub");
        fs::write(sub.join("new.txt"), "new\n").unwrap();
        sandbox.git_in(&sub, &["add", "new.txt"]);
        assert_eq!(sandbox.ask(&sub, &[]), [r#"new.txt: whole "new\n""#]);
        assert!(sandbox.worktree(".").contains(&"sub: skipped, submodule".to_owned()));
        let inside = sandbox.worktree("sub");
        assert_eq!(inside, [r#"inner.txt: whole "inner\n""#, r#"new.txt: whole "new\n""#]);
    }

    fn a_sparse_checkout_reads_what_is_staged(sandbox) {
        sandbox.commit("in/a.txt", "one\n");
        sandbox.commit("out/b.txt", "one\n");
        sandbox.git(&["sparse-checkout", "set", "--no-cone", "in"]);
        sandbox.stage("in/a.txt", "one\ntwo\n");
        assert_eq!(sandbox.staged(), [r#"in/a.txt: added 2:"two""#]);
        assert_eq!(sandbox.worktree("."), [r#"in/a.txt: whole "one\ntwo\n""#]);
    }

    fn an_index_of_version_four_is_read(sandbox) {
        sandbox.git(&["update-index", "--index-version", "4"]);
        expect_one_line(sandbox);
    }

    fn an_index_with_other_extensions_is_read(sandbox) {
        sandbox.git(&["config", "core.untrackedCache", "true"]);
        sandbox.git(&["config", "core.fsmonitor", "/bin/false"]);
        sandbox.git(&["update-index", "--untracked-cache"]);
        expect_one_line(sandbox);
    }

    fn a_shallow_clone_is_compared_with_its_head(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.commit("a.txt", "one\ntwo\n");
        let (url, copy) = (format!("file://{}", sandbox.root().display()), sandbox.path("copy"));
        sandbox.git(&["clone", "-q", "--depth", "1", &url, copy.to_str().unwrap()]);
        fs::write(copy.join("a.txt"), "one\ntwo\nthree\n").unwrap();
        sandbox.git_in(&copy, &["add", "a.txt"]);
        assert_eq!(sandbox.ask(&copy, &[]), [r#"a.txt: added 3:"three""#]);
    }

    fn objects_may_stand_in_another_repository(sandbox) {
        sandbox.commit("a.txt", "one\n");
        let copy = sandbox.path("copy");
        sandbox.git(&["clone", "-q", "--shared", ".", copy.to_str().unwrap()]);
        fs::write(copy.join("a.txt"), "one\ntwo\n").unwrap();
        sandbox.git_in(&copy, &["add", "a.txt"]);
        assert_eq!(sandbox.ask(&copy, &[]), [r#"a.txt: added 2:"two""#]);
    }

    fn objects_may_be_packed(sandbox) {
        sandbox.commit("a.txt", "one\ntwo\nthree\n");
        sandbox.stage("a.txt", "one\ntwo\nthree\nfour\n");
        sandbox.git(&["gc", "-q"]);
        assert_eq!(sandbox.staged(), [r#"a.txt: added 4:"four""#]);
    }

    fn git_files_may_stand_elsewhere(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.git(&["init", "-q", "--separate-git-dir", "../git-files"]);
        sandbox.stage("a.txt", "one\ntwo\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
    }

    fn gits_environment_names_the_repository(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        let (git_dir, root) = (sandbox.root().join(".git"), sandbox.root());
        let environment = [("GIT_DIR", git_dir.to_str().unwrap()), ("GIT_WORK_TREE", root.to_str().unwrap())];
        assert_eq!(sandbox.ask(&sandbox.path("home"), &environment), [r#"a.txt: added 2:"two""#]);
    }

    fn another_index_counts_when_git_says_so(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        fs::copy(sandbox.root().join(".git/index"), sandbox.path("other-index")).unwrap();
        sandbox.git(&["reset", "-q", "--hard"]);
        let index = sandbox.path("other-index");
        let environment = [("GIT_INDEX_FILE", index.to_str().unwrap())];
        assert_eq!(sandbox.ask(&sandbox.root(), &environment), [r#"a.txt: added 2:"two""#]);
        assert_eq!(sandbox.staged(), NOTHING);
    }

    fn nothing_is_ever_staged_in_a_bare_repository(sandbox) {
        let bare = sandbox.again(&["--bare"]);
        let said = bare.staged();
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("error: ") && said[0].contains("is a bare repository"), "{said:?}");
        assert!(bare.worktree(".")[0].contains("is in a bare repository, which has no work tree"));
    }

    fn a_folder_without_a_repository_is_an_error(sandbox) {
        let said = sandbox.ask(&sandbox.path("home"), &[]);
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("is not inside a git repository. hint: "), "{said:?}");
    }

    fn a_ceiling_ends_the_search_for_a_repository(sandbox) {
        sandbox.stage("sub/a.txt", "one\n");
        let root = sandbox.root();
        let said = sandbox.ask(&root.join("sub"), &[("GIT_CEILING_DIRECTORIES", root.to_str().unwrap())]);
        assert!(said[0].contains("is not inside a git repository"), "{said:?}");
    }

    fn a_repository_of_somebody_else_is_refused(sandbox) {
        expect_one_line(sandbox);
        let said = sandbox.ask(&sandbox.root(), &[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")]);
        // Libgit2 knows no way to pretend; git refuses, and libgit2 alone reads what is its own.
        assert!(said[0].contains("safe.directory") || said == [r#"a.txt: added 2:"two""#], "{said:?}");
    }
}

beyond_libgit! {
    fn a_sparse_index_is_read(sandbox) {
        sandbox.commit("in/a.txt", "one\n");
        sandbox.commit("out/deep/b.txt", "one\n");
        sandbox.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
        sandbox.stage("in/a.txt", "one\ntwo\n");
        assert!(sandbox.git(&["ls-files", "--sparse"]).contains("out/\n") || !sandbox.root().join("out").exists());
        assert_eq!(sandbox.staged(), [r#"in/a.txt: added 2:"two""#]);
        assert_eq!(sandbox.worktree("."), [r#"in/a.txt: whole "one\ntwo\n""#]);
    }

    fn a_split_index_is_read(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.git(&["update-index", "--split-index"]);
        sandbox.stage("a.txt", "one\ntwo\n");
        assert_eq!(sandbox.staged(), [r#"a.txt: added 2:"two""#]);
        assert_eq!(sandbox.worktree("."), [r#"a.txt: whole "one\ntwo\n""#]);
    }

    fn sha256_is_read(sandbox) {
        let sandbox = sandbox.again(&["--object-format=sha256"]);
        sandbox.stage("first.txt", "first\n");
        assert_eq!(sandbox.staged(), [r#"first.txt: whole "first\n""#]);
        expect_one_line(&sandbox);
    }

    fn reftable_is_read(sandbox) {
        let sandbox = sandbox.again(&["--ref-format=reftable"]);
        sandbox.stage("first.txt", "first\n");
        assert_eq!(sandbox.staged(), [r#"first.txt: whole "first\n""#]);
        expect_one_line(&sandbox);
    }

    fn a_partial_clone_fetches_nothing(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.commit("gone.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
        sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
        let (url, copy) = (format!("file://{}", sandbox.root().display()), sandbox.path("copy"));
        sandbox.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", &url, copy.to_str().unwrap()]);
        sandbox.git_in(&copy, &["read-tree", "HEAD"]);
        let git = |args: &[&str]| sandbox.git_in(&copy, args);
        let add = |path: &str, text: &str| {
            fs::write(copy.join(path), text).unwrap();
            git(&["add", path]);
        };
        // The old content was never fetched: what cannot be compared is new as a whole.
        add("a.txt", "one\ntwo\n");
        assert_eq!(sandbox.ask(&copy, &[]), [r#"a.txt: whole "one\ntwo\n""#]);
        // Git cannot tell a rename without it either.
        add("moved.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        git(&["rm", "-q", "--cached", "gone.txt"]);
        assert_eq!(sandbox.ask(&copy, &[])[1], r#"moved.txt: whole "1\n2\n3\n4\n5\n6\n7\n8\n9\n""#);
        // A staged object that is not here cannot be read.
        let missing = sandbox.git(&["rev-parse", "HEAD:a.txt"]);
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{missing},copy.txt")]);
        let said = sandbox.ask(&copy, &[]);
        assert!(said[1].starts_with("copy.txt: failed, Its object") && said[1].contains("partial clone"), "{said:?}");
    }
}

#[test]
fn libgit_alone_refuses_what_it_cannot_read() {
    for options in [&["--object-format=sha256"][..], &["--ref-format=reftable"]] {
        let sandbox = Sandbox::with("libgit", options);
        sandbox.stage("a.txt", "one\n");
        let said = sandbox.staged();
        assert!(said.len() == 1 && said[0].starts_with("error: libgit2"), "{said:?}");
    }
    let sandbox = Sandbox::new("libgit");
    sandbox.commit("a.txt", "one\n");
    sandbox.git(&["update-index", "--split-index"]);
    sandbox.stage("a.txt", "one\ntwo\n");
    let said = sandbox.staged();
    assert!(said.len() == 1 && said[0].starts_with("error: libgit2"), "{said:?}");
}
