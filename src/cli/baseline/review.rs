//! `baseline review`: one finding after the other, masked as in a report, and a question about each.
//!
//! It asks on standard output and reads plain lines from standard input, so a person at a terminal and a script answer
//! alike. Each answer is on disk before the next question, so leaving at any time loses nothing.

use std::io::{self, BufRead, StdinLock, Write};

use crate::baseline::{Baseline, Verdict};
use crate::cli::baseline::{PlaceArgs, Project, counted};
use crate::cli::failure::{Exit, Failure};
use crate::cli::session::Subject;
use crate::cli::terminal;
use crate::model::{Finding, Outcome};
use crate::report::{Style, render_finding};

const QUESTION: &str = "[f]alse: no secret, or none any more · [t]rue: to be dealt with · [l]ater · [s]kip · [q]uit";

/// What somebody answered.
enum Answer {
    Judged(Verdict, String),
    Skip,
    Quit,
}

pub(super) fn run(args: &PlaceArgs) -> Result<Exit, Failure> {
    let options = args.options();
    let project = Project::open(&options)?;
    let mut baseline = project.session.baseline().clone();
    let outcome = project.read(baseline.scope)?;
    let subject = Subject {
        mode: "review",
        root: ".".to_owned(),
        is_everything: false,
        shard: None,
    };
    let mut style = project.session.style(&subject, false)?;
    style.color = options.color.decide(&io::stdout());
    let mut dialogue = Dialogue {
        outcome: &outcome,
        style,
        input: io::stdin().lock(),
    };
    let open: Vec<&Finding> = outcome
        .findings
        .iter()
        .filter(|finding| is_open(&baseline, finding))
        .collect();
    let mut judged = 0;
    for (number, finding) in open.iter().enumerate() {
        match dialogue.ask(finding, number + 1, open.len())? {
            Answer::Quit => break,
            Answer::Skip => {}
            Answer::Judged(verdict, reason) => {
                baseline.record(&outcome, finding, verdict, &reason);
                project.write(&baseline)?;
                judged += 1;
            }
        }
    }
    terminal::say(&format!(
        "Judged {judged} of {}; {}: {}.",
        open.len(),
        project.name(),
        counted(&baseline)
    ));
    Ok(Exit::Clean)
}

/// Tells whether somebody has yet to decide.
fn is_open(baseline: &Baseline, finding: &Finding) -> bool {
    matches!(baseline.verdict(finding), None | Some(Verdict::Open | Verdict::Later))
}

struct Dialogue<'a> {
    outcome: &'a Outcome,
    style: Style,
    input: StdinLock<'a>,
}

impl Dialogue<'_> {
    fn ask(&mut self, finding: &Finding, number: usize, all: usize) -> Result<Answer, Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "\n[{number}/{all}]")?;
        render_finding(self.outcome, finding, &self.style, &mut out)?;
        loop {
            writeln!(out, "{QUESTION}")?;
            let verdict = match self.line(&mut out, "> ")?.as_deref() {
                None | Some("q" | "quit") => return Ok(Answer::Quit),
                Some("s" | "skip") => return Ok(Answer::Skip),
                Some("f" | "false") => Verdict::False,
                Some("t" | "true") => Verdict::True,
                Some("l" | "later") => Verdict::Later,
                Some(_) => continue,
            };
            return Ok(match self.reason(&mut out)? {
                Some(reason) => Answer::Judged(verdict, reason),
                None => Answer::Quit,
            });
        }
    }

    /// Asks until there is a reason: whoever reads the line in a year will want one.
    fn reason(&mut self, out: &mut impl Write) -> Result<Option<String>, Failure> {
        loop {
            match self.line(out, "reason: ")? {
                Some(reason) if reason.is_empty() => {}
                reason => return Ok(reason),
            }
        }
    }

    /// Reads a line; none at the end of the input.
    fn line(&mut self, out: &mut impl Write, prompt: &str) -> Result<Option<String>, Failure> {
        write!(out, "{prompt}")?;
        out.flush()?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}
