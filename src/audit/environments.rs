//! The same secret in several places: who gets at one of them has them all.
//! Values are compared in memory only; what is told is where they stand.

use std::collections::BTreeMap;

use bstr::{BStr, BString, ByteSlice};

use crate::audit::containers::literals;
use crate::audit::ground::{entries, is_compose, is_telling, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::engine::opinion::{is_random, promise};
use crate::lookup::is_aside;
use crate::model::{Evidence, Place};
use crate::survey::file_name;
use crate::template::{environment_of, role_of};

/// A value shorter than this is the same by accident.
const SHORTEST: usize = 8;

/// A place where a value stands.
struct Spot {
    /// The environment, or what else the place is.
    environment: String,
    evidence: Evidence,
}

type Values = BTreeMap<BString, Vec<Spot>>;

pub(super) fn shared(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let mut values = Values::new();
    files_of_values(ground, &mut values);
    compose(ground, &mut values);
    code(ground, &mut values);
    if values.is_empty() {
        return Ok(Answer::not_applicable("there is no secret here to compare"));
    }
    let shared: Vec<&Vec<Spot>> = values
        .values()
        .filter(|spots| spots.iter().any(|spot| spot.environment != spots[0].environment))
        .collect();
    if shared.is_empty() {
        let count = values.len();
        return Ok(Answer::ok(format!(
            "{} {} in one environment only",
            amount(count, "secret"),
            verb(count, "stands", "stand each")
        )));
    }
    let is_grave = shared.iter().any(|spots| {
        spots
            .iter()
            .any(|spot| is_production(&spot.environment) || spot.environment == CODE)
    });
    let says = format!(
        "{} {} in several",
        amount(shared.len(), "secret"),
        verb(shared.len(), "stands", "stand")
    );
    let evidence = shared.into_iter().flatten().map(|spot| spot.evidence.clone()).collect();
    let remedy = "give each environment a secret of its own, so that a leak from one opens no other.";
    Ok(if is_grave {
        Answer::fail(says, evidence, remedy)
    } else {
        Answer::warn(says, evidence, remedy)
    })
}

const CODE: &str = "code";

fn is_production(environment: &str) -> bool {
    environment.contains("prod") || environment.contains("live")
}

fn add(values: &mut Values, environment: &str, path: &BString, line: u32, name: &BStr, value: &BStr) {
    let counts = value.len() >= SHORTEST && is_telling(value) && (promise(name).is_some() || is_random(value));
    if counts && !value.contains_str("://localhost") {
        values.entry(value.to_owned()).or_default().push(Spot {
            environment: environment.to_owned(),
            evidence: spot(
                path.clone(),
                Some(line),
                format!("{name} has the same value as elsewhere"),
            ),
        });
    }
}

fn files_of_values(ground: &Ground<'_>, values: &mut Values) {
    for (path, text) in ground.value_files().filter(|(path, _)| !is_aside(path.as_bstr())) {
        let environment = environment_of(path.as_bstr()).to_string();
        for (line, name, value) in entries(path.as_bstr(), text) {
            add(values, &environment, path, line, name.as_bstr(), value.as_bstr());
        }
    }
}

fn compose(ground: &Ground<'_>, values: &mut Values) {
    for (path, text) in ground.texts(is_compose).filter(|(path, _)| !is_aside(path.as_bstr())) {
        let name = file_name(path.as_bstr()).to_str_lossy().into_owned();
        let environment = ["docker-compose", "compose", ".yaml", ".yml"]
            .iter()
            .fold(name, |name, part| name.replace(part, ""));
        let environment = match environment.trim_matches(['.', '-']) {
            "" => "compose",
            named => named,
        };
        for (line, name, value) in literals(text) {
            add(values, environment, path, line, name.as_bstr(), value.as_bstr());
        }
    }
}

/// Adds what is hard-coded; two places in the code are one environment.
fn code(ground: &Ground<'_>, values: &mut Values) {
    let is_code = |path: &BStr| role_of(path).is_none() && !is_compose(path) && !is_aside(path);
    let findings = ground
        .outcome
        .findings
        .iter()
        .filter(|finding| finding.place == Place::Content && is_code(finding.path.as_bstr()));
    for finding in findings {
        let value = finding.secret.expose();
        if value.len() >= SHORTEST && is_telling(value) {
            values.entry(value.to_owned()).or_default().push(Spot {
                environment: CODE.to_owned(),
                evidence: spot(finding.path.clone(), Some(finding.location.line), "has it hard-coded"),
            });
        }
    }
}
