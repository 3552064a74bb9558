//! Every template of a project with what is wrong with it, and every file of values that has none.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};

use crate::engine::Engine;
use crate::envfile::{Document, Syntax};
use crate::lookup::{Language, Need, is_platform};
use crate::survey::{Survey, folder};
use crate::template::check::{in_step, values};
use crate::template::kin::{Role, is_of_tests, role_of, template_for};
use crate::template::{Problem, Wanted, Wrong, secrets};

/// Where files of values lie that git ignores.
pub const GLOBS: &[&str] = &[
    "**/.env",
    "**/.env.*",
    "**/*.env",
    "**/secrets.py",
    "**/local_secrets.py",
    "**/.streamlit/secrets.toml",
    "**/*.tfvars",
];

/// A template, there or not yet, and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The template.
    pub template: BString,
    /// False where there is none yet.
    pub is_there: bool,
    /// The file of values, if there is one.
    pub source: Option<BString>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The names that the code reads and no template has.
    pub wanted: Vec<Wanted>,
    /// Every name that the code reads for which this template is the one to list it, in upper case.
    pub read: BTreeSet<BString>,
}

/// Finds the templates of a project, and the files of values that lack one; `new` are templates that are to be.
pub fn sheets(engine: &Engine, survey: &Survey, new: &[BString]) -> Vec<Sheet> {
    let paths = || survey.texts.keys().filter(|path| !is_of_tests(path.as_bstr()));
    let mut sheets: Vec<Sheet> = paths().filter_map(|path| template(engine, survey, path)).collect();
    let lacking: Vec<Sheet> = paths().filter_map(|path| source(survey, &sheets, path)).collect();
    sheets.extend(lacking);
    for template in new {
        if !sheets.iter().any(|sheet| sheet.template == *template) {
            let template = template.clone();
            sheets.push(Sheet {
                template,
                ..Sheet::default()
            });
        }
    }
    read_code(survey, &mut sheets);
    sheets.sort_by(|a, b| a.template.cmp(&b.template));
    sheets
}

fn template(engine: &Engine, survey: &Survey, path: &BString) -> Option<Sheet> {
    let text = survey.texts.get(path)?;
    let source = match role_of(path.as_bstr())? {
        Role::Template(source) => Some(source),
        // Streamlit's own file may be committed while it holds names only.
        Role::Values if path.ends_with(b".streamlit/secrets.toml") && is_empty(path, text) => None,
        Role::Values => return None,
    };
    let document = Document::read(text, Syntax::of(path.as_bstr()));
    let mut problems = values(engine, path.as_bstr(), &document);
    let source = source.and_then(|source| nearest(survey, source));
    if let Some(source) = &source {
        let other = Document::read(&survey.texts[source], Syntax::of(source.as_bstr()));
        problems.extend(in_step((path.as_bstr(), &document), (source.as_bstr(), &other)));
    }
    Some(Sheet {
        template: path.clone(),
        is_there: true,
        source,
        problems,
        ..Sheet::default()
    })
}

/// Returns the file of values that is there: `.env`, or where only that is used `.env.local`.
fn nearest(survey: &Survey, source: BString) -> Option<BString> {
    let local = BString::from([source.as_slice(), b".local"].concat());
    [source, local].into_iter().find(|path| survey.texts.contains_key(path))
}

/// Makes a sheet for a file of values that no template stands for.
fn source(survey: &Survey, sheets: &[Sheet], path: &BString) -> Option<Sheet> {
    let is_usual = |name: &[u8]| {
        matches!(name, b".env" | b".env.local" | b"secrets.py" | b"secrets.toml") || name.ends_with(b".tfvars")
    };
    let name = &path[folder(path.as_bstr()).len()..];
    let template = template_for(path.as_bstr());
    let covers = |sheet: &Sheet| {
        let is_own = sheet.source.as_ref() == Some(path) || sheet.template == *path || sheet.template == template;
        let is_beside =
            folder(sheet.template.as_bstr()) == folder(path.as_bstr()) && is_dotenv(sheet.template.as_bstr());
        is_own || is_beside && is_dotenv(path.as_bstr())
    };
    let plain = BString::from(path.replace(".local", ""));
    let is_first = name != b".env.local" || !survey.texts.contains_key(&plain);
    let lacks =
        role_of(path.as_bstr()) == Some(Role::Values) && is_usual(name) && is_first && !sheets.iter().any(covers);
    // Code may call itself `secrets`, and regions and sizes may well be committed.
    let is_plain_name = name == b"terraform.tfvars" || is_dotenv(path.as_bstr());
    let text = &survey.texts[path];
    let has_entries = || {
        Document::read(text, Syntax::of(path.as_bstr()))
            .entries()
            .next()
            .is_some()
    };
    let holds = |path| {
        if is_plain_name {
            has_entries()
        } else {
            !is_empty(path, text)
        }
    };
    (lacks && holds(path)).then(|| Sheet {
        template,
        source: Some(path.clone()),
        ..Sheet::default()
    })
}

/// Tells whether a file of values holds none that anybody would hide.
fn is_empty(path: &BString, text: &[u8]) -> bool {
    secrets(path.as_bstr(), text).is_empty()
}

fn is_dotenv(path: &BStr) -> bool {
    Syntax::of(path) == Syntax::Dotenv
}

/// Gives each template the names that the code around it reads and no template has.
fn read_code(survey: &Survey, sheets: &mut [Sheet]) {
    let mut known = known_names(survey, sheets);
    for (path, lookup) in survey
        .lookups()
        .filter(|(_, lookup)| !is_platform(lookup.name.as_bstr()))
    {
        let Some(sheet) = governing(sheets, path, lookup.language) else {
            continue;
        };
        let name = BString::from(lookup.name.to_ascii_uppercase());
        sheet.read.insert(name.clone());
        let is_needed = matches!(lookup.need, Need::Required | Need::Unchecked);
        if !is_needed || known.contains(&name) {
            continue;
        }
        known.insert(name);
        sheet.problems.push(Problem {
            wrong: Wrong::Unlisted,
            path: path.clone(),
            line: lookup.line,
            name: lookup.name.clone(),
        });
        sheet.wanted.push(Wanted {
            name: lookup.name.clone(),
            path: path.clone(),
        });
    }
}

/// Returns every name of every template in upper case, with each section that holds one.
fn known_names(survey: &Survey, sheets: &[Sheet]) -> BTreeSet<BString> {
    let mut known = BTreeSet::new();
    for sheet in sheets {
        let paths = [Some(&sheet.template), sheet.source.as_ref()];
        for path in paths.into_iter().flatten() {
            let Some(text) = survey.texts.get(path) else { continue };
            let document = Document::read(text, Syntax::of(path.as_bstr()));
            for (_, entry) in document.all_entries() {
                known.insert(document.name_of(entry).to_ascii_uppercase().into());
                known.extend(
                    entry
                        .section
                        .as_ref()
                        .map(|section| BString::from(document.at(section).to_ascii_uppercase())),
                );
            }
        }
    }
    known
}

/// Finds the template that a file of code goes by: the deepest one above it, of `.env` before others.
fn governing<'s>(sheets: &'s mut [Sheet], path: &BString, language: Language) -> Option<&'s mut Sheet> {
    let fits = |sheet: &Sheet| {
        let template = sheet.template.as_bstr();
        let is_streamlit = template.contains_str(".streamlit/secrets");
        if language == Language::Streamlit {
            return is_streamlit;
        }
        // Compose reads the .env beside its own file, whatever lies above.
        let is_near = language != Language::Compose || folder(path.as_bstr()) == folder(template);
        is_dotenv(template) && is_near && path.starts_with(folder(template))
    };
    let rank = |sheet: &Sheet| {
        let name = &sheet.template[folder(sheet.template.as_bstr()).len()..];
        let is_plain =
            matches!(role_of(sheet.template.as_bstr()), Some(Role::Template(source)) if source.ends_with(b".env"));
        (
            folder(sheet.template.as_bstr()).len(),
            is_plain,
            std::cmp::Reverse(name.to_vec()),
        )
    };
    sheets
        .iter_mut()
        .filter(|sheet| fits(sheet))
        .max_by_key(|sheet| rank(sheet))
}
