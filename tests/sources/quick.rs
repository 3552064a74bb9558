//! The fast way to what is staged says what git says, or nothing.
//!
//! Random commits and stagings go through the real git. `PROPTEST_CASES` says how many; each is a few processes.

use std::cell::Cell;
use std::fs;

use keyfence::git::{Change, Repo, Ways};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::sandbox::Sandbox;

/// Paths that stand beside, in and before one another in every order that git knows.
const PATHS: [&str; 16] = [
    "a",
    "a.b",
    "a/b",
    "a/c/d",
    "a/c/e",
    "a0",
    "b/b",
    "b/c",
    "b-c",
    "c",
    "c/c/c/c",
    "c/c/c/d",
    "long/way/down",
    "long/way/up",
    "z",
    "z/z",
];

const MODES: [&str; 4] = ["100644", "100755", "120000", "160000"];

#[derive(Debug, Clone)]
enum Step {
    /// Stages a content at a path, with a mode.
    Put(usize, usize, usize),
    Drop(usize),
    /// Makes the cache of trees whole.
    WriteTree,
    /// Makes the index HEAD's.
    ReadTree,
    Commit,
    Version(usize),
    Split,
    SkipWorktree(usize),
    Unmerge(usize),
    Intend,
    Detach,
    PackRefs,
    Repack,
    Merge,
    NoCache,
}

fn step() -> impl Strategy<Value = Step> {
    let path = 0..PATHS.len();
    prop_oneof![
        12 => (path.clone(), 0..8_usize, 0..MODES.len()).prop_map(|(path, content, mode)| Step::Put(path, content, mode)),
        3 => path.clone().prop_map(Step::Drop),
        2 => Just(Step::WriteTree),
        2 => Just(Step::ReadTree),
        3 => Just(Step::Commit),
        2 => (2..5_usize).prop_map(Step::Version),
        1 => Just(Step::Split),
        1 => path.clone().prop_map(Step::SkipWorktree),
        1 => path.prop_map(Step::Unmerge),
        1 => Just(Step::Intend),
        1 => Just(Step::Detach),
        1 => Just(Step::PackRefs),
        1 => Just(Step::Repack),
        1 => Just(Step::Merge),
        1 => Just(Step::NoCache),
    ]
}

/// A repository to which steps are done, one case after the other.
struct Ground {
    sandbox: Sandbox,
    contents: Vec<String>,
}

impl Ground {
    fn new() -> Self {
        let sandbox = Sandbox::new("any");
        sandbox.git(&["config", "core.splitIndex", "false"]);
        let contents = (0..8).map(|number: usize| {
            sandbox.write("content", number.to_string().repeat(100 * number));
            sandbox.git(&["hash-object", "-w", "content"])
        });
        let contents = contents.collect();
        sandbox.write("intended", "later");
        Self { sandbox, contents }
    }

    fn git(&self, args: &[&str]) -> String {
        self.sandbox.git(args)
    }

    /// Git refuses some steps in some states, as a user would find.
    fn try_git(&self, args: &[&str]) {
        self.sandbox.run(&self.sandbox.root(), args);
    }

    /// Begins with an index of these paths, committed.
    fn begin(&self, paths: &[(usize, usize, usize)]) {
        let state = self.sandbox.root().join(".git");
        for file in ["index", "MERGE_HEAD"] {
            let _ = fs::remove_file(state.join(file));
        }
        self.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
        self.put(paths);
        self.commit();
    }

    fn put(&self, paths: &[(usize, usize, usize)]) {
        let mut args = vec!["update-index".to_owned(), "--add".to_owned(), "--replace".to_owned()];
        for &(path, content, mode) in paths {
            args.push("--cacheinfo".to_owned());
            args.push(format!("{},{},{}", MODES[mode], self.contents[content], PATHS[path]));
        }
        self.sandbox.git(&args);
    }

    fn commit(&self) {
        let written = self.sandbox.run(&self.sandbox.root(), &["write-tree"]);
        let tree = String::from_utf8(written.stdout).unwrap();
        if !tree.is_empty() {
            let commit = self.git(&["commit-tree", "-m", "one", tree.trim()]);
            self.git(&["update-ref", "HEAD", &commit]);
        }
    }

    fn take(&self, step: &Step) {
        match *step {
            Step::Put(path, content, mode) => self.put(&[(path, content, mode)]),
            Step::Drop(path) => self.try_git(&["update-index", "--force-remove", PATHS[path]]),
            Step::WriteTree => self.try_git(&["write-tree"]),
            Step::ReadTree => self.try_git(&["read-tree", "HEAD"]),
            Step::Commit => self.commit(),
            Step::Version(version) => self.try_git(&["update-index", "--index-version", &version.to_string()]),
            Step::Split => self.try_git(&["update-index", "--split-index"]),
            Step::SkipWorktree(path) => self.try_git(&["update-index", "--skip-worktree", PATHS[path]]),
            Step::Unmerge(path) => {
                let entry = format!(r"100644 {} 1\t{}\n", self.contents[1], PATHS[path]);
                let unmerge = format!("alias.unmerge=!printf '{entry}' | git update-index --index-info");
                self.try_git(&["-c", &unmerge, "unmerge"]);
            }
            Step::Intend => self.try_git(&["add", "-N", "intended"]),
            Step::Detach => self.try_git(&["update-ref", "--no-deref", "HEAD", "HEAD"]),
            Step::PackRefs => self.try_git(&["pack-refs", "--all"]),
            Step::Repack => self.try_git(&["repack", "-q", "-a", "-d", "-f"]),
            Step::Merge => {
                let head = self.git(&["rev-parse", "HEAD"]);
                fs::write(self.sandbox.root().join(".git/MERGE_HEAD"), head + "\n").unwrap();
            }
            Step::NoCache => self.try_git(&["read-tree", "--empty"]),
        }
    }

    /// Returns what is staged by the fast way, if it says anything, and what git says.
    fn staged(&self) -> (Option<Vec<Change>>, Vec<Change>) {
        let root = self.sandbox.root();
        let fast = Repo::discover_by(&root, Ways::Any).unwrap();
        let plain = Repo::discover_by(&root, Ways::Plumbing).unwrap();
        let expected = plain.staged().unwrap();
        assert_eq!(fast.staged().unwrap(), expected);
        let is_merging = root.join(".git/MERGE_HEAD").exists();
        (fast.staged_quickly().filter(|_| !is_merging), expected)
    }
}

#[test]
fn the_fast_way_says_what_git_says() {
    let ground = Ground::new();
    let (cases, answered, changed) = (Cell::new(0_u32), Cell::new(0_u32), Cell::new(0_u32));
    let place = (0..PATHS.len(), 0..8_usize, 0..MODES.len());
    let case = (prop::collection::vec(place, 1..12), prop::collection::vec(step(), 1..6));
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let result = TestRunner::new(config).run(&case, |(paths, steps)| {
        ground.begin(&paths);
        steps.iter().for_each(|step| ground.take(step));
        let (quick, expected) = ground.staged();
        cases.set(cases.get() + 1);
        if let Some(quick) = quick {
            answered.set(answered.get() + 1);
            changed.set(changed.get() + u32::from(!expected.is_empty()));
            prop_assert_eq!(quick, expected);
        }
        Ok(())
    });
    result.unwrap();
    // A way that always refuses would be right too, and of no use.
    assert!(answered.get() * 3 > cases.get(), "{answered:?} of {cases:?}");
    assert!(changed.get() * 6 > cases.get(), "{changed:?} of {cases:?}");
}

#[test]
fn a_plain_commit_is_listed_without_git() {
    let sandbox = Sandbox::new("any");
    sandbox.commit("folder/a.txt", "one\n");
    sandbox.commit("b.txt", "one\n");
    sandbox.stage("folder/a.txt", "two\n");
    sandbox.stage("folder/new.txt", "new\n");
    let repo = Repo::discover_by(sandbox.root(), Ways::Any).unwrap();
    let paths: Vec<_> = repo
        .staged_quickly()
        .unwrap()
        .into_iter()
        .map(|change| change.path)
        .collect();
    assert_eq!(paths, ["folder/a.txt", "folder/new.txt"]);
    sandbox.git(&["rm", "-q", "--cached", "b.txt"]);
    assert_eq!(repo.staged_quickly(), None, "there may be a rename");
}

beyond_libgit! {
    fn an_index_is_named_from_the_root_as_git_names_it(sandbox) {
        sandbox.commit("sub/a.txt", "one\n");
        sandbox.stage("sub/a.txt", "one\ntwo\n");
        let state = sandbox.root().join(".git");
        fs::copy(state.join("index"), state.join("other")).unwrap();
        sandbox.git(&["reset", "-q"]);
        let other = [("GIT_INDEX_FILE", ".git/other")];
        for folder in [sandbox.root(), sandbox.root().join("sub")] {
            assert_eq!(sandbox.ask(&folder, &other), [r#"sub/a.txt: added 2:"two""#]);
            assert!(sandbox.ask(&folder, &[]).is_empty());
        }
    }
}
