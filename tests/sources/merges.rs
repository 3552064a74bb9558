//! Merges that wait to be committed, and the commands that look like one.

use crate::sandbox::Sandbox;

const NOTHING: [&str; 0] = [];

/// Makes a branch `theirs` that has changed `base.txt` and added `theirs.txt`, and goes back to `main`.
fn diverge(sandbox: &Sandbox) {
    sandbox.commit("base.txt", "1\n2\n3\n4\n5\n");
    sandbox.git(&["checkout", "-q", "-b", "theirs"]);
    sandbox.stage("base.txt", "1\n2\n3\n4\n5\ntheir line\n");
    sandbox.commit("theirs.txt", "their file\n");
    sandbox.git(&["checkout", "-q", "main"]);
    sandbox.commit("base.txt", "our line\n1\n2\n3\n4\n5\n");
}

scripted! {
    fn a_clean_merge_brings_nothing_that_no_parent_had(sandbox) {
        diverge(sandbox);
        sandbox.git(&["merge", "-q", "--no-commit", "theirs"]);
        assert_eq!(sandbox.staged(), ["base.txt: added"]);
    }

    fn what_a_merge_brings_of_its_own_is_new(sandbox) {
        diverge(sandbox);
        sandbox.git(&["merge", "-q", "--no-commit", "theirs"]);
        sandbox.stage("base.txt", "our line\n1\n2\nevil\n3\n4\n5\ntheir line\n");
        sandbox.stage("theirs.txt", "their file\nand more\n");
        sandbox.stage("evil.txt", "from nowhere\n");
        let expected = [
            r#"base.txt: added 4:"evil""#,
            r#"evil.txt: whole "from nowhere\n""#,
            r#"theirs.txt: added 2:"and more""#,
        ];
        assert_eq!(sandbox.staged(), expected);
    }

    fn a_hook_sees_a_merge_too(sandbox) {
        diverge(sandbox);
        sandbox.git(&["merge", "-q", "--no-commit", "theirs"]);
        sandbox.stage("evil.txt", "from nowhere\n");
        sandbox.hook();
        sandbox.git(&["commit", "-q", "-m", "merge"]);
        assert_eq!(sandbox.said(), ["base.txt: added", r#"evil.txt: whole "from nowhere\n""#]);
    }

    fn an_octopus_has_more_parents(sandbox) {
        sandbox.commit("base.txt", "base\n");
        for arm in ["one", "two", "three"] {
            sandbox.git(&["checkout", "-q", "-b", arm, "main"]);
            sandbox.commit(&format!("{arm}.txt"), arm);
        }
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("main.txt", "main\n");
        sandbox.git(&["merge", "-q", "--no-commit", "one", "two", "three"]);
        assert_eq!(sandbox.staged(), NOTHING);
        sandbox.stage("two.txt", "two\nof its own\n");
        assert_eq!(sandbox.staged(), [r#"two.txt: added 2:"of its own""#]);
    }

    fn an_unresolved_path_fails(sandbox) {
        sandbox.commit("base.txt", "base\n");
        sandbox.git(&["checkout", "-q", "-b", "theirs"]);
        sandbox.commit("base.txt", "theirs\n");
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("base.txt", "ours\n");
        sandbox.run(&sandbox.root(), &["merge", "-q", "theirs"]);
        sandbox.stage("other.txt", "other\n");
        let staged = sandbox.staged();
        assert_eq!(staged.len(), 2);
        assert!(staged[0].starts_with("base.txt: failed, Its merge conflict is not resolved"));
        sandbox.stage("base.txt", "ours\ntheirs\nboth\n");
        assert_eq!(sandbox.staged()[0], r#"base.txt: added 3:"both""#);
    }

    fn a_file_that_both_sides_renamed_and_one_edited_is_compared(sandbox) {
        sandbox.commit("old.txt", "1\n2\n3\n4\n5\n6\n7\n8\n");
        sandbox.git(&["checkout", "-q", "-b", "theirs"]);
        sandbox.git(&["mv", "old.txt", "new.txt"]);
        sandbox.git(&["commit", "-q", "-m", "rename"]);
        sandbox.git(&["checkout", "-q", "main"]);
        sandbox.commit("old.txt", "0\n1\n2\n3\n4\n5\n6\n7\n8\n");
        sandbox.git(&["merge", "-q", "--no-commit", "theirs"]);
        assert_eq!(sandbox.staged(), NOTHING);
        sandbox.stage("new.txt", "0\n1\n2\n3\n4\n5\n6\n7\n8\nown\n");
        assert_eq!(sandbox.staged(), [r#"new.txt: added 10:"own""#]);
    }

    fn a_squashed_merge_is_all_new(sandbox) {
        diverge(sandbox);
        sandbox.git(&["merge", "-q", "--squash", "theirs"]);
        let expected = [r#"base.txt: added 7:"their line""#, r#"theirs.txt: whole "their file\n""#];
        assert_eq!(sandbox.staged(), expected);
    }

    fn a_cherry_pick_is_new_to_head(sandbox) {
        diverge(sandbox);
        sandbox.git(&["cherry-pick", "--no-commit", "theirs"]);
        assert_eq!(sandbox.staged()[1], r#"theirs.txt: whole "their file\n""#);
    }
}
