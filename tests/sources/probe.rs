//! A source in a process of its own, as the program would be: with git's environment, in the user's folder.
//!
//! The environment and the current folder belong to a whole process, and a hook gets them from git. So a script starts
//! this test binary again, by way of git's hook or directly, and the probe writes down what the source said.

use std::env;
use std::fs;
use std::io;
use std::sync::Mutex;

use bstr::{BString, ByteSlice};
use keyfence::git::{Repo, Ways};
use keyfence::model::{Blob, Kind, Nature, Scope};
use keyfence::source::{Exclude, Item, Limits, Source, SourceError, Staged, Stdin, Worktree};

/// The arguments that make this test binary a probe.
pub(crate) const ARGS: [&str; 4] = ["--exact", "probe::probe", "--ignored", "--quiet"];

fn told(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a probe is told by its environment what to do")]
    env::var(name).ok()
}

#[test]
#[ignore = "the scripts start it, in a process of its own"]
fn probe() {
    let Some(output) = told("PROBE_OUTPUT") else { return };
    let said = Mutex::new(Said::default());
    let result = ask(&|item| said.lock().unwrap().note(&item));
    let mut lines = said.into_inner().unwrap().finish();
    if let Err(error) = result {
        lines.push(format!("error: {} hint: {}", error.what, error.hint));
    }
    fs::write(output, lines.join("\n")).unwrap();
}

fn ask(visit: &(dyn for<'b> Fn(Item<'b>) + Sync)) -> Result<(), SourceError> {
    let limits = Limits {
        exclude: told("PROBE_EXCLUDE").map(|glob| Exclude::new([glob.as_str()]).unwrap()),
        max_file_size: told("PROBE_MAX").map_or(100_000_000, |size| size.parse().unwrap()),
        ..Limits::default()
    };
    match told("PROBE_PATHS") {
        None => Staged::new(&Repo::discover_by(".", ways())?, limits, 0).visit(visit),
        Some(paths) if paths == "-" => Stdin::new(io::stdin(), None, limits).visit(visit),
        Some(paths) => Worktree::new(paths.split(' '), limits)
            .by(ways())
            .no_ignore(told("PROBE_NO_IGNORE").is_some())
            .visit(visit),
    }
}

fn ways() -> Ways {
    match told("PROBE_WAYS").as_deref() {
        Some("libgit") => Ways::Libgit,
        Some("plumbing") => Ways::Plumbing,
        Some("reference") => Ways::Reference,
        _ => Ways::Any,
    }
}

/// What a source said, as lines that a test can be compared with.
#[derive(Default)]
struct Said {
    lines: Vec<String>,
    listed: u64,
}

impl Said {
    fn note(&mut self, item: &Item<'_>) {
        let line = match item {
            Item::Listed(tally) => {
                self.listed += tally.files;
                return;
            }
            Item::Read(_) => return,
            Item::Blob(blob, _) | Item::Version(blob, ..) => shown(blob),
            Item::Skipped(skipped) => format!("{}: skipped, {}", name(&skipped.path), skipped.reason.as_str()),
            Item::Failed(failed) => format!("{}: failed, {}", name(&failed.path), failed.error),
        };
        self.lines.push(line);
    }

    fn finish(mut self) -> Vec<String> {
        self.lines.sort();
        if self.listed != self.lines.len() as u64 {
            self.lines
                .push(format!("listed {} but said {}", self.listed, self.lines.len()));
        }
        self.lines
    }
}

fn name(path: &BString) -> String {
    path.as_bstr().escape_ascii().to_string()
}

fn shown(blob: &Blob<'_>) -> String {
    let kind = if blob.kind == Kind::Symlink { "link, " } else { "" };
    let nature = if blob.nature == Nature::Binary { "binary, " } else { "" };
    let what = match &blob.scope {
        Scope::Whole => format!("whole {}", quoted(&blob.bytes)),
        Scope::Added { lines, path } => {
            let path = if *path { "new path, " } else { "" };
            let numbers = lines.iter().flat_map(Clone::clone);
            let added: Vec<String> = numbers.map(|number| line(&blob.bytes, number)).collect();
            format!("{path}added {}", added.join(" "))
        }
    };
    format!("{}: {kind}{nature}{what}", blob.path.escape_ascii())
        .trim_end()
        .to_owned()
}

fn line(text: &[u8], number: u32) -> String {
    let line = text.lines().nth(number as usize - 1).unwrap();
    format!("{number}:{}", quoted(line))
}

fn quoted(text: &[u8]) -> String {
    match text.len() {
        0..=60 => format!("\"{}\"", text.escape_ascii()),
        len => format!("({len} bytes)"),
    }
}
