//! What rules out a password as well as a token.

use crate::engine::assignment::{Link, Quoting, Syntax};
use crate::engine::judge::{Drop, Evidence};
use crate::engine::lookalike;
use crate::engine::naming::{is_about_checking, is_step, resembles};
use crate::engine::path_class::PathClass;

/// Returns what does, if anything.
pub(super) fn common(evidence: &Evidence<'_>) -> Result<(), Drop> {
    let value = evidence.value;
    if let Some(name) = lookalike::name_of(value) {
        return Err(name);
    }
    if evidence.quoting == Quoting::Bare && evidence.syntax == Syntax::Shell && is_command(value) {
        return Err("a command");
    }
    let is_open = matches!(value.last(), Some(b':' | b'(' | b'[' | b'{'));
    let is_bare = matches!(evidence.quoting, Quoting::Bare | Quoting::Inside);
    let is_expanded = evidence.quoting == Quoting::Bare && value.starts_with(b"${");
    let is_choice = bstr::ByteSlice::contains_str(value, b"||") || bstr::ByteSlice::contains_str(value, b"&&");
    if is_bare && (is_open || is_choice || is_expanded) {
        return Err("an expression");
    }
    if evidence.path == PathClass::Accepted && ends_in_line(value) {
        return Err("the fingerprint of a finding");
    }
    if is_between_literals(value) || is_bare && bstr::ByteSlice::contains_str(value, b",\"") {
        return Err("what stands between two literals");
    }
    if evidence.link == Link::Call && (is_about_checking(evidence.name) || is_step(evidence.name)) {
        return Err("the call takes something else");
    }
    if resembles(evidence.name, value) {
        return Err("the value repeats its name");
    }
    Ok(())
}

/// Tells whether the value ends in a colon and the number of a line.
fn ends_in_line(value: &[u8]) -> bool {
    let line = bstr::ByteSlice::rsplit_once_str(value, ":").map(|(_, line)| line);
    line.is_some_and(|line| !line.is_empty() && line.iter().all(u8::is_ascii_digit))
}

/// Tells whether the value begins where a literal ended: its quote closed that one and opened none.
fn is_between_literals(value: &[u8]) -> bool {
    matches!(
        value,
        [b')' | b']' | b'}', b',' | b';' | b')' | b'.', ..] | [b','] | [b',', b' ' | b'"' | b'\'' | b')' | b'+', ..]
    )
}

/// Tells whether the value is a command of PowerShell, a verb and a noun: `Read-Host`.
fn is_command(value: &[u8]) -> bool {
    let is_word =
        |word: &[u8]| word.len() > 2 && word[0].is_ascii_uppercase() && word.iter().all(u8::is_ascii_alphabetic);
    let parts = bstr::ByteSlice::split_once_str(value, "-");
    parts.is_some_and(|(verb, noun)| is_word(verb) && is_word(noun))
}
