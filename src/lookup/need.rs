//! What code does when a variable is not set, by what stands before and behind the place where it reads it.

use bstr::ByteSlice;

/// What code does when a variable is not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// It stops.
    Required,
    /// It goes on with nothing: nobody looks.
    Unchecked,
    /// It takes something else.
    Fallback(Fallback),
    /// It looks whether there is one.
    Optional,
}

/// What is taken in place of a variable that is not set. The text itself is not kept: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fallback {
    /// A literal with something in it.
    Literal,
    /// An empty string.
    Empty,
    /// Something that is worked out.
    Expression,
}

impl Fallback {
    /// Tells what kind of fallback an expression is.
    pub(super) fn of(expression: &[u8]) -> Self {
        let text = expression.trim_ascii();
        let text = text.strip_prefix(b"b").or(text.strip_prefix(b"r")).unwrap_or(text);
        match text {
            [quote @ (b'"' | b'\'' | b'`'), rest @ ..] => match rest.find_byte(*quote) {
                Some(0) => Self::Empty,
                Some(_) => Self::Literal,
                None => Self::Expression,
            },
            _ => Self::Expression,
        }
    }
}

/// What a lookup does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `environ["X"]`, `ENV.fetch("X")`, `env!("X")`: it stops.
    Stops,
    /// `getenv("X")`, `process.env.X`: it gives what there is.
    Gives,
    /// `LookupEnv("X")`, `option_env!("X")`, `key?("X")`: it tells whether there is one.
    Tells,
}

/// Decides what is done without the variable; `None` where it is written and not read.
pub(super) fn decide(style: Style, before: &[u8], arguments: &[u8], after: &[u8]) -> Option<Need> {
    let after = after.trim_start_with(|char| char == ' ' || char == ')');
    let by_itself = match style {
        Style::Stops => Need::Required,
        Style::Gives => Need::Unchecked,
        Style::Tells => Need::Optional,
    };
    if let Some(fallback) = argument(arguments) {
        return Some(fallback);
    }
    if is_written(after) {
        return None;
    }
    if let Some(rest) = behind_or(after) {
        return Some(Need::Fallback(Fallback::of(rest)));
    }
    Some(if stops(after) {
        Need::Required
    } else if style == Style::Gives && (is_looked_at(after) || is_condition(before)) {
        Need::Optional
    } else {
        by_itself
    })
}

/// Reads a default among the arguments behind the name: `, "x"`, `, default="x"`, `, cast=int`.
fn argument(arguments: &[u8]) -> Option<Need> {
    let rest = arguments.trim_ascii_start().strip_prefix(b",")?.trim_ascii();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let word = rest.iter().take_while(|byte| is_name(byte)).count();
    let is_keyword = |rest: &[u8]| word > 0 && rest[word..].trim_ascii_start().starts_with(b"=");
    if is_keyword(rest) || rest.is_empty() {
        let at = ["default=", "default =", "default: "]
            .iter()
            .find_map(|sign| Some(rest.find(sign)? + sign.len()));
        return at.map(|at| of_default(&rest[at..]));
    }
    Some(of_default(rest))
}

fn of_default(expression: &[u8]) -> Need {
    match expression.trim_ascii_start() {
        text if text.starts_with(b"None") || text.starts_with(b"nil") || text.starts_with(b"null") => Need::Unchecked,
        text => Need::Fallback(Fallback::of(text)),
    }
}

fn is_written(after: &[u8]) -> bool {
    let after = after.strip_prefix(b"]").unwrap_or(after).trim_ascii_start();
    matches!(after, [b'=', next, ..] if !matches!(next, b'=' | b'>' | b'~'))
}

fn behind_or(after: &[u8]) -> Option<&[u8]> {
    const SIGNS: &[&str] = &[
        "||=",
        "??=",
        "||",
        "??",
        "?:",
        "or ",
        ".unwrap_or(",
        ".unwrap_or_else(|_| ",
        ".or_else(",
        ".orElse(",
        ".getOrElse(",
    ];
    SIGNS.iter().find_map(|sign| after.strip_prefix(sign.as_bytes()))
}

fn stops(after: &[u8]) -> bool {
    const SIGNS: &[&str] = &[".unwrap()", ".expect(", "?;", "?.", ".context(", ".with_context("];
    let is_asserted = matches!(after, [b'!', next, ..] if *next != b'=');
    is_asserted
        || after.starts_with(b"?;")
        || SIGNS
            .iter()
            .filter(|sign| **sign != "?.")
            .any(|sign| after.starts_with(sign.as_bytes()))
}

fn is_looked_at(after: &[u8]) -> bool {
    const SIGNS: &[&str] = &[
        "===",
        "!==",
        "==",
        "!=",
        "?",
        "&&",
        "in ",
        "is ",
        "if ",
        ".ok()",
        ".is_ok",
        ".is_err",
        ".present?",
        ".blank?",
        ".nil?",
        ".toLowerCase() ==",
        ".length",
        "=~",
        "<",
        ">",
        "else ",
        "and ",
    ];
    SIGNS.iter().any(|sign| after.starts_with(sign.as_bytes()))
}

fn is_condition(before: &[u8]) -> bool {
    const SIGNS: &[&str] = &[
        "!",
        "if (",
        "if",
        "elif",
        "unless",
        "not",
        "typeof",
        "bool(",
        "Boolean(",
        "in",
        "while (",
        "let Ok(_) =",
        "has(",
        "isset(",
        "&&",
    ];
    let before = before.trim_ascii_end();
    SIGNS.iter().any(|sign| before.ends_with(sign.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gives(before: &str, arguments: &str, after: &str) -> Option<Need> {
        decide(Style::Gives, before.as_bytes(), arguments.as_bytes(), after.as_bytes())
    }

    #[test]
    fn what_follows_says_what_happens_without_it() {
        assert_eq!(gives("x = ", "", ""), Some(Need::Unchecked));
        assert_eq!(gives("x = ", ", 'dev'", ")"), Some(Need::Fallback(Fallback::Literal)));
        assert_eq!(
            gives("x = ", ", default=\"\"", ")"),
            Some(Need::Fallback(Fallback::Empty))
        );
        assert_eq!(gives("x = ", ", cast=int", ")"), Some(Need::Unchecked));
        assert_eq!(gives("x = ", ", None", ")"), Some(Need::Unchecked));
        assert_eq!(
            gives("x = ", "", " || other()"),
            Some(Need::Fallback(Fallback::Expression))
        );
        assert_eq!(gives("x = ", "", " ?? ''"), Some(Need::Fallback(Fallback::Empty)));
        assert_eq!(gives("x = ", "", " === 'true'"), Some(Need::Optional));
        assert_eq!(gives("if (!", "", ") {"), Some(Need::Optional));
        assert_eq!(gives("x = ", "", "!;"), Some(Need::Required));
        assert_eq!(gives("", "", " = 'x'"), None);
        assert_eq!(gives("x = ", "", ".expect(\"set it\")"), Some(Need::Required));
    }
}
