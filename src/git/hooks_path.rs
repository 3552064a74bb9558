//! Where git looks for hooks in one repository, and who told it so.
//!
//! Git itself is asked: linked worktrees, submodules and `core.hooksPath` at five levels are more than anyone should
//! work out twice. A hook written anywhere else never runs, and nobody is told.

use std::fs;
use std::path::{Path, PathBuf};

use bstr::{ByteSlice, ByteVec};

use crate::git::{Git, GitError, Repo};

/// The folder that git reads hooks from, and its surroundings.
#[derive(Debug, Clone)]
pub struct HooksPath {
    /// The top of the work tree: git stands there when it runs a hook.
    pub top: PathBuf,
    /// The repository's own folder, which all its worktrees share.
    pub common: PathBuf,
    /// The folder itself, absolute; symbolic links are left as they are.
    pub folder: PathBuf,
    /// Each `core.hooksPath` that is set, weakest first: the last one counts.
    pub settings: Vec<HooksSetting>,
}

/// One `core.hooksPath` in one configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HooksSetting {
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
    /// Where it stands, as git says it: `file:/home/you/.gitconfig`.
    pub origin: String,
    /// What it says.
    pub value: String,
}

impl HooksPath {
    /// Asks git about the repository around `folder`.
    ///
    /// # Errors
    /// When there is no repository, or none with a work tree: nobody commits in a bare one.
    pub fn around(folder: &Path) -> Result<Self, GitError> {
        let repo = Repo::discover(folder)?;
        let bare = || GitError::Bare(repo.git_dir().display().to_string());
        Self::at(repo.root().ok_or_else(bare)?.to_owned())
    }

    /// Asks git about a repository that others push to: there git stands in the repository's own folder.
    ///
    /// # Errors
    /// When there is no repository, or git does not answer.
    pub fn of_server(folder: &Path) -> Result<Self, GitError> {
        let repo = Repo::discover(folder)?;
        let git_dir = repo.git_dir();
        let absolute = fs::canonicalize(git_dir).map_err(|source| GitError::Unreadable {
            path: git_dir.display().to_string(),
            source,
        })?;
        Self::at(absolute)
    }

    fn at(top: PathBuf) -> Result<Self, GitError> {
        // A relative path counts from the top, so that is where git is asked.
        let git = Git::at(&top);
        Ok(Self {
            common: top.join(path(&git, &["rev-parse", "--git-common-dir"])?),
            folder: top.join(path(&git, &["rev-parse", "--git-path", "hooks"])?),
            settings: settings(&git.output(&["config", "--list", "--show-scope", "--show-origin", "-z"])?),
            top,
        })
    }

    /// Returns the folder that git would use if nobody had set `core.hooksPath`.
    pub fn usual_folder(&self) -> PathBuf {
        self.common.join("hooks")
    }

    /// Returns the setting that counts; none when git uses its usual folder.
    pub fn setting(&self) -> Option<&HooksSetting> {
        self.settings.last()
    }

    /// Tells whether the folder, symbolic links followed, lies outside this repository: others may use it too.
    pub fn is_shared(&self) -> bool {
        let Some(folder) = resolve(&self.folder) else {
            return true;
        };
        !self.own().any(|own| folder.starts_with(own))
    }

    /// Tells whether the folder holds files of the project, which can be committed.
    pub fn is_in_work_tree(&self) -> bool {
        let [folder, top, common] = [&self.folder, &self.top, &self.common].map(|path| resolve(path));
        let is_in = |outer: Option<PathBuf>| matches!((&folder, outer), (Some(folder), Some(outer)) if folder.starts_with(&outer));
        is_in(top) && !is_in(common)
    }

    /// The repository, this work tree, and the main work tree beside the repository.
    fn own(&self) -> impl Iterator<Item = PathBuf> {
        let main = self.common.file_name().filter(|name| *name == ".git");
        let main = main.and_then(|_| self.common.parent());
        [Some(self.common.as_path()), Some(self.top.as_path()), main]
            .into_iter()
            .flatten()
            .filter_map(resolve)
    }
}

/// Resolves links as far as the path exists; `None` where what is missing cannot be told by its name.
fn resolve(path: &Path) -> Option<PathBuf> {
    if let Ok(real) = fs::canonicalize(path) {
        return Some(real);
    }
    Some(resolve(path.parent()?)?.join(path.file_name()?))
}

/// Runs git for one path; only the newline that git adds is taken off, for a folder's name may end in white space.
pub(super) fn path(git: &Git, args: &[&str]) -> Result<PathBuf, GitError> {
    let mut answer = git.output(args)?;
    if answer.ends_with(b"\n") {
        answer.pop();
    }
    answer.into_path_buf().map_err(|_| GitError::Unexpected {
        command: args.join(" "),
        message: "a path that this system cannot have".to_owned(),
    })
}

/// Picks `core.hooksPath` out of `scope NUL origin NUL key LF value NUL …`.
fn settings(listed: &[u8]) -> Vec<HooksSetting> {
    let fields: Vec<&[u8]> = listed.split(|&byte| byte == 0).collect();
    let hooks_path = |entry: &[&[u8]]| {
        let (key, value) = entry[2].split_once_str("\n")?;
        key.eq_ignore_ascii_case(b"core.hookspath").then(|| HooksSetting {
            scope: entry[0].to_str_lossy().into_owned(),
            origin: entry[1].to_str_lossy().into_owned(),
            value: value.to_str_lossy().into_owned(),
        })
    };
    fields.chunks_exact(3).filter_map(hooks_path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hooks_path_counts() {
        let listed = b"global\0file:/h/.gitconfig\0core.hookspath\n/g\0local\0file:.git/config\0user.name\nA\nB\0\
                       local\0file:.git/config\0core.hooksPath\na b\0";
        let found = settings(listed);
        let said: Vec<_> = found.iter().map(|s| (s.scope.as_str(), s.value.as_str())).collect();
        assert_eq!(said, [("global", "/g"), ("local", "a b")]);
    }

    #[test]
    fn a_missing_folder_is_placed_by_its_nearest_existing_parent() {
        let here = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(here.path()).unwrap();
        assert_eq!(resolve(&here.path().join("a/b")), Some(real.join("a/b")));
        assert_eq!(resolve(&here.path().join("a/..")), None);
    }
}
