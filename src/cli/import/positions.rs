//! `.gitleaksignore`, carried by looking: at the file of today, or at the file of the commit that an entry names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::import::carry::{self, Import};
use crate::cli::import::{name, read};
use crate::cli::options::Options;
use crate::cli::session::Session;
use crate::git::Repo;
use crate::model::Finding;
use crate::rules::import;
use crate::source::Stdin;

/// A version of a file: the commit, if one was named, and the path.
type Version<'p> = (Option<&'p str>, &'p str);

/// Accepts what is found at the places that a file lists.
pub(super) fn accept(import: &mut Import<'_>, file: &Path) -> Result<(), Failure> {
    let place = name(file);
    let (positions, unknown) = import::gitleaksignore(&read(file)?);
    for entry in unknown {
        import.remark(&place, format!("`{entry}` is no entry that is understood"));
    }
    let options = Options::default();
    let session = import.session(&options)?;
    let limits = session.limits()?;
    let mut versions: BTreeMap<Version<'_>, Vec<u32>> = BTreeMap::new();
    // What is excluded is not read, and needs no exception.
    let read = positions.iter().filter(|it| !limits.excludes(it.path.as_str().into()));
    for position in read {
        let version = (position.commit.as_deref(), position.path.as_str());
        versions.entry(version).or_default().push(position.line);
    }
    let looked = Looked {
        session: &session,
        repo: Repo::discover(import.root).ok(),
        today: today(&session, import.root, &versions)?,
    };
    let (mut accepted, mut absent) = (Vec::new(), BTreeSet::new());
    for (version, lines) in versions {
        let Some(findings) = looked.at(version)? else {
            absent.extend(version.0.map(shortened));
            continue;
        };
        let is_there = |line: &u32| findings.iter().any(|finding| finding.location.line == *line);
        let lost: Vec<String> = lines
            .iter()
            .filter(|line| !is_there(line))
            .map(u32::to_string)
            .collect();
        if !lost.is_empty() {
            import.remark(&place, not_found(version, &lost));
        }
        accepted.extend(findings.into_iter().filter(|it| lines.contains(&it.location.line)));
    }
    if !absent.is_empty() {
        let commits: Vec<&str> = absent.into_iter().collect();
        let what = format!(
            "nothing was accepted of the commits that are not here: {}; fetch the whole history and import again",
            commits.join(", ")
        );
        import.remark(&place, what);
    }
    let accepted: Vec<&Finding> = accepted.iter().collect();
    import.accept(&accepted, &format!("accepted in {place}"));
    Ok(())
}

fn not_found((commit, path): Version<'_>, lines: &[String]) -> String {
    let when = commit.map_or("today".to_owned(), |commit| format!("in commit {}", shortened(commit)));
    let lines = lines.join(", ");
    format!("nothing is found at {path}:{lines} {when}, so nothing was accepted there")
}

fn shortened(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

fn today(
    session: &Session<'_>,
    root: &Path,
    versions: &BTreeMap<Version<'_>, Vec<u32>>,
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
