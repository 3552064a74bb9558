//! Every version of one file that history has.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use bstr::{BStr, ByteSlice};

use crate::git::{EntryKind, GitError, Now, Oid, Repo, raw};

impl Repo {
    /// Lists the contents that a path has had in the commits that `revisions` (`--all`, `--remotes`) reach.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn versions(&self, revisions: &str, path: &BStr) -> Result<Vec<Oid>, GitError> {
        let literal = [b":(top,literal)", path.as_bytes()].concat();
        let fixed = [
            "log",
            revisions,
            "--format=",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "-m",
            "--root",
            "--",
        ];
        let args = fixed.map(OsStr::new);
        let output = self
            .git()
            .output(&[&args[..], &[&literal.to_os_str_lossy()]].concat())?;
        // Without a format a commit leaves nothing but, in some versions of git, an empty field.
        let records: Vec<u8> = output
            .split(|&byte| byte == 0)
            .filter(|field| !field.is_empty())
            .flat_map(|field| [field, b"\0"].concat())
            .collect();
        let files: BTreeSet<Oid> = raw::parse(&records)?
            .into_iter()
            .filter_map(|difference| match difference.now {
                Some(Now::Entry(entry)) if entry.kind == EntryKind::File => Some(entry.oid),
                _ => None,
            })
            .collect();
        Ok(files.into_iter().collect())
    }
}
