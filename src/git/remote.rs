//! Remotes by name and by address, and the refs that tell what each of them has.

use bstr::ByteSlice;

use crate::git::{Git, GitError, Refs, Repo};

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
