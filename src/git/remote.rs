//! Remotes by name and by address, and the refs that tell what each of them has.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;

use bstr::{BStr, ByteSlice};

use crate::git::{Git, GitError, Refs, Repo, layout};

impl Repo {
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
}

impl Repo {
    /// Returns the addresses of all remotes.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn remote_addresses(&self) -> Result<Vec<String>, GitError> {
        Ok(remotes(self.git())?.into_iter().map(|(_, address)| address).collect())
    }

    /// Returns the remote-tracking refs: what other machines are known to have.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn remote_refs(&self) -> Result<Vec<String>, GitError> {
        let listed = self
            .git()
            .output(&["for-each-ref", "--format=%(refname)", "refs/remotes"])?;
        Ok(listed.lines().map(|name| name.to_str_lossy().into_owned()).collect())
    }

    /// Returns the commits that are here and, as far as is known here, nowhere else.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn unpushed(&self) -> Result<BTreeSet<String>, GitError> {
        self.refuse_special_objects()?;
        let listed = self.git().output(&["rev-list", "--all", "--not", "--remotes"])?;
        Ok(listed.lines().map(|name| name.to_str_lossy().into_owned()).collect())
    }

    /// Returns a file as it stands in a revision; `None` when it does not.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn file_at(&self, revision: &str, path: &BStr) -> Result<Option<Vec<u8>>, GitError> {
        let name = [revision.as_bytes(), b":", path].concat();
        match self
            .git()
            .output(&[OsStr::new("cat-file"), OsStr::new("blob"), &name.to_os_str_lossy()])
        {
            Err(GitError::Failed { .. }) => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Returns how many objects there are, those of alternates included, and how many bytes they take when packed.
    ///
    /// # Errors
    /// When git does not answer.
    pub fn size(&self) -> Result<(u64, u64), GitError> {
        let git = self.git();
        let args = ["count-objects", "-v"];
        let (mut objects, mut bytes) = (0, 0);
        // Git counts what stands in one folder, and only names the others.
        for folder in layout::alternates(vec![layout::common_dir(self.git_dir()).join("objects")]) {
            let mut command = git.command(&args);
            command.env("GIT_OBJECT_DIRECTORY", fs::canonicalize(&folder).unwrap_or(folder));
            let (more, larger) = amounts(&git.converse(command, &args, b"")?);
            objects += more;
            bytes += larger;
        }
        Ok((objects, bytes))
    }
}

/// Reads how many objects `git count-objects -v` counts, and how many bytes.
fn amounts(listed: &[u8]) -> (u64, u64) {
    let amount = |key: &str| -> u64 {
        let lines = listed
            .lines()
            .filter_map(|line| line.strip_prefix(key.as_bytes())?.strip_prefix(b": "));
        lines
            .filter_map(|number| number.to_str().ok()?.parse::<u64>().ok())
            .sum()
    };
    (
        amount("count") + amount("in-pack"),
        (amount("size") + amount("size-pack")) * 1024,
    )
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
