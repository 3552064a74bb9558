//! `guard agent`: the gate at which a coding agent writes, runs, sends and reads.
//!
//! Claude Code and Cursor hand each step over as JSON on standard input. Where a step would write or send a secret, or
//! read a file that holds some, it is refused in the protocol of whoever asks; the value itself is never said, for what
//! is said goes to a model. What cannot be understood at a gate is refused, too. This keeps accidents from happening;
//! an agent that means to get around it runs a program that nobody here knows.

mod command;
mod event;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::cli::failure::{Exit, Failure};
use crate::cli::guard::agent::event::{Event, Protocol, Step};
use crate::cli::options::Options;
use crate::cli::scan::project_root;
use crate::cli::session::{Session, quiet_on_broken_pipe};
use crate::cli::terminal;
use crate::model::{Blob, Finding, Kind, Nature, Origin, Place, Redactor, Scope};

/// More is no step of an agent.
const LARGEST: u64 = 64 << 20;
/// So much of a file is looked at before an agent reads it; no agent takes more at once.
const LARGEST_FILE: u64 = 8 << 20;

pub(super) fn agent() -> Result<Exit, Failure> {
    let mut text = Vec::new();
    io::stdin()
        .lock()
        .take(LARGEST)
        .read_to_end(&mut text)
        .map_err(|error| unreadable(&error.to_string()))?;
    let event = Event::parse(&text).map_err(|why| unreadable(&why))?;
    let folder = event.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let options = Options::default();
    let root = project_root(&folder);
    let session = Session::open(&options, root.as_deref())?;
    let gate = Gate {
        session: &session,
        root: root.unwrap_or(folder.clone()),
        folder,
    };
    let refusals: Vec<String> = event.steps.iter().filter_map(|step| gate.refusal(step)).collect();
    answer(&event, &refusals)
}

fn unreadable(why: &str) -> Failure {
    Failure::new(
        format!("This step is blocked, for what the agent sent to `keyfence guard agent` is not understood: {why}."),
        "call it from a hook of Claude Code or Cursor, as docs/agents.md says; nobody looked at this step.",
    )
}

/// Answers as the agent's maker has it: an exit code with words for Claude Code, JSON for Cursor.
fn answer(event: &Event, refusals: &[String]) -> Result<Exit, Failure> {
    let message = format!("keyfence: {}", refusals.join("\n"));
    match event.protocol {
        Protocol::ClaudeCode if refusals.is_empty() => Ok(Exit::Clean),
        Protocol::ClaudeCode => {
            terminal::say(&message);
            Ok(Exit::Refused(2))
        }
        Protocol::Cursor => {
            let said = event.cursor_answer((!refusals.is_empty()).then_some(message.as_str()));
            quiet_on_broken_pipe(io::Write::write_all(
                &mut io::stdout().lock(),
                format!("{said}\n").as_bytes(),
            ))?;
            Ok(Exit::Clean)
        }
    }
}

struct Gate<'s> {
    session: &'s Session<'s>,
    /// The project's top.
    root: PathBuf,
    /// Where the agent works.
    folder: PathBuf,
}

impl Gate<'_> {
    /// Says why a step is not to be made.
    fn refusal(&self, step: &Step) -> Option<String> {
        match step {
            Step::Write { path, text } => self.text(
                &format!("write a secret into {}", self.name(path)),
                &self.name(path),
                text,
            ),
            Step::Edit { path, old, new } => self.edit(path, old, new),
            Step::Run { command } => {
                let read = command::files_shown(command)
                    .into_iter()
                    .find_map(|file| self.read(&file, None));
                read.or_else(|| self.text("run a command with a secret in it", "command.sh", command))
            }
            Step::Send { what, text } => self.text(&format!("send a secret in {what}"), "text.txt", text),
            Step::Read { path, content } => self.read(path, content.as_deref()),
            Step::Seen { what, text } => {
                let said = self.text(&format!("hand on a secret that stands in {what}"), "output.txt", text)?;
                Some(format!(
                    "{said} Do not repeat it, and tell the person that it was shown."
                ))
            }
        }
    }

    fn text(&self, deed: &str, name: &str, text: &str) -> Option<String> {
        let found = self.findings(name, text.as_bytes(), Scope::Whole);
        self.refuse(deed, &found)
    }

    /// An edit is judged in its file: half a line says little. What stood in the old text is nothing new.
    fn edit(&self, path: &str, old: &str, new: &str) -> Option<String> {
        let name = self.name(path);
        let before = self
            .content_of(path)
            .filter(|before| !old.is_empty() && before.contains_str(old));
        let mut found = match before {
            Some(before) => {
                let start = before.find(old).unwrap_or_default();
                let after = before.replacen(old, new, 1);
                let line = |at: usize| 1 + u32::try_from(after[..at].find_iter("\n").count()).unwrap_or(u32::MAX - 2);
                let lines = std::iter::once(line(start)..line(start + new.len()) + 1).collect();
                self.findings(&name, &after, Scope::Added { lines, path: false })
            }
            None => self.findings(&name, new.as_bytes(), Scope::Whole),
        };
        found.retain(|finding| !old.as_bytes().contains_str(finding.secret.expose()));
        self.refuse(&format!("write a secret into {name}"), &found)
    }

    /// A file is refused for its name or for what stands in it.
    fn read(&self, path: &str, content: Option<&str>) -> Option<String> {
        let name = self.name(path);
        if self.is_secret_file(&name) {
            return Some(format!(
                "{} is a file that holds secrets, and what is read goes to a model. Ask the person for what you need, \
                 or read its template, such as .env.example.",
                shown(&name)
            ));
        }
        let content = match content {
            Some(content) => content.as_bytes().to_owned(),
            None => self.content_of(path)?,
        };
        let found = self.findings(&name, &content, Scope::Whole);
        self.refuse(&format!("read a secret in {name}"), &found)
    }

    fn content_of(&self, path: &str) -> Option<Vec<u8>> {
        let path = self.folder.join(path);
        // A device or a pipe is no file to look into.
        if !path.metadata().ok()?.is_file() {
            return None;
        }
        let mut content = Vec::new();
        File::open(path)
            .ok()?
            .take(LARGEST_FILE)
            .read_to_end(&mut content)
            .ok()?;
        Some(content)
    }

    /// A path as rules know it: from the project's top.
    fn name(&self, path: &str) -> String {
        let whole = self.folder.join(path);
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let inside = whole.strip_prefix(&self.root).map(Path::to_owned);
        let inside = inside
            .or_else(|_| real(&whole).strip_prefix(real(&self.root)).map(Path::to_owned))
            .unwrap_or(whole);
        let name = inside.to_string_lossy().replace('\\', "/");
        name.trim_start_matches("./").trim_start_matches('/').to_owned()
    }

    /// Tells by its name whether a file is there to hold secrets; the rules know which.
    fn is_secret_file(&self, name: &str) -> bool {
        let found = self.session.engine().scan_blob(&blob(name, b"", Scope::Whole));
        found
            .judged
            .iter()
            .any(|judged| judged.suppressed.is_none() && judged.finding.place == Place::Path)
    }

    fn findings(&self, name: &str, text: &[u8], scope: Scope) -> Vec<Finding> {
        let found = self.session.engine().scan_blob(&blob(name, text, scope));
        let stands = found.judged.into_iter().filter(|judged| judged.suppressed.is_none());
        let findings = stands.map(|judged| judged.finding);
        findings
            .filter(|finding| finding.place == Place::Content && self.session.blocks(finding))
            .collect()
    }

    fn refuse(&self, deed: &str, found: &[Finding]) -> Option<String> {
        let first = found.first()?;
        let more = match found.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let (title, rule, line) = (&first.title, &first.rule, first.location.line);
        let remedy = first
            .remedy
            .as_deref()
            .map(|remedy| format!(" {remedy}"))
            .unwrap_or_default();
        let message = format!(
            "This is blocked, for it would {deed}: {title} [{rule}] in line {line}{more}. Read the value from the \
             environment or a secret store instead.{remedy}"
        );
        let redactor = Redactor::of(found.iter().map(|finding| &finding.secret));
        Some(shown(&redactor.text(message.as_bytes())))
    }
}

/// Takes out what would move a terminal's cursor.
fn shown(text: &str) -> String {
    text.chars()
        .map(|sign| if sign.is_control() && sign != '\n' { ' ' } else { sign })
        .collect()
}

fn blob<'b>(name: &'b str, text: &'b [u8], scope: Scope) -> Blob<'b> {
    Blob {
        origin: Origin::Stdin,
        path: Cow::Borrowed(name.into()),
        bytes: Cow::Borrowed(text),
        scope,
        kind: Kind::File,
        nature: Nature::Text,
    }
}
