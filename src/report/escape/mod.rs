//! What a scanned text may do to the screen of whoever reads the report: nothing.
//!
//! Paths and lines come from strangers. An escape sequence could clear the screen and paint "clean" over a finding, a
//! bidirectional override could show a line in an order in which it does not stand, a carriage return could overwrite
//! it. So no character that moves, hides or reorders others is ever printed as itself. A file for each other reader.

mod markup;
mod table;
pub(super) mod uri;
pub(super) mod workflow;

pub(super) use markup::{markdown, xml};
pub(super) use table::csv;

use std::borrow::Cow;
use std::fmt::Write;

/// Returns `text` with every dangerous character spelled out: `\x1B`, `\u{202E}`.
///
/// The output may be the log of a CI job, in which some runners look for commands to themselves. No text begins one.
pub fn terminal(text: &str) -> Cow<'_, str> {
    let commands = commands(text);
    if commands.is_empty() && !text.contains(is_dangerous) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (at, char) in text.char_indices() {
        // Writing to a string cannot fail. A C1 control is spelled as a character, for `\x9B` is a byte that is no UTF-8.
        let _ = match char {
            char if commands.contains(&at) => write!(shown, "\\x{:02X}", u32::from(char)),
            char if !is_dangerous(char) => shown.write_char(char),
            char if char.is_ascii() => write!(shown, "\\x{:02X}", u32::from(char)),
            char => write!(shown, "\\u{{{:X}}}", u32::from(char)),
        };
    }
    Cow::Owned(shown)
}

/// Returns a line of a file as [`terminal`] does, its tabs as four spaces: in an excerpt they are mere indentation.
pub fn line(text: &str) -> String {
    terminal(&text.replace('\t', "    ")).into_owned()
}

/// Returns where a text begins what a CI runner could take for a command: GitHub's `::` at a line's start, the `##[`,
/// `##vso[` and `##teamcity[` of others anywhere.
fn commands(text: &str) -> Vec<usize> {
    let start = text.len() - text.trim_start().len();
    let leading = text[start..].starts_with("::").then_some(start);
    let inside = text.match_indices("##").filter(|(at, _)| {
        let rest = text[at + 2..].trim_start_matches(|char: char| char.is_ascii_alphanumeric());
        rest.starts_with('[')
    });
    leading.into_iter().chain(inside.map(|(at, _)| at)).collect()
}

/// Tells whether a character moves the cursor, hides itself or others, or changes the order in which they stand.
pub(super) fn is_dangerous(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{AD}'                                    // soft hyphen: seen only at a line's end
            | '\u{34F}' | '\u{61C}'                     // grapheme joiner, Arabic letter mark
            | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' // Hangul fillers: letters that show nothing
            | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'                   // zero-width space and joiners, direction marks
            | '\u{2028}'..='\u{202E}'                   // line and paragraph separators, embeddings and overrides
            | '\u{2060}'..='\u{206F}'                   // word joiner, invisible operators, isolates
            | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}'      // byte order mark, interlinear annotation
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E0FFF}') // tags and variation selectors, in which whole texts have been smuggled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_borrowed() {
        for text in ["src/main.rs", "Straße/日本語/🦀.py", "a b\\x1B"] {
            assert!(matches!(terminal(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn an_escape_sequence_cannot_clear_the_screen() {
        assert_eq!(terminal("\x1b[2J\x1b[Hclean"), "\\x1B[2J\\x1B[Hclean");
    }

    #[test]
    fn a_link_cannot_hide_where_it_leads() {
        assert_eq!(
            terminal("\x1b]8;;http://evil.example\x1b\\safe\x1b]8;;\x07"),
            "\\x1B]8;;http://evil.example\\x1B\\safe\\x1B]8;;\\x07"
        );
    }

    #[test]
    fn a_title_or_clipboard_cannot_be_set() {
        assert_eq!(terminal("\x1b]52;c;cm0gLXJm\x07"), "\\x1B]52;c;cm0gLXJm\\x07");
    }

    #[test]
    fn a_c1_control_in_utf8_is_no_escape_sequence_either() {
        assert_eq!(terminal("\u{9b}31m \u{9d}0;x\u{9c}"), "\\u{9B}31m \\u{9D}0;x\\u{9C}");
    }

    #[test]
    fn a_file_name_in_a_ci_log_cannot_give_the_runner_commands() {
        assert_eq!(terminal("::add-mask::e"), "\\x3A:add-mask::e");
        assert_eq!(terminal("  ::stop-commands::e"), "  \\x3A:stop-commands::e");
        assert_eq!(terminal("a ##vso[task.complete]"), "a \\x23#vso[task.complete]");
        assert_eq!(terminal("##[group]##teamcity[x]"), "\\x23#[group]\\x23#teamcity[x]");
        assert!(matches!(terminal("std::vec ## title"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_carriage_return_cannot_overwrite_the_line() {
        assert_eq!(terminal("secret.py\rclean    "), "secret.py\\x0Dclean    ");
        assert_eq!(terminal("a\nerror: none\x08\x7f"), "a\\x0Aerror: none\\x08\\x7F");
    }

    #[test]
    fn a_bidirectional_override_cannot_reorder_a_name() {
        assert_eq!(terminal("photo_\u{202e}gpj.exe"), "photo_\\u{202E}gpj.exe");
        assert_eq!(
            terminal("\u{2066}a\u{2069}\u{200f}\u{61c}"),
            "\\u{2066}a\\u{2069}\\u{200F}\\u{61C}"
        );
    }

    #[test]
    fn nothing_hides_between_letters() {
        assert_eq!(
            terminal("pay\u{200b}pal\u{feff}\u{2060}"),
            "pay\\u{200B}pal\\u{FEFF}\\u{2060}"
        );
        assert_eq!(
            terminal("a\u{e0041}\u{e0100}\u{3164}"),
            "a\\u{E0041}\\u{E0100}\\u{3164}"
        );
    }

    #[test]
    fn a_line_keeps_its_indentation() {
        assert_eq!(line("\tkey\r = 1"), "    key\\x0D = 1");
        assert_eq!(terminal("a\tb"), "a\\x09b");
    }
}
