//! What a program declares a variable to be. `short apiKey` holds a number and `ApiKeys apiKey` one of the constants
//! `ApiKeys.FETCH`, whatever their names promise: to print such a variable gives nothing away.

use bstr::ByteSlice;

/// How far before its use a declaration is looked for.
const FARTHEST: usize = 4096;

/// How far around a declaration's use the constants of its type are looked for: a search of all the text at each use would
/// cost the square of its length.
const AROUND: usize = 8 * 1024;

/// Types of numbers and truth values, in the languages that write a type beside a name.
const PLAIN: &[&str] = &[
    "bool", "boolean", "Boolean", "Bool", "byte", "Byte", "short", "Short", "int", "Int", "Integer", "int8", "int16",
    "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "long", "Long", "float", "Float", "float32",
    "float64", "double", "Double", "number", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "usize", "isize",
    "f32", "f64", "size_t", "Duration", "Instant",
];
/// What stands before a name and is no type.
const NO_TYPES: &[&str] = &[
    "return",
    "new",
    "throw",
    "case",
    "else",
    "in",
    "of",
    "not",
    "and",
    "or",
    "await",
    "yield",
    "typeof",
    "instanceof",
    "delete",
    "raise",
    "assert",
    "print",
    "echo",
    "puts",
    "if",
    "is",
    "import",
    "from",
    "as",
];

/// Tells whether the last declaration of `name` before `at` gives it a type that holds no secret.
pub(super) fn holds_no_secret(text: &[u8], name: &[u8], at: usize) -> bool {
    if name.is_empty() || !name.iter().all(|&byte| is_word(byte)) {
        return false;
    }
    let before = &text[at.saturating_sub(FARTHEST)..at];
    let declared = before
        .rfind_iter(name)
        .find_map(|start| type_of(before, start, start + name.len()));
    let around = &text[at.saturating_sub(AROUND)..text.len().min(at + AROUND)];
    declared.is_some_and(|declared| PLAIN.contains(&declared) || is_enumeration(around, declared))
}

/// Returns the type that the text gives to the name between the two offsets: `short name =`, `name: number`, `name int,`.
fn type_of(text: &[u8], start: usize, end: usize) -> Option<&str> {
    let (before, after) = (&text[..start], &text[end..]);
    if before.last().is_some_and(|&byte| is_word(byte) || byte == b'.') || after.first().is_some_and(|&b| is_word(b)) {
        return None;
    }
    let is_type = |word: &&str| !word.is_empty() && !word.as_bytes()[0].is_ascii_digit() && !NO_TYPES.contains(word);
    let rest = after.trim_start_with(|c| c == ' ');
    let in_front = before.trim_end_with(|c| c == ' ');
    if in_front.len() < before.len() && rest.first().is_none_or(|byte| b"=;,):\n\r".contains(byte)) {
        let word = last_word(in_front);
        // Before a colon stands a type in a loop only: `for (ApiKeys apiKey : KNOWN)`.
        let counts = !rest.starts_with(b":") || PLAIN.contains(&word) || word.starts_with(|c: char| c.is_uppercase());
        if counts && is_type(&word) {
            return Some(word);
        }
    }
    // A question mark makes it optional.
    let colon = rest.strip_prefix(b"?").unwrap_or(rest).strip_prefix(b":");
    if let Some(rest) = colon.filter(|rest| !rest.starts_with(b":") && !rest.starts_with(b"=")) {
        return Some(first_word(rest.trim_start())).filter(is_type);
    }
    let follows = first_word(rest);
    (rest.len() < after.len() && PLAIN.contains(&follows)).then_some(follows)
}

/// Tells whether the text names constants of a type, as enumerations have them: `ApiKeys.API_VERSIONS`.
fn is_enumeration(text: &[u8], declared: &str) -> bool {
    declared.starts_with(|c: char| c.is_ascii_uppercase())
        && text.find_iter(declared).any(|start| {
            let behind = &text[start + declared.len()..];
            let member = behind.strip_prefix(b".").or_else(|| behind.strip_prefix(b"::"));
            let member = member.map(first_word).unwrap_or_default();
            let is_constant = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
            let is_whole = start == 0 || !is_word(text[start - 1]);
            is_whole && member.len() > 1 && member.bytes().all(is_constant)
        })
}

fn first_word(text: &[u8]) -> &str {
    let end = text.iter().take_while(|&&byte| is_word(byte)).count();
    std::str::from_utf8(&text[..end]).unwrap_or_default()
}

fn last_word(text: &[u8]) -> &str {
    let length = text.iter().rev().take_while(|&&byte| is_word(byte)).count();
    std::str::from_utf8(&text[text.len() - length..]).unwrap_or_default()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> bool {
        let at = text.rfind("apiKey").unwrap();
        holds_no_secret(text.as_bytes(), b"apiKey", at)
    }

    #[test]
    fn a_number_holds_no_secret_in_whatever_order_it_is_declared() {
        for text in [
            "short apiKey = entry.getKey(); out.printf(\"%d\", apiKey",
            "void show(int apiKey) { print(apiKey",
            "let apiKey: u16 = 3; println!(\"{}\", apiKey",
            "function show(apiKey?: number) { console.log(apiKey",
            "func show(apiKey int16, n string) { fmt.Println(apiKey",
        ] {
            assert!(asked(text), "{text}");
        }
    }

    #[test]
    fn neither_does_one_of_the_constants_of_an_enumeration() {
        assert!(asked(
            "if (k != ApiKeys.FETCH) { ApiKeys apiKey = k.id(); log.debug(\"{}\", apiKey"
        ));
        assert!(!asked(
            "if (k != MyApiKeys.FETCH) { ApiKeys apiKey = k.id(); log.debug(\"{}\", apiKey"
        ));
        assert!(!asked("Keys.load(); Keys apiKey = k.id(); log.debug(\"{}\", apiKey"));
    }

    #[test]
    fn the_last_declaration_counts_and_where_there_is_none_the_name_does() {
        for text in [
            "int apiKey = 3; String apiKey = load(); print(apiKey",
            "const apiKey = load(); console.log(apiKey",
            "int apiKeys = 3; print(apiKey",
            "if (this.apiKey == 3) return apiKey; print(apiKey",
            "apiKey := load(); fmt.Println(apiKey",
            "print(apiKey",
        ] {
            assert!(!asked(text), "{text}");
        }
        assert!(!holds_no_secret(b"int x.kind = 3; print(x.kind)", b"x.kind", 22));
    }

    #[test]
    fn a_declaration_far_away_is_not_looked_for() {
        let text = format!("int apiKey = 3;{}print(apiKey", " ".repeat(FARTHEST));
        assert!(!asked(&text));
    }
}
