//! What the next commit would record, path by path.
//!
//! A commit may have several parents. Only what differs from every one of them is new, so a change carries what each
//! parent had; judging the contents is the business of whoever reads them.

use std::collections::HashMap;

use bstr::BString;

use crate::git::Oid;

/// What an entry of a tree or of the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file, executable or not.
    File,
    /// A symbolic link: its content is the text of its target.
    Symlink,
    /// A submodule: a commit of another repository.
    Submodule,
}

/// An entry of a tree or of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its object.
    pub oid: Oid,
}

/// What the index holds for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Now {
    /// An entry, ready to be committed.
    Entry(Entry),
    /// Several versions of an unresolved merge: git refuses to commit that.
    Unmerged,
}

/// What one parent of the next commit has for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Nothing: the path and its content are new to it.
    Nothing,
    /// An entry at the same path.
    Same(Entry),
    /// An entry at another path, from which git derives this one: a rename.
    Renamed(Entry),
}

/// A path whose entry in the index differs from every parent's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path, from the root of the repository, with `/` between its parts.
    pub path: BString,
    /// What the index holds.
    pub now: Now,
    /// What each parent has; at least one.
    pub before: Vec<Before>,
}

/// A path that differs between one tree and the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) path: BString,
    /// `None` where the index has dropped the path.
    pub(super) now: Option<Now>,
    pub(super) before: Before,
}

/// Puts together what differs from each parent; a path that equals one parent's is not new.
pub(super) fn combine(parents: Vec<Vec<Difference>>) -> Vec<Change> {
    let mut parents = parents.into_iter();
    let mut changes: Vec<Change> = parents
        .next()
        .unwrap_or_default()
        .into_iter()
        .filter_map(change)
        .collect();
    for parent in parents {
        let mut others: HashMap<BString, Before> = parent.into_iter().map(|other| (other.path, other.before)).collect();
        changes.retain_mut(|change| match others.remove(&change.path) {
            Some(before) => {
                change.before.push(before);
                true
            }
            None => change.now == Now::Unmerged,
        });
    }
    changes
}

fn change(difference: Difference) -> Option<Change> {
    let Difference { path, now, before } = difference;
    now.map(|now| Change {
        path,
        now,
        before: vec![before],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(digit: &str) -> Entry {
        Entry {
            kind: EntryKind::File,
            oid: Oid::parse(digit.repeat(40).as_bytes()).unwrap(),
        }
    }

    fn differs(path: &str, before: Before) -> Difference {
        Difference {
            path: path.into(),
            now: Some(Now::Entry(file("1"))),
            before,
        }
    }

    #[test]
    fn what_one_parent_has_already_is_no_change_of_a_merge() {
        let ours = vec![differs("theirs", Before::Nothing), differs("both", Before::Nothing)];
        let theirs = vec![
            differs("ours", Before::Nothing),
            differs("both", Before::Same(file("2"))),
        ];
        let changes = combine(vec![ours, theirs]);
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].path, "both");
        assert_eq!(changes[0].before, [Before::Nothing, Before::Same(file("2"))]);
    }

    #[test]
    fn a_deletion_is_nothing_to_read() {
        let gone = Difference {
            path: "gone".into(),
            now: None,
            before: Before::Same(file("1")),
        };
        assert_eq!(combine(vec![vec![gone]]), []);
    }
}
