//! The git executable's plumbing: commands whose output is a contract, never porcelain and never diff text.
//!
//! The verdict is git's exit code. What it says on standard error is shown to the user when it fails and means nothing
//! when it succeeds: a trace or a warning there must not turn an answer into a failure, nor a failure into silence.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::git::GitError;

/// What would change the meaning of the path arguments that keyfence gives.
const PATHSPECS: &[&str] = &[
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// The git executable, run in one folder.
#[derive(Debug, Clone)]
pub struct Git {
    folder: PathBuf,
    elsewhere: bool,
}

/// What git calls its repository-local environment: it speaks of one repository and of no other.
const LOCAL: &[&str] = &[
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

impl Git {
    /// Makes git run in `folder`. Git's own environment (`GIT_DIR`, `GIT_INDEX_FILE`, …) is passed on as it is.
    pub fn at(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            elsewhere: false,
        }
    }

    /// Makes git find the repository of `folder` by the folder alone, whatever repository the environment speaks of.
    pub fn elsewhere(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            elsewhere: true,
        }
    }

    /// Returns the folder that git is run in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns a command that talks to nobody: no network, no prompt, no monitor, no lock, English messages.
    pub fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "this is the room that may start git")]
        let mut command = Command::new("git");
        command
            .current_dir(&self.folder)
            .args(["--no-replace-objects", "-c", "core.fsmonitor=false"])
            .args(args)
            // Git before 2.44 does not know the second; the first stands above every `protocol.*` in a configuration.
            .env("GIT_ALLOW_PROTOCOL", "")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null());
        let forgotten = if self.elsewhere { LOCAL } else { &[] };
        for variable in PATHSPECS.iter().chain(forgotten) {
            command.env_remove(variable);
        }
        command
    }

    /// Runs git to its end and returns what it wrote to standard output.
    ///
    /// # Errors
    /// When git cannot be started or exits with anything but 0.
    pub fn output<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        let output = self.command(args).output().map_err(GitError::NotStarted)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(failed(args, &output))
    }

    /// Runs a command over an input to its end and returns what it wrote to standard output.
    pub(super) fn converse<S: AsRef<OsStr>>(
        &self,
        command: Command,
        args: &[S],
        input: &[u8],
    ) -> Result<Vec<u8>, GitError> {
        self.converse_with(command, args, input, &[0])
    }

    /// Like [`Git::converse`], for a command whose exit code is a part of the answer.
    pub(super) fn converse_with<S: AsRef<OsStr>>(
        &self,
        mut command: Command,
        args: &[S],
        input: &[u8],
        answers: &[i32],
    ) -> Result<Vec<u8>, GitError> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NotStarted)?;
        let pipe = child.stdin.take();
        let output = thread::scope(|scope| {
            // Both ends at once, for git answers while it reads. When it does not read it all, its exit code says so.
            scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input)));
            child.wait_with_output()
        });
        let output = output.map_err(GitError::NotStarted)?;
        if output.status.code().is_some_and(|code| answers.contains(&code)) {
            return Ok(output.stdout);
        }
        Err(failed(args, &output))
    }
}

fn failed<S: AsRef<OsStr>>(args: &[S], output: &Output) -> GitError {
    let said = String::from_utf8_lossy(&output.stderr);
    let complaint = |line: &&str| line.starts_with("fatal: ") || line.starts_with("error: ");
    let line = said
        .lines()
        .find(complaint)
        .or_else(|| said.lines().next())
        .unwrap_or("it gave no reason");
    let message = line
        .trim_start_matches("fatal: ")
        .trim_start_matches("error: ")
        .to_owned();
    if message.contains("dubious ownership") {
        return GitError::Untrusted(message);
    }
    let command = args.first().map(|arg| arg.as_ref().to_string_lossy().into_owned());
    GitError::Failed {
        command: command.unwrap_or_default(),
        message,
    }
}
