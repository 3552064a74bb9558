//! What objects are, and commits and tags as they are stored, many in one question.

use std::ffi::OsStr;

use bstr::ByteSlice;

use crate::git::{Git, GitError, Oid, Record, Repo};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Commit,
    Tag,
    Tree,
    Blob,
}

impl Repo {
    /// Returns those of `oids` that name commits.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn commits_among(&self, oids: &[Oid]) -> Result<Vec<Oid>, GitError> {
        self.refuse_special_objects()?;
        let kinds = kinds(self.git(), oids)?.into_iter();
        Ok(kinds
            .filter(|(_, kind)| *kind == Some(Kind::Commit))
            .map(|(oid, _)| oid)
            .collect())
    }

    /// Reads commits or tags as they are stored.
    ///
    /// # Errors
    /// When one of them is not here, or git does not answer.
    pub fn records(&self, oids: &[Oid]) -> Result<Vec<Record>, GitError> {
        self.refuse_special_objects()?;
        records(self.git(), oids)
    }
}

/// Says what each object is; `None` where it is not here.
pub(super) fn kinds(git: &Git, oids: &[Oid]) -> Result<Vec<(Oid, Option<Kind>)>, GitError> {
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    let output = answer(git, &["cat-file", "--batch-check"], list(oids).as_bytes())?;
    let lines: Vec<&[u8]> = output.lines().collect();
    if lines.len() != oids.len() {
        return Err(unexpected("cat-file", &output));
    }
    oids.iter()
        .zip(lines)
        .map(|(oid, line)| Ok((oid.clone(), kind(line)?)))
        .collect()
}

fn kind(line: &[u8]) -> Result<Option<Kind>, GitError> {
    match line.split(|&byte| byte == b' ').nth(1) {
        Some(b"commit") => Ok(Some(Kind::Commit)),
        Some(b"tag") => Ok(Some(Kind::Tag)),
        Some(b"tree") => Ok(Some(Kind::Tree)),
        Some(b"blob") => Ok(Some(Kind::Blob)),
        Some(b"missing") => Ok(None),
        _ => Err(unexpected("cat-file", line)),
    }
}

pub(super) fn records(git: &Git, oids: &[Oid]) -> Result<Vec<Record>, GitError> {
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    let output = answer(git, &["cat-file", "--batch"], list(oids).as_bytes())?;
    let mut rest = output.as_slice();
    oids.iter().map(|oid| record(oid, &mut rest)).collect()
}

/// Reads `<name> <kind> <size>`, the content and the line end after it.
fn record(oid: &Oid, rest: &mut &[u8]) -> Result<Record, GitError> {
    let (head, after) = rest.split_once_str("\n").ok_or_else(|| unexpected("cat-file", rest))?;
    let mut words = head.split(|&byte| byte == b' ').skip(1);
    let size = match (words.next(), words.next()) {
        (Some(b"missing"), _) => return Err(GitError::Missing(oid.clone())),
        (Some(b"commit" | b"tag"), Some(size)) => size.to_str().ok().and_then(|size| size.parse::<usize>().ok()),
        _ => None,
    };
    let size = size
        .filter(|&size| size < after.len())
        .ok_or_else(|| unexpected("cat-file", head))?;
    *rest = &after[size + 1..];
    Ok(Record {
        oid: oid.clone(),
        content: after[..size].into(),
    })
}

fn list(oids: &[Oid]) -> String {
    oids.iter().map(|oid| format!("{oid}\n")).collect()
}

/// Runs git over an input. A graft is a local opinion of who was whose parent, and must hide nothing.
pub(super) fn answer<S: AsRef<OsStr>>(git: &Git, args: &[S], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let mut command = git.command(args);
    command.env("GIT_GRAFT_FILE", "");
    git.converse(command, args, input)
}

/// Says that git answered something that nobody expected.
pub(super) fn unexpected(command: &str, answer: &[u8]) -> GitError {
    let head = &answer[..answer.len().min(80)];
    GitError::Unexpected {
        command: command.to_owned(),
        message: head.to_str_lossy().into_owned(),
    }
}
