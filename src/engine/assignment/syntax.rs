//! Which family of syntaxes a file belongs to, by its name.
//! Only one question hangs on it: whether a bare word after `=` is a value or an expression.

use bstr::{BStr, ByteSlice};

/// What a bare word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::engine) enum Syntax {
    /// An expression: code quotes its strings.
    Code,
    /// A value, to the end of the line: dotenv, INI, YAML, properties.
    Data,
    /// A value, to the next blank: shell, Dockerfile, Makefile.
    Shell,
    /// Never a string: JSON quotes them all.
    Json,
    /// A value, to the next blank: prose, logs, and whatever is unknown.
    Text,
}

const CODE: &[&str] = &[
    "py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "go", "java", "kt", "kts", "scala", "groovy", "gradle", "cs",
    "vb", "fs", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "swift", "rs", "rb", "erb", "php", "pl", "pm",
    "lua", "dart", "ex", "exs", "erl", "clj", "cljs", "hs", "jl", "r", "vue", "svelte", "tf", "tfvars", "hcl", "nim",
    "zig", "sol", "proto", "coffee", "ipynb", "toml", "bicep", "nix", "elm", "ml", "v", "sv", "s", "asm", "sql",
    "rake", "gemspec", "podspec", "css", "scss", "less", "pas", "pp", "dpr", "lpr", "lfm", "dfm", "inc", "ads", "adb",
    "f", "for", "f90", "f95", "f03", "f08", "nse", "vim", "mli", "fsx", "hrl", "lisp", "el", "scm", "vbs", "bas",
];
const DATA: &[&str] = &[
    "env",
    "ini",
    "cfg",
    "conf",
    "cnf",
    "config",
    "properties",
    "props",
    "yml",
    "yaml",
    "prefs",
    "desktop",
    "service",
    "rc",
    "npmrc",
    "editorconfig",
    "tmpl",
    "example",
    "sample",
    "dist",
    "template",
    "local",
];
const SHELL: &[&str] = &[
    "sh",
    "bash",
    "zsh",
    "fish",
    "ksh",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    "mk",
    "dockerfile",
    "bashrc",
    "zshrc",
    "profile",
    "make",
];

impl Syntax {
    /// Tells the family from a path.
    pub(in crate::engine) fn of(path: &BStr) -> Self {
        let name = path.rsplit_str("/").next().unwrap_or_default().to_ascii_lowercase();
        let name = String::from_utf8_lossy(&name);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let is = |list: &[&str]| list.contains(&extension);
        if name.starts_with("dockerfile") || name.starts_with("makefile") || name == "containerfile" || is(SHELL) {
            Self::Shell
        } else if name.starts_with(".env") || name.ends_with(".env") || is(DATA) {
            Self::Data
        } else if matches!(
            extension,
            "json" | "jsonl" | "json5" | "jsonc" | "geojson" | "tfstate" | "har" | "lock" | "map" | "webmanifest"
        ) {
            Self::Json
        } else if is(CODE) {
            Self::Code
        } else {
            Self::Text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_tells_the_family() {
        for (path, syntax) in [
            ("a/b.py", Syntax::Code),
            ("unit.PAS", Syntax::Code),
            (".env.production", Syntax::Data),
            ("prod.env", Syntax::Data),
            ("Dockerfile.dev", Syntax::Shell),
            ("x.json", Syntax::Json),
            ("README.md", Syntax::Text),
            ("noext", Syntax::Text),
        ] {
            assert_eq!(Syntax::of(path.into()), syntax, "{path}");
        }
    }
}
