//! What is staged and what is tracked, as git's plumbing lists it.
//!
//! Git compares a tree with the index by the index's own cache of trees, which libgit2 does not use: in a large
//! repository that is the difference between a few milliseconds and a tenth of a second. It also reads every index
//! that there is (split, sparse, version 4).

use std::ffi::OsString;
use std::path::PathBuf;

use bstr::ByteSlice;

use crate::git::change::Difference;
use crate::git::{Git, GitError, Oid, raw};

/// Where a repository's folders are.
pub(super) struct Place {
    pub(super) root: Option<PathBuf>,
    pub(super) git_dir: PathBuf,
}

/// Asks git where its folders are, in one process.
pub(super) fn place(git: &Git) -> Result<Place, GitError> {
    // Paths may hold line ends; the name of the hash stands between the two, so that they can be told apart.
    let common = [
        "rev-parse",
        "--is-bare-repository",
        "--absolute-git-dir",
        "--show-object-format",
    ];
    let whole = git.output(&[&common[..], &["--show-toplevel"]].concat());
    let bare = || git.output(&common).and_then(|output| folders(&output));
    match whole {
        Ok(output) => folders(&output),
        Err(GitError::Failed { message, .. }) if message.contains("must be run in a work tree") => bare(),
        Err(GitError::Failed { message, .. }) if message.starts_with("not a git repository (or any") => {
            Err(GitError::NoRepository(git.folder().display().to_string()))
        }
        Err(error) => Err(error),
    }
}

fn folders(output: &[u8]) -> Result<Place, GitError> {
    let read = || {
        let (_, rest) = output.split_once_str("\n")?;
        let (git_dir, root) = rest
            .split_once_str("\nsha1\n")
            .or_else(|| rest.split_once_str("\nsha256\n"))?;
        let root = root.strip_suffix(b"\n");
        Some(Place {
            root: root.map(|root| root.to_path_lossy().into_owned()),
            git_dir: git_dir.to_path_lossy().into_owned(),
        })
    };
    read().ok_or_else(|| GitError::Unexpected {
        command: "rev-parse".to_owned(),
        message: output.to_str_lossy().into_owned(),
    })
}

/// Asks git for `core.excludesFile`.
pub(super) fn excludes_file(git: &Git) -> Option<PathBuf> {
    let output = git
        .output(&["config", "--type=path", "-z", "--get", "core.excludesFile"])
        .ok()?;
    let path = output.strip_suffix(b"\0")?;
    Some(path.to_path_lossy().into_owned())
}

/// Lists what differs between a parent, HEAD when none is named, and the index; before the first commit all of it does.
pub(super) fn against(git: &Git, parent: Option<&Oid>) -> Result<Vec<Difference>, GitError> {
    match parent {
        Some(parent) => differences(git, parent.as_str()),
        None => differences(git, "HEAD").or_else(|error| match error {
            GitError::Failed { .. } if is_unborn(git) => differences(git, empty_tree(git)?.as_str()),
            error => Err(error),
        }),
    }
}

fn differences(git: &Git, tree: &str) -> Result<Vec<Difference>, GitError> {
    let renames = diff_index(git, "-M", tree);
    // To find renames git may read old blobs, which a partial clone may lack; without them a rename is a new file.
    match renames {
        Err(GitError::Failed { .. }) => diff_index(git, "--no-renames", tree).or(renames),
        answer => answer,
    }
}

fn diff_index(git: &Git, renames: &str, tree: &str) -> Result<Vec<Difference>, GitError> {
    let output = git.output(&[
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        renames,
        // Said here so that no configuration says otherwise.
        "-l1000",
        "--ignore-submodules=none",
        // What `git add -N` noted is not part of the commit.
        "--ita-invisible-in-index",
        tree,
        "--",
    ])?;
    raw::parse(&output)
}

fn is_unborn(git: &Git) -> bool {
    git.output(&["rev-parse", "--quiet", "--verify", "HEAD"]).is_err()
}

/// Returns the name of the empty tree in this repository's hash.
fn empty_tree(git: &Git) -> Result<Oid, GitError> {
    let output = git.output(&["hash-object", "-t", "tree", "--stdin"])?;
    Oid::parse(output.trim()).ok_or_else(|| GitError::Unexpected {
        command: "hash-object".to_owned(),
        message: output.to_str_lossy().into_owned(),
    })
}

/// Lists the tracked paths that are, or stand under, one of `prefixes`, each ended by a NUL.
pub(super) fn tracked(git: &Git, prefixes: &[&[u8]]) -> Result<Vec<u8>, GitError> {
    let mut args: Vec<OsString> = ["ls-files", "--cached", "--full-name", "-z", "--"]
        .map(Into::into)
        .into();
    for prefix in prefixes {
        let magic = [b":(top,literal)", *prefix].concat();
        args.push(magic.to_os_str_lossy().into_owned());
    }
    git.output(&args)
}
