//! The entry that makes another hook manager run keyfence: where it goes, how it reads, and putting it in.
//!
//! What a person wrote stays as it is, byte for byte; where the entry's place is not certain, nothing is written and
//! the person is asked to do it.

use std::io;
use std::path::PathBuf;

use bstr::ByteSlice;

use crate::git::special;
use crate::hook::yaml::Yaml;
use crate::hook::{Hook, HookError, write};

const COMMAND: &str = "keyfence guard pre-commit";

const LEFTHOOK: &str = "\
pre-commit:
  commands:
    keyfence:
      run: keyfence guard pre-commit
";

// The names of the files tell `run --all-files` from a commit; they come after `--`, for one may begin with a dash.
const FRAMEWORK: &str = "\
repos:
  - repo: local
    hooks:
      - id: keyfence
        name: keyfence
        entry: keyfence guard pre-commit --
        language: system
        stages: [pre-commit]
        always_run: true
";

const PREK: &str = "\
[[repos]]
repo = \"local\"

[[repos.hooks]]
id = \"keyfence\"
name = \"keyfence\"
entry = \"keyfence guard pre-commit --\"
language = \"system\"
stages = [\"pre-commit\"]
always_run = true
";

/// An entry in a manager's configuration.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The file that it belongs into.
    pub file: PathBuf,
    /// The entry, as it reads in a file that holds nothing else.
    pub text: &'static str,
    insert: fn(&str) -> Option<String>,
    executable: bool,
}

impl Entry {
    pub(super) fn shell(file: PathBuf) -> Self {
        Self {
            file,
            text: "keyfence guard pre-commit\n",
            insert: into_script,
            executable: true,
        }
    }

    pub(super) fn lefthook(file: PathBuf) -> Self {
        let yaml = file.extension().is_some_and(|kind| kind == "yml" || kind == "yaml");
        Self {
            file,
            text: LEFTHOOK,
            insert: if yaml { into_lefthook } else { |_| None },
            executable: false,
        }
    }

    pub(super) fn framework(file: PathBuf) -> Self {
        Self {
            file,
            text: FRAMEWORK,
            insert: into_framework,
            executable: false,
        }
    }

    pub(super) fn prek(file: PathBuf) -> Self {
        Self {
            file,
            text: PREK,
            insert: into_prek,
            executable: false,
        }
    }

    /// Tells whether the file calls keyfence already.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn is_there(&self) -> Result<bool, HookError> {
        Ok(self.read()?.is_some_and(|text| calls_keyfence(&text)))
    }

    /// Puts the entry in and tells whether that changed anything.
    ///
    /// # Errors
    /// When the file cannot be read or written, or when the entry's place in it is not certain.
    pub fn add(&self) -> Result<bool, HookError> {
        let Some(old) = self.read()? else {
            self.create()?;
            return Ok(true);
        };
        if calls_keyfence(&old) {
            return Ok(false);
        }
        let new = old.to_str().ok().and_then(self.insert);
        let new = new.ok_or_else(|| HookError::NoPlace {
            file: self.file.clone(),
            entry: self.text,
        })?;
        write::content(&self.file, new.as_bytes())?;
        Ok(true)
    }

    fn create(&self) -> Result<(), HookError> {
        if self.executable {
            write::executable(&self.file, format!("#!/bin/sh\n{}", self.text).as_bytes())
        } else {
            write::content(&self.file, self.text.as_bytes())
        }
    }

    fn read(&self) -> Result<Option<Vec<u8>>, HookError> {
        match special::read(&self.file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(HookError::Io {
                done: "read",
                path: self.file.clone(),
                source,
            }),
        }
    }
}

/// Tells whether a line that is no comment calls the guard, or names the framework's hook.
fn calls_keyfence(text: &[u8]) -> bool {
    any_line(text, |line| {
        line.contains_str(COMMAND) || line.ends_with_str("id: keyfence")
    })
}

/// Tells whether a script calls the guard of one hook.
pub(super) fn calls_guard(text: &[u8], hook: Hook) -> bool {
    let call = format!("keyfence guard {}", hook.name());
    any_line(text, |line| line.contains_str(&call))
}

fn any_line(text: &[u8], is_call: impl Fn(&[u8]) -> bool) -> bool {
    text.lines()
        .map(ByteSlice::trim)
        .any(|line| !line.starts_with(b"#") && !line.starts_with(b"//") && is_call(line))
}

/// The end of a script, where formatters have run already; but in front of an `exit` or `exec` that ends it earlier.
fn into_script(old: &str) -> Option<String> {
    let ends = |line: &str| ["exit", "exec"].contains(&line.split_whitespace().next().unwrap_or_default());
    let lines = Yaml::of(old);
    let at = lines
        .iter()
        .position(|line| ends(line) && !line.starts_with([' ', '\t']))
        .unwrap_or(lines.len());
    Some(lines.with(at, &[COMMAND.to_owned()]))
}

fn into_lefthook(old: &str) -> Option<String> {
    let yaml = Yaml::of(old);
    let Some(hook) = yaml.key("pre-commit", 0..yaml.len(), 0) else {
        let is_taken = yaml.iter().any(|line| line.starts_with("pre-commit"));
        return (!is_taken).then(|| yaml.with_block_at_end(LEFTHOOK));
    };
    let block = yaml.block(hook, 0);
    let inner = yaml.indent_in(block.clone()).unwrap_or(2);
    let pad = |more: usize, text: &str| format!("{}{text}", " ".repeat(inner + more));
    if let Some(jobs) = yaml.key("jobs", block.clone(), inner) {
        let list = yaml.list(jobs, inner);
        let at = yaml.indent_in(list.clone())? - inner;
        let entry = [pad(at, "- name: keyfence"), pad(at, &format!("  run: {COMMAND}"))];
        return Some(yaml.with(yaml.end_of(list), &entry));
    }
    if let Some(commands) = yaml.key("commands", block.clone(), inner) {
        let list = yaml.block(commands, inner);
        let step = yaml.indent_in(list.clone())? - inner;
        let entry = [pad(step, "keyfence:"), pad(2 * step, &format!("run: {COMMAND}"))];
        return Some(yaml.with(yaml.end_of(list), &entry));
    }
    let is_taken = yaml.lines_of(block.clone()).any(|line| {
        ["jobs", "commands"]
            .iter()
            .any(|key| line.trim_start().starts_with(key))
    });
    let entry = [
        pad(0, "commands:"),
        pad(inner, "keyfence:"),
        pad(2 * inner, &format!("run: {COMMAND}")),
    ];
    (!is_taken).then(|| yaml.with(yaml.end_of(block), &entry))
}

fn into_framework(old: &str) -> Option<String> {
    let yaml = Yaml::of(old);
    let repos = yaml.key("repos", 0..yaml.len(), 0)?;
    let list = yaml.list(repos, 0);
    let indent = yaml.indent_in(list.clone())?;
    let entry: Vec<String> = FRAMEWORK
        .lines()
        .skip(1)
        .map(|line| format!("{}{}", " ".repeat(indent), &line[2..]))
        .collect();
    Some(yaml.with(yaml.end_of(list), &entry))
}

/// A table at the end of the file is a list's next element, wherever the others stand; an inline list takes none.
fn into_prek(old: &str) -> Option<String> {
    let toml = Yaml::of(old);
    let is_inline = toml.iter().any(|line| line.trim_start().starts_with("repos"));
    (!is_inline).then(|| toml.with_block_at_end(PREK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_extended_where_the_line_is_reached() {
        assert_eq!(
            into_script("npx lint-staged\n").unwrap(),
            format!("npx lint-staged\n{COMMAND}\n")
        );
        assert_eq!(
            into_script("a\n  exit 1\nexit 0").unwrap(),
            format!("a\n  exit 1\n{COMMAND}\nexit 0")
        );
        assert_eq!(into_script("a").unwrap(), format!("a\n{COMMAND}\n"));
    }

    #[test]
    fn lefthook_gets_a_block_of_its_own() {
        assert_eq!(into_lefthook("").unwrap(), LEFTHOOK);
        assert_eq!(
            into_lefthook("pre-push:\n  x: y\n").unwrap(),
            format!("pre-push:\n  x: y\n\n{LEFTHOOK}")
        );
    }

    #[test]
    fn lefthook_commands_are_joined_at_their_indent() {
        let old = "pre-commit:\n    parallel: true\n    commands:\n        lint:\n            run: lint\n\n# end\npre-push:\n";
        let new = into_lefthook(old).unwrap();
        let entry = "        keyfence:\n            run: keyfence guard pre-commit\n";
        assert_eq!(new, old.replacen("run: lint\n", &format!("run: lint\n{entry}"), 1));
    }

    #[test]
    fn lefthook_jobs_are_joined_wherever_their_dashes_stand() {
        for pad in ["  ", "    "] {
            let old = format!("pre-commit:\r\n  jobs:\r\n{pad}- run: lint\r\n");
            let entry = format!("{pad}- name: keyfence\r\n{pad}  run: keyfence guard pre-commit\r\n");
            assert_eq!(into_lefthook(&old).unwrap(), format!("{old}{entry}"));
        }
    }

    #[test]
    fn lefthook_without_commands_gets_them() {
        let new = into_lefthook("pre-commit:\n  parallel: true\npre-push: {}\n").unwrap();
        let entry = "  commands:\n    keyfence:\n      run: keyfence guard pre-commit\n";
        assert_eq!(new, format!("pre-commit:\n  parallel: true\n{entry}pre-push: {{}}\n"));
    }

    #[test]
    fn what_is_written_in_another_style_is_left_to_a_person() {
        assert_eq!(into_lefthook("pre-commit: { commands: {} }\n"), None);
        assert_eq!(into_lefthook("pre-commit:\n  commands: {}\n"), None);
        assert_eq!(into_framework("repos: []\n"), None);
        assert_eq!(into_framework("repos:\n"), None);
        assert_eq!(into_prek("repos = []\n"), None);
    }

    #[test]
    fn the_framework_gets_its_entry_at_the_end_of_the_list() {
        for pad in ["", "  ", "    "] {
            let old = format!("repos:\n{pad}# ours\n{pad}- repo: local\n{pad}  hooks: []\n");
            let new = into_framework(&format!("{old}\n# tail\nexclude: x\n")).unwrap();
            let rest = new
                .strip_prefix(&format!("{old}{pad}- repo: local\n{pad}  hooks:\n"))
                .unwrap();
            assert!(rest.starts_with(&format!("{pad}    - id: keyfence\n")));
            assert!(rest.ends_with("always_run: true\n\n# tail\nexclude: x\n"));
        }
    }

    #[test]
    fn a_comment_that_names_keyfence_is_no_call() {
        assert!(!calls_keyfence(b"# keyfence guard pre-commit\n"));
        assert!(calls_keyfence(b"npm test && keyfence guard pre-commit\n"));
        assert!(calls_keyfence(b"      - id: keyfence\n"));
    }
}
