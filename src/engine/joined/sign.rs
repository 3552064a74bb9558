//! What joins one literal to the next.

use crate::engine::assignment::Syntax;

/// How far apart two pieces may stand.
const FARTHEST: usize = 240;

/// What stands between two literals.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint {
    /// The quote that opens the next literal.
    pub(super) opens: usize,
    /// True when a comma stands there, which joins only what a call joins.
    pub(super) is_list: bool,
}

/// Reads what joins the literal that ends with the quote at `quote` to the next one.
pub(super) fn joint(text: &[u8], quote: usize, syntax: Syntax) -> Option<Joint> {
    if is_escaped(text, quote) {
        return None;
    }
    let text = &text[..text.len().min(quote + FARTHEST)];
    let Gap { sign_at, sign, opens } = Gap::read(text, quote);
    let is_bare = sign.is_empty();
    let is_quote = matches!(text.get(opens), Some(b'"' | b'\''));
    let joins = match syntax {
        Syntax::Code if is_bare => sign_at > quote + 1,
        // In a shell only what touches is one word.
        Syntax::Shell if is_bare => opens == quote + 1 && text.get(opens) != text.get(quote),
        Syntax::Code | Syntax::Text | Syntax::Shell => !is_bare,
        Syntax::Data | Syntax::Json => false,
    };
    (is_quote && joins).then_some(Joint {
        opens,
        is_list: sign == b",",
    })
}

/// What follows a quote, up to where the next literal would open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// Where the sign stands, or would.
    pub(super) sign_at: usize,
    /// The sign, or nothing.
    pub(super) sign: &'static [u8],
    /// Where the next quote stands, if one does.
    pub(super) opens: usize,
}

impl Gap {
    /// Reads what follows the quote at `quote`.
    pub(super) fn read(text: &[u8], quote: usize) -> Self {
        let sign_at = skip(text, quote + 1);
        let sign = sign(&text[sign_at..]);
        let mut at = skip(text, sign_at + sign.len());
        if !sign.is_empty() && text.get(at) == Some(&b'(') {
            at = skip(text, at + 1);
        }
        Self {
            sign_at,
            sign,
            opens: at + prefix(&text[at..]),
        }
    }
}

/// Tells whether what joins two literals may begin with a byte; behind nearly every quote stands another one.
pub(super) fn may_join(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !b";:)]}>_-/%$@?!*".contains(&byte)
}

/// Tells by what follows a literal whether it is a name with a value of its own, and no piece: `"a" = 1`, `"a": 1`.
pub(super) fn names(rest: &[u8]) -> bool {
    let spaced = rest.trim_ascii_start();
    rest.starts_with(b":") || spaced.starts_with(b"=") && !spaced.starts_with(b"==")
}

/// Tells whether a backslash takes a quote's meaning.
pub(super) fn is_escaped(text: &[u8], quote: usize) -> bool {
    let signs = text[..quote]
        .iter()
        .rev()
        .take(64)
        .take_while(|&&byte| byte == b'\\')
        .count();
    signs % 2 == 1
}

fn sign(rest: &[u8]) -> &'static [u8] {
    const SIGNS: &[&[u8]] = &[b".concat(", b"++", b"+", b"..", b".", b"<>", b"||", b"&", b"~", b","];
    SIGNS
        .iter()
        .find(|sign| rest.starts_with(sign))
        .copied()
        .unwrap_or_default()
}

/// Skips blanks, line ends with and without a backslash, and comments behind `//`.
fn skip(text: &[u8], mut at: usize) -> usize {
    loop {
        at += match &text[at.min(text.len())..] {
            [b' ' | b'\t' | b'\n' | b'\r', ..] => 1,
            [b'\\', b'\n', ..] => 2,
            rest @ [b'/', b'/', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            _ => return at,
        };
    }
}

/// Returns the length of what may stand before a quote: `r`, `b`, `@`, `$`.
fn prefix(rest: &[u8]) -> usize {
    rest.iter()
        .take(2)
        .take_while(|byte| b"rRbBuUfFL@$".contains(byte))
        .count()
}
