//! `keyfence rules import`: the rules and exceptions of another tool, as a configuration of ours.
//!
//! The configuration goes to standard output or, with `--write`, into the repository; each construct that cannot be
//! carried over is named on standard error. Exceptions by line number or by hash are carried by looking: what stands
//! there today is found by the very rules that were just imported, and accepted by its fingerprint.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::baseline::Baseline;
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::Options;
use crate::cli::scan::project_root;
use crate::cli::session::{Session, quiet_on_broken_pipe, unreadable};
use crate::cli::terminal;
use crate::config::{FILE_NAMES, Settings};
use crate::model::Finding;
use crate::rules::import::{self, Audited, Imported, ImportedAllow, Position, Remark, Verdict};
use crate::source::Worktree;

/// Files of other tools, as they lie at the root of a repository.
const GITLEAKS: &[&str] = &[
    ".gitleaks.toml",
    "gitleaks.toml",
    ".betterleaks.toml",
    "betterleaks.toml",
];
const GITLEAKS_IGNORE: &[&str] = &[".gitleaksignore", ".betterleaksignore"];
const DETECT_SECRETS: &[&str] = &[".secrets.baseline"];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The other tool's file [default: what lies at the root of the repository]
    file: Option<PathBuf>,
    /// Whose file it is [default: told by its name]
    #[arg(long, value_enum, value_name = "TOOL")]
    from: Option<Tool>,
    /// Write keyfence.toml at the root of the repository, where there is none yet
    #[arg(long)]
    write: bool,
}

const EXAMPLES: &str = "\
What cannot be carried over is named on standard error, construct by construct.

Examples:
  keyfence rules import                          show what .gitleaks.toml or .secrets.baseline comes to
  keyfence rules import --from gitleaks --write  write it to keyfence.toml
  keyfence rules import ci/gitleaks.toml > keyfence.toml";

/// A tool whose files are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Tool {
    /// Its TOML, which betterleaks shares, and .gitleaksignore
    Gitleaks,
    /// Its baseline
    DetectSecrets,
}

/// What was carried over.
#[derive(Debug)]
pub(super) struct Carried {
    /// The configuration.
    pub(super) text: String,
    /// What is different or missing.
    pub(super) remarks: Vec<Remark>,
    counts: [usize; 4],
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let root = project_root(Path::new(".")).unwrap_or_else(|| PathBuf::from("."));
    let carried = carry(args.from, args.file.as_deref(), &root)?;
    for remark in &carried.remarks {
        terminal::warn(&format!("{remark}."));
    }
    if args.write {
        let path = write(&root, &carried.text)?;
        terminal::say(&format!("Wrote {}: {}.", path.display(), carried.summary()));
    } else {
        let mut out = io::stdout().lock();
        quiet_on_broken_pipe(out.write_all(carried.text.as_bytes()))?;
        terminal::say(&format!("{}.", carried.summary()));
    }
    Ok(Exit::Clean)
}

/// Tells whether another tool's file lies there and nothing of ours does, in the words of a hint.
pub(super) fn hint(root: &Path) -> Option<String> {
    let lies = |name: &&str| root.join(name).is_file();
    if FILE_NAMES.iter().any(lies) {
        return None;
    }
    let name = [GITLEAKS, GITLEAKS_IGNORE, DETECT_SECRETS]
        .concat()
        .into_iter()
        .find(|name| lies(name))?;
    Some(format!(
        "there is a {name}; `keyfence rules import --write` takes over what it says."
    ))
}

/// Writes the configuration where there is none.
fn write(root: &Path, text: &str) -> Result<PathBuf, Failure> {
    if let Some(known) = FILE_NAMES.iter().map(|name| root.join(name)).find(|path| path.exists()) {
        return Err(Failure::new(
            format!("{} is there already, and nothing is written over it.", known.display()),
            "leave --write out, and put what is printed into it by hand.",
        ));
    }
    let path = root.join(FILE_NAMES[0]);
    fs::write(&path, text).map_err(|error| {
        Failure::new(
            format!("{} could not be written: {error}.", path.display()),
            "look at the folder's permissions and at the disk.",
        )
    })?;
    Ok(path)
}

/// Carries over what a file says; without one what lies at the root.
pub(super) fn carry(from: Option<Tool>, file: Option<&Path>, root: &Path) -> Result<Carried, Failure> {
    let found = |names: &[&str]| names.iter().map(|name| root.join(name)).find(|path| path.is_file());
    let tool = from.or_else(|| file.map(told_by_name)).or_else(|| {
        let is_gitleaks = found(GITLEAKS).or_else(|| found(GITLEAKS_IGNORE)).is_some();
        if is_gitleaks {
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
            let config = file.map(Path::to_owned).or_else(|| found(GITLEAKS));
            let ignored = found(GITLEAKS_IGNORE);
            if config.is_none() && ignored.is_none() {
                return Err(nothing(root));
            }
            import.gitleaks(config.as_deref(), ignored.as_deref())?;
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
    if name.ends_with(".baseline") || name.ends_with(".json") {
        Tool::DetectSecrets
    } else {
        Tool::Gitleaks
    }
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

struct Import<'r> {
    root: &'r Path,
    imported: Imported,
}

impl Import<'_> {
    fn gitleaks(&mut self, config: Option<&Path>, ignored: Option<&Path>) -> Result<(), Failure> {
        if let Some(config) = config {
            let load = |path: &str| fs::read_to_string(self.root.join(path)).ok();
            let imported = import::gitleaks(&name(config), &read(config)?, &load);
            self.imported = imported.map_err(|error| broken(&error.to_string()))?;
            self.drop_what_is_broken();
        }
        if let Some(ignored) = ignored {
            let (positions, unknown) = import::gitleaksignore(&read(ignored)?);
            for entry in unknown {
                self.remark(&name(ignored), format!("`{entry}` is no entry that is understood"));
            }
            self.accept_positions(&positions, &name(ignored))?;
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

    fn remark(&mut self, place: &str, what: String) {
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

    /// Finds what stands in some files today, by the rules as imported so far.
    fn findings_in<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<Vec<Finding>, Failure> {
        let paths: BTreeSet<&str> = paths.collect();
        let files: Vec<PathBuf> = paths
            .into_iter()
            .map(|path| self.root.join(path))
            .filter(|path| path.is_file())
            .collect();
        if files.is_empty() {
            return Ok(Vec::new());
        }
        let options = Options::default();
        let settings = Settings::parse("keyfence.toml", &self.imported.to_toml())?;
        let session = Session::with_settings(&options, settings, Baseline::default())?;
        Ok(session.scan(&Worktree::new(files, session.limits()?))?.findings)
    }

    fn accept_positions(&mut self, positions: &[Position], place: &str) -> Result<(), Failure> {
        let findings = self.findings_in(positions.iter().map(|position| position.path.as_str()))?;
        let mut accepted = Vec::new();
        for position in positions {
            let here = |finding: &&Finding| finding.path == position.path && finding.location.line == position.line;
            match findings.iter().find(here) {
                Some(finding) => accepted.push(finding),
                None => {
                    let (path, line) = (&position.path, position.line);
                    self.remark(
                        place,
                        format!("nothing is found at {path}:{line} today, so nothing was accepted there"),
                    );
                }
            }
        }
        self.accept(&accepted, &format!("accepted in {place}"));
        Ok(())
    }

    fn accept_hashes(&mut self, audited: &[Audited], place: &str) -> Result<(), Failure> {
        let findings = self.findings_in(audited.iter().map(|audited| audited.path.as_str()))?;
        let (mut none, mut accepted, mut lost) = (Vec::new(), Vec::new(), 0);
        for known in audited {
            let here = |finding: &&Finding| finding.path == known.path && known.is(finding.secret.expose());
            match (findings.iter().find(here), known.verdict) {
                (_, Verdict::Real) => {
                    let what = format!(
                        "a {} in {} was judged to be real, and is not accepted",
                        known.kind, known.path
                    );
                    self.remark(place, what);
                }
                (None, _) => lost += 1,
                (Some(finding), Verdict::False) => none.push(finding),
                (Some(finding), Verdict::Open) => accepted.push(finding),
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

    fn accept(&mut self, findings: &[&Finding], reason: &str) {
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

impl Carried {
    fn summary(&self) -> String {
        let [rules, allow, exclude, off] = self.counts;
        format!(
            "{rules} rules, {allow} exceptions, {exclude} excluded paths, {off} rules switched off; {} remarks",
            self.remarks.len()
        )
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn broken(what: &str) -> Failure {
    Failure::new(format!("{what}."), "mend it, or name the file that you mean.")
}
