//! Objects through one `git cat-file --batch`, which reads whatever git can read.
//!
//! One process serves many objects; when a damaged object ends it, the next question starts another.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use bstr::ByteSlice;

use crate::git::{Git, ObjectError, ObjectKind, Oid, plumbing};

/// A `git cat-file --batch`; none after a failed conversation.
#[derive(Debug)]
pub(super) struct Batch {
    git: Git,
    running: Option<Running>,
}

/// An object, or only what it is if it was turned away.
type Answer = (ObjectKind, Option<Vec<u8>>);

#[derive(Debug)]
struct Running {
    child: Child,
    answers: BufReader<Talk>,
}

/// Both ends of a conversation.
#[derive(Debug)]
struct Talk {
    /// `None` after the last one.
    questions: Option<ChildStdin>,
    answers: ChildStdout,
}

/// An object that is shorter than it says leaves git waiting for the next question and us for the rest. After so long a
/// silence the questions end: then that git ends, and one that is still at work ends its answer first.
#[cfg(unix)]
const PATIENCE: rustix::time::Timespec = rustix::time::Timespec { tv_sec: 1, tv_nsec: 0 };

impl Read for Talk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        if self.questions.is_some() && is_silent(&self.answers) {
            self.questions = None;
        }
        self.answers.read(buffer)
    }
}

#[cfg(unix)]
fn is_silent(pipe: &ChildStdout) -> bool {
    use rustix::event::{PollFd, PollFlags, poll};
    poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&PATIENCE)) == Ok(0)
}

impl Batch {
    pub(super) fn start(git: &Git) -> Result<Self, ObjectError> {
        Ok(Self {
            git: git.clone(),
            running: Some(Running::start(git)?),
        })
    }

    /// Reads a blob, after `admit` has seen its size; `None` when `admit` turned it away.
    pub(super) fn read(
        &mut self,
        oid: &Oid,
        admit: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Option<Vec<u8>>, ObjectError> {
        let answer = self.read_any(oid, &mut |kind, size| kind == ObjectKind::Blob && admit(size));
        blob(oid, answer?)
    }

    /// Reads an object of any kind, after `admit` has seen its kind and size.
    pub(super) fn read_any(
        &mut self,
        oid: &Oid,
        admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
    ) -> Result<Answer, ObjectError> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.git)?,
        };
        let answer = running.ask(oid, admit).and_then(|answer| proven(oid, answer));
        // After a failed conversation nobody knows where the next answer begins.
        if !matches!(answer, Err(ObjectError::Unreadable { .. })) && running.answers.get_ref().questions.is_some() {
            self.running = Some(running);
        }
        answer
    }
}

/// Reads one object of any kind through a process of its own.
///
/// A damaged one may be shorter than git says: only the end of the process tells, so it must not be asked anything more.
pub(super) fn read_alone(
    git: &Git,
    oid: &Oid,
    admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
) -> Result<Answer, ObjectError> {
    let mut running = Running::start(git)?;
    running.question(oid)?;
    running.answers.get_mut().questions = None;
    proven(oid, running.answer(oid, admit)?)
}

/// Reads one blob through a process of its own.
pub(super) fn read_blob_alone(
    git: &Git,
    oid: &Oid,
    admit: &mut dyn FnMut(u64) -> bool,
) -> Result<Option<Vec<u8>>, ObjectError> {
    let answer = read_alone(git, oid, &mut |kind, size| kind == ObjectKind::Blob && admit(size));
    blob(oid, answer?)
}

fn blob(oid: &Oid, answer: Answer) -> Result<Option<Vec<u8>>, ObjectError> {
    match answer {
        (ObjectKind::Blob, content) => Ok(content),
        _ => Err(ObjectError::unreadable(oid, "it is no blob")),
    }
}

/// Holds an object against its name: one that is shorter than it says takes the next answer for its own end, and one
/// that is longer can write that answer.
fn proven(oid: &Oid, (kind, content): Answer) -> Result<Answer, ObjectError> {
    match &content {
        Some(content) if !oid.is_of(kind, content) => {
            Err(ObjectError::unreadable(oid, "its content is another object's"))
        }
        _ => Ok((kind, content)),
    }
}

impl Running {
    fn start(git: &Git) -> Result<Self, ObjectError> {
        let mut child = git
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What git says there means nothing, and nobody would read it.
            .stderr(Stdio::null())
            .spawn()
            .map_err(ObjectError::NotStarted)?;
        plumbing::ration(&child);
        match (child.stdin.take(), child.stdout.take()) {
            (questions @ Some(_), Some(answers)) => Ok(Self {
                child,
                answers: BufReader::with_capacity(64 << 10, Talk { questions, answers }),
            }),
            _ => Err(ObjectError::NotStarted(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn ask(&mut self, oid: &Oid, admit: &mut dyn FnMut(ObjectKind, u64) -> bool) -> Result<Answer, ObjectError> {
        self.question(oid)?;
        self.answer(oid, admit)
    }

    fn question(&mut self, oid: &Oid) -> Result<(), ObjectError> {
        let questions = &mut self.answers.get_mut().questions;
        let asked = questions.as_mut().map_or(Ok(()), |pipe| writeln!(pipe, "{oid}"));
        asked.map_err(|_| ObjectError::unreadable(oid, "git could not read it"))
    }

    fn answer(&mut self, oid: &Oid, admit: &mut dyn FnMut(ObjectKind, u64) -> bool) -> Result<Answer, ObjectError> {
        let unreadable = |_: io::Error| ObjectError::unreadable(oid, "git could not read it");
        let mut head = Vec::new();
        self.answers.read_until(b'\n', &mut head).map_err(unreadable)?;
        let mut words = head.trim_end().split(|&byte| byte == b' ').skip(1);
        let known = match (words.next(), words.next()) {
            (Some(b"missing"), _) => return Err(ObjectError::Missing(oid.clone())),
            (Some(kind), Some(size)) => {
                let size: Option<u64> = size.to_str().ok().and_then(|size| size.parse().ok());
                ObjectKind::parse(kind).zip(size)
            }
            _ => None,
        };
        let (kind, size) = known.ok_or_else(|| ObjectError::unreadable(oid, "git could not read it"))?;
        if !admit(kind, size) {
            self.pass_over(size.saturating_add(1)).map_err(unreadable)?;
            return Ok((kind, None));
        }
        let content = self.content(size).map_err(unreadable)?;
        Ok((kind, Some(content)))
    }

    fn content(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        content.try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))?;
        (&mut self.answers).take(size).read_to_end(&mut content)?;
        if content.len() as u64 != size {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.pass_over(1)?;
        Ok(content)
    }

    fn pass_over(&mut self, size: u64) -> io::Result<()> {
        let passed = io::copy(&mut (&mut self.answers).take(size), &mut io::sink())?;
        if passed == size {
            return Ok(());
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has nothing to write down, and must not outlive us as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
