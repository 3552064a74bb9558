//! Why something was reported or not, for people and for programs.
//! Every text passes the redactor, which knows the values of all candidates, kept and dropped.

use std::io::{self, Write};

use bstr::{BStr, BString, ByteSlice};
use serde::Serialize;

use crate::model::{Explained, Keyword, Place, Redactor, Ruling};
use crate::report::{Format, escape, json};

/// What is to be explained: a file, or one line of it.
#[derive(Debug)]
pub struct Explanation {
    /// The file.
    pub path: BString,
    /// The line that was asked about.
    pub line: Option<u32>,
    /// The candidates there.
    pub candidates: Vec<Explained>,
    /// The keywords on the line, where there is no candidate.
    pub keywords: Vec<Keyword>,
}

impl Explanation {
    /// Writes the explanation; nobody may see a value of `redactor`.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn render(&self, redactor: &Redactor, format: Format, out: &mut dyn Write) -> io::Result<()> {
        let page = Page {
            subject: self,
            redactor,
        };
        match format {
            Format::Human => page.human(out),
            _ => json::write(&page.json(), out),
        }
    }
}

struct Page<'a> {
    subject: &'a Explanation,
    redactor: &'a Redactor,
}

impl Page<'_> {
    fn text(&self, text: impl AsRef<[u8]>) -> String {
        escape::terminal(&self.redactor.text(text.as_ref())).into_owned()
    }

    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        self.subject
            .candidates
            .iter()
            .try_for_each(|one| self.candidate(one, out))?;
        if self.subject.candidates.is_empty() {
            self.nothing(out)?;
        }
        Ok(())
    }

    fn candidate(&self, one: &Explained, out: &mut dyn Write) -> io::Result<()> {
        let (title, path) = (self.text(one.title.as_bytes()), self.text(&self.subject.path));
        writeln!(out, "{}: {title} · severity {}", one.rule, one.severity.as_str())?;
        match one.place {
            Place::Path => writeln!(out, "  at           {path}, the name of the file")?,
            _ => {
                let (line, column, len) = (one.location.line, one.location.column, one.secret.expose().len());
                writeln!(out, "  at           {path}:{line}:{column}, {len} bytes")?;
                writeln!(out, "  text         {}", self.excerpt(one).trim())?;
            }
        }
        writeln!(out, "  found        {}", self.text(&one.found))?;
        for step in &one.steps {
            let mark = if step.passed { ' ' } else { '!' };
            writeln!(out, "{mark} {:12} {}", step.name, self.text(&step.detail))?;
        }
        match &one.ruling {
            Ruling::Reported(confidence) => writeln!(out, "= reported, confidence {}\n", confidence.as_str()),
            Ruling::NotReported(why) => writeln!(out, "= not reported: {}\n", self.text(why)),
        }
    }

    fn excerpt(&self, one: &Explained) -> String {
        let mut masked = one.excerpt.masked();
        self.redactor.mask(&mut masked);
        escape::line(&masked.to_str_lossy())
    }

    /// Says what was looked for where nothing was found.
    fn nothing(&self, out: &mut dyn Write) -> io::Result<()> {
        const NAMED: usize = 6;
        let path = self.text(&self.subject.path);
        let Some(line) = self.subject.line else {
            return writeln!(out, "{path}: no rule proposes anything in this file.");
        };
        if self.subject.keywords.is_empty() {
            return writeln!(
                out,
                "{path}:{line}: no rule proposes anything here, for no keyword of any rule stands here."
            );
        }
        writeln!(
            out,
            "{path}:{line}: keywords stand here, but nothing around them fits their rules:"
        )?;
        for Keyword { word, rules } in &self.subject.keywords {
            let mut names: Vec<&str> = rules.iter().take(NAMED).map(|id| id.as_str()).collect();
            let more = format!("and {} more", rules.len().saturating_sub(NAMED));
            if rules.len() > NAMED {
                names.push(&more);
            }
            writeln!(out, "  {:12} {}", self.text(word), names.join(", "))?;
        }
        Ok(())
    }

    fn json(&self) -> V1Explanation<'_> {
        let candidates = self.subject.candidates.iter().map(|one| self.v1(one)).collect();
        let keywords = self.subject.keywords.iter().map(|Keyword { word, rules }| V1Keyword {
            word: self.redactor.text(BStr::new(word)),
            rules: rules.iter().map(|id| id.as_str()).collect(),
        });
        V1Explanation {
            version: 1,
            path: self.redactor.text(&self.subject.path),
            line: self.subject.line,
            candidates,
            keywords: keywords.collect(),
        }
    }

    fn v1<'e>(&self, one: &'e Explained) -> V1Candidate<'e> {
        let steps = one.steps.iter().map(|step| V1Step {
            name: step.name,
            passed: step.passed,
            detail: self.redactor.text(step.detail.as_bytes()),
        });
        V1Candidate {
            rule: one.rule.as_str(),
            severity: one.severity.as_str(),
            line: one.location.line,
            column: one.location.column,
            length: one.secret.expose().len(),
            place: one.place.as_str(),
            found: self.redactor.text(one.found.as_bytes()),
            steps: steps.collect(),
            reported: matches!(one.ruling, Ruling::Reported(_)),
            confidence: match &one.ruling {
                Ruling::Reported(confidence) => Some(confidence.as_str()),
                Ruling::NotReported(_) => None,
            },
            reason: match &one.ruling {
                Ruling::Reported(_) => None,
                Ruling::NotReported(why) => Some(self.redactor.text(why.as_bytes())),
            },
        }
    }
}

#[derive(Serialize)]
struct V1Explanation<'a> {
    version: u32,
    path: String,
    line: Option<u32>,
    candidates: Vec<V1Candidate<'a>>,
    keywords: Vec<V1Keyword<'a>>,
}

#[derive(Serialize)]
struct V1Candidate<'a> {
    rule: &'a str,
    severity: &'static str,
    line: u32,
    column: u32,
    length: usize,
    #[serde(rename = "where")]
    place: &'static str,
    found: String,
    steps: Vec<V1Step>,
    reported: bool,
    confidence: Option<&'static str>,
    reason: Option<String>,
}

#[derive(Serialize)]
struct V1Step {
    name: &'static str,
    passed: bool,
    detail: String,
}

#[derive(Serialize)]
struct V1Keyword<'a> {
    word: String,
    rules: Vec<&'a str>,
}
