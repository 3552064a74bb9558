//! Running the hook that was there before keyfence, as git would have run it.
//!
//! It gets its arguments, its standard input and git's environment unchanged, and it goes first: it may be a formatter
//! that stages what it changed, and keyfence must see what is committed in the end.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use crate::hook::HookError;
use crate::hook::place::{exists, is_executable};

/// What became of the hook from before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chained {
    /// There is none.
    Nothing,
    /// There is one, but it is not executable: git would not have run it either.
    NotExecutable,
    /// It agreed.
    Passed,
    /// It refused, with this exit code; never 0.
    Refused(u8),
}

/// What a hook reads from its standard input.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// Whatever git gave to us: for hooks whose input nobody else needs.
    Inherited,
    /// What was read from git already and serves both.
    Read(&'a [u8]),
}

/// Runs the kept hook, if there is one, to its end.
///
/// # Errors
/// When it is there and executable but cannot be started: git would have refused the commit, and so must we.
pub fn run_kept(kept: &Path, args: &[OsString], input: Input<'_>) -> Result<Chained, HookError> {
    if !exists(kept) {
        return Ok(Chained::Nothing);
    }
    if !is_executable(kept) {
        return Ok(Chained::NotExecutable);
    }
    let status = run(kept, args, input).map_err(|source| HookError::Kept {
        path: kept.to_owned(),
        source,
    })?;
    Ok(verdict(status))
}

fn run(kept: &Path, args: &[OsString], input: Input<'_>) -> io::Result<ExitStatus> {
    if cfg!(windows) {
        return run_to_end(through_shell(kept).args(args), input);
    }
    match run_to_end(command(kept.as_os_str()).args(args), input) {
        // A script without `#!`: the shell takes it, as it does for git.
        Err(error) if error.raw_os_error() == Some(ENOEXEC) => run_to_end(through_shell(kept).args(args), input),
        status => status,
    }
}

/// "Exec format error", the same number on every Unix.
const ENOEXEC: i32 = 8;

fn through_shell(kept: &Path) -> Command {
    let mut shell = command("sh".as_ref());
    shell.args(["-c", r#""$0" "$@""#]).arg(kept);
    shell
}

#[expect(clippy::disallowed_methods, reason = "this is the room that may run a hook")]
fn command(program: &std::ffi::OsStr) -> Command {
    Command::new(program)
}

fn run_to_end(command: &mut Command, input: Input<'_>) -> io::Result<ExitStatus> {
    let Input::Read(bytes) = input else {
        return command.status();
    };
    let mut hook = command.stdin(Stdio::piped()).spawn()?;
    let pipe = hook.stdin.take();
    thread::scope(|scope| {
        // A hook need not read all of it; git does not mind, and neither do we.
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(bytes)));
        hook.wait()
    })
}

/// A hook that a signal ended has no code; the shell's custom is 128 and the signal's number.
fn verdict(status: ExitStatus) -> Chained {
    match status.code() {
        Some(0) => Chained::Passed,
        Some(code) => Chained::Refused(u8::try_from(code).unwrap_or(u8::MAX)),
        None => Chained::Refused(killed_by(status)),
    }
}

#[cfg(unix)]
fn killed_by(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt;
    status
        .signal()
        .and_then(|signal| u8::try_from(128 + signal).ok())
        .unwrap_or(u8::MAX)
}

#[cfg(not(unix))]
fn killed_by(_: ExitStatus) -> u8 {
    u8::MAX
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    fn hook(text: &str, mode: u32) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pre-push.before-keyfence");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn arguments_and_input_arrive_and_the_code_comes_back() {
        let (folder, path) = hook(
            "#!/bin/sh\n{ printf '%s|' \"$@\"; cat; } > \"${0%/*}/said\"\nexit 7\n",
            0o755,
        );
        let args = ["a b".into(), "c\n".into()];
        let chained = run_kept(&path, &args, Input::Read(b"one\ntwo\n")).unwrap();
        assert_eq!(chained, Chained::Refused(7));
        let said = fs::read_to_string(folder.path().join("said")).unwrap();
        assert_eq!(said, "a b|c\n|one\ntwo\n");
    }

    #[test]
    fn a_hook_that_reads_nothing_of_a_long_input_does_not_hang() {
        let (_folder, path) = hook("#!/bin/sh\nexit 0\n", 0o755);
        let input = vec![b'x'; 1 << 20];
        assert_eq!(run_kept(&path, &[], Input::Read(&input)).unwrap(), Chained::Passed);
    }

    #[test]
    fn a_script_without_a_first_line_runs_as_it_does_under_git() {
        let (_folder, path) = hook("exit 3\n", 0o755);
        assert_eq!(run_kept(&path, &[], Input::Inherited).unwrap(), Chained::Refused(3));
    }

    #[test]
    fn a_hook_that_git_would_not_run_is_not_run() {
        let (_folder, path) = hook("#!/bin/sh\nexit 1\n", 0o644);
        assert_eq!(run_kept(&path, &[], Input::Inherited).unwrap(), Chained::NotExecutable);
        assert_eq!(
            run_kept(&path.with_extension("no"), &[], Input::Inherited).unwrap(),
            Chained::Nothing
        );
    }

    #[test]
    fn a_hook_killed_by_a_signal_refuses() {
        let (_folder, path) = hook("#!/bin/sh\nkill -9 $$\n", 0o755);
        assert_eq!(run_kept(&path, &[], Input::Inherited).unwrap(), Chained::Refused(137));
    }

    #[test]
    fn a_hook_whose_interpreter_is_missing_is_an_error() {
        let (_folder, path) = hook("#!/nowhere/python\n", 0o755);
        assert!(run_kept(&path, &[], Input::Inherited).is_err());
    }
}
