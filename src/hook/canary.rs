//! The proof that a hook fires: a made-up key is staged where nobody sees it, and the hook must refuse it by name.
//!
//! The key stands in a copy of the index and in an object folder of its own, so the repository is only read. The hook
//! from before is not run, and a hook that is not keyfence's own is never run for a test: nobody knows what it does.

use std::ffi::{OsStr, OsString};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use bstr::ByteSlice;

use crate::git::{Git, Oid, Scratch};
use crate::hook::place::is_executable;
use crate::hook::{Found, Hook, HookError, Place};

/// The variable that tells `keyfence guard` that this is a test, and which path must be refused.
///
/// It can only make the guard stricter: a guard that does not find the canary refuses whatever else is staged.
pub const CANARY: &str = "KEYFENCE_CANARY";

/// Git learned `hook run` in this version; before, the file is started as git would.
const HOOK_RUN: (u32, u32) = (2, 36);

/// Lets git run the hook over a canary and sees to it that the hook refuses.
///
/// # Errors
/// When git would run something else, or when the hook lets the canary through.
pub fn prove(place: &Place<'_>, temporary: &Path) -> Result<(), HookError> {
    refuse_strangers(place)?;
    let name = format!("keyfence-canary-{:016x}.txt", random(0));
    let scratch = Scratch::over(&place.hooks.top, temporary)?;
    let content = format!("token = \"{}\"\n", key());
    let output = trial(place, &scratch, &name, content.as_bytes())?;
    judge(place, &name, &output)
}

fn refuse_strangers(place: &Place<'_>) -> Result<(), HookError> {
    let file = place.file();
    let runs = match place.found()? {
        Found::Keyfence(_) if is_executable(&file) => return Ok(()),
        Found::Keyfence(_) => "nothing (the hook is not executable)".to_owned(),
        Found::Nothing => "nothing".to_owned(),
        Found::Managed(manager) => format!("{} ({})", file.display(), manager.name()),
        Found::Other { .. } => file.display().to_string(),
    };
    Err(HookError::NotOurs {
        hook: place.hook.name(),
        runs,
    })
}

/// Starts the hook as git would over a canary, and lets it say what it has to say.
fn trial(place: &Place<'_>, scratch: &Scratch, name: &str, content: &[u8]) -> Result<Output, HookError> {
    let (mut hook, input) = match place.hook {
        Hook::PreCommit => {
            scratch.stage(name, content)?;
            (hook(place)?, String::new())
        }
        Hook::CommitMsg => (
            directly(place, &[scratch.note(content)?.into_os_string()]),
            String::new(),
        ),
        Hook::PrePush | Hook::PreReceive | Hook::Update => moved(place, &scratch.commit(name, content)?),
    };
    hook.current_dir(&place.hooks.top)
        .envs(scratch.variables())
        .env(CANARY, name);
    run(&mut hook, input.as_bytes()).map_err(|source| HookError::Io {
        done: "started",
        path: place.file(),
        source,
    })
}

/// What git would tell the hook about a branch that is new with that commit: arguments, or lines to read.
fn moved(place: &Place<'_>, commit: &Oid) -> (Command, String) {
    const BRANCH: &str = "refs/heads/keyfence-canary";
    let nothing = "0".repeat(commit.as_str().len());
    let args = |args: &[&str]| -> Vec<OsString> { args.iter().map(Into::into).collect() };
    match place.hook {
        Hook::PrePush => (
            directly(place, &args(&["keyfence-canary", "keyfence-canary"])),
            format!("{BRANCH} {commit} {BRANCH} {nothing}\n"),
        ),
        Hook::Update => (
            directly(place, &args(&[BRANCH, &nothing, commit.as_str()])),
            String::new(),
        ),
        _ => (directly(place, &[]), format!("{nothing} {commit} {BRANCH}\n")),
    }
}

/// Not every git can be asked to run a hook with an input, so the file is started as git starts it.
#[expect(clippy::disallowed_methods, reason = "this is the room that may run a hook")]
fn directly(place: &Place<'_>, args: &[OsString]) -> Command {
    let mut command = Command::new(place.file());
    command.args(args);
    if Hook::SERVER.contains(&place.hook) {
        command.env("GIT_DIR", ".");
    }
    command
}

fn run(hook: &mut Command, input: &[u8]) -> io::Result<Output> {
    let mut child = hook
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut pipe) = child.stdin.take() {
        // A hook that reads nothing is no error; whether it refuses is what counts.
        let _ = pipe.write_all(input);
    }
    child.wait_with_output()
}

/// Git is asked to run its hook, so that its own idea of where the hook is gets tested too.
#[expect(clippy::disallowed_methods, reason = "this is the room that may run a hook")]
fn hook(place: &Place<'_>) -> Result<Command, HookError> {
    let version = Git::at(&place.hooks.top).output(&["version"])?;
    if version_of(&version).is_some_and(|version| version < HOOK_RUN) {
        return Ok(Command::new(place.file()));
    }
    let mut git = Command::new("git");
    git.args([OsStr::new("hook"), "run".as_ref(), place.hook.name().as_ref()]);
    Ok(git)
}

/// Reads `git version 2.47.3`.
fn version_of(said: &[u8]) -> Option<(u32, u32)> {
    let mut numbers = said.to_str().ok()?.split(' ').nth(2)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn judge(place: &Place<'_>, name: &str, output: &Output) -> Result<(), HookError> {
    let said = [output.stderr.as_slice(), &output.stdout].concat();
    let named = said.contains_str(name);
    let why = match output.status.code() {
        Some(1) if named => return Ok(()),
        Some(0) => "it let a made-up key pass".to_owned(),
        Some(code) => format!("it gave exit code {code} and did not find a made-up key"),
        None => "a signal ended it".to_owned(),
    };
    Err(HookError::Silent {
        hook: place.hook.name(),
        why,
        said: last_words(&said),
    })
}

/// The end of what the hook said, short enough to be read.
fn last_words(said: &[u8]) -> String {
    let text = said.to_str_lossy();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(6)..];
    last.iter()
        .map(|line| format!("  | {line}\n"))
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// Makes a key as GitHub makes them: no rule of keyfence is surer than the one with a checksum.
fn key() -> String {
    let body: String = (1..=30).map(|nth| base62(random(nth) % 62)).collect();
    let mut sum = u64::from(crc32(body.as_bytes()));
    let mut end = [' '; 6];
    for digit in end.iter_mut().rev() {
        *digit = base62(sum % 62);
        sum /= 62;
    }
    format!("gh{}_{body}{}", 'p', end.iter().collect::<String>())
}

fn base62(digit: u64) -> char {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char::from(DIGITS[digit as usize])
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

/// The standard library seeds each hasher anew from the system's randomness, which is plenty for a name.
fn random(nth: u64) -> u64 {
    RandomState::new().hash_one(nth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_that_the_world_knows() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn every_canary_is_another_key() {
        let (one, other) = (key(), key());
        assert_ne!(one, other);
        assert_eq!(one.len(), 40);
    }

    #[test]
    fn versions_are_read_with_whatever_follows() {
        assert_eq!(version_of(b"git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(version_of(b"git version 2.39.5 (Apple Git-154)\n"), Some((2, 39)));
        assert_eq!(version_of(b"git version 3.0.rc1\n"), Some((3, 0)));
        assert_eq!(version_of(b"something else"), None);
    }
}
