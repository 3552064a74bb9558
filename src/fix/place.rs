//! Where a finding stands in its file, or why it does not stand there as it is.

use std::ops::Range;

use bstr::ByteSlice;

use crate::fix::Refusal;
use crate::model::{Finding, Lines, Place};

/// Finds where a finding stands in a text that may be another one by now.
pub(super) fn span_of(text: &[u8], finding: &Finding) -> Result<Range<usize>, Refusal> {
    if finding.place != Place::Content {
        return Err(Refusal::new(
            "it is about the file as a whole",
            "take the file out of git (`git rm --cached`) and ignore it",
        ));
    }
    let lines = Lines::new(text);
    let at = |line: u32, column: u32| lines.span(line).start + column.saturating_sub(1) as usize;
    let place = finding.location;
    let span = at(place.line, place.column)..at(place.end_line, place.end_column);
    if text.get(span.clone()) == Some(finding.secret.expose().as_bytes()) {
        return Ok(span);
    }
    Err(not_as_it_is(
        text.get(span).unwrap_or_default(),
        finding.secret.expose(),
    ))
}

/// Says why a value does not stand as it is at its place.
fn not_as_it_is(there: &[u8], value: &[u8]) -> Refusal {
    let mut rest = there.iter();
    let is_in_pieces = there.len() > value.len() && value.iter().all(|byte| rest.any(|there| there == byte));
    let is_of_encoding = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-%&;#\\{}\r\n ".contains(byte);
    if is_in_pieces {
        return Refusal::new(
            "it stands there in pieces that the program puts together",
            "write it as one literal, and run this again; or move it by hand",
        );
    }
    // What is as long as the value was the value itself when the file was read.
    if there.len() > value.len() && there.iter().all(is_of_encoding) {
        return Refusal::new(
            "it stands there encoded",
            "move it by hand, in the form in which the program needs it",
        );
    }
    Refusal::new("the file has changed since it was read", "run this again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_reason_that_is_true_is_told() {
        let reason = |there: &str| not_as_it_is(there.as_bytes(), b"otter7lake").what;
        assert!(reason("otter7\" +\n    \"lake").contains("in pieces"));
        assert!(reason("b3R0ZXI3bGFrZQ==").contains("encoded"));
        assert!(reason("6f74746572376c616b65").contains("encoded"));
        assert!(reason("something1").contains("has changed"));
        assert!(reason("").contains("has changed"));
    }
}
