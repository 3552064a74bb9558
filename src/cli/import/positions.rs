//! What gitleaks was told to accept by its place, in `.gitleaksignore` or in a report that is its baseline.
//!
//! It is carried by looking: at the file of today, or at the file of the commit that an entry names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::import::carry::{self, Import, broken};
use crate::cli::import::{name, read};
use crate::cli::options::Options;
use crate::cli::session::Session;
use crate::git::Repo;
use crate::model::Finding;
use crate::rules::import::{self, Position};
use crate::source::Stdin;

/// A version of a file: the commit, if one was named, and the path.
type Version<'p> = (Option<&'p str>, &'p str);

/// Accepts what is found at the places that `.gitleaksignore` lists.
pub(super) fn accept_ignored(import: &mut Import<'_>, file: &Path) -> Result<(), Failure> {
    let place = name(file);
    let (positions, unknown) = import::gitleaksignore(&read(file)?);
    for entry in unknown {
        import.remark(&place, format!("`{entry}` is no entry that is understood"));
    }
    accept(import, &place, &positions, &format!("accepted in {place}"))?;
    Ok(())
}

/// Accepts what a report has already found that is found by our rules, too.
pub(super) fn accept_known(import: &mut Import<'_>, file: &Path) -> Result<(), Failure> {
    let place = name(file);
    let positions = import::gitleaks_report(&place, &read(file)?).map_err(|error| broken(&error.to_string()))?;
    let lost = accept(
        import,
        &place,
        &positions,
        &format!("known from {place}, judged by nobody"),
    )?;
    if lost > 0 {
        let all = positions.len();
        import.remark(
            &place,
            format!("{lost} of its {all} findings are none here, and nothing was accepted for them"),
        );
    }
    Ok(())
}

/// Accepts what is found at some places, and returns at how many nothing is.
fn accept(import: &mut Import<'_>, place: &str, positions: &[Position], reason: &str) -> Result<usize, Failure> {
    let options = Options::default();
    let session = import.session(&options)?;
    let limits = session.limits()?;
    let mut versions: BTreeMap<Version<'_>, Vec<&Position>> = BTreeMap::new();
    // What is excluded is not read, and needs no exception.
    let read = positions.iter().filter(|it| !limits.excludes(it.path.as_str().into()));
    for position in read {
        let version = (position.commit.as_deref(), position.path.as_str());
        versions.entry(version).or_default().push(position);
    }
    let looked = Looked {
        session: &session,
        repo: Repo::discover(import.root).ok(),
        today: today(&session, import.root, &versions)?,
    };
    let (mut accepted, mut absent, mut all_lost) = (Vec::new(), BTreeSet::new(), 0);
    for (version, known) in versions {
        let Some(findings) = looked.at(version)? else {
            absent.extend(version.0.map(shortened));
            all_lost += known.len();
            continue;
        };
        let is = |position: &Position, it: &Finding| position.is(it.secret.expose(), it.location.line);
        let is_there = |position: &&Position| findings.iter().any(|it| is(position, it));
        let lost: Vec<u32> = known.iter().filter(|it| !is_there(it)).map(|it| it.line).collect();
        if !lost.is_empty() {
            import.remark(place, not_found(version, &lost));
            all_lost += lost.len();
        }
        accepted.extend(
            findings
                .into_iter()
                .filter(|it| known.iter().any(|position| is(position, it))),
        );
    }
    if !absent.is_empty() {
        let commits: Vec<&str> = absent.into_iter().collect();
        let what = format!(
            "nothing was accepted of the commits that are not here: {}; fetch the whole history and import again",
            commits.join(", ")
        );
        import.remark(place, what);
    }
    let accepted: Vec<&Finding> = accepted.iter().collect();
    import.accept(&accepted, reason);
    Ok(all_lost)
}

fn not_found((commit, path): Version<'_>, lines: &[u32]) -> String {
    let when = commit.map_or("today".to_owned(), |commit| format!("in commit {}", shortened(commit)));
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    let lines = lines.join(", ");
    format!("nothing is found at {path}:{lines} {when}, so nothing was accepted there")
}

fn shortened(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

fn today(
    session: &Session<'_>,
    root: &Path,
    versions: &BTreeMap<Version<'_>, Vec<&Position>>,
) -> Result<Vec<Finding>, Failure> {
    let on_disk = versions.keys().filter(|(commit, _)| commit.is_none());
    carry::on_disk(session, root, on_disk.map(|(_, path)| *path))
}

/// What was found so far, and how to find more.
struct Looked<'s> {
    session: &'s Session<'s>,
    repo: Option<Repo>,
    today: Vec<Finding>,
}

impl Looked<'_> {
    /// Returns what is found in a version of a file; nothing where its commit is not here.
    fn at(&self, (commit, path): Version<'_>) -> Result<Option<Vec<Finding>>, Failure> {
        let Some(commit) = commit else {
            let here = self.today.iter().filter(|finding| finding.path == path);
            return Ok(Some(here.cloned().collect()));
        };
        let Some(repo) = &self.repo else {
            return Ok(None);
        };
        let Some(commit) = repo.resolve_commit(commit)? else {
            return Ok(None);
        };
        let entry = repo.entry_at(&commit, path.into())?;
        let text = entry.and_then(|entry| repo.reader().ok()?.read(&entry.oid, &mut |_| true).ok()?);
        let source = Stdin::new(
            Cursor::new(text.unwrap_or_default()),
            Some(path.into()),
            self.session.limits()?,
        );
        Ok(Some(self.session.search(&source)?.findings))
    }
}
