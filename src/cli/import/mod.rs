//! `keyfence rules import`: the rules and exceptions of another tool, as a configuration of ours.
//!
//! The configuration goes to standard output or, with `--write`, into the repository; each construct that cannot be
//! carried over is named on standard error. `keyfence init --from` does the same among all else that it writes.

mod carry;
mod positions;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::atomic;
use crate::cli::failure::{Exit, Failure};
use crate::cli::scan::project_root;
use crate::cli::session::{quiet_on_broken_pipe, unreadable};
use crate::cli::terminal;
use crate::config::FILE_NAMES;

pub(super) use carry::carry;

/// Files of other tools, as they lie at the root of a repository.
const GITLEAKS: &[&str] = &[
    ".gitleaks.toml",
    "gitleaks.toml",
    ".betterleaks.toml",
    "betterleaks.toml",
];
const GITLEAKS_IGNORE: &[&str] = &[".gitleaksignore", ".betterleaksignore"];
/// What `--baseline-path` of gitleaks is given where it has a name that says so; any other is named by the user.
const GITLEAKS_KNOWN: &[&str] = &[
    ".gitleaks-baseline.json",
    "gitleaks-baseline.json",
    "gitleaks_baseline.json",
];
const DETECT_SECRETS: &[&str] = &[".secrets.baseline"];

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The other tool's file [default: what lies at the root of the repository]
    file: Option<PathBuf>,
    /// Whose file it is [default: told by the file]
    #[arg(long, value_enum, value_name = "TOOL")]
    from: Option<Tool>,
    /// Write keyfence.toml at the root of the repository, where it says nothing yet
    #[arg(long)]
    write: bool,
}

const EXAMPLES: &str = "\
What cannot be carried over is named on standard error, construct by construct.

Examples:
  keyfence rules import                          show what the other tool's files come to
  keyfence rules import --from gitleaks --write  write it to keyfence.toml
  keyfence rules import ci/gitleaks.toml         from a file that lies elsewhere
  keyfence rules import ci/known.json            with the report that is gitleaks' --baseline-path";

/// A tool whose files are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Tool {
    /// Its TOML, which betterleaks shares, .gitleaksignore, and a report as JSON that is its baseline
    Gitleaks,
    /// Its baseline
    DetectSecrets,
}

impl Tool {
    /// Its name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gitleaks => "gitleaks",
            Self::DetectSecrets => "detect-secrets",
        }
    }
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let root = project_root(Path::new(".")).unwrap_or_else(|| PathBuf::from("."));
    let carried = carry(args.from, args.file.as_deref(), &root)?;
    for remark in &carried.remarks {
        terminal::warn(&format!("{remark}."));
    }
    if args.write {
        let path = write(&root, &carried.text)?;
        terminal::say(&format!("Wrote {}: {}.", path.display(), carried.summary()));
    } else {
        let mut out = io::stdout().lock();
        quiet_on_broken_pipe(out.write_all(carried.text.as_bytes()))?;
        terminal::say(&format!("{}.", carried.summary()));
    }
    Ok(Exit::Clean)
}

/// Points from another tool's file to the command that takes it over, unless a configuration of ours says something.
pub(super) fn hint(root: &Path, command: impl FnOnce(Tool) -> String) -> Option<String> {
    if standing(root).is_some_and(|own| own.says_something) {
        return None;
    }
    let lists = [
        (GITLEAKS, Tool::Gitleaks),
        (GITLEAKS_IGNORE, Tool::Gitleaks),
        (GITLEAKS_KNOWN, Tool::Gitleaks),
        (DETECT_SECRETS, Tool::DetectSecrets),
    ];
    let (name, tool) = lists.into_iter().find_map(|(names, tool)| {
        let name = names.iter().find(|name| root.join(name).is_file())?;
        Some((name, tool))
    })?;
    Some(format!(
        "there is a {name}; `{}` takes over what it says.",
        command(tool)
    ))
}

/// The configuration that lies in a repository.
pub(super) struct Standing {
    /// Its name.
    pub(super) name: &'static str,
    /// Its text; nothing where it cannot be read.
    pub(super) text: Vec<u8>,
    /// False when all of it is comments, as `init` writes it: more can be added to it.
    pub(super) says_something: bool,
}

/// Looks for a configuration of ours.
pub(super) fn standing(root: &Path) -> Option<Standing> {
    let name = FILE_NAMES
        .iter()
        .find(|name| root.join(name).symlink_metadata().is_ok())?;
    let text = fs::read(root.join(name)).ok();
    let is_blank = |text: &Vec<u8>| {
        std::str::from_utf8(text)
            .ok()
            .and_then(|text| toml::from_str::<toml::Table>(text).ok())
            .is_some_and(|table| table.is_empty())
    };
    Some(Standing {
        name,
        says_something: !text.as_ref().is_some_and(is_blank),
        text: text.unwrap_or_default(),
    })
}

/// Writes the configuration where there is none that says something.
fn write(root: &Path, text: &str) -> Result<PathBuf, Failure> {
    let (name, mut content) = match standing(root) {
        Some(own) if own.says_something => {
            return Err(Failure::new(
                format!(
                    "{} is there already, and nothing is written over it.",
                    root.join(own.name).display()
                ),
                "leave --write out, and put what is printed into it by hand.",
            ));
        }
        Some(own) => (own.name, own.text),
        None => (FILE_NAMES[0], Vec::new()),
    };
    if !content.is_empty() {
        content.push(b'\n');
    }
    content.extend_from_slice(text.as_bytes());
    let path = root.join(name);
    atomic::content(&path, &content).map_err(|error| {
        Failure::new(
            format!("{} could not be written: {error}.", path.display()),
            "look at the folder's permissions and at the disk.",
        )
    })?;
    Ok(path)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}
