//! Objects through one `git cat-file --batch`, which reads whatever git can read.
//!
//! One process serves many objects; when a damaged object ends it, the next question starts another.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use bstr::ByteSlice;

use crate::git::{Git, ObjectError, ObjectKind, Oid};

/// A `git cat-file --batch`; none after a failed conversation.
#[derive(Debug)]
pub(super) struct Batch {
    git: Git,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
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
        let answer = self.read_any(oid, &mut |kind, size| kind == ObjectKind::Blob && admit(size))?;
        match answer {
            (ObjectKind::Blob, content) => Ok(content),
            _ => Err(ObjectError::unreadable(oid, "it is no blob")),
        }
    }

    /// Reads an object of any kind, after `admit` has seen its kind and size.
    pub(super) fn read_any(
        &mut self,
        oid: &Oid,
        admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
    ) -> Result<(ObjectKind, Option<Vec<u8>>), ObjectError> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => Running::start(&self.git)?,
        };
        let answer = running.ask(oid, admit);
        // After a failed conversation nobody knows where the next answer begins.
        if !matches!(answer, Err(ObjectError::Unreadable { .. })) {
            self.running = Some(running);
        }
        answer
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
        match (child.stdin.take(), child.stdout.take()) {
            (Some(questions), Some(answers)) => Ok(Self {
                child,
                questions,
                answers: BufReader::with_capacity(64 << 10, answers),
            }),
            _ => Err(ObjectError::NotStarted(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn ask(
        &mut self,
        oid: &Oid,
        admit: &mut dyn FnMut(ObjectKind, u64) -> bool,
    ) -> Result<(ObjectKind, Option<Vec<u8>>), ObjectError> {
        let unreadable = |_: io::Error| ObjectError::unreadable(oid, "git could not read it");
        writeln!(self.questions, "{oid}").map_err(unreadable)?;
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
            self.pass_over(size + 1).map_err(unreadable)?;
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
