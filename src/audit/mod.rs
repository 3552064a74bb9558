//! Floor 5: the checklist of a project's habits: where its secrets are, where they are not, and who watches.
//!
//! Each check is a function of what was gathered and answers in one line, with places and a remedy. Where a technology
//! is absent the answer is `n-a`; where it is a matter of opinion, the check is milder. Values are compared in memory and
//! never shown.

mod code;
mod containers;
mod environments;
mod files;
mod ground;
mod guards;
mod history;
mod pipelines;
mod readers;
mod templates;

pub use ground::{Ground, Past, keeps};

use crate::git::GitError;
use crate::hook::HookError;
use crate::model::{Check, Evidence, Page, State};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Hook(#[from] HookError),
}

/// A question of the list.
struct Question {
    id: &'static str,
    group: &'static str,
    title: &'static str,
    ask: fn(&Ground<'_>) -> Result<Answer, Unknown>,
}

/// What a check found.
struct Answer {
    state: State,
    says: String,
    evidence: Vec<Evidence>,
    remedy: Option<String>,
}

impl Answer {
    fn not_applicable(says: impl Into<String>) -> Self {
        Self::of(State::NotApplicable, says)
    }

    fn ok(says: impl Into<String>) -> Self {
        Self::of(State::Ok, says)
    }

    fn of(state: State, says: impl Into<String>) -> Self {
        Self {
            state,
            says: says.into(),
            evidence: Vec::new(),
            remedy: None,
        }
    }

    fn warn(says: impl Into<String>, evidence: Vec<Evidence>, remedy: &str) -> Self {
        Self::of(State::Warn, says).seen(evidence, remedy)
    }

    fn fail(says: impl Into<String>, evidence: Vec<Evidence>, remedy: &str) -> Self {
        Self::of(State::Fail, says).seen(evidence, remedy)
    }

    fn seen(self, mut evidence: Vec<Evidence>, remedy: &str) -> Self {
        evidence.sort();
        evidence.dedup();
        Self {
            evidence,
            remedy: Some(remedy.to_owned()),
            ..self
        }
    }
}

macro_rules! questions {
    ($($group:literal { $($id:literal, $title:literal => $ask:path;)+ })+) => {
        &[$($(Question { id: $id, group: $group, title: $title, ask: $ask }),+),+]
    };
}

/// The list. An id is never renamed; a check more is one function and one line.
const QUESTIONS: &[Question] = questions! {
    "files" {
        "dotenv-ignored", "git ignores .env and its kin" => files::dotenv_ignored;
        "streamlit-ignored", "git ignores .streamlit/secrets.toml" => files::streamlit_ignored;
        "secrets-py-ignored", "git ignores secrets.py" => files::secrets_py_ignored;
        "tfvars-ignored", "git ignores Terraform's files of values" => files::tfvars_ignored;
        "values-untracked", "no file of values is tracked" => files::untracked;
    }
    "templates" {
        "template-there", "a template lists the names" => templates::is_there;
        "template-values", "templates hold no values" => templates::values;
        "template-env", "templates have every name of .env" => templates::env;
        "template-code", "templates have every name that the code reads" => templates::code;
        "unused-names", "every name in .env and its templates is read" => templates::unused;
        "env-complete", "the .env here sets what the code requires" => templates::complete;
    }
    "code" {
        "hard-coded", "no secret stands in the code" => code::hard_coded;
        "fallbacks", "no secret is hard-coded as a fallback" => code::fallbacks;
        "fail-fast", "no literal stands in for a missing secret" => code::fail_fast;
        "printed", "nothing prints or logs a secret" => code::printed;
    }
    "containers" {
        "image-values", "no image has a secret baked in" => containers::image_values;
        "image-context", "no image copies .env along" => containers::image_context;
        "compose-values", "compose takes secrets from env_file or secrets" => containers::compose_values;
    }
    "pipelines" {
        "ci-values", "no secret stands in a pipeline" => pipelines::values;
        "ci-printed", "no pipeline prints a secret" => pipelines::printed;
        "ci-target", "no stranger's pull request meets secrets" => pipelines::target;
    }
    "environments" {
        "shared-secrets", "each environment has secrets of its own" => environments::shared;
    }
    "guards" {
        "hook", "a commit hook is in force and fires" => guards::hook;
        "ci-guard", "a pipeline looks for secrets" => guards::pipeline;
        "server-guard", "the server looks for secrets" => guards::server;
        "push-protection", "the host refuses known keys" => guards::push_protection;
    }
    "history" {
        "history", "history is clean or accepted" => history::clean;
        "leaked", "no secret that was pushed is still good" => history::leaked;
    }
};

/// Asks every question.
pub fn audit(ground: &Ground<'_>, root: String) -> Page {
    let checks = QUESTIONS.iter().map(|question| check(ground, question)).collect();
    Page {
        root,
        checks,
        secrets: ground.secrets(),
    }
}

fn check(ground: &Ground<'_>, question: &Question) -> Check {
    let answer = (question.ask)(ground).unwrap_or_else(|unknown| {
        Answer::warn(
            "this could not be told",
            vec![Evidence {
                path: ".git".into(),
                line: None,
                what: unknown.to_string(),
            }],
            "mend what is said there, and look again.",
        )
    });
    Check {
        id: question.id,
        group: question.group,
        title: question.title,
        state: answer.state,
        says: answer.says,
        evidence: answer.evidence,
        remedy: answer.remedy,
    }
}

/// Returns an amount with its noun: `1 name`, `2 names`.
fn amount(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Chooses the verb that goes with a number.
fn verb(count: usize, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_name_of_its_own_and_groups_stand_together() {
        let mut ids: Vec<&str> = QUESTIONS.iter().map(|question| question.id).collect();
        let mut groups: Vec<&str> = QUESTIONS.iter().map(|question| question.group).collect();
        groups.dedup();
        let count = groups.len();
        groups.sort_unstable();
        groups.dedup();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), groups.len()), (QUESTIONS.len(), count));
    }
}
