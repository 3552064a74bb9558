//! What one side has and the other has not: commits, the tags above them, and what each commit brings.
//!
//! The listing is bounded by what is new. Nothing here looks at the trees of old commits, so that one commit on top of
//! a hundred thousand costs what one commit costs; and nothing is taken from diff text, which configuration and
//! attributes can bend.

use std::collections::HashMap;
use std::ffi::OsStr;

use bstr::{BStr, BString, ByteSlice};

use crate::git::change::{self, Difference};
use crate::git::{Before, Change, Entry, EntryKind, Git, GitError, Now, Oid, Record, Repo, raw};

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

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Commit,
    Tag,
    Tree,
    Blob,
}

impl Repo {
    /// Finds the object that a revision names; `None` when there is none here.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn resolve(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        let found = self
            .git()
            .output(&["rev-parse", "--verify", "--quiet", "--end-of-options", revision]);
        match found {
            Ok(name) => Ok(Oid::parse(name.trim_end())),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Finds the commit under a revision, tags peeled off; `None` when there is none here.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn resolve_commit(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        self.resolve(&format!("{revision}^{{commit}}"))
    }

    /// Finds where two lines of history parted; several places after crossed merges, none where nothing is in common.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn merge_bases(&self, one: &Oid, other: &Oid) -> Result<Vec<Oid>, GitError> {
        match self
            .git()
            .output(&["merge-base", "--all", one.as_str(), other.as_str()])
        {
            Ok(names) => Ok(names.lines().filter_map(Oid::parse).collect()),
            // Nothing in common is an exit code, too.
            Err(GitError::Failed { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Tells whether history ends early here, because the clone is shallow.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(self.git().output(&["rev-parse", "--is-shallow-repository"])?.trim() == b"true")
    }

    /// Returns the remote-tracking refs of the remotes that a name or an address stands for; none where it is an address
    /// that nobody gave a name.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn refs_of_remote(&self, name_or_url: &str) -> Result<Vec<Refs>, GitError> {
        let known = remotes(self.git())?;
        let by_name = known.iter().find(|(name, _)| name == name_or_url);
        let mut names: Vec<&String> = match by_name {
            Some((name, _)) => vec![name],
            None => known
                .iter()
                .filter(|(_, url)| url == name_or_url)
                .map(|(name, _)| name)
                .collect(),
        };
        names.dedup();
        let is_longer = |name: &str, other: &str| other.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
        let refs = |name: &String| Refs::Remote {
            longer: known
                .iter()
                .filter(|(other, _)| is_longer(name, other))
                .map(|(other, _)| other.clone())
                .collect(),
            name: name.clone(),
        };
        Ok(names.into_iter().map(refs).collect())
    }

    /// Lists what a range holds.
    ///
    /// # Errors
    /// When a tip is not here, or git does not answer.
    pub fn news(&self, range: &Range) -> Result<News, GitError> {
        let git = self.git();
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
                news.loose.extend(in_tree(git, &tree)?);
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

    /// Returns those of `oids` that name commits.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn commits_among(&self, oids: &[Oid]) -> Result<Vec<Oid>, GitError> {
        let kinds = kinds(self.git(), oids)?.into_iter();
        Ok(kinds
            .filter(|(_, kind)| *kind == Some(Kind::Commit))
            .map(|(oid, _)| oid)
            .collect())
    }

    /// Reads commits or tags as they are stored.
    ///
    /// # Errors
    /// When one of them is not here, or git does not answer.
    pub fn records(&self, oids: &[Oid]) -> Result<Vec<Record>, GitError> {
        records(self.git(), oids)
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

    /// Lists what differs between two trees or commits, path by path; what is gone has no entry.
    ///
    /// # Errors
    /// When a tree cannot be read, or git does not answer.
    pub fn between(&self, old: &Oid, new: &Oid) -> Result<Vec<(BString, Before, Option<Now>)>, GitError> {
        let output = self.git().output(&[
            "diff-tree",
            "-r",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            old.as_str(),
            new.as_str(),
        ])?;
        let differences = raw::parse(&output)?;
        Ok(differences
            .into_iter()
            .map(|difference| (difference.path, difference.before, difference.now))
            .collect())
    }

    /// Finds the entry at a path of a commit.
    ///
    /// # Errors
    /// When the tree cannot be read, or git does not answer.
    pub fn entry_at(&self, commit: &Oid, path: &BStr) -> Result<Option<Entry>, GitError> {
        let literal = [b":(top,literal)", path.as_bytes()].concat();
        let args = ["ls-tree", "-z", "--full-tree", commit.as_str(), "--"].map(OsStr::new);
        let output = self
            .git()
            .output(&[&args[..], &[&literal.to_os_str_lossy()]].concat())?;
        let entries = tree_entries(&output)?;
        Ok(entries
            .into_iter()
            .find(|(there, _)| there == path)
            .map(|(_, entry)| entry))
    }

    /// Tells whether `tip` is `commit` or one of its descendants.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn reaches(&self, tip: &Oid, commit: &Oid) -> Result<bool, GitError> {
        match self
            .git()
            .output(&["merge-base", "--is-ancestor", commit.as_str(), tip.as_str()])
        {
            Ok(_) => Ok(true),
            Err(GitError::Failed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
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

/// Lists each remote's name with each of its addresses.
fn remotes(git: &Git) -> Result<Vec<(String, String)>, GitError> {
    let listed = match git.output(&["config", "-z", "--get-regexp", r"^remote\..*\.(url|pushurl)$"]) {
        Ok(listed) => listed,
        // Nothing to list is an exit code, too.
        Err(GitError::Failed { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let remote = |entry: &[u8]| {
        let (key, url) = entry.split_once_str("\n")?;
        let (name, _) = key.strip_prefix(b"remote.")?.rsplit_once_str(".")?;
        Some((name.to_str_lossy().into_owned(), url.to_str_lossy().into_owned()))
    };
    Ok(listed.split(|&byte| byte == 0).filter_map(remote).collect())
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
    raw::parse_commits(&answer(git, &args, pairs.as_bytes())?)
}

/// Says what each object is; `None` where it is not here.
fn kinds(git: &Git, oids: &[Oid]) -> Result<Vec<(Oid, Option<Kind>)>, GitError> {
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    let output = answer(git, &["cat-file", "--batch-check"], list(oids).as_bytes())?;
    let lines: Vec<&[u8]> = output.lines().collect();
    if lines.len() != oids.len() {
        return Err(unexpected("cat-file", &output));
    }
    oids.iter()
        .zip(lines)
        .map(|(oid, line)| Ok((oid.clone(), kind(line)?)))
        .collect()
}

fn kind(line: &[u8]) -> Result<Option<Kind>, GitError> {
    match line.split(|&byte| byte == b' ').nth(1) {
        Some(b"commit") => Ok(Some(Kind::Commit)),
        Some(b"tag") => Ok(Some(Kind::Tag)),
        Some(b"tree") => Ok(Some(Kind::Tree)),
        Some(b"blob") => Ok(Some(Kind::Blob)),
        Some(b"missing") => Ok(None),
        _ => Err(unexpected("cat-file", line)),
    }
}

fn records(git: &Git, oids: &[Oid]) -> Result<Vec<Record>, GitError> {
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    let output = answer(git, &["cat-file", "--batch"], list(oids).as_bytes())?;
    let mut rest = output.as_slice();
    oids.iter().map(|oid| record(oid, &mut rest)).collect()
}

/// Reads `<name> <kind> <size>`, the content and the line end after it.
fn record(oid: &Oid, rest: &mut &[u8]) -> Result<Record, GitError> {
    let (head, after) = rest.split_once_str("\n").ok_or_else(|| unexpected("cat-file", rest))?;
    let mut words = head.split(|&byte| byte == b' ').skip(1);
    let size = match (words.next(), words.next()) {
        (Some(b"missing"), _) => return Err(GitError::Missing(oid.clone())),
        (Some(b"commit" | b"tag"), Some(size)) => size.to_str().ok().and_then(|size| size.parse::<usize>().ok()),
        _ => None,
    };
    let size = size
        .filter(|&size| size < after.len())
        .ok_or_else(|| unexpected("cat-file", head))?;
    *rest = &after[size + 1..];
    Ok(Record {
        oid: oid.clone(),
        content: after[..size].into(),
    })
}

fn in_tree(git: &Git, tree: &Oid) -> Result<Vec<Change>, GitError> {
    let output = git.output(&["ls-tree", "-r", "-z", "--full-tree", tree.as_str()])?;
    let entries = tree_entries(&output)?;
    Ok(entries
        .into_iter()
        .map(|(path, entry)| addition(path, entry.kind, entry.oid))
        .collect())
}

/// Reads `<mode> <kind> <name>TAB<path>NUL …`; folders are passed over.
fn tree_entries(output: &[u8]) -> Result<Vec<(BString, Entry)>, GitError> {
    let entry = |record: &[u8]| {
        let (head, path) = record.split_once_str("\t")?;
        let words: Vec<&[u8]> = head.split(|&byte| byte == b' ').collect();
        let [mode, kind, name] = words.as_slice() else {
            return None;
        };
        if *kind == b"tree" {
            return Some(None);
        }
        Some(Some((path.into(), raw::entry(mode, Oid::parse(name)?)?)))
    };
    let records = output.split(|&byte| byte == 0).filter(|record| !record.is_empty());
    let read = records.map(|record| entry(record).ok_or_else(|| unexpected("ls-tree", record)));
    read.filter_map(Result::transpose).collect()
}

fn addition(path: BString, kind: EntryKind, oid: Oid) -> Change {
    Change {
        path,
        now: Now::Entry(Entry { kind, oid }),
        before: vec![Before::Nothing],
    }
}

fn list(oids: &[Oid]) -> String {
    oids.iter().map(|oid| format!("{oid}\n")).collect()
}

/// Runs git over an input. A graft is a local opinion of who was whose parent, and must hide nothing.
fn answer<S: AsRef<OsStr>>(git: &Git, args: &[S], input: &[u8]) -> Result<Vec<u8>, GitError> {
    let mut command = git.command(args);
    command.env("GIT_GRAFT_FILE", "");
    git.converse(command, args, input)
}

fn unexpected(command: &str, answer: &[u8]) -> GitError {
    let head = &answer[..answer.len().min(80)];
    GitError::Unexpected {
        command: command.to_owned(),
        message: head.to_str_lossy().into_owned(),
    }
}
