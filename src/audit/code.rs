//! Code: no literal, no fallback, no secret printed, and a program that stops without what it needs.

use bstr::{BStr, BString, ByteSlice};

use crate::audit::ground::{at, is_compose, is_dockerfile, is_pipeline, looks_real, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::engine::opinion::{Promise, promise};
use crate::lookup::{Fallback, Language, Lookup, Need, is_aside};
use crate::model::{Evidence, Finding, Place};
use crate::template::{is_of_tests, role_of};

const MANAGERS: &str = "where several machines need it, keep it in a secret manager (AWS Secrets Manager or Parameter Store, Azure Key Vault, \
                        Google Secret Manager, HashiCorp Vault, Doppler, 1Password; sops or dotenvx where files must be committed)";

/// Tells whether a finding belongs to a check of its own.
fn has_own_check(finding: &Finding) -> bool {
    let path = finding.path.as_bstr();
    let is_own_rule = ["exposure-", "fallback-", "image-", "pipeline-", "template-"]
        .iter()
        .any(|rule| finding.rule.as_str().starts_with(rule));
    is_own_rule
        || role_of(path).is_some() && !is_of_tests(path)
        || is_pipeline(path)
        || is_dockerfile(path)
        || is_compose(path)
}

pub(super) fn hard_coded(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let findings = ground.outcome.findings.iter().filter(|finding| !has_own_check(finding));
    let (aside, run): (Vec<&Finding>, Vec<&Finding>) = findings.partition(|finding| is_aside(finding.path.as_bstr()));
    let (real, weak): (Vec<&Finding>, Vec<&Finding>) = run.into_iter().partition(|finding| looks_real(finding));
    let places = |findings: &[&Finding]| findings.iter().map(|finding| at(finding)).collect::<Vec<Evidence>>();
    Ok(if !real.is_empty() {
        let remedy =
            format!("replace each at its issuer, then `keyfence fix` moves it into the environment; {MANAGERS}.");
        Answer::fail(
            format!(
                "{} {} there",
                amount(real.len(), "secret"),
                verb(real.len(), "stands", "stand")
            ),
            places(&real),
            &remedy,
        )
    } else if !weak.is_empty() {
        let says = format!(
            "{} {} there, none that looks real",
            amount(weak.len(), "password"),
            verb(weak.len(), "stands", "stand")
        );
        let remedy =
            "read it from the environment, even for your own machine: such words are what is tried first elsewhere.";
        Answer::warn(says, places(&weak), remedy)
    } else if !aside.is_empty() {
        let says = format!("{} in tests, examples or documents", amount(aside.len(), "value"));
        let remedy = "replace it if it was ever real; if not, say so: `keyfence:allow <reason>` on its line, or an [[allow]] entry.";
        Answer::warn(says, places(&aside), remedy)
    } else {
        Answer::ok(format!(
            "{} read",
            amount(
                usize::try_from(ground.outcome.coverage.scanned.files).unwrap_or(0),
                "file"
            )
        ))
    })
}

pub(super) fn fallbacks(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let (mut aside, run): (Vec<&Finding>, Vec<&Finding>) = ground
        .found("fallback-")
        .partition(|finding| is_aside(finding.path.as_bstr()));
    aside.retain(|finding| looks_real(finding));
    let (real, weak): (Vec<&Finding>, Vec<&Finding>) = run.into_iter().partition(|finding| looks_real(finding));
    let places = |findings: Vec<&Finding>| findings.into_iter().map(at).collect::<Vec<Evidence>>();
    let stand = |count: usize| verb(count, "stands", "stand");
    Ok(match (real.len(), weak.len()) {
        (0, 0) if !aside.is_empty() => Answer::warn(
            format!(
                "{} {} as a default in tests, examples or documents",
                amount(aside.len(), "value"),
                stand(aside.len())
            ),
            places(aside),
            "take it out: who copies the example runs with what everybody knows.",
        ),
        (0, 0) if secret_lookups(ground).next().is_none() => Answer::not_applicable("no code here reads a secret"),
        (0, 0) => Answer::ok("none is"),
        (0, count) => Answer::warn(
            format!(
                "{} {} as a default, none that looks real",
                amount(count, "word"),
                stand(count)
            ),
            places(weak),
            "let the program stop when the variable is unset: who forgets to set it runs with what everybody knows.",
        ),
        (count, _) => Answer::fail(
            format!("{} {} as a default", amount(count, "real value"), stand(count)),
            places(real),
            "replace the value where it is used, and let the program stop when the variable is unset: `keyfence fix`.",
        ),
    })
}

/// Returns the lookups of names that promise a secret.
fn secret_lookups<'g>(ground: &'g Ground<'_>) -> impl Iterator<Item = (&'g BString, &'g Lookup)> {
    ground
        .survey
        .lookups()
        .filter(|(_, lookup)| promise(&lookup.name) == Some(Promise::Secret))
}

pub(super) fn fail_fast(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let count = secret_lookups(ground).count();
    if count == 0 {
        let is_named = ground
            .found("fallback-")
            .any(|finding| !is_aside(finding.path.as_bstr()));
        let says = if is_named {
            "what reads one is named above"
        } else {
            "no code here reads a secret"
        };
        return Ok(Answer::not_applicable(says));
    }
    let falls_back = |lookup: &Lookup| match lookup.need {
        Need::Fallback(Fallback::Literal) => true,
        // Without a payment key there are no payments; without a signing key everybody can sign.
        Need::Fallback(Fallback::Empty) => is_signing(&lookup.name),
        _ => false,
    };
    let is_found = |path: &BString, line: u32| {
        ground
            .found("fallback-")
            .any(|finding| finding.path == *path && finding.location.line == line)
    };
    let open: Vec<Evidence> = secret_lookups(ground)
        .filter(|(path, lookup)| {
            falls_back(lookup) && !is_found(path, lookup.line) && !is_for_tests(path, lookup.language)
        })
        .map(|(path, lookup)| {
            spot(
                path.clone(),
                Some(lookup.line),
                format!("{} has a literal in its place", lookup.name),
            )
        })
        .collect();
    Ok(match open.len() {
        0 => Answer::ok(format!(
            "{} {} read, none with a literal in its place",
            amount(count, "secret"),
            verb(count, "is", "are")
        )),
        open_count => Answer::warn(
            format!(
                "{} {} back to a literal",
                amount(open_count, "secret"),
                verb(open_count, "falls", "fall")
            ),
            open,
            "read it so that the program stops without it: os.environ[\"X\"], ENV.fetch(\"X\"), ${X:?}; a default belongs into .env.",
        ),
    })
}

/// Tells whether a name is that of a key with which a program signs or encrypts.
fn is_signing(name: &[u8]) -> bool {
    let name = name.to_ascii_uppercase();
    [
        "SECRET_KEY",
        "JWT",
        "SESSION_SECRET",
        "COOKIE_SECRET",
        "ENCRYPTION",
        "SIGNING",
        "AUTH_SECRET",
        "KEY_BASE",
    ]
    .iter()
    .any(|word| name.contains_str(word))
}

fn is_for_tests(path: &BString, language: Language) -> bool {
    let name = path.to_str_lossy().to_ascii_lowercase();
    language == Language::Compose
        && ["test", "dev", "ci", "local", "override"]
            .iter()
            .any(|word| name.contains(word))
}

/// Tells whether a program is one that git or ssh ask for a password: it answers on its standard output.
fn is_made_to_print(path: &BStr) -> bool {
    let path = path.to_str_lossy().to_ascii_lowercase().replace(['-', '_'], "");
    path.contains("askpass") || path.contains("credentialhelper")
}

pub(super) fn printed(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let is_here = |finding: &&Finding| {
        let path = finding.path.as_bstr();
        finding.place == Place::Expression && !is_pipeline(path) && !is_aside(path) && !is_made_to_print(path)
    };
    let found: Vec<Evidence> = ground.found("exposure-").filter(is_here).map(at).collect();
    Ok(match found.len() {
        0 => Answer::ok("nothing does"),
        count => Answer::warn(
            format!("{} {} so", amount(count, "line"), verb(count, "does", "do")),
            found,
            "print whether it is set, not what it is; replace it if the log was kept. A command that is asked for it says so: `keyfence:allow <reason>`.",
        ),
    })
}
