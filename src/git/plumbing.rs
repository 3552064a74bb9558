//! The git executable's plumbing: commands whose output is a contract, never porcelain and never diff text.
//!
//! The verdict is git's exit code. What it says on standard error is shown to the user when it fails and means nothing
//! when it succeeds: a trace or a warning there must not turn an answer into a failure, nor a failure into silence.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use crate::git::GitError;

/// What would change the meaning of the path arguments that keyfence gives.
const PATHSPECS: &[&str] = &[
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// The most bytes of a list of paths: that of a tree of a million files, and some for each commit that was asked for.
const MOST_LISTED: u64 = 256 << 20;
const MOST_LISTED_EACH: u64 = 16 << 10;

/// The most memory of git's own: several times what it takes for the largest repositories.
#[cfg(target_os = "linux")]
const MOST_MEMORY: u64 = 4 << 30;

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
            // Given deltas that make each other, git goes on until its memory is full. No honest object is so large: what
            // git calls big, from 512 MB, it does not hold as deltas and reads as a stream.
            .env("GIT_ALLOC_LIMIT", "2g")
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
        self.run(self.command(args), args, b"", &[0], u64::MAX)
    }

    /// Like [`Git::output`], for a list of all that a tree holds: a few folders that hold each other many times have more
    /// paths than any memory.
    ///
    /// # Errors
    /// Those of [`Git::output`], and when there is more than any honest tree has.
    pub(super) fn listing<S: AsRef<OsStr>>(&self, args: &[S], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let asked = memchr::memchr_iter(b'\n', input).count();
        let most = MOST_LISTED.saturating_add(MOST_LISTED_EACH.saturating_mul(asked as u64));
        let mut command = self.command(args);
        // A graft is a local opinion of who was whose parent, and must hide nothing.
        command.env("GIT_GRAFT_FILE", "");
        self.run(command, args, input, &[0], most)
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
        command: Command,
        args: &[S],
        input: &[u8],
        answers: &[i32],
    ) -> Result<Vec<u8>, GitError> {
        self.run(command, args, input, answers, u64::MAX)
    }

    fn run<S: AsRef<OsStr>>(
        &self,
        mut command: Command,
        args: &[S],
        input: &[u8],
        answers: &[i32],
        most: u64,
    ) -> Result<Vec<u8>, GitError> {
        let has_input = !input.is_empty();
        let mut child = command
            .stdin(if has_input { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NotStarted)?;
        ration(&child);
        let (pipe, answer) = (child.stdin.take(), child.stdout.take());
        let (mut stdout, mut is_too_much) = (Vec::new(), false);
        let output = thread::scope(|scope| {
            // Both ends at once, for git answers while it reads. When it does not read it all, its exit code says so.
            pipe.map(|mut pipe| scope.spawn(move || pipe.write_all(input)));
            let errors = scope.spawn(|| child.wait_with_output());
            let read = answer.map_or(Ok(0), |answer| answer.take(most).read_to_end(&mut stdout));
            // With that the pipe is closed, and git ends when it has more to say.
            is_too_much = stdout.len() as u64 == most;
            let output = errors.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()));
            read.and(output)
        });
        let output = output.map_err(GitError::NotStarted)?;
        if is_too_much {
            return Err(GitError::TooMuch(command_of(args)));
        }
        let output = Output { stdout, ..output };
        if output.status.code().is_some_and(|code| answers.contains(&code)) {
            return Ok(output.stdout);
        }
        Err(failed(args, &output))
    }
}

/// Limits what a git that was just started may take of memory, where the system lets it be said: given folders that hold
/// each other many times, it takes all that there is. What it maps of files does not count.
pub(super) fn ration(child: &Child) {
    #[cfg(target_os = "linux")]
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let most = Some(MOST_MEMORY);
        let limit = rustix::process::Rlimit {
            current: most,
            maximum: most,
        };
        // Where a stricter one is in force already, that one stays.
        let _ = rustix::process::prlimit(Some(pid), rustix::process::Resource::Data, limit);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = child;
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
    if message.contains("out of memory") || message.contains("Out of memory") {
        return GitError::TooMuch(command_of(args));
    }
    GitError::Failed {
        command: command_of(args),
        message,
    }
}

fn command_of<S: AsRef<OsStr>>(args: &[S]) -> String {
    let command = args.first().map(|arg| arg.as_ref().to_string_lossy().into_owned());
    command.unwrap_or_default()
}
