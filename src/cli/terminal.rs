//! The terminal: the one handle for each stream, colour, and how a failure is said.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};

use crate::cli::failure::Failure;

/// Whether a stream gets colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Decides for a stream.
    pub(super) fn decide(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => stream.is_terminal() && is_welcome(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "cli/ is the room that reads the environment")]
fn is_welcome() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    !refused && !dumb
}

/// Writes a line to standard error; if even that fails there is nobody left to tell.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Begins a line on standard error that something else ends.
pub(super) fn begin(text: &str) {
    let _ = write!(io::stderr().lock(), "{text}");
}

/// Says a warning.
pub(super) fn warn(line: &str) {
    labelled("warning", AnsiColor::Yellow, line);
}

/// Says why there is no answer, and what to do.
pub(super) fn fail(failure: &Failure) {
    labelled("error", AnsiColor::Red, &failure.what);
    labelled("hint", AnsiColor::Cyan, &failure.hint);
}

fn labelled(label: &str, color: AnsiColor, text: &str) {
    let style = if ColorChoice::Auto.decide(&io::stderr()) {
        Style::new().bold().fg_color(Some(color.into()))
    } else {
        Style::new()
    };
    say(&format!("{style}{label}:{style:#} {text}"));
}

/// Makes a panic say where it happened and nothing else: its message could quote content.
pub(super) fn silence_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        say(&format!(
            "error: keyfence has a bug at {place}; what it was reading counts as not read."
        ));
    }));
}
