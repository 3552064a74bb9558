//! The report for people: what was found, where, what to do now, and what was read.
//! It is read late in the day by somebody whose commit was stopped, so it ends with what matters and repeats nothing.

pub(super) mod amount;
mod block;
mod list;
mod pen;
mod summary;

use std::io::{self, Write};

use crate::model::Finding;
use crate::report::view::View;

pub(super) use pen::Pen;

/// Above so many findings each gets one line instead of an excerpt.
const MANY: usize = 50;

/// Writes the report.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let pen = Pen::new(view.style.color);
    let is_long = view.len() > MANY;
    if is_long || view.style.quiet {
        list::write(view, &pen, out)?;
    } else {
        block::write(view, &pen, out)?;
    }
    if is_long {
        list::write_rules(view, &pen, out)?;
    }
    summary::write(view, &pen, out)
}

/// Writes one finding with its excerpt.
pub(super) fn render_finding(view: &View<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    block::write_one(view, finding, &Pen::new(view.style.color), out)
}

#[cfg(test)]
mod tests;
