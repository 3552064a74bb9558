//! What one side has and the other has not: commits, the tags above them, and what each commit brings.
//!
//! The listing is bounded by what is new. Nothing here looks at the trees of old commits, so that one commit on top of
//! a hundred thousand costs what one commit costs; and nothing is taken from diff text, which configuration and
//! attributes can bend.

use std::collections::HashMap;

use bstr::{BString, ByteSlice};

use crate::git::change::{self, Difference};
use crate::git::look::in_tree;
use crate::git::objects::{Kind, answer, kinds, records, unexpected};
use crate::git::{Before, Change, Entry, EntryKind, Git, GitError, Now, Oid, Repo, raw};

/// A set difference: everything that the tips reach and the other side has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Range {
    /// Commits, annotated tags, trees or blobs.
    pub tips: Vec<Oid>,
    /// What is known to be on the other side; an object that is not here cannot help and is left out of account.
    pub without: Vec<Oid>,
    /// Refs that the other side has as well.
    pub without_refs: Vec<Refs>,
    /// Only commits made since then, in words that git reads.
    pub since: Option<String>,
}

/// A set of refs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refs {
    /// All refs of this repository.
    All,
    /// What is known of a remote: its remote-tracking refs.
    Remote {
        /// Its name.
        name: String,
        /// Other remotes whose names go on where this one ends: `origin` must not answer for `origin/fork`.
        longer: Vec<String>,
    },
}

/// What a range holds, before any of it is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// The new commits, parents first, each with the parents that git sees.
    pub commits: Vec<Listed>,
    /// The annotated tags among the tips, and what they tag in turn.
    pub tags: Vec<Oid>,
    /// Trees and blobs that are tagged or pushed by themselves, as additions to nothing.
    pub loose: Vec<Change>,
}

/// A commit as git lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The commit.
    pub oid: Oid,
    /// Its parents; none at the edge of a shallow clone.
    pub parents: Vec<Oid>,
}

impl Repo {
    /// Lists what a range holds.
    ///
    /// # Errors
    /// When a tip is not here, or git does not answer.
    pub fn news(&self, range: &Range) -> Result<News, GitError> {
        let git = self.git();
        self.refuse_special_objects()?;
        let mut news = News::default();
        let mut tips = Vec::new();
        let all = [range.tips.as_slice(), &range.without].concat();
        let mut waiting = kinds(git, &all)?;
        let known = waiting.split_off(range.tips.len());
        let known: Vec<Oid> = known
            .into_iter()
            .filter(|(_, kind)| kind.is_some())
            .map(|(oid, _)| oid)
            .collect();
        while !waiting.is_empty() {
            let (mut tags, mut trees) = (Vec::new(), Vec::new());
            for (oid, kind) in waiting {
                match kind {
                    None => return Err(GitError::Missing(oid)),
                    Some(Kind::Commit) => tips.push(oid),
                    Some(Kind::Tag) if known.contains(&oid) => {}
                    Some(Kind::Tag) => tags.push(oid),
                    Some(Kind::Tree) => trees.push(oid),
                    Some(Kind::Blob) => news.loose.push(addition(oid.as_str().into(), EntryKind::File, oid)),
                }
            }
            for tree in trees {
                let entries = in_tree(git, &tree)?.into_iter();
                news.loose
                    .extend(entries.map(|(path, entry)| addition(path, entry.kind, entry.oid)));
            }
            let tagged = records(git, &tags)?;
            let tagged: Vec<Oid> = tagged.iter().flat_map(|tag| tag.objects("object")).collect();
            waiting = kinds(git, &tagged)?;
            news.tags.extend(tags);
        }
        if !tips.is_empty() {
            news.commits = commits(git, &tips, &known, range)?;
        }
        Ok(news)
    }

    /// Lists for each commit the paths whose entry differs from every given parent's.
    ///
    /// # Errors
    /// When a tree cannot be read, or git does not answer.
    pub fn changes(&self, commits: &[Listed]) -> Result<Vec<Vec<Change>>, GitError> {
        let renames = diff_tree(self.git(), "-M", commits);
        // To find renames git may read old blobs, which a partial clone may lack; without them a rename is a new file.
        let differences = match renames {
            Err(GitError::Failed { .. }) => diff_tree(self.git(), "--no-renames", commits).or(renames)?,
            answer => answer?,
        };
        let mut by_commit: HashMap<Oid, Vec<Vec<Difference>>> = HashMap::new();
        for (oid, difference) in differences {
            by_commit.entry(oid).or_default().push(difference);
        }
        Ok(commits
            .iter()
            .map(|commit| of_commit(commit, by_commit.remove(&commit.oid)))
            .collect())
    }
}

/// What every parent differs in; a commit that equals one of them brings nothing.
fn of_commit(commit: &Listed, differences: Option<Vec<Vec<Difference>>>) -> Vec<Change> {
    match differences {
        Some(differences) if differences.len() >= commit.parents.len() => change::combine(differences),
        _ => Vec::new(),
    }
}

fn commits(git: &Git, tips: &[Oid], known: &[Oid], range: &Range) -> Result<Vec<Listed>, GitError> {
    let mut args = vec![
        "rev-list".to_owned(),
        "--topo-order".to_owned(),
        "--reverse".to_owned(),
        "--parents".to_owned(),
        "--stdin".to_owned(),
    ];
    if let Some(since) = &range.since {
        // The other option would stop at the first commit that is older, behind which newer ones can stand.
        args.push(format!("--since-as-filter={since}"));
    }
    if !range.without_refs.is_empty() {
        args.push("--not".to_owned());
    }
    for refs in &range.without_refs {
        match refs {
            Refs::All => args.push("--all".to_owned()),
            Refs::Remote { name, longer } => {
                args.extend(longer.iter().map(|other| format!("--exclude={other}/*")));
                args.push(format!("--remotes={name}"));
            }
        }
    }
    let mut input = String::new();
    for (sign, oids) in [("", tips), ("^", known)] {
        for oid in oids {
            input += &format!("{sign}{oid}\n");
        }
    }
    let output = answer(git, &args, input.as_bytes())?;
    output
        .lines()
        .map(|line| listed(line).ok_or_else(|| unexpected("rev-list", line)))
        .collect()
}

fn listed(line: &[u8]) -> Option<Listed> {
    let mut names = line.split(|&byte| byte == b' ').map(Oid::parse);
    Some(Listed {
        oid: names.next()??,
        parents: names.collect::<Option<_>>()?,
    })
}

fn diff_tree(git: &Git, renames: &str, commits: &[Listed]) -> Result<Vec<(Oid, Vec<Difference>)>, GitError> {
    let mut pairs = String::new();
    for Listed { oid, parents } in commits {
        match parents.as_slice() {
            [] => pairs += &format!("{oid}\n"),
            parents => parents.iter().for_each(|parent| pairs += &format!("{oid} {parent}\n")),
        }
    }
    let args = [
        "diff-tree",
        "--stdin",
        "-r",
        "--root",
        "--raw",
        "-z",
        "--no-abbrev",
        renames,
        "-l1000",
        "--ignore-submodules=none",
    ];
    raw::parse_commits(&git.listing(&args, pairs.as_bytes())?)
}

fn addition(path: BString, kind: EntryKind, oid: Oid) -> Change {
    Change {
        path,
        now: Now::Entry(Entry { kind, oid }),
        before: vec![Before::Nothing],
    }
}
