//! What all checks stand on: the project's files, findings, templates, and what git says of it.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};

use crate::audit::Unknown;
use crate::baseline::Baseline;
use crate::engine::opinion::{is_placeholder, is_random};
use crate::envfile::{Document, Syntax};
use crate::git::{GitError, IgnoredBy, Repo};
use crate::lookup::{Language, Lookup, is_platform};
use crate::model::{Evidence, Finding, Outcome, Place, Secret};
use crate::survey::{Survey, file_name};
use crate::template::{Role, Sheet, role_of, secrets};

/// What was gathered before any question is asked.
pub struct Ground<'g> {
    /// The top of the project.
    pub root: PathBuf,
    /// Its repository, if it has one with a work tree.
    pub repo: Option<Repo>,
    /// Notes on its files.
    pub survey: Survey,
    /// What a scan of its files found.
    pub outcome: &'g Outcome,
    /// What was accepted.
    pub baseline: &'g Baseline,
    /// Its templates.
    pub sheets: Vec<Sheet>,
    /// The names of its templates that any other file says.
    pub mentioned: BTreeSet<BString>,
    /// The paths that git tracks.
    pub tracked: BTreeSet<BString>,
    /// What is known of its history.
    pub past: Past,
    /// A folder for scratch files.
    pub temporary: PathBuf,
}

/// What is known of a project's history.
#[derive(Debug)]
pub enum Past {
    /// There is none.
    None,
    /// It was not read, and why.
    NotRead(String),
    /// What a scan of it found.
    Read(Outcome),
}

/// Tells whether the text of a file is kept for the checks.
pub fn keeps(path: &BStr) -> bool {
    role_of(path).is_some()
        || is_dockerfile(path)
        || is_compose(path)
        || is_pipeline(path)
        || is_manifest(path)
        || ends_dockerignore(path)
}

/// Tells whether a file describes an image.
pub(super) fn is_dockerfile(path: &BStr) -> bool {
    let name = file_name(path).to_str_lossy().to_ascii_lowercase();
    let names = ["dockerfile", "containerfile"];
    names.iter().any(|known| {
        name == *known
            || name.starts_with(&format!("{known}.")) && !ends_dockerignore(path)
            || name.ends_with(&format!(".{known}"))
    })
}

pub(super) fn ends_dockerignore(path: &BStr) -> bool {
    path.ends_with(b".dockerignore")
}

/// Tells whether a file is one of compose.
pub(super) fn is_compose(path: &BStr) -> bool {
    let name = file_name(path).to_str_lossy().into_owned();
    (name.starts_with("docker-compose") || name.starts_with("compose"))
        && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// Tells whether a file is a pipeline of a CI provider.
pub(super) fn is_pipeline(path: &BStr) -> bool {
    const FILES: &[&str] = &[
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        ".circleci/config.yml",
        "Jenkinsfile",
        ".travis.yml",
        "bitbucket-pipelines.yml",
        ".drone.yml",
        ".woodpecker.yml",
        "appveyor.yml",
        ".appveyor.yml",
        ".buildkite/pipeline.yml",
        ".cirrus.yml",
    ];
    let path = path.to_str_lossy();
    let is_workflow =
        path.starts_with(".github/workflows/") || path.starts_with(".gitlab/ci/") || path.starts_with(".woodpecker/");
    is_workflow && (path.ends_with(".yml") || path.ends_with(".yaml")) || FILES.contains(&path.as_ref())
}

/// Tells whether a file lists what a project depends on, or which hooks it has.
pub(super) fn is_manifest(path: &BStr) -> bool {
    let name = file_name(path).to_str_lossy().into_owned();
    matches!(
        name.as_str(),
        "package.json"
            | "pyproject.toml"
            | "Pipfile"
            | "setup.py"
            | "Gemfile"
            | "go.mod"
            | "Cargo.toml"
            | "composer.json"
            | ".pre-commit-config.yaml"
            | "lefthook.yml"
            | "prek.toml"
            | "mix.exs"
    ) || name.starts_with("requirements") && name.ends_with(".txt")
}

impl Ground<'_> {
    /// Returns the kept texts of one kind.
    pub(super) fn texts(&self, is_kind: fn(&BStr) -> bool) -> impl Iterator<Item = (&BString, &Vec<u8>)> {
        self.survey
            .texts
            .iter()
            .filter(move |(path, _)| is_kind(path.as_bstr()))
    }

    /// Returns the files of values.
    pub(super) fn value_files(&self) -> impl Iterator<Item = (&BString, &Vec<u8>)> {
        self.texts(|path| role_of(path) == Some(Role::Values))
    }

    /// Returns the findings for which a rule's id begins like this.
    pub(super) fn found(&self, beginning: &str) -> impl Iterator<Item = &Finding> {
        self.outcome
            .findings
            .iter()
            .filter(move |finding| finding.rule.as_str().starts_with(beginning))
    }

    /// Returns the lookups of a project's own variables, in the environment of its processes.
    pub(super) fn variables(&self) -> impl Iterator<Item = (&BString, &Lookup)> {
        self.survey
            .lookups()
            .filter(|(_, lookup)| lookup.language != Language::Streamlit && !is_platform(lookup.name.as_bstr()))
    }

    /// Tells which line makes git ignore each path; none where there is no repository.
    pub(super) fn ignored(&self, paths: &[BString]) -> Result<Vec<Option<IgnoredBy>>, Unknown> {
        let slices: Vec<&[u8]> = paths.iter().map(|path| path.as_slice()).collect();
        match &self.repo {
            Some(repo) if !paths.is_empty() => Ok(repo.ignored_by(&slices)?),
            _ => Ok(vec![None; paths.len()]),
        }
    }

    /// Tells whether a file of values holds a secret: the rules found one, or a name promises one and it is no placeholder.
    pub(super) fn holds_secret(&self, path: &BString) -> bool {
        let is_found = self
            .outcome
            .findings
            .iter()
            .any(|finding| finding.path == *path && finding.place == Place::Content);
        is_found
            || self
                .survey
                .texts
                .get(path)
                .is_some_and(|text| !secrets(path.as_bstr(), text).is_empty())
    }

    /// Returns every value that was met.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let texts = self
            .survey
            .texts
            .iter()
            .filter(|(path, _)| role_of(path.as_bstr()).is_some());
        let mut all: Vec<Secret> = texts.flat_map(|(path, text)| secrets(path.as_bstr(), text)).collect();
        let past = match &self.past {
            Past::Read(outcome) => Some(outcome),
            _ => None,
        };
        for outcome in [Some(self.outcome), past].into_iter().flatten() {
            let held = outcome.suppressed.iter().map(|held| &held.finding);
            let values = outcome
                .findings
                .iter()
                .chain(held)
                .filter(|finding| finding.place.holds_secret());
            all.extend(values.map(|finding| finding.secret.clone()));
        }
        all
    }

    /// Returns the answer of git, or `None` without a repository.
    pub(super) fn ask<T>(&self, question: impl Fn(&Repo) -> Result<T, GitError>) -> Result<Option<T>, Unknown> {
        Ok(self.repo.as_ref().map(question).transpose()?)
    }
}

/// Tells a value that may open something from the word that everybody writes on their own machine.
pub(super) fn is_telling(value: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| value.iter().any(test);
    // The name of the product and `123` is what a demonstration lets everybody in with.
    let word = value.trim_end_with(|char| char.is_ascii_digit());
    let is_counted = b"123456789".starts_with(&value[word.len()..]) && word.iter().all(u8::is_ascii_alphabetic);
    let is_mixed = has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit) && value.len() >= 8 && !is_counted;
    !is_placeholder(value) && (is_mixed || is_random(value))
}

/// Tells a finding that may open something from such a word.
pub(super) fn looks_real(finding: &Finding) -> bool {
    !finding.place.holds_secret() || is_telling(finding.secret.expose()) || is_of_another_machine(finding)
}

/// Tells whether a password stands in the address of another machine: there a word opens as much as anything else.
fn is_of_another_machine(finding: &Finding) -> bool {
    const HERE: &[&str] = &[
        "local",
        "localhost",
        "localdomain",
        "internal",
        "lan",
        "test",
        "example",
        "invalid",
    ];
    let behind = finding.excerpt.expose().get(finding.excerpt.focus.end..);
    let Some(host) = behind.and_then(|rest| rest.strip_prefix(b"@")) else {
        return false;
    };
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let len = host.iter().take_while(|byte| is_part(byte)).count();
    let host = host[..len].to_str_lossy().to_ascii_lowercase();
    match host.parse::<Ipv4Addr>() {
        Ok(address) => {
            !(address.is_loopback() || address.is_private() || address.is_unspecified() || address.is_documentation())
        }
        Err(_) => {
            let mut parts = host.rsplit('.');
            let (last, before) = (parts.next().unwrap_or_default(), parts.next());
            before.is_some_and(|name| name != "example") && !HERE.contains(&last) && !host.contains(".svc")
        }
    }
}

/// Returns a place where something was found.
pub(super) fn at(finding: &Finding) -> Evidence {
    let is_named = finding.place == Place::Path;
    Evidence {
        path: finding.path.clone(),
        line: (!is_named).then_some(finding.location.line),
        what: finding.title.to_string(),
    }
}

/// Returns a place with what is there.
pub(super) fn spot(path: impl Into<BString>, line: Option<u32>, what: impl Into<String>) -> Evidence {
    Evidence {
        path: path.into(),
        line,
        what: what.into(),
    }
}

/// Returns the entries of a file with their lines, names and values.
pub(super) fn entries(path: &BStr, text: &[u8]) -> Vec<(u32, BString, BString)> {
    let document = Document::read(text, Syntax::of(path));
    let entry = |(line, entry)| (line, document.name_of(entry), document.at(&entry.value).to_owned());
    document.entries().map(entry).collect()
}
