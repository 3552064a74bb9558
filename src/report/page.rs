//! The page of an audit: one line a check, its evidence and remedy below; for people, or version 1 for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Check, Evidence, Page, Redactor, State};
use crate::report::escape;
use crate::report::human::Pen;

/// A page's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// For people, in a terminal.
    #[default]
    Human,
    /// For programs: version 1 of the page's own contract.
    Json,
}

/// So many places are named of each check; the others are counted.
const NAMED: usize = 5;

/// Writes a page; `everything` names every place.
///
/// # Errors
/// Those of the writer.
pub fn render(page: &Page, format: Format, color: bool, everything: bool, out: &mut dyn Write) -> io::Result<()> {
    let evidence = page.checks.iter().flat_map(|check| &check.evidence);
    let says = page.checks.iter().map(|check| check.says.as_bytes());
    let named = evidence.map(|evidence| evidence.path.as_slice()).chain(says);
    let redactor = Redactor::beside(page.secrets.iter(), named);
    match format {
        Format::Human => {
            let pen = Pen::new(color);
            let named = if everything { usize::MAX } else { NAMED };
            Sheet {
                page,
                redactor,
                pen,
                named,
            }
            .write(out)
        }
        Format::Json => json(page, &redactor, out),
    }
}

struct Sheet<'p> {
    page: &'p Page,
    redactor: Redactor,
    pen: Pen,
    named: usize,
}

impl Sheet<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut group = "";
        for check in &self.page.checks {
            if check.group != group {
                group = check.group;
                let strong = self.pen.strong;
                writeln!(
                    out,
                    "{}{strong}{group}{strong:#}",
                    if check.id == self.page.checks[0].id { "" } else { "\n" }
                )?;
            }
            self.write_check(check, out)?;
        }
        self.write_sum(out)
    }

    fn write_check(&self, check: &Check, out: &mut dyn Write) -> io::Result<()> {
        let color = match check.state {
            State::NotApplicable => self.pen.frame,
            State::Ok => self.pen.good,
            State::Warn => self.pen.warning,
            State::Fail => self.pen.error,
        };
        let (state, says) = (check.state.as_str(), self.text(&check.says));
        writeln!(out, "  {color}{state:4}{color:#}  {}: {says}", check.title)?;
        if check.state <= State::Ok {
            return Ok(());
        }
        for evidence in check.evidence.iter().take(self.named) {
            writeln!(out, "          {}", self.evidence(evidence))?;
        }
        if check.evidence.len() > self.named {
            writeln!(
                out,
                "          … and {} more, which --verbose names",
                check.evidence.len() - self.named
            )?;
        }
        match &check.remedy {
            Some(remedy) => {
                let help = self.pen.help;
                writeln!(out, "        {help}do:{help:#} {}", self.text(remedy))
            }
            None => Ok(()),
        }
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        let path = self.text(evidence.path.as_slice());
        let line = evidence.line.map(|line| format!(":{line}")).unwrap_or_default();
        match evidence.what.as_str() {
            "" => format!("{path}{line}"),
            what => format!("{path}{line}  {}", self.text(what)),
        }
    }

    fn write_sum(&self, out: &mut dyn Write) -> io::Result<()> {
        let count = |state: State| format!("{} {}", self.page.count(state), state.as_str());
        let sum = [State::Fail, State::Warn, State::Ok, State::NotApplicable]
            .map(count)
            .join(", ");
        writeln!(out, "\n{} checks: {sum}", self.page.checks.len())
    }

    fn text(&self, text: impl AsRef<[u8]>) -> String {
        escape::terminal(&self.redactor.text(text.as_ref())).into_owned()
    }
}

/// Version 1 of the page for programs: fields are added, never renamed.
#[derive(Serialize)]
struct V1Page<'p> {
    version: u32,
    tool: V1Tool,
    root: String,
    summary: V1Summary,
    checks: Vec<V1Check<'p>>,
}

#[derive(Serialize)]
struct V1Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct V1Summary {
    ok: usize,
    warn: usize,
    fail: usize,
    #[serde(rename = "n-a")]
    not_applicable: usize,
}

#[derive(Serialize)]
struct V1Check<'p> {
    id: &'p str,
    group: &'p str,
    title: &'p str,
    state: &'p str,
    says: String,
    evidence: Vec<V1Evidence>,
    remedy: Option<String>,
}

#[derive(Serialize)]
struct V1Evidence {
    path: String,
    line: Option<u32>,
    what: String,
}

fn json(page: &Page, redactor: &Redactor, out: &mut dyn Write) -> io::Result<()> {
    let text = |text: &[u8]| redactor.text(text);
    let evidence = |evidence: &Evidence| V1Evidence {
        path: text(&evidence.path),
        line: evidence.line,
        what: text(evidence.what.as_bytes()),
    };
    let check = |check: &'_ Check| V1Check {
        id: check.id,
        group: check.group,
        title: check.title,
        state: check.state.as_str(),
        says: text(check.says.as_bytes()),
        evidence: check.evidence.iter().map(evidence).collect(),
        remedy: check.remedy.as_ref().map(|remedy| text(remedy.as_bytes())),
    };
    let whole = V1Page {
        version: 1,
        tool: V1Tool {
            name: "keyfence",
            version: env!("CARGO_PKG_VERSION"),
        },
        root: text(page.root.as_bytes()),
        summary: V1Summary {
            ok: page.count(State::Ok),
            warn: page.count(State::Warn),
            fail: page.count(State::Fail),
            not_applicable: page.count(State::NotApplicable),
        },
        checks: page.checks.iter().map(check).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &whole)?;
    writeln!(out)
}
