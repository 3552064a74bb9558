//! Texts of strangers in a command of GitHub Actions, which its runner reads off the output line by line.

use crate::report::escape::terminal;

/// Returns `text` as the message of a command: nothing in it ends the line or begins another command.
pub(in crate::report) fn message(text: &str) -> String {
    terminal(text).replace('%', "%25")
}

/// Returns `text` as the value of a command's property, which also ends at a comma or a colon.
pub(in crate::report) fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_give_commands() {
        assert_eq!(message("x\n::stop-commands::y"), "x\\x0A::stop-commands::y");
        assert_eq!(message("100%0A::set-env"), "100%250A::set-env");
    }

    #[test]
    fn a_file_name_cannot_set_another_property() {
        assert_eq!(property("a.py,line=1::x"), "a.py%2Cline=1%3A%3Ax");
    }
}
