//! What a name says of the value beside it, once it has promised a secret: that the value is only looked at, or that
//! it is the name itself again.

/// Tells whether a call's name says that its argument is looked at rather than kept: `encodePassword("…")`.
pub(super) fn is_about_checking(name: &[u8]) -> bool {
    const VERBS: &[&str] = &[
        "encode", "hash", "encrypt", "decrypt", "compare", "assert", "log", "print", "format", "read", "load", "fetch",
        "lookup", "input", "ask", "prompt", "escape", "mask",
    ];
    let call = name.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    VERBS.iter().map(|verb| verb.as_bytes()).any(|verb| {
        call.get(..verb.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(verb))
            || call.len() > verb.len() && call[call.len() - verb.len()..].eq_ignore_ascii_case(verb)
    })
}

/// Tells whether a call's name is a step of a program: a compiler's `FUNCTION_PASS("…")`, `CompilerPassExtension("…")`.
pub(super) fn is_step(name: &[u8]) -> bool {
    let ends = name.len() > 4 && name[name.len() - 4..].eq_ignore_ascii_case(b"pass");
    let goes_on = bstr::ByteSlice::find_iter(name, "Pass")
        .any(|at| at > 0 && name.get(at + 4).is_some_and(u8::is_ascii_uppercase));
    ends || goes_on
}

/// Tells whether name and value hold one another, as in `password = "db-password"`.
pub(super) fn resembles(name: &[u8], value: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let head = value.split(|byte| b"-_./".contains(byte)).next().unwrap_or_default();
    let (name, head, value) = (plain(name), plain(head), plain(value));
    let holds = |long: &[u8], short: &[u8]| {
        short.len() >= 4 && long.len() - short.len().min(long.len()) <= 4 && bstr::ByteSlice::contains_str(long, short)
    };
    // `KEY_MLKEM768X = "mlkem768x-sha256"`: the name of a method, and what it is called.
    let is_numbered = head.len() >= 8 && head.iter().any(u8::is_ascii_digit);
    let begins_as_name = is_numbered && head.len() < value.len() && bstr::ByteSlice::contains_str(&*name, &*head);
    name == value || begins_as_name || holds(&name, &value) || holds(&value, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_looks_at_its_argument_is_told_by_its_verb() {
        assert!(is_about_checking(b"user.encodePassword") && is_about_checking(b"passwordInput"));
        assert!(!is_about_checking(b"user.setPassword") && is_step(b"FUNCTION_PASS") && !is_step(b"pass"));
        assert!(is_step(b"CompilerPassExtension") && !is_step(b"setPassword") && !is_step(b"PassKey"));
    }

    #[test]
    fn a_value_that_says_its_name_again_is_seen() {
        assert!(resembles(b"db_password", b"DB-Password") && resembles(b"password", b"db-password"));
        assert!(!resembles(b"password", b"password-of-the-whole-house") && !resembles(b"pw", b"pwx"));
    }
}
