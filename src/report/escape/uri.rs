//! Paths as the relative references of a URI.

/// Returns a path with everything spelled in `%XX` that a URI does not take as it is, or takes for a scheme.
pub(in crate::report) fn path(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => shown.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => shown.push(char::from(byte)),
            byte => shown.push_str(&format!("%{byte:02X}")),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference_and_nothing_else() {
        assert_eq!(path("a b/é.py"), "a%20b/%C3%A9.py");
        assert_eq!(path("javascript:alert(1)?#"), "javascript%3Aalert%281%29%3F%23");
    }
}
