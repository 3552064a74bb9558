//! The variables of a compose file: `$NAME`, `${NAME}`, `${NAME:-x}`, `${NAME:?x}`; `$$` is a dollar sign.

use bstr::{BString, ByteSlice};

use crate::lookup::{Fallback, Language, Need, line_before};

/// Finds every interpolation.
pub(super) fn find(text: &[u8]) -> Vec<(usize, BString, Need, Language)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find_byte(b'$') {
        let dollar = at + next;
        at = dollar + 1;
        if text.get(at) == Some(&b'$') {
            at += 1;
        } else if let Some((name, need)) = variable(&text[at..])
            && !line_before(text, dollar).trim_ascii_start().starts_with(b"#")
        {
            at += name.len();
            found.push((dollar, name.into(), need, Language::Compose));
        }
    }
    found
}

/// Reads what stands behind a dollar sign.
fn variable(text: &[u8]) -> Option<(&[u8], Need)> {
    let inner = text.strip_prefix(b"{");
    let body = inner.unwrap_or(text);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let len = body.iter().take_while(|byte| is_name(byte)).count();
    let name = &body[..len];
    if len == 0 || name[0].is_ascii_digit() {
        return None;
    }
    let rest = inner.map_or(&b"}"[..], |_| &body[len..]);
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let need = match rest.first()? {
        b'}' => Need::Unchecked,
        b'?' => Need::Required,
        b'+' => Need::Optional,
        b'-' => Need::Fallback(match rest.get(1)? {
            b'}' => Fallback::Empty,
            b'$' => Fallback::Expression,
            _ => Fallback::Literal,
        }),
        _ => return None,
    };
    Some((name, need))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_says_what_happens_without_the_variable() {
        let text = b"a: ${A}\nb: $B\nc: ${C:-x}\nd: ${D-}\ne: ${E:?set it}\n# f: ${F}\ng: $$G $1 ${H:+y}\n";
        let found: Vec<(String, Need)> = find(text)
            .into_iter()
            .map(|(_, name, need, _)| (name.to_string(), need))
            .collect();
        let expected = [
            ("A", Need::Unchecked),
            ("B", Need::Unchecked),
            ("C", Need::Fallback(Fallback::Literal)),
            ("D", Need::Fallback(Fallback::Empty)),
            ("E", Need::Required),
            ("H", Need::Optional),
        ];
        assert_eq!(found, expected.map(|(name, need)| (name.to_owned(), need)));
    }
}
