//! Files of values: git must ignore them, and must not track them already.

use std::collections::BTreeSet;

use bstr::{BStr, BString, ByteSlice};

use crate::audit::ground::{entries, looks_real, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::envfile::Syntax;
use crate::lookup::{Language, is_aside};
use crate::model::{Finding, Place};
use crate::survey::file_name;
use crate::template::{Role, is_of_tests, role_of};

pub(super) fn dotenv_ignored(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if !ground.uses_dotenv() {
        return Ok(Answer::not_applicable("nothing here reads a .env"));
    }
    let is_dotenv = |path: &BStr| Syntax::of(path) == Syntax::Dotenv;
    let mut asked = asked(ground, is_dotenv);
    if ground.reads_dotenv_at_top() || !asked.iter().any(|path| path.ends_with(b".env")) {
        asked.insert(".env".into());
    }
    answer(
        ground,
        asked,
        "add `.env` and `.env.*` to .gitignore, and `!.env.example` behind them.",
    )
}

pub(super) fn streamlit_ignored(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_streamlit = |path: &BStr| path.ends_with(b".streamlit/secrets.toml");
    let mut asked = asked(ground, is_streamlit);
    let reads = ground
        .survey
        .lookups()
        .any(|(_, lookup)| lookup.language == Language::Streamlit);
    if reads && asked.is_empty() {
        asked.insert(".streamlit/secrets.toml".into());
    }
    if asked.is_empty() {
        return Ok(Answer::not_applicable("nothing here reads st.secrets"));
    }
    answer(
        ground,
        asked,
        "add `.streamlit/secrets.toml` to .gitignore, and commit a template of it.",
    )
}

pub(super) fn secrets_py_ignored(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_secrets = |path: &BStr| file_name(path).ends_with(b"secrets.py");
    let mut asked = asked(ground, is_secrets);
    // A module of that name that holds no values is code like any other.
    asked.retain(|path| !ground.survey.texts.contains_key(path) || ground.holds_secret(path));
    if asked.is_empty() {
        return Ok(Answer::not_applicable("there is no secrets.py with values"));
    }
    answer(
        ground,
        asked,
        "add `secrets.py` to .gitignore, or better read the values from the environment: `keyfence fix`.",
    )
}

pub(super) fn tfvars_ignored(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_tfvars = |path: &BStr| path.ends_with(b".tfvars");
    let mut asked = asked(ground, is_tfvars);
    // Regions and sizes may well be committed.
    asked.retain(|path| {
        !ground.survey.texts.contains_key(path) || ground.survey.hidden.contains(path) || ground.holds_secret(path)
    });
    if asked.is_empty() {
        return Ok(Answer::not_applicable(
            "there is no file of values for Terraform with a secret in it",
        ));
    }
    answer(
        ground,
        asked,
        "add `*.tfvars` to .gitignore, and give secrets as TF_VAR_… or from a secret manager.",
    )
}

/// Collects the files of values of one kind: those that are there, and those that a template stands for.
fn asked(ground: &Ground<'_>, is_kind: impl Fn(&BStr) -> bool) -> BTreeSet<BString> {
    let path_of = |path: &BString| match role_of(path.as_bstr())? {
        Role::Values => Some(path.clone()),
        Role::Template(source) => Some(source),
    };
    let paths = ground.survey.texts.keys().filter_map(path_of);
    paths
        .filter(|path| is_kind(path.as_bstr()) && !is_meant_for_all(path.as_bstr()) && !is_aside(path.as_bstr()))
        .collect()
}

/// Tells whether a file is by its name one that a team shares: defaults of a framework, settings of a test.
fn is_meant_for_all(path: &BStr) -> bool {
    let name = file_name(path);
    let shared = [
        &b".env.test"[..],
        b".env.testing",
        b".env.ci",
        b".env.development",
        b"test.env",
        b"ci.env",
        b".env.defaults",
    ];
    shared.iter().any(|known| name == *known)
}

fn answer(ground: &Ground<'_>, asked: BTreeSet<BString>, remedy: &str) -> Result<Answer, Unknown> {
    if ground.repo.is_none() {
        return Ok(Answer::not_applicable("there is no repository"));
    }
    let paths: Vec<BString> = asked
        .into_iter()
        .filter(|path| !ground.tracked.contains(path))
        .collect();
    if paths.is_empty() {
        return Ok(Answer::not_applicable("what is there is tracked: see below"));
    }
    let ignored = ground.ignored(&paths)?;
    let open: Vec<&BString> = paths
        .iter()
        .zip(&ignored)
        .filter(|(_, by)| by.is_none())
        .map(|(path, _)| path)
        .collect();
    if open.is_empty() {
        let by = ignored.iter().flatten().next().filter(|by| !by.file.is_empty());
        let place = by.map_or_else(String::new, |by| format!(" ({}:{})", by.file, by.line));
        return Ok(Answer::ok(format!("{}{place}", named(&paths))));
    }
    let is_there = |path: &&&BString| ground.survey.texts.contains_key(**path);
    let evidence = |path: &&BString| {
        let what = if is_there(&path) {
            "is there, and `git add .` takes it"
        } else {
            "would be added when it is there"
        };
        spot((*path).clone(), None, what)
    };
    let says = format!(
        "{} {} not ignored",
        amount(open.len(), "file"),
        verb(open.len(), "is", "are")
    );
    let evidence_of: Vec<_> = open.iter().map(evidence).collect();
    let is_grave = open
        .iter()
        .filter(|path| is_there(path))
        .any(|path| ground.holds_secret(path));
    Ok(if is_grave {
        Answer::fail(says, evidence_of, remedy)
    } else {
        Answer::warn(says, evidence_of, remedy)
    })
}

fn named(paths: &[BString]) -> String {
    match paths {
        [one] => one.to_string(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

pub(super) fn untracked(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if ground.repo.is_none() {
        return Ok(Answer::not_applicable("there is no repository"));
    }
    let tracked: Vec<&BString> = ground
        .value_files()
        .map(|(path, _)| path)
        .filter(|path| ground.tracked.contains(*path))
        .collect();
    let is_none = tracked.is_empty();
    let (with, without): (Vec<&BString>, Vec<&BString>) =
        tracked.into_iter().partition(|path| holds_real(ground, path));
    let harmless: Vec<&BString> = without
        .into_iter()
        .filter(|path| holds_words(ground, path) || file_name(path.as_bstr()) == ".env" && has_names(ground, path))
        .collect();
    let remedy = "`git rm --cached` it, ignore it, commit a template instead (`keyfence template sync`), and replace each secret that was in it.";
    let spots = |paths: &[&BString], what: &str| {
        paths
            .iter()
            .map(|path| spot((*path).clone(), None, what))
            .collect::<Vec<_>>()
    };
    Ok(match (with.len(), harmless.len()) {
        (0, 0) if is_none => Answer::ok("none is"),
        (0, 0) => Answer::ok("none with a secret in it"),
        (0, count) => {
            let says = format!(
                "{} {} tracked, with nothing that looks real so far",
                amount(count, "file"),
                verb(count, "is", "are")
            );
            Answer::warn(
                says,
                spots(&harmless, "is tracked: the next real value in it is committed"),
                "make it a template (.env.example) and ignore the file itself.",
            )
        }
        (count, _) if with.iter().all(|path| is_aside(path.as_bstr())) => {
            let says = format!(
                "{} of tests or examples {} tracked and {} values",
                amount(count, "file"),
                verb(count, "is", "are"),
                verb(count, "holds", "hold")
            );
            let remedy = "see that no value in it opens anything outside the tests.";
            Answer::warn(says, spots(&with, "is tracked and holds values"), remedy)
        }
        (count, _) => {
            let says = format!(
                "{} with secrets {} tracked",
                amount(count, "file"),
                verb(count, "is", "are")
            );
            Answer::fail(says, spots(&with, "is tracked and holds a secret"), remedy)
        }
    })
}

/// Tells whether the rules found a value in a tracked file that may open something.
fn holds_real(ground: &Ground<'_>, path: &BString) -> bool {
    in_file(ground, path).any(looks_real)
}

/// Tells whether the rules found a word there that stands in place of a secret, in a file that is run.
fn holds_words(ground: &Ground<'_>, path: &BString) -> bool {
    !is_aside(path.as_bstr()) && in_file(ground, path).next().is_some()
}

fn in_file<'g>(ground: &'g Ground<'_>, path: &'g BString) -> impl Iterator<Item = &'g Finding> {
    let findings = ground.outcome.findings.iter();
    findings.filter(move |finding| finding.path == *path && finding.place == Place::Content)
}

fn has_names(ground: &Ground<'_>, path: &BString) -> bool {
    ground
        .survey
        .texts
        .get(path)
        .is_some_and(|text| !entries(path.as_bstr(), text).is_empty() && !is_of_tests(path.as_bstr()))
}
