//! The colours of the human report, in one place; without colour every one of them writes nothing.

use annotate_snippets::renderer::{AnsiColor, Style};

/// What each kind of word is written in.
#[derive(Debug, Default)]
pub(in crate::report) struct Pen {
    pub error: Style,
    pub warning: Style,
    pub help: Style,
    pub strong: Style,
    pub frame: Style,
    pub good: Style,
}

impl Pen {
    pub(in crate::report) fn new(color: bool) -> Self {
        if !color {
            return Self::default();
        }
        let bold = |color: AnsiColor| color.on_default().bold();
        Self {
            error: bold(AnsiColor::BrightRed),
            warning: bold(AnsiColor::Yellow),
            help: bold(AnsiColor::BrightCyan),
            frame: bold(AnsiColor::BrightBlue),
            strong: Style::new().bold(),
            good: bold(AnsiColor::Green),
        }
    }

    /// Returns the word and the colour for a finding that blocks, or for one that does not.
    pub(super) fn level(&self, blocks: bool) -> (&'static str, Style) {
        if blocks {
            ("error", self.error)
        } else {
            ("warning", self.warning)
        }
    }
}
