//! History: what was committed once stays readable, and what was pushed is out of hand.
//!
//! A secret counts as dealt with when somebody said so: its `[[allow]]` entry or the comment beside it gives a reason (it
//! was rotated, or never was one), or its line in the baseline was judged to be no secret, or none any more. A line of
//! the baseline that nobody has judged says that a finding is known, not that the secret is dead.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice};

use crate::audit::ground::{at, looks_real, spot};
use crate::audit::{Answer, Ground, Past, Unknown, amount, verb};
use crate::baseline::{Baseline, Verdict};
use crate::git::Repo;
use crate::lookup::is_aside;
use crate::model::{Confidence, Evidence, Finding, Outcome, Place, Reason, Severity, Suppressed};

/// So many refs of other machines are looked at.
const REFS: usize = 8;

pub(super) fn clean(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let outcome = match &ground.past {
        Past::None => return Ok(Answer::not_applicable("there is no history")),
        Past::NotRead(why) => return Ok(Answer::not_applicable(why.as_str())),
        Past::Read(outcome) => outcome,
    };
    let found: Vec<&Finding> = outcome
        .findings
        .iter()
        .filter(|finding| finding.severity >= Severity::Medium)
        .collect();
    let (aside, found): (Vec<&Finding>, Vec<&Finding>) =
        found.into_iter().partition(|finding| is_aside(finding.path.as_bstr()));
    let commits = usize::try_from(outcome.coverage.scanned.commits).unwrap_or(0);
    let read = format!("{} read", amount(commits, "commit"));
    let remedy = "`keyfence scan --history` shows each with its commit; replace what is real, and accept the rest with a reason.";
    let places = |findings: Vec<&Finding>| findings.into_iter().map(at).collect::<Vec<Evidence>>();
    let values = |count: usize| format!("{} in tests, examples or documents", amount(count, "value"));
    let stand = |count: usize| format!("{} {} in it", amount(count, "secret"), verb(count, "stands", "stand"));
    Ok(match (found.len(), aside.len()) {
        (0, 0) if outcome.suppressed.is_empty() => Answer::ok(read),
        (0, 0) => Answer::ok(format!(
            "{read}, {} accepted",
            amount(outcome.suppressed.len(), "finding")
        )),
        (0, count) => Answer::warn(values(count), places(aside), remedy),
        (count, 0) => Answer::warn(stand(count), places(found), remedy),
        (count, others) => Answer::warn(
            format!("{}, and {}", stand(count), values(others)),
            places(found),
            remedy,
        ),
    })
}

pub(super) fn leaked(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let Some(repo) = &ground.repo else {
        return Ok(Answer::not_applicable("there is no repository"));
    };
    let refs = repo.remote_refs()?;
    if refs.is_empty() {
        return Ok(Answer::not_applicable("nothing was pushed, as far as is known here"));
    }
    let found = match &ground.past {
        Past::Read(outcome) => pushed_by_commit(repo, outcome, ground.baseline)?,
        _ => pushed_by_content(repo, refs, ground.outcome, ground.baseline)?,
    };
    let is_partial = !matches!(ground.past, Past::Read(_));
    let (sure, open): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, is_sure)| *is_sure);
    let places = |found: Vec<(Evidence, bool)>| found.into_iter().map(|(place, _)| place).collect::<Vec<Evidence>>();
    let pushed = |count: usize, noun: &str| format!("{} {} pushed", amount(count, noun), verb(count, "was", "were"));
    let remedy = "revoke each at its issuer now; then write so: an [[allow]] entry with its fingerprint and the reason \"rotated on …\".";
    Ok(match (sure.len(), open.len()) {
        (0, 0) if is_partial => Answer::ok("none of those that stand here; history was not read"),
        (0, 0) => Answer::ok("none is known"),
        (0, count) => Answer::warn(
            format!(
                "{} that may be one {} pushed",
                amount(count, "value"),
                verb(count, "was", "were")
            ),
            places(open),
            remedy,
        ),
        (count, 0) => Answer::fail(pushed(count, "secret"), places(sure), remedy),
        (count, others) => Answer::fail(
            format!(
                "{}, and {} that may be one",
                pushed(count, "secret"),
                amount(others, "value")
            ),
            places(sure),
            remedy,
        ),
    })
}

/// Returns the findings that nobody called harmless or rotated.
fn open<'o>(outcome: &'o Outcome, baseline: &'o Baseline) -> impl Iterator<Item = &'o Finding> {
    let is_settled = |held: &Suppressed| match held.reason {
        Reason::Baseline => baseline.verdict(&held.finding) == Some(Verdict::False),
        _ => true,
    };
    let held = outcome
        .suppressed
        .iter()
        .filter(move |held| !is_settled(held))
        .map(|held| &held.finding);
    let counts = move |finding: &&Finding| {
        let is_grave = finding.severity >= Severity::High && !is_aside(finding.path.as_bstr());
        // A word that everybody writes on their own machine is revoked nowhere.
        is_grave && finding.place.holds_secret() && looks_real(finding)
    };
    outcome.findings.iter().chain(held).filter(counts)
}

/// Tells whether a finding is a secret beyond doubt, and not merely more likely one than not.
fn is_sure(finding: &Finding) -> bool {
    finding.confidence >= Confidence::High
}

fn pushed_by_commit(repo: &Repo, outcome: &Outcome, baseline: &Baseline) -> Result<Vec<(Evidence, bool)>, Unknown> {
    let unpushed = repo.unpushed()?;
    let is_pushed = |finding: &&Finding| {
        let own = finding.commit.as_ref().map(|commit| &commit.id);
        let others = finding
            .origins
            .iter()
            .filter_map(|origin| origin.commit.as_ref())
            .map(|commit| &commit.id);
        own.into_iter().chain(others).any(|id| !unpushed.contains(id.as_ref()))
    };
    let told = |finding: &Finding| {
        let id = finding.commit.as_ref().and_then(|commit| commit.id.get(..12));
        let commit = id.map_or_else(String::new, |id| format!(" ({id})"));
        let place = spot(
            finding.path.clone(),
            Some(finding.location.line),
            format!("{}{commit}", finding.title),
        );
        (place, is_sure(finding))
    };
    Ok(open(outcome, baseline).filter(is_pushed).map(told).collect())
}

/// Looks for what stands here in the same files on the branches that other machines have.
fn pushed_by_content(
    repo: &Repo,
    mut refs: Vec<String>,
    outcome: &Outcome,
    baseline: &Baseline,
) -> Result<Vec<(Evidence, bool)>, Unknown> {
    // What others start from comes first.
    let main = ["/HEAD", "/main", "/master"];
    refs.sort_by_key(|name| main.iter().position(|end| name.ends_with(end)).unwrap_or(main.len()));
    let mut files: BTreeMap<&BString, Vec<&Finding>> = BTreeMap::new();
    for finding in open(outcome, baseline).filter(|finding| finding.place == Place::Content) {
        files.entry(&finding.path).or_default().push(finding);
    }
    let mut found = BTreeMap::new();
    for (path, findings) in files {
        for name in refs.iter().take(REFS) {
            let Some(text) = repo.file_at(name, path.as_bstr())? else {
                continue;
            };
            for finding in findings
                .iter()
                .filter(|finding| text.contains_str(finding.secret.expose()))
            {
                let short = name.trim_start_matches("refs/remotes/");
                let place = spot(
                    path.clone(),
                    Some(finding.location.line),
                    format!("{} (in {short})", finding.title),
                );
                found
                    .entry((path, finding.location))
                    .or_insert((place, is_sure(finding)));
            }
        }
    }
    Ok(found.into_values().collect())
}
