//! What the files of a new project lack, and the lines that they get.

use std::io;
use std::path::Path;

use bstr::ByteSlice;

use crate::cli::failure::Failure;
use crate::cli::import::{self, Tool};
use crate::cli::init::read;
use crate::cli::session::unreadable;
use crate::config::{FILE_NAMES, TEMPLATE};
use crate::git::{GitError, Repo};

/// A file, and what is to be added at its end.
pub(super) struct Change {
    /// The path from the root.
    pub(super) path: String,
    /// What stands there.
    pub(super) before: Vec<u8>,
    /// The lines to add; nothing where there is nothing to do.
    pub(super) added: String,
    /// Why there is nothing to do.
    pub(super) says: &'static str,
    /// What the lines leave out of what they were made from.
    pub(super) remarks: Vec<String>,
    /// What to run instead, perhaps.
    pub(super) hint: Option<String>,
}

impl Change {
    fn nothing(path: &str, says: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            before: Vec::new(),
            added: String::new(),
            says,
            remarks: Vec::new(),
            hint: None,
        }
    }

    pub(super) fn planned(&self) -> &'static str {
        if self.before.is_empty() {
            "Would write:"
        } else {
            "Would add:"
        }
    }

    pub(super) fn done(&self) -> &'static str {
        if self.before.is_empty() { "Wrote:" } else { "Added:" }
    }

    /// Returns the whole text, in the line ends that the file has.
    pub(super) fn after(&self) -> Vec<u8> {
        let end: &[u8] = if self.before.contains_str("\r\n") {
            b"\r\n"
        } else {
            b"\n"
        };
        let mut after = self.before.clone();
        if !after.is_empty() && !after.ends_with(b"\n") {
            after.extend_from_slice(end);
        }
        for line in self.added.lines() {
            after.extend_from_slice(line.as_bytes());
            after.extend_from_slice(end);
        }
        after
    }
}

fn content(root: &Path, path: &str) -> Result<Vec<u8>, Failure> {
    let path = root.join(path);
    read(&path).map_err(|error: io::Error| unreadable(&path, &error))
}

/// The configuration: what another tool's comes to, or one of comments that shows what can be said.
pub(super) fn configuration(root: &Path, from: Option<Tool>) -> Result<Change, Failure> {
    let own = import::standing(root);
    let hint = import::hint(root, |tool| format!("keyfence init --from {}", tool.name()));
    let hint = hint.filter(|_| from.is_none());
    if let Some(own) = own.as_ref().filter(|own| own.says_something || from.is_none()) {
        let says = match from {
            Some(_) => "Is there already; `keyfence rules import` shows what could be put into it by hand.",
            None => "Is there already.",
        };
        return Ok(Change {
            hint,
            ..Change::nothing(own.name, says)
        });
    }
    let (path, before) = own.map_or((FILE_NAMES[0], Vec::new()), |own| (own.name, own.text));
    let (text, remarks) = match from {
        Some(tool) => {
            let carried = import::carry(Some(tool), None, root)?;
            let is_new = carried.text.is_empty() && before.is_empty();
            let text = if is_new { TEMPLATE.to_owned() } else { carried.text };
            (text, carried.remarks)
        }
        None => (TEMPLATE.to_owned(), Vec::new()),
    };
    let gap = if before.is_empty() || text.is_empty() { "" } else { "\n" };
    Ok(Change {
        added: format!("{gap}{text}"),
        before,
        remarks: remarks.iter().map(ToString::to_string).collect(),
        hint,
        ..Change::nothing(path, "There is nothing in it that could be taken over.")
    })
}

/// A path, the line for it, and whether a project has any use for it.
type Ignorable = (&'static str, &'static str, fn(&Path) -> bool);

/// What may come to stand in a project, and the line that makes git ignore it.
const PATHS: &[Ignorable] = &[
    (".env", ".env", always),
    (".env.production", ".env.*", always),
    (".streamlit/secrets.toml", ".streamlit/secrets.toml", uses_streamlit),
    ("terraform.tfvars", "*.tfvars", uses_terraform),
];

fn always(_: &Path) -> bool {
    true
}

fn uses_streamlit(root: &Path) -> bool {
    root.join(".streamlit").is_dir()
}

fn uses_terraform(root: &Path) -> bool {
    root.read_dir().is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.path().extension().is_some_and(|kind| kind == "tf"))
    })
}

/// Collects the lines that git's rules lack; a template must not fall under them.
pub(super) fn ignore(repo: &Repo, root: &Path) -> Result<Change, Failure> {
    const FILE: &str = ".gitignore";
    let asked: Vec<_> = PATHS.iter().filter(|(_, _, applies)| applies(root)).collect();
    let paths: Vec<&[u8]> = asked.iter().map(|(path, _, _)| path.as_bytes()).collect();
    let ignored = repo.ignored_by(&paths)?;
    let mut lines: Vec<String> = Vec::new();
    for ((_, line, _), by) in asked.into_iter().zip(ignored) {
        if by.is_none() {
            lines.push((*line).to_owned());
        }
    }
    let falls_under = lines.iter().any(|line| line == ".env.*");
    for template in [".env.example", ".env.sample", ".env.template", ".env.dist"] {
        let is_wanted = template == ".env.example" || root.join(template).exists();
        let is_hidden = falls_under || repo.ignored_by(&[template.as_bytes()])?.iter().any(Option::is_some);
        if is_wanted && is_hidden {
            lines.push(format!("!{template}"));
        }
    }
    let before = content(root, FILE)?;
    if lines.is_empty() {
        return Ok(Change::nothing(FILE, "Git ignores what it should already."));
    }
    let added = ["# Files of values: each machine has its own.".to_owned()]
        .into_iter()
        .chain(lines);
    Ok(Change {
        before,
        added: added.collect::<Vec<_>>().join("\n"),
        ..Change::nothing(FILE, "")
    })
}

const GITHUB: &str = ".github/workflows/keyfence.yml";
const GITLAB: &str = ".gitlab-ci.yml";

/// Finds the CI provider by what is there, and gives it a step.
pub(super) fn ci(repo: &Repo, root: &Path) -> Result<Change, Failure> {
    let addresses = repo.remote_addresses().or_else(|error: GitError| match error {
        GitError::NotStarted(_) => Ok(Vec::new()),
        error => Err(error),
    })?;
    let is_at = |host: &str| addresses.iter().any(|address| address.contains(host));
    let gitlab = content(root, GITLAB)?;
    if gitlab.contains_str("keyfence") || runs_keyfence(root) {
        return Ok(Change::nothing("CI", "A pipeline runs keyfence already."));
    }
    if root.join(".github").is_dir() || is_at("github.com") {
        return Ok(Change {
            added: include_str!("github.yml").to_owned(),
            ..Change::nothing(GITHUB, "")
        });
    }
    if !gitlab.is_empty() || is_at("gitlab") {
        let added = include_str!("gitlab.yml");
        let gap = if gitlab.is_empty() { "" } else { "\n" };
        return Ok(Change {
            added: format!("{gap}{added}"),
            before: gitlab,
            ..Change::nothing(GITLAB, "")
        });
    }
    Ok(Change::nothing(
        "CI",
        "Nothing tells which provider is used; let it run `keyfence guard ci`, with the whole history fetched.",
    ))
}

fn runs_keyfence(root: &Path) -> bool {
    let Ok(entries) = root.join(".github/workflows").read_dir() else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| std::fs::read(entry.path()).is_ok_and(|text| text.contains_str("keyfence")))
}
