//! The terminal: the one handle for each stream, colour, and how a failure is said.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::panic::PanicHookInfo;

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

fn is_welcome() -> bool {
    let refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = variable("TERM").is_some_and(|value| value == "dumb");
    !refused && !dumb
}

/// Tells whether standard error understands how to erase a line.
pub(super) fn can_erase() -> bool {
    variable("TERM").is_none_or(|value| value != "dumb")
}

/// Returns a variable of the environment.
#[expect(clippy::disallowed_methods, reason = "cli/ is the room that reads the environment")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
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

/// Says what to do about what was said before.
pub(super) fn hint(line: &str) {
    labelled("hint", AnsiColor::Cyan, line);
}

/// Says why there is no answer, and what to do.
pub(super) fn fail(failure: &Failure) {
    labelled("error", AnsiColor::Red, &failure.what);
    hint(&failure.hint);
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
    std::panic::set_hook(Box::new(|info| say(&panic_line(info))));
}

fn panic_line(info: &PanicHookInfo<'_>) -> String {
    let place = info
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!("error: keyfence has a bug at {place}; what it was reading counts as not read.")
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, PoisonError};

    use super::*;

    #[test]
    fn a_panic_says_where_it_happened_and_not_what_it_held() {
        static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(|info| {
            SAID.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(panic_line(info));
        }));
        let value = "kX3vB7qLw2-of-a-file";
        let _ = std::panic::catch_unwind(|| panic!("cannot slice {value}"));
        std::panic::set_hook(before);
        let said = SAID.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
        assert!(said.contains("src/cli/terminal.rs:") && !said.contains(value), "{said}");
    }
}
