//! Findings with their excerpts, as a compiler would show them.

use std::collections::HashSet;
use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::model::Finding;
use crate::report::escape;
use crate::report::human::pen::Pen;
use crate::report::view::{Line, Shown, Spot, View};

/// As wide as an excerpt may get: a small screen, or a CI log.
const WIDTH: usize = 100;

/// So many other places of a value are named.
const OTHERS: usize = 5;

/// Writes every finding; those of one rule in one file share a title, and a remedy is told once.
pub(super) fn write(view: &View<'_>, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let block = Block::new(view.style.color, pen);
    let mut told = HashSet::new();
    for run in view.files().flat_map(by_rule) {
        block.write_title(&run[0], out)?;
        for shown in &run {
            block.write_place(shown, out)?;
            block.write_commit(shown, out)?;
            block.write_others(shown, view.style.verbose, out)?;
        }
        match &run[0].remedy {
            Some(remedy) if told.insert(remedy.clone()) => {
                block.write_remedy(remedy, out)?;
                write_steps(&run[0].steps, out)?;
            }
            _ => {}
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Writes a single finding.
pub(super) fn write_one(view: &View<'_>, finding: &Finding, pen: &Pen, out: &mut dyn Write) -> io::Result<()> {
    let (block, shown) = (Block::new(view.style.color, pen), view.show(finding));
    block.write_title(&shown, out)?;
    block.write_place(&shown, out)?;
    block.write_commit(&shown, out)?;
    shown
        .remedy
        .as_ref()
        .map_or(Ok(()), |remedy| block.write_remedy(remedy, out))
}

/// Puts the findings of a file together that share rule and weight, in the order in which the first of each stands.
fn by_rule(file: Vec<Shown<'_>>) -> Vec<Vec<Shown<'_>>> {
    let mut runs: Vec<Vec<Shown<'_>>> = Vec::new();
    for shown in file {
        let same = |run: &&mut Vec<Shown<'_>>| run[0].rule == shown.rule && run[0].blocks == shown.blocks;
        match runs.iter_mut().find(same) {
            Some(run) => run.push(shown),
            None => runs.push(vec![shown]),
        }
    }
    runs
}

struct Block<'a> {
    pen: &'a Pen,
    renderer: Renderer,
}

impl<'a> Block<'a> {
    fn new(color: bool, pen: &'a Pen) -> Self {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        Self {
            pen,
            renderer: renderer.term_width(WIDTH),
        }
    }

    fn write_title(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (word, color) = self.pen.level(shown.blocks);
        let (strong, title) = (self.pen.strong, escape::terminal(&shown.title));
        writeln!(out, "{color}{word}[{}]{color:#}{strong}: {title}{strong:#}", shown.rule)
    }

    /// The place is written here and not by the library, which would count columns in the masked and cut text.
    fn write_place(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (path, frame) = (escape::terminal(&shown.path), self.pen.frame);
        let Some(line) = shown.line() else {
            return writeln!(out, " {frame}-->{frame:#} {path} · {}", weight(shown));
        };
        let (number, column) = (shown.location.line, shown.location.column);
        let indent = " ".repeat(number.to_string().len());
        writeln!(
            out,
            "{indent}{frame}-->{frame:#} {path}:{number}:{column}{} · {}",
            cell(shown),
            weight(shown)
        )?;
        writeln!(out, "{}", self.excerpt(shown, &line))
    }

    /// Says which commit brought it, and whether it is still there: history alone is no less of a leak.
    fn write_commit(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let strong = self.pen.strong;
        if let Some(commit) = &shown.commit {
            let (author, summary) = (escape::terminal(&commit.author), escape::terminal(&commit.summary));
            let (id, day) = (commit.short_id(), commit.day());
            writeln!(out, "{strong}commit{strong:#} {id} of {day} by {author}: {summary}")?;
        }
        if shown.origins.iter().all(|spot| spot.in_head.is_none()) {
            return Ok(());
        }
        writeln!(out, "{strong}places{strong:#} {}", places(&shown.origins))?;
        writeln!(out, "{strong}known as{strong:#} {}", shown.fingerprint)
    }

    /// Names the other places of the value, a line each, and with `--verbose` all of them.
    fn write_others(&self, shown: &Shown<'_>, verbose: bool, out: &mut dyn Write) -> io::Result<()> {
        let others = shown.others();
        let named = if verbose { usize::MAX } else { OTHERS };
        for (spot, found) in others.iter().take(named) {
            let rule = if found.rule == shown.rule {
                String::new()
            } else {
                format!(" as {}", found.rule)
            };
            let (path, frame) = (escape::terminal(&spot.path), self.pen.frame);
            writeln!(
                out,
                " {frame}and{frame:#} {path}:{}:{}{rule}",
                spot.line, found.location.column
            )?;
        }
        match others.len().saturating_sub(named) {
            0 => Ok(()),
            1 => writeln!(out, " and 1 more place, which --verbose names"),
            more => writeln!(out, " and {more} more places, which --verbose names"),
        }
    }

    fn excerpt(&self, shown: &Shown<'_>, line: &Line) -> String {
        let [before, focus, after] = [&line.before, &line.focus, &line.after].map(|part| escape::line(part));
        let span = before.len()..before.len() + focus.len();
        let caret = AnnotationKind::Primary.span(span);
        let level = if shown.blocks { Level::ERROR } else { Level::WARNING };
        let snippet = Snippet::source(before + &focus + &after)
            .line_start(shown.location.line as usize)
            .annotation(caret);
        self.renderer.render(&[Group::with_level(level).element(snippet)])
    }

    fn write_remedy(&self, remedy: &str, out: &mut dyn Write) -> io::Result<()> {
        let help = self.pen.help;
        writeln!(out, "{help}help:{help:#} {}", escape::terminal(remedy))
    }
}

/// Says in which cell of a notebook it stands, where a person looks for it.
fn cell(shown: &Shown<'_>) -> String {
    let Some(cell) = shown.cell else {
        return String::new();
    };
    let output = if cell.is_output { "output of " } else { "" };
    format!(" ({output}cell {}, line {})", cell.number, cell.line)
}

/// Writes what to do in order.
fn write_steps(steps: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (number, step) in (1..).zip(steps) {
        writeln!(out, "  {number}. {}", escape::terminal(step))?;
    }
    Ok(())
}

/// Says where else a value stands or stood: `old.py (until 3333…), app.py (in HEAD)`.
fn places(origins: &[Spot]) -> String {
    const NAMED: usize = 3;
    let mut places: Vec<String> = origins
        .iter()
        .take(NAMED)
        .map(|spot| escape::terminal(&spot.told()).into_owned())
        .collect();
    if origins.len() > NAMED {
        places.push(format!("and {} more", origins.len() - NAMED));
    }
    places.join(", ")
}

/// Says how bad a finding is, how sure, how long, and that it does not block if so.
fn weight(shown: &Shown<'_>) -> String {
    let (severity, confidence) = (shown.severity.as_str(), shown.confidence.as_str());
    let mut weight = format!("severity {severity}, confidence {confidence}");
    if shown.location.end_line > shown.location.line {
        weight += &format!(", to line {}", shown.location.end_line);
    }
    if !shown.blocks {
        weight += ", does not block";
    }
    weight
}
