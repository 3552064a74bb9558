//! From the other tool's files to a configuration: each is read, and what our own reading refuses is left out and named.
//!
//! Exceptions by line number or by hash are carried by looking: what stands there is found by the very rules that were
//! just imported, and accepted by its fingerprint.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::baseline::Baseline;
use crate::cli::failure::Failure;
use crate::cli::import::{DETECT_SECRETS, GITLEAKS, GITLEAKS_IGNORE, GITLEAKS_KNOWN, Tool, name, positions, read};
use crate::cli::options::Options;
use crate::cli::session::Session;
use crate::config::Settings;
use crate::model::Finding;
use crate::rules::import::{self, Audited, Imported, ImportedAllow, Remark, Verdict};
use crate::source::Worktree;

/// What was carried over.
#[derive(Debug)]
pub(in crate::cli) struct Carried {
    /// The configuration.
    pub(in crate::cli) text: String,
    /// What is different or missing.
    pub(in crate::cli) remarks: Vec<Remark>,
    counts: [usize; 4],
}

impl Carried {
    /// Counts what it says.
    pub(in crate::cli) fn summary(&self) -> String {
        let [rules, allow, exclude, off] = self.counts;
        format!(
            "{rules} rules, {allow} exceptions, {exclude} excluded paths, {off} rules switched off; {} remarks",
            self.remarks.len()
        )
    }
}

/// Carries over what a file says; without one what lies at the root.
pub(in crate::cli) fn carry(from: Option<Tool>, file: Option<&Path>, root: &Path) -> Result<Carried, Failure> {
    let found = |names: &[&str]| names.iter().map(|name| root.join(name)).find(|path| path.is_file());
    let tool = from.or_else(|| file.map(told_by_name)).or_else(|| {
        let of_gitleaks = [GITLEAKS, GITLEAKS_IGNORE, GITLEAKS_KNOWN];
        if of_gitleaks.into_iter().any(|names| found(names).is_some()) {
            Some(Tool::Gitleaks)
        } else {
            found(DETECT_SECRETS).map(|_| Tool::DetectSecrets)
        }
    });
    let mut import = Import {
        root,
        imported: Imported::default(),
    };
    match tool {
        None => return Err(nothing(root)),
        Some(Tool::Gitleaks) => {
            let (known, config) = match file {
                Some(file) if is_report(file) => (Some(file), None),
                file => (None, file),
            };
            let config = config.map(Path::to_owned).or_else(|| found(GITLEAKS));
            let known = known.map(Path::to_owned).or_else(|| found(GITLEAKS_KNOWN));
            let ignored = found(GITLEAKS_IGNORE);
            if config.is_none() && ignored.is_none() && known.is_none() {
                return Err(nothing(root));
            }
            import.gitleaks(config.as_deref(), ignored.as_deref(), known.as_deref())?;
        }
        Some(Tool::DetectSecrets) => {
            let baseline = file
                .map(Path::to_owned)
                .or_else(|| found(DETECT_SECRETS))
                .ok_or_else(|| nothing(root))?;
            import.detect_secrets(&baseline)?;
        }
    }
    Ok(import.finish())
}

fn told_by_name(file: &Path) -> Tool {
    let name = file.to_string_lossy();
    if (name.ends_with(".baseline") || name.ends_with(".json")) && !is_report(file) {
        Tool::DetectSecrets
    } else {
        Tool::Gitleaks
    }
}

fn is_report(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| import::is_gitleaks_report(&text)) && !is_toml(file)
}

fn is_toml(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "toml")
}

fn nothing(root: &Path) -> Failure {
    Failure::new(
        format!(
            "There is no file of gitleaks, betterleaks or detect-secrets in {}.",
            root.display()
        ),
        "name it: `keyfence rules import FILE`.",
    )
}

/// An import under way.
pub(super) struct Import<'r> {
    pub(super) root: &'r Path,
    pub(super) imported: Imported,
}

impl Import<'_> {
    fn gitleaks(&mut self, config: Option<&Path>, ignored: Option<&Path>, known: Option<&Path>) -> Result<(), Failure> {
        if let Some(config) = config {
            let load = |path: &str| fs::read_to_string(self.root.join(path)).ok();
            let imported = import::gitleaks(&name(config), &read(config)?, &load);
            self.imported = imported.map_err(|error| broken(&error.to_string()))?;
            self.drop_what_is_broken();
        }
        if let Some(ignored) = ignored {
            positions::accept_ignored(self, ignored)?;
        }
        if let Some(known) = known {
            positions::accept_known(self, known)?;
        }
        Ok(())
    }

    fn detect_secrets(&mut self, baseline: &Path) -> Result<(), Failure> {
        let read = import::detect_secrets(&name(baseline), &read(baseline)?);
        let (imported, audited) = read.map_err(|error| broken(&error.to_string()))?;
        self.imported = imported;
        self.drop_what_is_broken();
        self.accept_hashes(&audited, &name(baseline))
    }

    pub(super) fn remark(&mut self, place: &str, what: String) {
        self.imported.remarks.push(Remark {
            place: place.to_owned(),
            what,
        });
    }

    /// Leaves out what our own reading of a configuration refuses, such as a pattern that grows too large.
    fn drop_what_is_broken(&mut self) {
        let refused = |part: Imported| {
            Settings::parse("keyfence.toml", &part.to_toml())
                .err()
                .map(|error| error.what)
        };
        let mut remarks = Vec::new();
        let mut keep = |place: String, part: Imported| match refused(part) {
            None => true,
            Some(why) => {
                let why = why.trim_end_matches('.').to_owned();
                let what = format!("is not carried over: {why}");
                remarks.push(Remark { place, what });
                false
            }
        };
        let part = Imported::default;
        self.imported.rules.retain(|rule| {
            let rules = vec![rule.clone()];
            keep(format!("rule `{}`", rule.id), Imported { rules, ..part() })
        });
        self.imported.allow.retain(|allow| {
            let place = format!("the exception \"{}\"", allow.reason);
            keep(
                place,
                Imported {
                    allow: vec![allow.clone()],
                    ..part()
                },
            )
        });
        self.imported.exclude.retain(|glob| {
            let exclude = vec![glob.clone()];
            keep(format!("the path `{glob}`"), Imported { exclude, ..part() })
        });
        self.imported.remarks.extend(remarks);
    }

    /// Prepares to look with the rules as imported so far.
    pub(super) fn session<'o>(&self, options: &'o Options) -> Result<Session<'o>, Failure> {
        let settings = Settings::parse("keyfence.toml", &self.imported.to_toml())?;
        Session::with_settings(options, settings, Baseline::default())
    }

    fn accept_hashes(&mut self, audited: &[Audited], place: &str) -> Result<(), Failure> {
        let options = Options::default();
        let session = self.session(&options)?;
        let findings = on_disk(&session, self.root, audited.iter().map(|audited| audited.path.as_str()))?;
        let (mut none, mut accepted, mut lost) = (Vec::new(), Vec::new(), 0);
        for known in audited {
            let here = |finding: &&Finding| finding.path == known.path && known.is(finding.secret.expose());
            let mut here = findings.iter().filter(here).peekable();
            match known.verdict {
                Verdict::Real => {
                    let what = format!(
                        "a {} in {} was judged to be real, and is not accepted",
                        known.kind, known.path
                    );
                    self.remark(place, what);
                }
                _ if here.peek().is_none() => lost += 1,
                Verdict::False => none.extend(here),
                Verdict::Open => accepted.extend(here),
            }
        }
        if lost > 0 {
            self.remark(
                place,
                format!(
                    "{lost} of {} hashes belong to nothing that is found today",
                    audited.len()
                ),
            );
        }
        self.accept(&none, &format!("judged to be no secret in {place}"));
        self.accept(&accepted, &format!("known from {place}, judged by nobody"));
        Ok(())
    }

    pub(super) fn accept(&mut self, findings: &[&Finding], reason: &str) {
        let prints: BTreeSet<String> = findings
            .iter()
            .map(|finding| finding.fingerprint.as_str().to_owned())
            .collect();
        if !prints.is_empty() {
            self.imported.allow.push(ImportedAllow {
                reason: reason.to_owned(),
                secrets: prints.into_iter().collect(),
                ..ImportedAllow::default()
            });
        }
    }

    fn finish(self) -> Carried {
        let imported = self.imported;
        Carried {
            text: imported.to_toml(),
            counts: [
                imported.rules.len(),
                imported.allow.len(),
                imported.exclude.len(),
                imported.off.len(),
            ],
            remarks: imported.remarks,
        }
    }
}

/// Finds what stands in some files today.
pub(super) fn on_disk<'p>(
    session: &Session<'_>,
    root: &Path,
    paths: impl Iterator<Item = &'p str>,
) -> Result<Vec<Finding>, Failure> {
    let paths: BTreeSet<&str> = paths.collect();
    let files: Vec<PathBuf> = paths
        .into_iter()
        .map(|path| root.join(path))
        .filter(|path| path.is_file())
        .collect();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    Ok(session.scan(&Worktree::new(files, session.limits()?))?.findings)
}

pub(super) fn broken(what: &str) -> Failure {
    Failure::new(format!("{what}."), "mend it, or name the file that you mean.")
}
