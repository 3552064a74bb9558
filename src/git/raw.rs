//! Reads what `git diff-index --raw -z --no-abbrev` prints, and `git diff-tree` with commits between the records.
//!
//! With `-z` a path is bytes up to a NUL, never quoted, so that no name can be mistaken for anything else. Whatever
//! does not read as git's documentation says is an error: a record passed over would be a file not read.

use bstr::ByteSlice;

use crate::git::change::Difference;
use crate::git::{Before, Entry, EntryKind, GitError, Now, Oid};

/// Reads all records.
pub(super) fn parse(output: &[u8]) -> Result<Vec<Difference>, GitError> {
    let mut fields = output.split(|&byte| byte == 0);
    let mut differences = Vec::new();
    while let Some(head) = fields.next() {
        if head.is_empty() {
            break;
        }
        differences.push(record(head, &mut fields).ok_or_else(|| unexpected(head))?);
    }
    match fields.next() {
        Some(rest) => Err(unexpected(rest)),
        None if output.last().is_none_or(|&last| last == 0) => Ok(differences),
        None => Err(unexpected(b"an end in the middle of a record")),
    }
}

/// Reads what `git diff-tree --stdin` prints: the name of a commit before its records, once for each parent given.
pub(super) fn parse_commits(output: &[u8]) -> Result<Vec<(Oid, Vec<Difference>)>, GitError> {
    let mut fields = output.split(|&byte| byte == 0);
    let mut commits: Vec<(Oid, Vec<Difference>)> = Vec::new();
    while let Some(head) = fields.next() {
        match (commits.last_mut(), Oid::parse(head)) {
            (_, Some(commit)) => commits.push((commit, Vec::new())),
            (_, None) if head.is_empty() => break,
            (None, None) => return Err(unexpected(head)),
            (Some((_, differences)), None) => {
                differences.push(record(head, &mut fields).ok_or_else(|| unexpected(head))?);
            }
        }
    }
    match fields.next() {
        None => Ok(commits),
        Some(rest) => Err(unexpected(rest)),
    }
}

/// `:<old mode> <new mode> <old name> <new name> <status>[<score>]`, then the path, or the old and the new path.
fn record<'o>(head: &[u8], paths: &mut impl Iterator<Item = &'o [u8]>) -> Option<Difference> {
    let mut words = head.strip_prefix(b":")?.split(|&byte| byte == b' ');
    let mut word = || words.next();
    let (old_mode, new_mode) = (word()?, word()?);
    let (old_oid, new_oid) = (Oid::parse(word()?)?, Oid::parse(word()?)?);
    let status = *word()?.first()?;
    let first = paths.next().filter(|path| !path.is_empty())?;
    let path = match status {
        b'R' | b'C' => paths.next().filter(|path| !path.is_empty())?,
        _ => first,
    };
    let now = match status {
        b'D' => None,
        b'U' => Some(Now::Unmerged),
        _ => Some(Now::Entry(entry(new_mode, new_oid)?)),
    };
    let before = match status {
        b'A' | b'C' | b'U' => Before::Nothing,
        b'R' => Before::Renamed(entry(old_mode, old_oid)?),
        b'M' | b'T' | b'D' => Before::Same(entry(old_mode, old_oid)?),
        _ => return None,
    };
    let path = path.into();
    Some(Difference { path, now, before })
}

/// Reads the mode of an entry.
pub(super) fn entry(mode: &[u8], oid: Oid) -> Option<Entry> {
    let kind = match mode {
        b"100644" | b"100755" | b"100664" => EntryKind::File,
        b"120000" => EntryKind::Symlink,
        b"160000" => EntryKind::Submodule,
        _ => return None,
    };
    (!oid.is_zero()).then_some(Entry { kind, oid })
}

fn unexpected(what: &[u8]) -> GitError {
    GitError::Unexpected {
        command: "diff-index".to_owned(),
        message: what.to_str_lossy().into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZERO: &str = "0000000000000000000000000000000000000000";
    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn one(record: &str) -> Difference {
        parse(record.as_bytes()).unwrap().remove(0)
    }

    #[test]
    fn a_path_is_bytes_up_to_the_nul() {
        let found = one(&format!(":000000 100644 {ZERO} {ONE} A\0-a \"b\"\n\tc\0"));
        assert_eq!(found.path, "-a \"b\"\n\tc");
        assert_eq!(found.before, Before::Nothing);
    }

    #[test]
    fn a_rename_has_two_paths_and_a_score() {
        let found = one(&format!(":100644 100755 {ONE} {TWO} R086\0old\0new\0"));
        assert_eq!(found.path, "new");
        assert!(matches!(found.before, Before::Renamed(entry) if entry.oid.as_str() == ONE));
    }

    #[test]
    fn a_copy_is_new_content() {
        let found = one(&format!(":100644 100644 {ONE} {ONE} C100\0old\0new\0"));
        assert_eq!(found.before, Before::Nothing);
    }

    #[test]
    fn unmerged_and_deleted_paths_have_no_entry() {
        let unmerged = one(&format!(":000000 000000 {ZERO} {ZERO} U\0path\0"));
        let deleted = one(&format!(":100644 000000 {ONE} {ZERO} D\0path\0"));
        assert_eq!(unmerged.now, Some(Now::Unmerged));
        assert_eq!(deleted.now, None);
    }

    #[test]
    fn a_record_cut_short_is_an_error() {
        let first = format!(":100644 100644 {ONE} {TWO} M\0path\0");
        let whole = format!("{first}:100644 100644 {ONE} {TWO} R100\0old\0new\0");
        let good: Vec<usize> = (0..=whole.len())
            .filter(|&end| parse(&whole.as_bytes()[..end]).is_ok())
            .collect();
        assert_eq!(good, [0, first.len(), whole.len()]);
    }

    #[test]
    fn a_mode_that_nobody_knows_is_an_error() {
        let sparse = format!(":000000 040000 {ZERO} {ONE} A\0folder/\0");
        assert!(parse(sparse.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn no_output_makes_it_panic(output in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&output);
        }
    }
}
