//! Which commit HEAD is, where that stands in plain files.
//!
//! A branch that is not born yet, a symbolic branch or refs in another store are git's to resolve.

use std::io;
use std::path::{Component, Path};

use bstr::ByteSlice;

use crate::git::Name;
use crate::git::index::Refusal;
use crate::git::layout::Layout;
use crate::git::special;

/// Returns the commit that HEAD names.
pub(super) fn commit(layout: &Layout) -> Result<Name, Refusal> {
    let head = special::read(&layout.git_dir.join("HEAD")).map_err(|_| Refusal("HEAD cannot be read"))?;
    match head.strip_prefix(b"ref:") {
        None => named(&head),
        Some(branch) => tip(&layout.common_dir, branch.trim()),
    }
}

/// Returns the commit of a branch; a file of its own stands above the list.
fn tip(common_dir: &Path, branch: &[u8]) -> Result<Name, Refusal> {
    let path = branch.to_path().ok().filter(|path| is_branch(path));
    let path = path.ok_or(Refusal("HEAD is no plain branch"))?;
    match special::read(&common_dir.join(path)) {
        Ok(text) => named(&text),
        Err(error) if is_no_file(&error) => {
            let list =
                special::read(&common_dir.join("packed-refs")).map_err(|_| Refusal("HEAD names no commit yet"))?;
            listed(&list, branch).ok_or(Refusal("HEAD names no commit yet"))
        }
        Err(_) => Err(Refusal("HEAD's branch cannot be read")),
    }
}

fn named(text: &[u8]) -> Result<Name, Refusal> {
    Name::parse(text.trim_end()).ok_or(Refusal("HEAD is no plain name of a commit"))
}

/// Finds `<name> <branch>` in the list of packed refs.
fn listed(list: &[u8], branch: &[u8]) -> Option<Name> {
    let wanted = [b" ", branch, b"\n"].concat();
    list.find_iter(&wanted).find_map(|at| {
        let start = list[..at].rfind_byte(b'\n').map_or(0, |end| end + 1);
        Name::parse(&list[start..at])
    })
}

fn is_branch(path: &Path) -> bool {
    path.starts_with("refs/heads") && path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// A folder may stand where a branch was packed away.
fn is_no_file(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_branch_is_found_by_its_whole_name() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let list = format!("# pack-refs with: peeled\n{one} refs/heads/main-old\n{two} refs/heads/main\n^{one}\n");
        let found = |branch: &str| listed(list.as_bytes(), branch.as_bytes()).map(|name| name.to_string());
        assert_eq!(found("refs/heads/main"), Some(two));
        assert_eq!(found("refs/heads/main-old"), Some(one));
        assert_eq!(found("refs/heads/old"), None);
    }

    #[test]
    fn only_what_stands_among_the_branches_is_one() {
        assert!(is_branch(Path::new("refs/heads/a/b")));
        for other in ["refs/heads/../../config", "/refs/heads/a", "refs/tags/a", "HEAD"] {
            assert!(!is_branch(Path::new(other)), "{other}");
        }
    }
}
