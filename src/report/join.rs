//! One secret, one finding: the places of one value, put together for whoever reads a report.
//!
//! An outcome keeps a finding for each place, for that is what a person accepts or mends: a baseline, an `[[allow]]`
//! entry and a comment speak of one place and never of another. But a value that stands in ten files is revoked once, so
//! a report names it once and lists where it stands.
//!
//! Random values are the same when their bytes are, whichever rule recognised them: nobody draws a token twice. What a
//! person may have chosen is the same without doubt only within one file, or when it is long: `admin123` in two files
//! may open two doors, and whoever changes one of them must not believe the other closed.

use std::cmp::Reverse;
use std::collections::HashMap;

use bstr::BStr;

use crate::model::{Finding, Outcome};

/// From this length on two chosen values are alike only because one was copied; lists of common passwords end below.
const LONG: usize = 12;

/// A value, with all places where it was found.
#[derive(Debug)]
pub(super) struct Joined<'a> {
    /// The finding that says most about it: the gravest, then the surest, then the first.
    pub lead: &'a Finding,
    /// The findings of each of its places, in their order, the lead among them.
    pub places: Vec<&'a Finding>,
}

/// Puts the findings of an outcome together by value, in the order of those that lead.
pub(super) fn join(outcome: &Outcome) -> Vec<Joined<'_>> {
    let findings = &outcome.findings;
    let mut numbers: HashMap<Identity<'_>, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let next = groups.len();
        let number = identity(finding).map_or(next, |identity| *numbers.entry(identity).or_insert(next));
        match groups.get_mut(number) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    let mut led: Vec<(usize, Vec<usize>)> = groups
        .into_iter()
        .map(|group| (lead(findings, &group), group))
        .collect();
    led.sort_unstable_by_key(|(lead, _)| *lead);
    let joined = led.into_iter().map(|(lead, group)| Joined {
        lead: &findings[lead],
        places: group.into_iter().map(|at| &findings[at]).collect(),
    });
    joined.collect()
}

/// The bytes and, where the same bytes elsewhere may be another secret, the file.
type Identity<'a> = (&'a BStr, Option<&'a BStr>);

/// Tells what makes a finding the same secret as another; a file's name and an expression are none.
fn identity(finding: &Finding) -> Option<Identity<'_>> {
    let value = finding.whole.as_ref().unwrap_or(&finding.secret).expose();
    let may_coincide = finding.fingerprint.is_of_chosen() && value.len() < LONG;
    let file = may_coincide.then_some(BStr::new(&finding.path));
    finding.place.holds_secret().then_some((value, file))
}

/// Returns which of a value's findings says most; a half speaks for the whole only where it is all there is.
fn lead(findings: &[Finding], group: &[usize]) -> usize {
    let rank = |at: &usize| {
        let finding = &findings[*at];
        Reverse((finding.whole.is_none(), finding.severity, finding.confidence))
    };
    group.iter().copied().min_by_key(rank).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Secret, Severity};
    use crate::report::sample;

    fn of(findings: Vec<Finding>) -> Vec<(String, usize)> {
        let mut outcome = sample::clean();
        outcome.findings = findings;
        outcome.sort();
        let joined = join(&outcome);
        let told = |joined: &Joined<'_>| {
            (
                format!("{} {}", joined.lead.rule, joined.lead.path),
                joined.places.len(),
            )
        };
        joined.iter().map(told).collect()
    }

    fn token(rule: &str, severity: Severity, path: &str) -> Finding {
        sample::finding(rule, severity, path, &format!("x = '«{}»'", sample::token()))
    }

    fn chosen(path: &str, text: &str) -> Finding {
        let mut finding = sample::finding("generic-password", Severity::High, path, text);
        finding.fingerprint =
            crate::model::Fingerprint::new("generic-password", path.into(), finding.secret.expose(), true);
        finding
    }

    #[test]
    fn a_token_in_many_files_is_one_finding_under_the_rule_that_says_most() {
        let found = vec![
            token("generic-secret", Severity::High, "a.py"),
            token("github-pat", Severity::Critical, "b.py"),
            token("github-pat", Severity::Critical, "c.py"),
        ];
        assert_eq!(of(found), [("github-pat b.py".to_owned(), 3)]);
    }

    #[test]
    fn a_short_password_in_two_files_is_two_findings_and_in_one_file_one() {
        let (one, other) = (chosen("a.py", "pw = '«admin123»'"), chosen("b.py", "pw = '«admin123»'"));
        let below = chosen("a.py", "\npassword = '«admin123»'");
        let expected = [
            ("generic-password a.py".to_owned(), 2),
            ("generic-password b.py".to_owned(), 1),
        ];
        assert_eq!(of(vec![one, other, below]), expected);
    }

    #[test]
    fn a_long_password_in_two_files_is_one_finding() {
        let text = "pw = '«Rain7bow-Fox-Under-Ice»'";
        assert_eq!(of(vec![chosen("a.py", text), chosen("b.py", text)]).len(), 1);
    }

    #[test]
    fn a_half_is_a_place_of_its_whole() {
        let secret = token("aws-secret-access-key", Severity::Critical, "a.py");
        let mut id = sample::finding("aws-access-key-id", Severity::Medium, "a.py", "\nid = '«AKIA»'");
        id.whole = Some(Secret::new(sample::token()));
        let expected = [("aws-secret-access-key a.py".to_owned(), 2)];
        assert_eq!(of(vec![id, secret]), expected);
    }

    #[test]
    fn names_of_files_are_never_put_together() {
        let found = vec![
            sample::named("dotenv-file", ".env"),
            sample::named("dotenv-file", "a/.env"),
        ];
        assert_eq!(of(found).len(), 2);
    }
}
