//! A repository in a folder of its own, and a git that knows nothing of the machine it runs on.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::probe;

/// An empty repository with room beside it.
pub(crate) struct Sandbox {
    folder: TempDir,
    ways: &'static str,
}

impl Sandbox {
    /// Makes a repository that is to be read by the given way.
    pub(crate) fn new(ways: &'static str) -> Self {
        Self::with(ways, &[])
    }

    /// Makes a repository with other options of `git init`.
    pub(crate) fn with(ways: &'static str, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let sandbox = Self { folder, ways };
        fs::create_dir_all(sandbox.path("home")).unwrap();
        let place = sandbox.root();
        let init = [&["init", "-q", "-b", "main"], options, &[place.to_str().unwrap()]].concat();
        sandbox.git_in(&sandbox.path(""), &init);
        sandbox
    }

    /// Replaces the repository by one made with other options of `git init`.
    pub(crate) fn again(&self, options: &[&str]) -> Self {
        Self::with(self.ways, options)
    }

    /// A path in the sandbox, beside the repository.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap().join(name)
    }

    /// The top of the repository.
    pub(crate) fn root(&self) -> PathBuf {
        self.path("repo")
    }

    /// Writes a file of the repository.
    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a file and stages it.
    pub(crate) fn stage(&self, path: &str, content: impl AsRef<[u8]>) {
        self.write(path, content);
        self.git(&["add", "-f", "--", path]);
    }

    /// Writes a file and commits it.
    pub(crate) fn commit(&self, path: &str, content: impl AsRef<[u8]>) {
        self.stage(path, content);
        self.git(&["commit", "-q", "-m", path]);
    }

    /// Runs git in the repository and returns what it printed.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: &[S]) -> String {
        self.git_in(&self.root(), args)
    }

    /// Runs git in another folder.
    pub(crate) fn git_in<S: AsRef<OsStr>>(&self, folder: &Path, args: &[S]) -> String {
        let output = self.run(folder, args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git: {said}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Runs git and returns whatever came of it.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, folder: &Path, args: &[S]) -> Output {
        self.command("git", folder).args(args).output().unwrap()
    }

    fn command(&self, program: impl AsRef<OsStr>, folder: &Path) -> Command {
        #[expect(clippy::disallowed_methods, reason = "the scripts run git")]
        let mut command = Command::new(program);
        #[expect(clippy::disallowed_methods, reason = "git is found by the PATH")]
        let path = env::var_os("PATH").unwrap_or_default();
        command.current_dir(folder).env_clear().env("PATH", path);
        command.env("HOME", self.path("home")).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Somebody");
            command.env(format!("GIT_{who}_EMAIL"), "somebody@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-01-02T03:04:05Z");
        }
        command
            .env("PROBE_WAYS", self.ways)
            .env("PROBE_OUTPUT", self.path("said"));
        command
    }

    /// Says what is staged.
    pub(crate) fn staged(&self) -> Vec<String> {
        self.ask(&self.root(), &[])
    }

    /// Says what is in the work tree, under `paths` that are separated by spaces.
    pub(crate) fn worktree(&self, paths: &str) -> Vec<String> {
        self.ask(&self.root(), &[("PROBE_PATHS", paths)])
    }

    /// Says what a source says in `folder`, with some more environment.
    pub(crate) fn ask(&self, folder: &Path, environment: &[(&str, &str)]) -> Vec<String> {
        let mut command = self.command(env::current_exe().unwrap(), folder);
        let output = command
            .args(probe::ARGS)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        assert!(output.status.success(), "the probe broke: {output:?}");
        self.said()
    }

    /// Installs the probe as a pre-commit hook.
    pub(crate) fn hook(&self) {
        let probe = env::current_exe().unwrap();
        let script = format!("#!/bin/sh\nexec '{}' {}\n", probe.display(), probe::ARGS.join(" "));
        let path = self.root().join(".git/hooks/pre-commit");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, script).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// What the probe said last; nothing when it did not run.
    pub(crate) fn said(&self) -> Vec<String> {
        let said = fs::read_to_string(self.path("said")).unwrap_or_default();
        let _ = fs::remove_file(self.path("said"));
        said.lines().map(str::to_owned).collect()
    }
}
