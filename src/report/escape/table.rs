//! Texts of strangers in a CSV file, which somebody will open in a spreadsheet.

use crate::report::escape::terminal;

/// Returns `text` as one quoted field.
///
/// A field that begins like a formula is run as one, quoted or not; an apostrophe before it makes it text. Every field
/// is quoted, for where the list separator is a semicolon an unquoted one would begin a new field at it.
pub(in crate::report) fn csv(text: &str) -> String {
    let text = terminal(text);
    let apostrophe = if begins_like_a_formula(&text) { "'" } else { "" };
    format!("\"{apostrophe}{}\"", text.replace('"', "\"\""))
}

/// The wide forms count as well: spreadsheets of East Asia take them for the narrow ones.
fn begins_like_a_formula(text: &str) -> bool {
    let formula = ['=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠'];
    text.trim_start().starts_with(formula)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_be_a_formula() {
        for attack in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-2+3",
            "@SUM(A1)",
            " =1+1",
            "＝1+1",
            "%0A=1",
            "|x",
        ] {
            assert!(csv(attack).starts_with("\"'"), "{attack}");
        }
        assert_eq!(csv("a=b"), "\"a=b\"");
    }

    #[test]
    fn a_file_name_cannot_begin_a_new_field_or_row() {
        assert_eq!(csv("a\",=1\r\n=2;=3"), "\"a\"\",=1\\x0D\\x0A=2;=3\"");
        assert_eq!(csv("\t=1"), "\"\\x09=1\"");
    }
}
