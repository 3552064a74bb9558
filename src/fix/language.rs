//! What is known of each language, read from `languages.toml`: its grammar, its lookup, and where a string is no value.
//! Data before code: a language that needs no rule about types or imports is one block there.

use std::sync::OnceLock;

use bstr::{BStr, ByteSlice};
use serde::Deserialize;

/// A language in which a literal can give way to a lookup.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Language {
    /// Its name, as a sentence uses it.
    pub(super) name: String,
    pub(super) grammar: Grammar,
    /// Endings of file names, and whole file names.
    pub(super) files: Vec<String>,
    /// The language whose block counts here, too.
    like: Option<String>,
    /// The kinds of nodes that are string tokens.
    pub(super) strings: Vec<String>,
    /// The kinds of nodes that make a string one that is put together when the program runs.
    pub(super) pieces: Vec<String>,
    /// The lookup that stops the program when the variable is missing.
    pub(super) lookup: String,
    /// The same in place of a fallback, where that is written in another way.
    pub(super) fallback_lookup: Option<String>,
    /// How a program comes to have what `.env` holds.
    pub(super) loads: String,
    pub(super) never: Vec<Never>,
    pub(super) names: Vec<Naming>,
    /// Queries for lookups with a literal to fall back on.
    pub(super) fallback: Vec<String>,
}

/// Where a string cannot give way.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Never {
    /// Anywhere inside such a node.
    pub(super) inside: Option<String>,
    /// Directly under such a node.
    pub(super) parent: Option<String>,
    /// … as this field of it.
    pub(super) field: Option<String>,
    /// … which is itself this field of the next.
    pub(super) under: Option<String>,
    /// … whose operator is one of these.
    pub(super) operators: Vec<String>,
    /// Why not, as the end of a sentence.
    pub(super) what: String,
    /// What to do by hand.
    pub(super) instead: String,
}

/// What gives a value its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Naming {
    /// The node around it.
    pub(super) node: String,
    /// The field of the node that holds the name; without one, the argument before the value names it.
    pub(super) name: Option<String>,
}

/// A grammar that is compiled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Grammar {
    #[default]
    Python,
    JavaScript,
    TypeScript,
    Tsx,
    Go,
    Ruby,
    Java,
    Bash,
}

impl Grammar {
    /// Returns the parser's tables.
    pub(super) fn tables(self) -> tree_sitter::Language {
        match self {
            Self::Python => tree_sitter_python::LANGUAGE.into(),
            Self::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Self::Go => tree_sitter_go::LANGUAGE.into(),
            Self::Ruby => tree_sitter_ruby::LANGUAGE.into(),
            Self::Java => tree_sitter_java::LANGUAGE.into(),
            Self::Bash => tree_sitter_bash::LANGUAGE.into(),
        }
    }
}

#[derive(Deserialize)]
struct File {
    language: Vec<Language>,
}

impl Language {
    /// Finds the language of a file by its name, or by the interpreter that its first line names.
    pub(super) fn of(path: &BStr, text: &[u8]) -> Option<&'static Self> {
        let name = path.rsplit(|&byte| byte == b'/').next()?.to_str().ok()?;
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let is_ours = |file: &String| file == name || Some(file.as_str()) == ending;
        let by_name = all().iter().find(|language| language.files.iter().any(is_ours));
        by_name.or_else(|| by_interpreter(text).filter(|_| ending.is_none()))
    }

    /// Returns the lookup of a variable.
    pub(super) fn look_up(&self, name: &str, is_fallback: bool) -> String {
        let form = self.fallback_lookup.as_ref().filter(|_| is_fallback);
        form.unwrap_or(&self.lookup).replace("{name}", name)
    }

    /// Takes over what the language that it is like says.
    fn inherit(mut self, from: &Self) -> Self {
        self.strings.extend(from.strings.iter().cloned());
        self.pieces.extend(from.pieces.iter().cloned());
        self.never.extend(from.never.iter().cloned());
        self.names.extend(from.names.iter().cloned());
        self.fallback.extend(from.fallback.iter().cloned());
        self.lookup.clone_from(&from.lookup);
        self.loads.clone_from(&from.loads);
        self
    }
}

fn by_interpreter(text: &[u8]) -> Option<&'static Language> {
    let line = text.lines().next()?.strip_prefix(b"#!")?;
    let words = line
        .fields()
        .map(|word| word.rsplit(|&byte| byte == b'/').next().unwrap_or(word));
    let mut words = words.filter(|word| *word != b"env" && !word.starts_with(b"-"));
    let program = words
        .next()?
        .to_str()
        .ok()?
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let ending = match program {
        "python" => "py",
        "node" => "js",
        "ruby" => "rb",
        "sh" | "bash" | "dash" | "zsh" | "ksh" => "sh",
        _ => return None,
    };
    all()
        .iter()
        .find(|language| language.files.iter().any(|file| file == ending))
}

/// Returns every language. The file is ours and proven by a test, so one that does not read is no language at all.
pub(super) fn all() -> &'static [Language] {
    static ALL: OnceLock<Vec<Language>> = OnceLock::new();
    ALL.get_or_init(|| read(include_str!("languages.toml")).unwrap_or_default())
}

fn read(text: &str) -> Result<Vec<Language>, toml::de::Error> {
    let file: File = toml::from_str(text)?;
    let mut read: Vec<Language> = Vec::new();
    for language in file.language {
        let like = read
            .iter()
            .find(|other| Some(&other.name) == language.like.as_ref())
            .cloned();
        read.push(match like {
            Some(like) => language.inherit(&like),
            None => language,
        });
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use tree_sitter::Query;

    use super::*;

    #[test]
    fn every_block_reads_and_speaks_of_nodes_that_its_grammar_has() {
        for language in read(include_str!("languages.toml")).unwrap() {
            let tables = language.grammar.tables();
            // What a language takes over from another may speak of nodes that only the other has.
            let other = if language.like.is_some() {
                Grammar::JavaScript.tables()
            } else {
                tables.clone()
            };
            let is_kind = |kind: &str| {
                [&tables, &other]
                    .iter()
                    .any(|tables| tables.id_for_node_kind(kind, true) != 0)
            };
            let never = language.never.iter().flat_map(|never| [&never.inside, &never.parent]);
            let kinds = never.flatten().chain(&language.strings).chain(&language.pieces);
            for kind in kinds.chain(language.names.iter().map(|naming| &naming.node)) {
                assert!(is_kind(kind), "{}: {kind}", language.name);
            }
            let fields = language.never.iter().flat_map(|never| [&never.field, &never.under]);
            for field in fields.chain(language.names.iter().map(|naming| &naming.name)).flatten() {
                assert!(tables.field_id_for_name(field).is_some(), "{}: {field}", language.name);
            }
            for query in &language.fallback {
                Query::new(&tables, query).unwrap();
            }
            assert!(language.lookup.contains("{name}") && !language.loads.is_empty());
        }
    }

    #[test]
    fn a_file_has_its_language_by_its_name_or_its_first_line() {
        let name = |path: &str, text: &str| Language::of(path.into(), text.as_bytes()).map(|found| found.name.as_str());
        assert_eq!(name("a/b.py", ""), Some("Python"));
        assert_eq!(name("a.tsx", ""), Some("TSX"));
        assert_eq!(name("bin/deploy", "#!/usr/bin/env -S bash -e\n"), Some("shell"));
        assert_eq!(name("bin/run", "#!/usr/bin/python3.12\n"), Some("Python"));
        assert_eq!(name("notes.md", "#!/bin/sh\n"), None);
    }
}
