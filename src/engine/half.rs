//! A public half and its secret beside it are one thing: an AWS key id and its key.
//! The id alone is a finding, too; next to the key it only says where else the pair stands.

use crate::engine::{Engine, Judged};
use crate::model::{Finding, Location, Secret};

/// How many lines may lie between the two.
const FARTHEST: u32 = 10;
/// How many findings before and behind are looked at: a line of thousands is no pair.
const NEIGHBOURS: usize = 32;

/// Tells each public half, in findings that are sorted, which secret it belongs to: the nearest that its rule names.
///
/// What somebody decided not to hear of stands apart: a comment on one line says nothing of another.
pub(super) fn join(engine: &Engine, judged: &mut [Judged]) {
    for at in 0..judged.len() {
        let rules = engine.wholes_of(&judged[at].finding);
        if rules.is_empty() || judged[at].suppressed.is_some() {
            continue;
        }
        let around = at.saturating_sub(NEIGHBOURS)..judged.len().min(at + NEIGHBOURS);
        judged[at].finding.whole = nearest(&judged[around], judged[at].finding.location, rules);
    }
}

fn nearest(judged: &[Judged], place: Location, rules: &[String]) -> Option<Secret> {
    let is_whole = |finding: &&Finding| rules.iter().any(|rule| rule == finding.rule.as_str());
    let spoken = judged.iter().filter(|judged| judged.suppressed.is_none());
    let wholes = spoken.map(|judged| &judged.finding).filter(is_whole);
    let distance = |finding: &Finding| finding.location.line.abs_diff(place.line);
    let nearest = wholes
        .filter(|whole| distance(whole) <= FARTHEST)
        .min_by_key(|whole| distance(whole));
    nearest.map(|whole| whole.secret.clone())
}
