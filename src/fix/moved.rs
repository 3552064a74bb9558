//! What leaves its file, with what is left to do about it, and what stays, with the reason.

use bstr::BString;

use crate::fix::Refusal;
use crate::fix::change::Choice;
use crate::fix::desk::Reach;
use crate::model::{Finding, Lines, Location, Secret};
use crate::rules::remedy;

/// A value that leaves its file.
pub struct Moved {
    /// The variable's name.
    pub name: String,
    /// The environment file that gets it.
    pub env: String,
    /// The file that it leaves.
    pub path: BString,
    /// The line in it.
    pub line: u32,
    /// The value.
    pub value: Secret,
    /// What it is, in a few words.
    pub title: String,
    /// What to do about a leak of it, in order.
    pub steps: Vec<String>,
    /// How far it has got.
    pub reach: Reach,
}

/// A finding that stays where it is.
pub struct Left {
    /// The file.
    pub path: BString,
    /// Where in it.
    pub location: Location,
    /// The rule that found it.
    pub rule: String,
    /// Why.
    pub refusal: Refusal,
}

/// Notes a finding that stays.
pub(super) fn left(finding: &Finding, refusal: Refusal) -> Left {
    Left {
        path: finding.path.clone(),
        location: finding.location,
        rule: finding.rule.as_str().to_owned(),
        refusal,
    }
}

/// Notes a value that leaves.
pub(super) fn moved(choice: &Choice<'_>, path: BString, text: &[u8], env: &str, reach: Reach) -> Moved {
    let finding = choice.finding;
    Moved {
        name: choice.name.clone(),
        env: env.to_owned(),
        line: Lines::new(text).line(choice.slot.body.start),
        path,
        value: Secret::new(choice.slot.value.as_slice()),
        title: finding.map_or_else(
            || "Value of a secrets file".to_owned(),
            |finding| finding.title.to_string(),
        ),
        steps: steps_after(finding),
        reach,
    }
}

/// Returns what is left to do about a leak when the value has been moved.
fn steps_after(finding: Option<&Finding>) -> Vec<String> {
    let rule = finding.map_or("generic-secret", |finding| finding.rule.as_str());
    let mut steps = remedy::steps(rule, finding.and_then(|finding| finding.remedy.as_deref()));
    for step in &mut steps {
        if step.contains("`keyfence fix`") {
            *step = "Put the new one into .env, in place of the old one.".to_owned();
        }
    }
    steps
}
