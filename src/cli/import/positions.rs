//! `.gitleaksignore`, carried by looking: at the file of today, or at the file of the commit that an entry names.

use std::collections::BTreeMap;
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
    let mut accepted = Vec::new();
    for (version, lines) in versions {
        let findings = looked.at(version)?;
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
    let accepted: Vec<&Finding> = accepted.iter().collect();
    import.accept(&accepted, &format!("accepted in {place}"));
    Ok(())
}

fn not_found((commit, path): Version<'_>, lines: &[String]) -> String {
    let when = commit.map_or("today".to_owned(), |commit| {
        format!("in commit {}", commit.get(..12).unwrap_or(commit))
    });
    let lines = lines.join(", ");
    format!("nothing is found at {path}:{lines} {when}, so nothing was accepted there")
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
    fn at(&self, (commit, path): Version<'_>) -> Result<Vec<Finding>, Failure> {
        let Some(commit) = commit else {
            let here = self.today.iter().filter(|finding| finding.path == path);
            return Ok(here.cloned().collect());
        };
        let Some(text) = self.text(commit, path)? else {
            return Ok(Vec::new());
        };
        let source = Stdin::new(Cursor::new(text), Some(path.into()), self.session.limits()?);
        Ok(self.session.search(&source)?.findings)
    }

    /// Reads a file as a commit has it; nothing where either is not here.
    fn text(&self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let Some(repo) = &self.repo else {
            return Ok(None);
        };
        let Some(commit) = repo.resolve_commit(commit)? else {
            return Ok(None);
        };
        let entry = repo.entry_at(&commit, path.into())?;
        Ok(entry.and_then(|entry| repo.reader().ok()?.read(&entry.oid, &mut |_| true).ok()?))
    }
}
