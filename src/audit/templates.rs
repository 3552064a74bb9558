//! Templates: there is one, it holds no values, and its names are those of `.env` and of the code.

use std::collections::BTreeSet;

use bstr::{BString, ByteSlice};

use crate::audit::ground::{entries, is_compose, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::engine::opinion::{Promise, promise};
use crate::envfile::Syntax;
use crate::lookup::{Need, is_aside, is_library, is_platform};
use crate::model::Evidence;
use crate::survey::file_name;
use crate::template::{Problem, Role, Wrong, is_of_tests, role_of};

const SYNC: &str = "`keyfence template sync` shows them in place, `--write` adds them.";

pub(super) fn is_there(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let missing: Vec<Evidence> = ground
        .sheets
        .iter()
        .filter(|sheet| {
            !sheet.is_there
                && !sheet
                    .source
                    .as_ref()
                    .is_some_and(|source| ground.tracked.contains(source))
        })
        .filter_map(|sheet| {
            Some(spot(
                sheet.source.clone()?,
                None,
                format!("has no template; {} would be one", sheet.template),
            ))
        })
        .collect();
    if !missing.is_empty() {
        let says = format!(
            "{} of values {} none",
            amount(missing.len(), "file"),
            verb(missing.len(), "has", "have")
        );
        return Ok(Answer::warn(
            says,
            missing,
            "`keyfence template sync --write` makes it, without a value.",
        ));
    }
    let there: Vec<String> = ground
        .sheets
        .iter()
        .filter(|sheet| sheet.is_there)
        .map(|sheet| sheet.template.to_string())
        .collect();
    if let Some(first) = there.first() {
        let more = if there.len() > 1 {
            format!(" and {} more", there.len() - 1)
        } else {
            String::new()
        };
        return Ok(Answer::ok(format!("{first}{more}")));
    }
    let needed = |need: Need| matches!(need, Need::Required | Need::Unchecked);
    let secret: Vec<Evidence> = ground
        .variables()
        .filter(|(_, lookup)| needed(lookup.need) && promise(&lookup.name) == Some(Promise::Secret))
        .map(|(path, lookup)| spot(path.clone(), Some(lookup.line), format!("reads {}", lookup.name)))
        .collect();
    if secret.is_empty() || !ground.uses_dotenv() {
        let is_tracked = ground
            .value_files()
            .any(|(path, _)| ground.tracked.contains(path) && !is_aside(path.as_bstr()));
        return Ok(Answer::not_applicable(if is_tracked {
            "the files of values are tracked themselves: see above"
        } else {
            "there is no file of values, and no secret that one would hold"
        }));
    }
    Ok(Answer::warn(
        "the code reads secrets, and no template names them",
        secret,
        "`keyfence template sync .env.example --write` makes one, with names and no value.",
    ))
}

/// Collects what is wrong with templates in one of some ways.
fn wrong(ground: &Ground<'_>, wrong: &[Wrong]) -> Vec<Evidence> {
    let problems = ground
        .sheets
        .iter()
        .filter(|sheet| sheet.is_there)
        .flat_map(|sheet| &sheet.problems);
    let fits = |problem: &&Problem| wrong.contains(&problem.wrong);
    let name = |problem: &Problem| {
        if problem.name.is_empty() {
            "in a comment".to_owned()
        } else {
            problem.name.to_string()
        }
    };
    problems
        .filter(fits)
        .map(|problem| spot(problem.path.clone(), Some(problem.line), name(problem)))
        .collect()
}

fn has_template(ground: &Ground<'_>) -> bool {
    ground.sheets.iter().any(|sheet| sheet.is_there)
}

pub(super) fn values(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if !has_template(ground) {
        return Ok(Answer::not_applicable("there is no template"));
    }
    let real = wrong(ground, &[Wrong::Real]);
    let open = wrong(ground, &[Wrong::NotEmpty]);
    Ok(if !real.is_empty() {
        let says = format!(
            "{} {} real",
            amount(real.len(), "value"),
            verb(real.len(), "looks", "look")
        );
        Answer::fail(
            says,
            real,
            "replace it where it is used if it is real; leave it empty: `keyfence template sync --write`.",
        )
    } else if !open.is_empty() {
        let says = format!(
            "{} {} neither empty nor evidently a placeholder",
            amount(open.len(), "secret"),
            verb(open.len(), "is", "are")
        );
        Answer::warn(
            says,
            open,
            "leave it empty, or write `changeme`: who copies the template keeps what stands there.",
        )
    } else {
        Answer::ok("placeholders only")
    })
}

pub(super) fn env(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if !ground
        .sheets
        .iter()
        .any(|sheet| sheet.is_there && sheet.source.is_some())
    {
        return Ok(Answer::not_applicable(
            "there is no template with its file of values beside it",
        ));
    }
    let missing = wrong(ground, &[Wrong::Missing]);
    Ok(match missing.len() {
        0 => Answer::ok("they do"),
        count => Answer::warn(
            format!("{} {} missing", amount(count, "name"), verb(count, "is", "are")),
            missing,
            SYNC,
        ),
    })
}

pub(super) fn code(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_dotenv = |path: &BString| matches!(role_of(path.as_bstr()), Some(Role::Template(_)));
    if !ground
        .sheets
        .iter()
        .any(|sheet| sheet.is_there && is_dotenv(&sheet.template))
    {
        return Ok(Answer::not_applicable("there is no template"));
    }
    let missing = wrong(ground, &[Wrong::Unlisted]);
    let there = ground.sheets.iter().filter(|sheet| sheet.is_there);
    let read: BTreeSet<&BString> = there.flat_map(|sheet| &sheet.read).collect();
    Ok(match missing.len() {
        0 if read.is_empty() => Answer::not_applicable("no code below a template reads a variable"),
        0 => Answer::ok(format!(
            "{} {} read",
            amount(read.len(), "name"),
            verb(read.len(), "is", "are")
        )),
        count => {
            let says = format!(
                "{} that the code reads without a default {} missing",
                amount(count, "name"),
                verb(count, "is", "are")
            );
            Answer::warn(says, missing, SYNC)
        }
    })
}

/// Returns the names of the dotenv templates and of the files of values, each with the place where it stands first.
fn listed(ground: &Ground<'_>) -> Vec<(BString, Evidence)> {
    let templates = ground
        .sheets
        .iter()
        .filter(|sheet| sheet.is_there)
        .map(|sheet| &sheet.template);
    let values = ground.value_files().map(|(path, _)| path);
    let files = templates.chain(values.filter(|path| !is_of_tests(path.as_bstr())));
    let mut known = BTreeSet::new();
    let mut listed = Vec::new();
    let is_here = |path: &&BString| Syntax::of(path.as_bstr()) == Syntax::Dotenv && !is_of_container(ground, path);
    for path in files.filter(is_here) {
        let Some(text) = ground.survey.texts.get(path) else {
            continue;
        };
        for (line, name, _) in entries(path.as_bstr(), text) {
            if known.insert(name.clone()) {
                listed.push((name.clone(), spot(path.clone(), Some(line), name.to_string())));
            }
        }
    }
    listed
}

/// Tells whether a file sets the variables of a container, as compose files name them: an image reads those by itself.
fn is_of_container(ground: &Ground<'_>, path: &BString) -> bool {
    let name = file_name(path.as_bstr());
    let is_named = |text: &[u8]| text.contains_str("env_file") && text.contains_str(name);
    !name.starts_with(b".env") && ground.texts(is_compose).any(|(_, text)| is_named(text))
}

pub(super) fn unused(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let listed = listed(ground);
    if listed.is_empty() {
        return Ok(Answer::not_applicable("no file lists a name"));
    }
    // A field of a settings class is read by a name that stands nowhere.
    let read: BTreeSet<Vec<u8>> = ground
        .variables()
        .map(|(_, lookup)| lookup.name.to_ascii_uppercase())
        .collect();
    let is_known = |name: &BString| {
        ground.mentioned.contains(name)
            || read.contains(&name.to_ascii_uppercase())
            || is_platform(name.as_bstr())
            || is_library(name.as_bstr())
    };
    let unused: Vec<Evidence> = listed
        .iter()
        .filter(|(name, _)| !is_known(name))
        .map(|(_, place)| place.clone())
        .collect();
    Ok(match unused.len() {
        0 if listed.len() == 1 => Answer::ok("its one name is said elsewhere"),
        0 => Answer::ok(format!(
            "each of the {} is said elsewhere",
            amount(listed.len(), "name")
        )),
        count => Answer::warn(
            format!("no other file says {}", amount(count, "name")),
            unused,
            "take them out, or leave those that a library or an image reads by itself.",
        ),
    })
}

pub(super) fn complete(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_own = |path: &BString| file_name(path.as_bstr()).starts_with(b".env") && !is_of_tests(path.as_bstr());
    let files: Vec<_> = ground.value_files().filter(|(path, _)| is_own(path)).collect();
    if files.is_empty() {
        return Ok(Answer::not_applicable("there is no .env here"));
    }
    let set = |(path, text): &(&BString, &Vec<u8>)| {
        entries(path.as_bstr(), text)
            .into_iter()
            .map(|(_, name, _)| name.to_ascii_uppercase())
    };
    let set: BTreeSet<Vec<u8>> = files.iter().flat_map(set).collect();
    // What a deployment needs is set where it is deployed.
    let is_here = |path: &BString| !is_compose(path.as_bstr()) || is_usual_compose(path);
    let mut told = BTreeSet::new();
    let required = ground
        .variables()
        .filter(|(path, lookup)| lookup.need == Need::Required && is_here(path) && told.insert(&lookup.name));
    let missing: Vec<Evidence> = required
        .filter(|(_, lookup)| !set.contains(&lookup.name.to_ascii_uppercase()))
        .map(|(path, lookup)| spot(path.clone(), Some(lookup.line), format!("requires {}", lookup.name)))
        .collect();
    Ok(match missing.len() {
        0 => Answer::ok("it does"),
        count => Answer::warn(
            format!("{} {} not set", amount(count, "name"), verb(count, "is", "are")),
            missing,
            "set them in .env, or where this program gets its variables from.",
        ),
    })
}

fn is_usual_compose(path: &BString) -> bool {
    let name = file_name(path.as_bstr()).to_str_lossy().into_owned();
    let stem = name.split('.').next().unwrap_or_default();
    matches!(stem, "compose" | "docker-compose") && (name.matches('.').count() == 1 || name.contains(".override."))
}
