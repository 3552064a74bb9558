//! STUB

use std::io::{self, Write};

use crate::model::Outcome;
use crate::report::Style;

/// Writes the report.
pub(super) fn render(outcome: &Outcome, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{outcome:#?}")
}
