//! What people type, and what only typesetting brings forth.

/// Tells whether somebody may have typed it, and not as a word: a text in any alphabet but ours may be one.
pub(super) fn is_typed(value: &[u8]) -> bool {
    let signs = value.iter().filter(|byte| byte.is_ascii_punctuation()).count();
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    let is_no_word = has(u8::is_ascii_digit) || signs >= 4 && has(u8::is_ascii_alphabetic);
    value.is_ascii() || is_no_word && !has_typeset_sign(value)
}

/// Signs that keyboards of one country or another have, and that are no letters.
const OF_KEYBOARDS: &str = "¡£§¨ª¬°²³´µº¿";

/// Tells whether all that is not ASCII are signs of keyboards: no word is written with them.
pub(super) fn has_signs_only(value: &[u8]) -> bool {
    bstr::ByteSlice::chars(value).all(|sign| sign.is_ascii() || OF_KEYBOARDS.contains(sign))
}

/// Tells whether a value holds a sign that no keyboard has, as printed text does: `«`, `·`, `…`.
fn has_typeset_sign(value: &[u8]) -> bool {
    let is_typeset = |sign| matches!(sign, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{206f}');
    let mut signs = bstr::ByteSlice::chars(value);
    signs.any(|sign| is_typeset(sign) && !OF_KEYBOARDS.contains(sign))
}

pub(super) fn has_blank(value: &[u8]) -> bool {
    value.iter().any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Tells whether a value that is written for an address holds a blank.
pub(super) fn holds_escaped_blank(value: &[u8]) -> bool {
    bstr::ByteSlice::contains_str(value, b"%20")
}
