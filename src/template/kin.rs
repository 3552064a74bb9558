//! What a file is by its name: a file of values, the template of one, or neither.

use bstr::{BStr, BString, ByteSlice};

/// What a file is to a project's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// It holds values: `.env`, `.streamlit/secrets.toml`, `secrets.py`, `terraform.tfvars`.
    Values,
    /// It lists the names of another file, whose path this is.
    Template(BString),
}

/// Tells whether a file lies where tests keep what they read: such a `.env` or template is a part of the test.
pub fn is_of_tests(path: &BStr) -> bool {
    let folder = split(path).0.to_ascii_lowercase();
    folder.contains_str("test") || folder.contains_str("fixture")
}

const MARKS: &[&str] = &[
    "example", "sample", "template", "dist", "tpl", "tmpl", "defaults", "default",
];

/// Tells what a file is to a project's settings, if it is anything.
pub fn role_of(path: &BStr) -> Option<Role> {
    let (folder, name) = split(path);
    let name = name.to_str().ok()?;
    if let Some(source) = source_name(name) {
        return Some(Role::Template([folder, source.as_bytes()].concat().into()));
    }
    holds_values(folder, name).then_some(Role::Values)
}

fn split(path: &BStr) -> (&[u8], &[u8]) {
    let at = path.rfind_byte(b'/').map_or(0, |at| at + 1);
    path.split_at(at)
}

/// Returns the name of the file that a template is the template of.
fn source_name(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    let at = parts
        .iter()
        .rposition(|part| MARKS.contains(&part.to_ascii_lowercase().as_str()))?;
    let is_last = at + 1 == parts.len();
    let rest: Vec<&str> = parts
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != at)
        .map(|(_, part)| *part)
        .collect();
    let stem = rest.join(".");
    match stem.as_str() {
        // `example.env`, `env.example`, `dotenv.example`
        "env" | ".env" | "dotenv" => Some(".env".to_owned()),
        _ if is_last && (stem.starts_with(".env") || is_other(&stem)) => Some(stem),
        // `secrets.example.toml`; `.env.example.local` is somebody's own.
        _ if !is_last && is_other(&stem) => Some(stem),
        _ => None,
    }
}

fn is_other(name: &str) -> bool {
    matches!(name, "secrets.toml" | "secrets.py" | "local_secrets.py")
        || name.ends_with(".tfvars")
        || name.ends_with(".env")
}

fn holds_values(folder: &[u8], name: &str) -> bool {
    const NEVER: &[&str] = &[
        "vault", "md", "ts", "js", "mjs", "cjs", "py", "rb", "enc", "schema", "keys", "age", "gpg",
    ];
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match name {
        ".env" | "local_secrets.py" | "secrets.py" => true,
        "secrets.toml" => folder.ends_with(b".streamlit/"),
        _ if name.starts_with(".env.") => !NEVER.contains(&ending),
        _ => matches!(ending, "tfvars" | "env") && name.len() > ending.len() + 1,
    }
}

/// Returns the usual path of the template of a file of values.
pub fn template_for(path: &BStr) -> BString {
    let (folder, name) = split(path);
    let name: &[u8] = match name {
        b".env" | b".env.local" => b".env.example",
        b"secrets.py" => b"secrets.py.template",
        name => return [folder, name, b".example"].concat().into(),
    };
    [folder, name].concat().into()
}

/// Names the environment that a file of values belongs to: `production` of `.env.production`, nothing of `.env`.
pub fn environment_of(path: &BStr) -> BString {
    let (_, name) = split(path);
    let without = [&b".env"[..], b".tfvars", b".local"]
        .iter()
        .fold(name.to_vec(), |name, part| name.replace(part, ""));
    without.trim_with(|char| char == '.').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Option<String> {
        match role_of(path.into())? {
            Role::Template(source) => Some(source.to_string()),
            Role::Values => None,
        }
    }

    #[test]
    fn a_template_names_the_file_that_it_stands_for() {
        for (template, expected) in [
            (".env.example", ".env"),
            ("apps/api/.env.sample", "apps/api/.env"),
            (".env.production.example", ".env.production"),
            ("docker/example.env", "docker/.env"),
            ("env.template", ".env"),
            ("secrets.py.template", "secrets.py"),
            (".streamlit/secrets.toml.example", ".streamlit/secrets.toml"),
            (".streamlit/secrets.example.toml", ".streamlit/secrets.toml"),
            ("infra/terraform.tfvars.example", "infra/terraform.tfvars"),
        ] {
            assert_eq!(source(template).as_deref(), Some(expected), "{template}");
        }
    }

    #[test]
    fn files_of_values_are_known_and_others_are_not() {
        for path in [
            ".env",
            ".env.local",
            "a/.env.production",
            ".streamlit/secrets.toml",
            "prod.tfvars",
            "deploy/prod.env",
            "secrets.py",
        ] {
            assert_eq!(role_of(path.into()), Some(Role::Values), "{path}");
        }
        for path in [
            ".env.d.ts",
            ".env.vault",
            "secrets.toml",
            "environment.py",
            "example.py",
            "config.sample.json",
            ".environment",
        ] {
            assert_eq!(role_of(path.into()), None, "{path}");
        }
    }

    #[test]
    fn an_environment_is_named_by_its_file() {
        for (path, expected) in [
            (".env", ""),
            ("a/.env.production", "production"),
            (".env.production.local", "production"),
            ("prod.tfvars", "prod"),
        ] {
            assert_eq!(environment_of(path.into()), expected, "{path}");
        }
    }
}
