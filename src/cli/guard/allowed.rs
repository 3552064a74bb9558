//! What a push asks to have allowed: `git push -o keyfence.allow=<fingerprint>:<reason>`.
//!
//! It counts only where the repository's own configuration says so, and each use is said and written down.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::guard::variable;
use crate::cli::terminal;
use crate::git::Repo;
use crate::model::{Finding, Fingerprint, Outcome, Reason, Suppressed};

const OPTION: &str = "keyfence.allow=";
const SETTING: &str = "keyfence.allowPushOption";

/// What a push may pass by.
pub(super) struct Allowed {
    wishes: Vec<Wish>,
    log: PathBuf,
}

struct Wish {
    fingerprint: Fingerprint,
    reason: String,
    is_used: bool,
}

impl Allowed {
    /// Reads the options of the push.
    pub(super) fn of_push(repo: &Repo) -> Result<Self, Failure> {
        let mut wishes = Vec::new();
        for option in options() {
            if let Some(wish) = option.strip_prefix(OPTION) {
                wishes.push(Wish::read(wish).ok_or_else(malformed)?);
            }
        }
        if !wishes.is_empty() && !repo.says_yes(SETTING)? {
            terminal::warn("This repository lets no push option allow anything, so yours does not count.");
            terminal::hint(&format!("who runs it can say `git config {SETTING} true` in it."));
            wishes.clear();
        }
        Ok(Self {
            wishes,
            log: repo.git_dir().join("keyfence-allowed.log"),
        })
    }

    /// Takes out the findings that are allowed, and writes each of them down first.
    pub(super) fn apply(&mut self, outcome: &mut Outcome, refs: &str) -> Result<(), Failure> {
        for finding in std::mem::take(&mut outcome.findings) {
            let wish = self
                .wishes
                .iter_mut()
                .find(|wish| wish.fingerprint == finding.fingerprint);
            let Some(wish) = wish else {
                outcome.findings.push(finding);
                continue;
            };
            wish.is_used = true;
            let reason = wish.reason.clone();
            self.write_down(&finding, &reason, refs)?;
            terminal::say(&format!(
                "keyfence: {} is allowed by a push option; this is logged.",
                finding.fingerprint
            ));
            outcome.suppressed.push(Suppressed {
                finding,
                reason: Reason::PushOption(reason.into()),
            });
        }
        outcome.sort();
        Ok(())
    }

    /// Says which options spoke of nothing that was found.
    pub(super) fn warn_of_unused(&self) {
        for wish in self.wishes.iter().filter(|wish| !wish.is_used) {
            terminal::warn(&format!("Nothing in this push is known as {}.", wish.fingerprint));
        }
    }

    /// One line a use; what cannot be written down is not allowed.
    fn write_down(&self, finding: &Finding, reason: &str, refs: &str) -> Result<(), Failure> {
        let commit = finding.commit.as_ref().map_or("-", |commit| &commit.id);
        let fields = [
            &clock::now().to_string(),
            &pusher(),
            refs,
            commit,
            finding.rule.as_str(),
            finding.fingerprint.as_str(),
            reason,
        ];
        let line = fields.map(|field| field.escape_debug().to_string()).join("\t") + "\n";
        let file = OpenOptions::new().create(true).append(true).open(&self.log);
        file.and_then(|mut file| file.write_all(line.as_bytes()))
            .map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::new(
            format!(
                "A finding was to be allowed and could not be written down: {} ({error}).",
                self.log.display()
            ),
            "who runs this repository can make that file writable.",
        )
    }
}

impl Wish {
    /// Reads `kf1:1f0c22a9-5be301:reason`.
    fn read(text: &str) -> Option<Self> {
        let (end, _) = text.match_indices(':').nth(1)?;
        let (fingerprint, reason) = (&text[..end], text[end + 1..].trim());
        Some(Self {
            fingerprint: fingerprint.parse().ok()?,
            reason: (!reason.is_empty()).then(|| reason.to_owned())?,
            is_used: false,
        })
    }
}

fn malformed() -> Failure {
    Failure::new(
        "A push option of this push is not written as keyfence reads it.",
        format!(
            "write `git push -o '{OPTION}<fingerprint>:<reason>'`; the fingerprint begins with kf1, and the reason may not be empty."
        ),
    )
}

fn options() -> impl Iterator<Item = String> {
    let count = variable("GIT_PUSH_OPTION_COUNT").and_then(|count| count.to_str()?.parse::<usize>().ok());
    let option = |number| variable(&format!("GIT_PUSH_OPTION_{number}"));
    (0..count.unwrap_or(0))
        .filter_map(option)
        .map(|option| option.to_string_lossy().into_owned())
}

/// Whom the server takes the pusher for; each kind of server has its own variable.
fn pusher() -> String {
    let known = ["REMOTE_USER", "GL_USERNAME", "GITEA_PUSHER_NAME", "GL_USER", "USER"]
        .into_iter()
        .find_map(variable);
    known.map_or_else(|| "-".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_needs_a_fingerprint_and_a_reason() {
        let wish = Wish::read("kf1:1f0c22a9-5be301: a sample: not real").unwrap();
        assert_eq!(
            (wish.fingerprint.as_str(), wish.reason.as_str()),
            ("kf1:1f0c22a9-5be301", "a sample: not real")
        );
        for wrong in ["", "kf1:1f0c22a9-5be301", "kf1:1f0c22a9-5be301: ", "all:of:it"] {
            assert!(Wish::read(wrong).is_none(), "{wrong}");
        }
    }
}
