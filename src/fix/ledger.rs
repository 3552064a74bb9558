//! One `.env` with its template: what they hold already, and what a run adds.

use std::path::{Path, PathBuf};

use bstr::ByteSlice;

use crate::envfile::{Document, Syntax};
use crate::fix::desk::Desk;
use crate::fix::write::{self, Before};
use crate::fix::{FixError, Refusal, dotenv};

/// Endings that make a template of `.env`; the first that is there counts, and the first of all is made.
const TEMPLATES: &[&str] = &[".example", ".sample", ".template", ".dist", ".tmpl"];

/// What else tells where a program is started, and so where it looks for `.env`.
const MANIFESTS: &[&str] = &[
    "package.json",
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "Pipfile",
    "manage.py",
    "go.mod",
    "Gemfile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];

/// An environment file, as it is and as it will be.
#[derive(Clone)]
pub(super) struct Ledger {
    pub(super) place: PathBuf,
    pub(super) name: String,
    pub(super) before: Option<Before>,
    pub(super) after: Vec<u8>,
    /// The names whose values it has been asked to hold, each once.
    pub(super) names: Vec<String>,
    /// True when git must ignore it, whether it gets a value or not.
    pub(super) must_be_ignored: bool,
}

impl Ledger {
    /// Reads an environment file. One that git tracks, a link, and one with an open quote end the run.
    pub(super) fn open(desk: &Desk, place: PathBuf) -> Result<Self, FixError> {
        desk.refuse_links(&place)?;
        desk.check_file_system(&place)?;
        let name = desk
            .name(&place)
            .ok_or_else(|| FixError::Link(place.display().to_string()))?;
        if desk.is_tracked(&name)? {
            return Err(FixError::Tracked(name));
        }
        let before = write::read(&place)?;
        let after = before.as_ref().map(|file| file.bytes.clone()).unwrap_or_default();
        match dotenv::open_quote(&after) {
            Some(line) => Err(FixError::OpenQuote { path: name, line }),
            None => Ok(Self {
                place,
                name,
                before,
                after,
                names: Vec::new(),
                must_be_ignored: false,
            }),
        }
    }

    /// Adds a value under a name, unless another value has that name.
    ///
    /// A `fixed` name is one that the code looks up already, so that no other can be chosen.
    pub(super) fn add(&mut self, name: &str, value: &[u8], fixed: bool) -> Result<(), Refusal> {
        let form = dotenv::form(value)?;
        match dotenv::look_up(&self.after, name) {
            dotenv::Said::Value(there) if there.expose() == value => {}
            dotenv::Said::Nothing => {
                self.after = dotenv::added(&self.after, &[name.as_bytes(), b"=", &form].concat());
            }
            dotenv::Said::Empty => {
                self.after = dotenv::filled(&self.after, name, &form).ok_or_else(|| self.collision(name, fixed))?;
            }
            dotenv::Said::Value(_) | dotenv::Said::Unclear => return Err(self.collision(name, fixed)),
        }
        if !self.names.iter().any(|there| there == name) {
            self.names.push(name.to_owned());
        }
        Ok(())
    }

    fn collision(&self, name: &str, fixed: bool) -> Refusal {
        let instead = if fixed {
            "take the one that is right, put it there, and leave the literal out"
        } else {
            "choose another name with --name"
        };
        Refusal::new(format!("{name} has another value in {} already", self.name), instead)
    }

    /// Tells whether the file is to be written.
    pub(super) fn is_changed(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.bytes != self.after) && !self.names.is_empty()
    }

    /// Finds the template beside the file.
    pub(super) fn template(&self) -> PathBuf {
        let kin = |ending: &str| {
            let mut name = self.place.file_name().unwrap_or_default().to_owned();
            name.push(ending);
            self.place.with_file_name(name)
        };
        let mut all = TEMPLATES.iter().map(|ending| kin(ending));
        all.find(|path| path.symlink_metadata().is_ok())
            .unwrap_or_else(|| kin(TEMPLATES[0]))
    }
}

/// Tells whether a path is that of an environment file, and of no template.
pub(super) fn is_env(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    let is_template = TEMPLATES.iter().any(|ending| name.contains(ending));
    (name == ".env" || name.starts_with(".env.")) && !is_template
}

/// Returns a template's text with the names that it lacks, each without a value, and those names.
pub(super) fn with_names(template: &[u8], names: &[String]) -> (Vec<u8>, Vec<String>) {
    let mut text = template.to_vec();
    let mut added = Vec::new();
    for name in names {
        let document = Document::read(&text, Syntax::Dotenv);
        let is_there = document
            .all_entries()
            .any(|(_, entry)| document.at(&entry.name) == name.as_bytes().as_bstr());
        if !is_there {
            text = dotenv::added(&text, format!("{name}=").as_bytes());
            added.push(name.clone());
        }
    }
    (text, added)
}

/// Finds the environment file of a source: the nearest that is there, or beside the nearest template or manifest.
pub(super) fn home(desk: &Desk, source: &Path) -> PathBuf {
    let folders: Vec<&Path> = source
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(&desk.root))
        .collect();
    let has = |folder: &&&Path, name: &str| folder.join(name).symlink_metadata().is_ok();
    let is_template = |folder: &&&Path| TEMPLATES.iter().any(|ending| has(folder, &format!(".env{ending}")));
    let is_start = |folder: &&&Path| is_template(folder) || MANIFESTS.iter().any(|name| has(folder, name));
    let there = folders.iter().find(|folder| has(folder, ".env"));
    let folder = there.or_else(|| folders.iter().find(is_start));
    folder.map_or(desk.root.as_path(), |folder| *folder).join(".env")
}
