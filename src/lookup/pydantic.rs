//! The fields of pydantic's settings classes: each of them is a variable, its name in upper case.

use std::sync::LazyLock;

use bstr::{BString, ByteSlice};
use regex::bytes::Regex;

use crate::lookup::{Fallback, Language, Need};

macro_rules! expression {
    ($pattern:expr) => {
        LazyLock::new(|| Regex::new(concat!("(?-u)", $pattern)).ok())
    };
}

type Expression = LazyLock<Option<Regex>>;

static CLASS: Expression = expression!(r"(?m)^class (?P<name>\w+)\((?P<bases>[^()\n]+)\):");
static FIELD: Expression =
    expression!(r"^    (?P<name>[A-Za-z]\w*)\s*:\s*(?P<type>[^=#\n]+?)\s*(?:=\s*(?P<default>[^#\n]+))?(?:#.*)?\r?$");
static PREFIX: Expression = expression!(r#"env_prefix\s*=\s*["'](?P<prefix>\w*)["']"#);
static ALIAS: Expression = expression!(r#"\b(?:validation_alias|alias|env)\s*=\s*["'](?P<name>\w+)["']"#);

/// Finds the fields of every settings class of a file.
pub(super) fn find(text: &[u8]) -> Vec<(usize, BString, Need, Language)> {
    let Some(class) = CLASS.as_ref().filter(|_| text.contains_str("BaseSettings")) else {
        return Vec::new();
    };
    let mut settings: Vec<&[u8]> = Vec::new();
    let mut found = Vec::new();
    for head in class.captures_iter(text) {
        let (Some(whole), Some(name), Some(bases)) = (head.get(0), head.name("name"), head.name("bases")) else {
            continue;
        };
        // A class of settings may itself be the base of another one.
        let is_settings = |base: &[u8]| base.contains_str("BaseSettings") || settings.contains(&base.trim_ascii());
        if bases.as_bytes().split_str(",").any(is_settings) {
            settings.push(name.as_bytes());
            found.extend(fields(text, whole.end()));
        }
    }
    found
}

fn fields(text: &[u8], at: usize) -> Vec<(usize, BString, Need, Language)> {
    let start = text[at..].find_byte(b'\n').map_or(text.len(), |end| at + end + 1);
    let body = &text[start..start + body_len(&text[start..])];
    let prefix = PREFIX.as_ref().and_then(|prefix| prefix.captures(body)?.name("prefix"));
    let prefix = prefix.map_or(&b""[..], |prefix| prefix.as_bytes());
    let mut found = Vec::new();
    let mut offset = start;
    for line in body.lines_with_terminator() {
        let read = field(line.trim_end_with(|char| char == '\n'), prefix);
        found.extend(read.map(|(name, need)| (offset, name, need, Language::Python)));
        offset += line.len();
    }
    found
}

/// Returns the length of the lines that are indented, or empty.
fn body_len(text: &[u8]) -> usize {
    let is_inside = |line: &&[u8]| line.trim_ascii().is_empty() || line.starts_with(b" ") || line.starts_with(b"\t");
    text.lines_with_terminator()
        .take_while(is_inside)
        .map(<[u8]>::len)
        .sum()
}

fn field(line: &[u8], prefix: &[u8]) -> Option<(BString, Need)> {
    let captures = FIELD.as_ref()?.captures(line)?;
    let name = captures.name("name")?.as_bytes();
    let kind = captures.name("type")?.as_bytes();
    let default = captures.name("default").map(|default| default.as_bytes().trim_ascii());
    if name == b"model_config" || kind.starts_with(b"ClassVar") || kind.contains_str("SettingsConfigDict") {
        return None;
    }
    let alias = default.and_then(|default| {
        ALIAS
            .as_ref()?
            .captures(default)?
            .name("name")
            .map(|name| name.as_bytes())
    });
    let name = alias.map_or_else(|| [prefix, name].concat(), <[u8]>::to_vec);
    Some((name.to_ascii_uppercase().into(), need(default)))
}

fn need(default: Option<&[u8]>) -> Need {
    let Some(default) = default else {
        return Need::Required;
    };
    let arguments = ["Field(", "pydantic.Field("]
        .iter()
        .find_map(|call| default.strip_prefix(call.as_bytes()));
    match arguments.map(|arguments| arguments.trim_ascii()) {
        None if default.starts_with(b"None") => Need::Optional,
        None => Need::Fallback(Fallback::of(default)),
        Some(arguments) if arguments.starts_with(b"...") => Need::Required,
        Some(arguments) => match arguments.find("default") {
            Some(at) => {
                let given = arguments[at..]
                    .split_once_str("=")
                    .map_or(&b""[..], |(_, given)| given)
                    .trim_ascii();
                if given.starts_with(b"None") {
                    Need::Optional
                } else {
                    Need::Fallback(Fallback::of(given))
                }
            }
            None if arguments
                .first()
                .is_some_and(|byte| b"\"'0123456789TFN[({".contains(byte)) =>
            {
                Need::Fallback(Fallback::of(arguments))
            }
            None => Need::Required,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_variables_and_a_default_makes_them_optional() {
        let text = b"class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=\"APP_\")\n\n    \
                     secret_key: str\n    port: int = 8080\n    token: str | None = None\n    dsn: str = Field(alias='DB_DSN')\n    \
                     salt: str = Field(default=\"x\")\n\n    def f(self):\n        x: int = 1\n\nclass Other:\n    y: str\n\n\
                     class More(Mixin, Settings):\n    z: str\n";
        let found: Vec<(String, Need)> = find(text)
            .into_iter()
            .map(|(_, name, need, _)| (name.to_string(), need))
            .collect();
        let expected = [
            ("APP_SECRET_KEY", Need::Required),
            ("APP_PORT", Need::Fallback(Fallback::Expression)),
            ("APP_TOKEN", Need::Optional),
            ("DB_DSN", Need::Required),
            ("APP_SALT", Need::Fallback(Fallback::Literal)),
            ("Z", Need::Required),
        ];
        assert_eq!(found, expected.map(|(name, need)| (name.to_owned(), need)));
    }
}
