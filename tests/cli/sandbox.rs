//! A repository and a home that nothing outside can reach into: the environment is built from nothing.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use keyfence::rules::Example;
use tempfile::TempDir;

/// A temporary repository and home.
pub struct Sandbox {
    root: TempDir,
    repo: PathBuf,
    path: String,
    variables: Vec<(String, String)>,
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Both streams, for a test that does not care which.
    pub fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    /// Asserts the exit code, showing everything when it is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nout: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Asserts that a text was said.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.all().contains(text),
            "not said: {text}\nout: {}\nerr: {}",
            self.out,
            self.err
        );
        self
    }
}

impl Sandbox {
    /// Makes an empty repository.
    pub fn new() -> Self {
        Self::named("repo")
    }

    /// Makes an empty repository in a folder of this name.
    pub fn named(name: &str) -> Self {
        let root = TempDir::new().unwrap();
        for folder in ["home", "tmp"] {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let config = "[user]\nname = Test\nemail = test@example.com\n[init]\ndefaultBranch = main\n\
                      [protocol \"file\"]\nallow = always\n[advice]\nignoredHook = true\n";
        fs::write(root.path().join("home/.gitconfig"), config).unwrap();
        let repo = fs::canonicalize(root.path()).unwrap().join(name);
        fs::create_dir_all(&repo).unwrap();
        let sandbox = Self {
            root,
            repo,
            path: std::env::var("PATH").unwrap(),
            variables: Vec::new(),
        };
        sandbox.git(&["init", "-q"]);
        sandbox
    }

    /// Sets a variable for everything that is run from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The repository.
    pub fn repo(&self) -> &Path {
        &self.repo
    }

    /// A path beside the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.repo.parent().unwrap().join(name)
    }

    /// A path in the repository.
    pub fn path(&self, name: &str) -> PathBuf {
        self.repo.join(name)
    }

    /// Writes a file of the repository.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes an executable file of the repository.
    #[cfg(unix)]
    pub fn write_executable(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Reads a file of the repository.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Commits a file without any hook.
    pub fn commit(&self, name: &str, text: &str) {
        self.write(name, text);
        self.git(&["add", "--", name]);
        self.git(&["commit", "-q", "--no-verify", "-m", "a commit"]);
    }

    /// Runs git in the repository; it must succeed.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> Said {
        self.try_git(args).expect(0)
    }

    /// Runs git in the repository.
    pub fn try_git(&self, args: &[&str]) -> Said {
        self.run_in("", "git", args)
    }

    /// Runs keyfence in the repository.
    pub fn keyfence(&self, args: &[&str]) -> Said {
        self.run_in("", env!("CARGO_BIN_EXE_keyfence"), args)
    }

    /// Runs a program in a folder of the repository.
    pub fn run_in(&self, folder: &str, program: impl AsRef<OsStr>, args: &[&str]) -> Said {
        let mut command = Command::new(program);
        command
            .current_dir(self.repo.join(folder))
            .args(args)
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", self.beside("home"))
            .env("XDG_CONFIG_HOME", self.beside("home/.config"))
            .env("GIT_CONFIG_GLOBAL", self.beside("home/.gitconfig"))
            .env("GIT_CONFIG_SYSTEM", self.beside("system.gitconfig"))
            .env("TMPDIR", self.root.path().join("tmp"))
            .env("LC_ALL", "C")
            .env("GIT_EDITOR", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        Said::from(command.output().unwrap())
    }

    /// Everything under a folder: names, modes, link targets and contents.
    pub fn snapshot(&self, name: &str) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut seen = BTreeMap::new();
        look(&self.path(name), &mut seen);
        seen
    }

    /// What is left in the temporary folder.
    pub fn litter(&self) -> usize {
        fs::read_dir(self.root.path().join("tmp")).unwrap().count()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

fn look(path: &Path, seen: &mut BTreeMap<PathBuf, (u32, Vec<u8>)>) {
    let data = path.symlink_metadata().unwrap();
    if data.is_dir() {
        seen.insert(path.to_owned(), (mode(&data), Vec::new()));
        for entry in fs::read_dir(path).unwrap() {
            look(&entry.unwrap().path(), seen);
        }
        return;
    }
    let content = if data.is_symlink() {
        fs::read_link(path).unwrap().into_os_string().into_encoded_bytes()
    } else {
        fs::read(path).unwrap()
    };
    seen.insert(path.to_owned(), (mode(&data), content));
}

#[cfg(unix)]
fn mode(data: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    data.permissions().mode()
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

/// A line with a key that every rule set knows.
pub fn leak() -> String {
    Example::unbroken("export GITHUB_TOKEN=ghp_·9kQ2vW7xLmR4tYpZ8nB3cD6fG1hJ5s3TrUCK\n")
}
