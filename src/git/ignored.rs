//! What git ignores, by git's own rules: every `.gitignore`, `info/exclude` and the global excludes file count.
//! The answer speaks of the rules alone; that a tracked file is never ignored is for the caller to know.

use std::ffi::OsString;
use std::path::Path;

use bstr::{BString, ByteSlice};

use crate::git::{Git, GitError, Repo};

/// The line that makes git ignore a path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IgnoredBy {
    /// The file, as git names it: from the root of the repository, or absolute; empty where nobody can say.
    pub file: BString,
    /// The line in it, 1-based.
    pub line: u32,
}

impl Repo {
    /// Tells for each path, from the root and with `/`, which line makes git ignore it, tracked or not; it need not exist.
    ///
    /// # Errors
    /// When the repository is bare, or git does not answer.
    pub fn ignored_by(&self, paths: &[&[u8]]) -> Result<Vec<Option<IgnoredBy>>, GitError> {
        let root = self.root().ok_or_else(|| bare(self))?;
        match by_git(self.git(), root, paths) {
            Err(GitError::NotStarted(_)) => paths.iter().map(|path| self.ignored_by_libgit(path)).collect(),
            answer => answer,
        }
    }

    /// Lists the files that git ignores and does not track, and that fit one of the globs (`**/.env*`).
    ///
    /// A folder that is ignored as a whole is not looked into: what lies there is not the project's own.
    ///
    /// # Errors
    /// When the repository is bare, or git does not answer.
    pub fn ignored_files(&self, globs: &[&str]) -> Result<Vec<BString>, GitError> {
        let root = self.root().ok_or_else(|| bare(self))?;
        let fixed = [
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "--directory",
            "-z",
            "--",
        ];
        let globs = globs.iter().map(|glob| OsString::from(format!(":(top,glob){glob}")));
        let args: Vec<OsString> = fixed.into_iter().map(OsString::from).chain(globs).collect();
        let mut command = self.git().command(&args);
        command.current_dir(root);
        let listed = self.git().converse(command, &args, b"")?;
        let files = listed
            .split(|&byte| byte == 0)
            .filter(|path| !path.is_empty() && !path.ends_with(b"/"));
        Ok(files.map(BString::from).collect())
    }
}

fn bare(repo: &Repo) -> GitError {
    GitError::Bare(repo.git_dir().display().to_string())
}

/// Asks for all paths at once. Exit code 1 says that none is ignored.
fn by_git(git: &Git, root: &Path, paths: &[&[u8]]) -> Result<Vec<Option<IgnoredBy>>, GitError> {
    let args = [
        "check-ignore",
        "--no-index",
        "--verbose",
        "--non-matching",
        "-z",
        "--stdin",
    ];
    let mut command = git.command(&args);
    command.current_dir(root);
    let input = paths
        .iter()
        .flat_map(|path| [path, &b"\0"[..]].concat())
        .collect::<Vec<u8>>();
    let output = git.converse_with(command, &args, &input, &[0, 1])?;
    let fields: Vec<&[u8]> = output.split(|&byte| byte == 0).collect();
    let answers: Vec<_> = fields.chunks_exact(4).map(answer).collect();
    if answers.len() == paths.len() {
        return Ok(answers);
    }
    Err(GitError::Unexpected {
        command: "check-ignore".to_owned(),
        message: format!("{} answers to {} questions", answers.len(), paths.len()),
    })
}

/// Reads file, line, pattern and path; a pattern with `!` takes the path back in.
fn answer(fields: &[&[u8]]) -> Option<IgnoredBy> {
    let (file, line, pattern) = (fields[0], fields[1], fields[2]);
    let is_ignored = !file.is_empty() && !pattern.starts_with(b"!");
    is_ignored.then(|| IgnoredBy {
        file: file.into(),
        line: line.to_str().ok().and_then(|line| line.parse().ok()).unwrap_or(1),
    })
}
