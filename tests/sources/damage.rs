//! What is damaged or missing is said, and never taken for clean.

use std::fs;
use std::path::PathBuf;

use crate::sandbox::Sandbox;

/// The file of a loose object.
fn object(sandbox: &Sandbox, revision: &str) -> PathBuf {
    let name = sandbox.git(&["rev-parse", revision]);
    sandbox.root().join(".git/objects").join(&name[..2]).join(&name[2..])
}

fn truncate(path: PathBuf) {
    let content = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(path, &content[..content.len() / 2]).unwrap();
}

/// Expects a line for `a.txt` that says it failed, and that every other file was read.
fn expect_failure(sandbox: &Sandbox) {
    let said = sandbox.staged();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(
        said[0].starts_with("a.txt: failed, Its object ") && said[0].contains("git fsck"),
        "{said:?}"
    );
    assert_eq!(said[1..], [r#"b.txt: whole "new\n""#, r#"c.txt: whole "newer\n""#]);
}

fn stage_three(sandbox: &Sandbox) {
    sandbox.commit("a.txt", "one\n".repeat(100));
    sandbox.stage("a.txt", "two\n".repeat(100));
    sandbox.stage("b.txt", "new\n");
    sandbox.stage("c.txt", "newer\n");
}

scripted! {
    fn a_missing_staged_object_fails(sandbox) {
        stage_three(sandbox);
        fs::remove_file(object(sandbox, ":a.txt")).unwrap();
        expect_failure(sandbox);
    }

    fn a_staged_object_with_other_content_fails(sandbox) {
        stage_three(sandbox);
        let (wrong, other) = (object(sandbox, ":a.txt"), object(sandbox, ":b.txt"));
        fs::remove_file(&wrong).unwrap();
        fs::copy(other, wrong).unwrap();
        expect_failure(sandbox);
    }

    fn a_missing_old_object_makes_the_change_new_as_a_whole(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        fs::remove_file(object(sandbox, "HEAD:a.txt")).unwrap();
        assert_eq!(sandbox.staged(), [r#"a.txt: whole "one\ntwo\n""#]);
    }

    fn a_damaged_index_is_an_error(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        let index = sandbox.root().join(".git/index");
        let whole = fs::read(&index).unwrap();
        fs::write(&index, [b"XXXX", &whole[4..]].concat()).unwrap();
        for said in [sandbox.staged(), sandbox.worktree(".")] {
            let last = said.last().unwrap();
            assert!(last.starts_with("error: ") && last.contains(" hint: "), "{said:?}");
        }
        // Git reads on behind the end of this one and makes up an entry without a name.
        fs::write(&index, &whole[..40]).unwrap();
        let said = sandbox.staged();
        assert!(said.len() == 1 && said[0].starts_with("error: "), "{said:?}");
    }

    fn a_head_without_its_commit_is_an_error(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        fs::remove_file(object(sandbox, "HEAD")).unwrap();
        let said = sandbox.staged();
        assert!(said.len() == 1 && said[0].starts_with("error: "), "{said:?}");
    }

    fn a_merge_without_a_readable_parent_is_an_error(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        let head = sandbox.root().join(".git/MERGE_HEAD");
        for text in ["nonsense\n", "0123456789012345678901234567890123456789\n"] {
            fs::write(&head, text).unwrap();
            let said = sandbox.staged();
            assert!(said.len() == 1 && said[0].starts_with("error: "), "{said:?}");
        }
    }

    fn an_index_that_is_not_there_hides_nothing(sandbox) {
        sandbox.commit("a.txt", "one\n");
        let said = sandbox.ask(&sandbox.root(), &[("GIT_INDEX_FILE", "/nowhere/index")]);
        // Git takes it for an empty one: the commit would record a deletion.
        assert!(said.is_empty() || said[0].starts_with("error: "), "{said:?}");
    }
}

// Libgit2 1.9 never ends on half an object.
beyond_libgit! {
    fn a_truncated_staged_object_fails(sandbox) {
        stage_three(sandbox);
        truncate(object(sandbox, ":a.txt"));
        expect_failure(sandbox);
    }

    fn a_truncated_old_object_makes_the_change_new_as_a_whole(sandbox) {
        sandbox.commit("a.txt", "one\n");
        sandbox.stage("a.txt", "one\ntwo\n");
        truncate(object(sandbox, "HEAD:a.txt"));
        assert_eq!(sandbox.staged(), [r#"a.txt: whole "one\ntwo\n""#]);
    }
}
