//! What counts at a gate where a change must not speak for itself: the configuration of its base, and no comment of
//! its own.

use crate::baseline::{self, Baseline};
use crate::cli::accepted;
use crate::cli::failure::Failure;
use crate::cli::options::Options;
use crate::cli::session::Session;
use crate::cli::terminal;
use crate::config::{Committed, Settings};
use crate::git::Repo;
use crate::model::{Outcome, Reason, Relaxed};

/// Opens a session with the configuration that the base of a change has.
///
/// One that cannot be read gives way to the defaults: they hold nothing back, and the change may be the one that mends
/// it.
pub(super) fn session<'o>(options: &'o Options, repo: &Repo, base: &Committed) -> Result<Session<'o>, Failure> {
    if options.config.is_some() {
        // Whoever wrote the job's own command line speaks for the gate and not for the change.
        return Session::open(options, None);
    }
    let settings = base.settings(repo).unwrap_or_else(|error| {
        terminal::warn(&format!("{} The defaults count instead.", error.what));
        Settings::default()
    });
    let accepted = match &options.baseline {
        Some(file) => accepted::named(file)?,
        None => committed(repo, base).unwrap_or_else(|problem| {
            terminal::warn(&format!("{problem} Nothing is accepted instead."));
            Baseline::default()
        }),
    };
    Session::with_settings(options, settings, accepted)
}

fn committed(repo: &Repo, base: &Committed) -> Result<Baseline, String> {
    match base.baseline(repo, baseline::LARGEST).map_err(|error| error.what)? {
        Some((name, text)) => Baseline::parse(&name, &text).map_err(|error| error.what),
        None => Ok(Baseline::default()),
    }
}

/// Takes back what comments of the change itself hold back, and says where they stand.
pub(super) fn refuse_comments(outcome: &mut Outcome) {
    let all = std::mem::take(&mut outcome.suppressed);
    for held in all {
        if !matches!(held.reason, Reason::Comment(_)) {
            outcome.suppressed.push(held);
            continue;
        }
        // That the comment is there need not be said twice.
        let (path, line) = (&held.finding.path, held.finding.location.line);
        outcome
            .relaxed
            .retain(|known| known.path != *path || known.line != Some(line));
        outcome.relaxed.push(Relaxed {
            path: held.finding.path.clone(),
            line: Some(held.finding.location.line),
            what: "allows a finding of its own by a comment, which does not count here".to_owned(),
        });
        outcome.findings.push(held.finding);
    }
    outcome.sort();
}
