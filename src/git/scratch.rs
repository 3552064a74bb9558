//! A staged change that never was: a copy of the index and an object folder of its own, laid over a repository.
//!
//! Whoever runs with [`Scratch::variables`] sees one more staged file. The repository's index, objects and work tree
//! are only read, and all of it is gone when the value is dropped.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use bstr::ByteSlice;
use tempfile::TempDir;

use crate::git::hooks_path::path;
use crate::git::{Git, GitError, Oid};

/// Returns how the names of this process's scratch folders begin, by which they are found when it is interrupted.
pub fn scratch_prefix() -> String {
    format!("keyfence-{}-", std::process::id())
}

/// An index and an object folder beside a repository's own.
#[derive(Debug)]
pub struct Scratch {
    git: Git,
    folder: TempDir,
}

impl Scratch {
    /// Copies the index of the repository at `top` into a new folder under `temporary`.
    ///
    /// # Errors
    /// When git does not answer or the folder cannot be written.
    pub fn over(top: &Path, temporary: &Path) -> Result<Self, GitError> {
        let git = Git::at(top);
        let index = top.join(path(&git, &["rev-parse", "--git-path", "index"])?);
        let objects = top.join(path(&git, &["rev-parse", "--git-path", "objects"])?);
        let scratch = Self {
            git,
            folder: tempfile::Builder::new()
                .prefix(&scratch_prefix())
                .tempdir_in(temporary)
                .map_err(GitError::Scratch)?,
        };
        scratch.fill(&index, &objects).map_err(GitError::Scratch)?;
        Ok(scratch)
    }

    /// Stages one file more, here only.
    ///
    /// # Errors
    /// When git cannot write the object or the index.
    pub fn stage(&self, name: &str, content: &[u8]) -> Result<(), GitError> {
        let oid = self.run(&["hash-object", "-w", "--no-filters", "--stdin"], content)?;
        let entry = format!("100644,{},{name}", oid.trim().to_str_lossy());
        // A split index would put its shared half into the repository.
        let add = [
            "-c",
            "core.splitIndex=false",
            "update-index",
            "--add",
            "--cacheinfo",
            &entry,
        ];
        self.run(&add, b"").map(drop)
    }

    /// Makes a commit without parents that holds one file, here only. No ref names it.
    ///
    /// # Errors
    /// When git cannot write the objects.
    pub fn commit(&self, name: &str, content: &[u8]) -> Result<Oid, GitError> {
        let blob = self.run(&["hash-object", "-w", "--no-filters", "--stdin"], content)?;
        let entry = format!("100644 blob {}\t{name}\n", blob.trim().to_str_lossy());
        let tree = self.run(&["mktree"], entry.as_bytes())?;
        let person = "keyfence <> 0 +0000";
        let commit = format!(
            "tree {}\nauthor {person}\ncommitter {person}\n\ncanary\n",
            tree.trim().to_str_lossy()
        );
        let written = self.run(&["hash-object", "-w", "-t", "commit", "--stdin"], commit.as_bytes())?;
        Oid::parse(written.trim()).ok_or_else(|| GitError::Unexpected {
            command: "hash-object".to_owned(),
            message: written.to_str_lossy().into_owned(),
        })
    }

    /// Writes a file of no repository, and returns its place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&self, content: &[u8]) -> Result<PathBuf, GitError> {
        let path = self.folder.path().join("message");
        fs::write(&path, content).map_err(GitError::Scratch)?;
        Ok(path)
    }

    /// Returns the variables that make git, and whatever git starts, see the scratch.
    pub fn variables(&self) -> [(&'static str, OsString); 2] {
        [
            ("GIT_INDEX_FILE", self.index().into()),
            ("GIT_OBJECT_DIRECTORY", self.objects().into()),
        ]
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn objects(&self) -> PathBuf {
        self.folder.path().join("objects")
    }

    fn fill(&self, index: &Path, objects: &Path) -> io::Result<()> {
        match fs::copy(index, self.index()) {
            // Nothing was ever staged here: the scratch starts without an index too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            copied => drop(copied?),
        }
        let info = self.objects().join("info");
        fs::create_dir_all(&info)?;
        // A file and not GIT_ALTERNATE_OBJECT_DIRECTORIES, in which a `:` in the path would end it.
        let mut line = self.reach(objects)?.into_os_string().into_encoded_bytes();
        line.push(b'\n');
        fs::write(info.join("alternates"), line)
    }

    /// Gives the repository's objects a path without a newline in it, which the file could not hold.
    #[cfg(unix)]
    fn reach(&self, objects: &Path) -> io::Result<PathBuf> {
        let link = self.folder.path().join("repository");
        std::os::unix::fs::symlink(objects, &link)?;
        Ok(link)
    }

    #[cfg(not(unix))]
    fn reach(&self, objects: &Path) -> io::Result<PathBuf> {
        Ok(objects.to_owned())
    }

    fn run(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let mut command = self.git.command(args);
        command.envs(self.variables());
        let mut git = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(GitError::NotStarted)?;
        if let Some(mut pipe) = git.stdin.take() {
            // When git does not read it all, its exit code says so.
            let _ = pipe.write_all(input);
        }
        let output = git.wait_with_output().map_err(GitError::NotStarted)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(GitError::Failed {
            command: args.join(" "),
            message: output.stderr.trim().to_str_lossy().into_owned(),
        })
    }
}
