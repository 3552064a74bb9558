//! Pipelines: no literal, nothing printed, and no secret within reach of a stranger's code.

use std::sync::LazyLock;

use bstr::ByteSlice;
use regex::bytes::Regex;

use crate::audit::ground::{at, is_pipeline, looks_real, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::engine::opinion::is_random;
use crate::model::{Evidence, Finding, Place, Severity};

const NONE: &str = "there is no pipeline";

pub(super) fn values(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let count = ground.texts(is_pipeline).count();
    if count == 0 {
        return Ok(Answer::not_applicable(NONE));
    }
    let is_value = |finding: &&Finding| {
        is_pipeline(finding.path.as_bstr()) && finding.place == Place::Content && finding.severity >= Severity::Medium
    };
    let found = ground.outcome.findings.iter().filter(is_value);
    let (of_service, others): (Vec<&Finding>, Vec<&Finding>) =
        found.partition(|finding| is_of_service(ground, finding));
    let (real, weak): (Vec<&Finding>, Vec<&Finding>) = others.into_iter().partition(|finding| looks_real(finding));
    let places = |findings: Vec<&Finding>| findings.into_iter().map(at).collect::<Vec<Evidence>>();
    let stand = |count: usize| verb(count, "stands", "stand");
    Ok(match (real.len(), weak.len()) {
        (0, 0) if of_service.is_empty() => {
            Answer::ok(format!("{} {} none", amount(count, "file"), verb(count, "has", "have")))
        }
        (0, 0) => Answer::ok("none but the passwords of services that live as long as the run"),
        (0, count) => Answer::warn(
            format!(
                "{} {} there, none that looks real",
                amount(count, "password"),
                stand(count)
            ),
            places(weak),
            "see that it opens nothing outside of the run; if it does, keep a new one in the provider's secret store.",
        ),
        (count, _) => Answer::fail(
            format!("{} {} there", amount(count, "secret"), stand(count)),
            places(real),
            "replace it, and keep the new one in the provider's secret store: `${{ secrets.NAME }}`, a masked variable.",
        ),
    })
}

/// Tells whether a value is the password of a service that the run itself starts, or what reaches that service with it.
fn is_of_service(ground: &Ground<'_>, finding: &Finding) -> bool {
    let value = finding.secret.expose();
    let text = ground.survey.texts.get(&finding.path);
    !is_random(value) && text.is_some_and(|text| services(text).any(|line| line.contains_str(value)))
}

/// Returns the lines under each `services:` of a workflow.
fn services(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut inside: Option<usize> = None;
    text.lines().filter(move |line| {
        let indent = line.len() - line.trim_ascii_start().len();
        let is_empty = line.trim_ascii().is_empty();
        inside = inside.filter(|&head| is_empty || indent > head);
        if inside.is_none() && line.trim_ascii() == b"services:" {
            inside = Some(indent);
        }
        inside.is_some()
    })
}

pub(super) fn printed(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if ground.texts(is_pipeline).next().is_none() {
        return Ok(Answer::not_applicable(NONE));
    }
    let found: Vec<Evidence> = ground
        .found("exposure-")
        .filter(|finding| is_pipeline(finding.path.as_bstr()))
        .map(at)
        .collect();
    Ok(match found.len() {
        0 => Answer::ok("none does"),
        count => Answer::warn(
            format!("{} {} one", amount(count, "line"), verb(count, "prints", "print")),
            found,
            "give it to the command by a variable or by standard input; masks miss what is encoded or cut.",
        ),
    })
}

macro_rules! expression {
    ($pattern:expr) => {
        LazyLock::new(|| Regex::new(concat!("(?m-u)", $pattern)).ok())
    };
}

type Expression = LazyLock<Option<Regex>>;

/// The trigger as a key, as an entry of a list, or in brackets.
static TRIGGER: Expression =
    expression!(r"^(?:[ \t]*(?:-[ \t]*)?pull_request_target[ \t]*:?|on[ \t]*:[ \t]*\[?[^#\n]*\bpull_request_target\b)");
static SECRET: Expression = expression!(r"^[^#\n]*\bsecrets(?:\.|\[')(?P<name>[A-Za-z_]\w*)");
/// A checkout of what the pull request brings.
static HEAD: Expression = expression!(
    r"^[^#\n]*\b(?:ref|repository)[ \t]*:[^#\n]*(?:github\.event\.pull_request\.head|github\.head_ref|refs/pull/)"
);

/// A step by which something of the request could get in: a checkout, or a text that a stranger wrote.
static TAKES: Expression = expression!(
    r"^[ \t]*(?:-[ \t]*)?uses[ \t]*:[ \t]*actions/checkout@|^[^#\n]*(?:\bgh pr checkout\b|\$\{\{[ \t]*github\.(?:head_ref|event\.pull_request\.(?:title|body|head\.ref|head\.label)))"
);

/// A run that starts only when somebody with a say has merged the request.
static MERGED: Expression = expression!(r"^[^#\n]*\bgithub\.event\.pull_request\.merged\b");

pub(super) fn target(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let workflows: Vec<_> = ground
        .texts(is_pipeline)
        .filter(|(path, _)| path.starts_with(b".github/"))
        .collect();
    if workflows.is_empty() {
        return Ok(Answer::not_applicable("there is no workflow of GitHub"));
    }
    let (mut grave, mut open, mut apart) = (Vec::new(), Vec::new(), 0);
    for (path, text) in workflows {
        let Some(trigger) = first(&TRIGGER, text) else { continue };
        let secret = secret(text);
        match (secret, first(&HEAD, text)) {
            (_, Some(line)) => grave.push(spot(
                path.clone(),
                Some(line),
                "checks out the pull request's code under pull_request_target",
            )),
            (Some(name), None) if first(&TAKES, text).is_some() && first(&MERGED, text).is_none() => open.push(spot(
                path.clone(),
                Some(trigger),
                format!("runs under pull_request_target and uses secrets.{name}"),
            )),
            (Some(_), None) => apart += 1,
            (None, None) => {}
        }
    }
    Ok(if !grave.is_empty() {
        let remedy = "run such code under `pull_request`, without secrets; what needs them goes into a workflow that runs no code of the request.";
        Answer::fail("a stranger's code runs with the repository's token", grave, remedy)
    } else if !open.is_empty() {
        let remedy = "see that nothing of the request is run there (no checkout of its head, no script from it), or ask for approval with an environment.";
        Answer::warn("secrets are used where strangers start the run", open, remedy)
    } else if apart > 0 {
        let says = format!("{} {} one", amount(apart, "workflow"), verb(apart, "uses", "use"));
        Answer::ok(format!(
            "{says} under pull_request_target, and nothing of the request is taken there"
        ))
    } else {
        Answer::ok("none does")
    })
}

fn first(expression: &Expression, text: &[u8]) -> Option<u32> {
    let found = expression.as_ref()?.find(text)?;
    // An expression may begin with blanks of the line before.
    let lines = text[..found.end()].iter().filter(|&&byte| byte == b'\n').count();
    u32::try_from(lines + 1).ok()
}

/// Returns the first secret that somebody stored; the token of the run itself is there in any case.
fn secret(text: &[u8]) -> Option<String> {
    let names = SECRET.as_ref()?.captures_iter(text).filter_map(|captures| {
        captures
            .name("name")
            .map(|name| name.as_bytes().to_str_lossy().into_owned())
    });
    names
        .into_iter()
        .find(|name| !name.eq_ignore_ascii_case("GITHUB_TOKEN"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_end_where_their_lines_do() {
        let text =
            b"jobs:\n  a:\n    services:\n      db:\n\n        env:\n          P: otter\n    steps:\n      - run: x\n";
        let lines: Vec<&[u8]> = services(text).map(<[u8]>::trim_ascii).collect();
        assert_eq!(lines, [&b"services:"[..], b"db:", b"", b"env:", b"P: otter"]);
    }

    #[test]
    fn the_trigger_is_seen_in_each_spelling_and_not_in_a_comment() {
        for text in [
            "on:\n  pull_request_target:\n",
            "on: [push, pull_request_target]\n",
            "on: pull_request_target\n",
            "on:\n  - pull_request_target\n",
        ] {
            assert!(first(&TRIGGER, text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "# pull_request_target:\n",
            "on:\n  pull_request:\n",
            "    if: github.event_name == 'pull_request_target'\n",
        ] {
            assert_eq!(first(&TRIGGER, text.as_bytes()), None, "{text}");
        }
    }
}
