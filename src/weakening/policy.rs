//! Files that decide what is looked at: the configuration, the baseline, ignores and attributes, hooks and CI jobs.
//! Two states are compared as wholes, for what one commit relaxes and the next one mends again is relaxed no more.

use std::collections::HashSet;

use bstr::{BStr, BString, ByteSlice};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::baseline::{Baseline, FILE_NAME};
use crate::config::{Committed, FILE_NAMES, Settings};
use crate::git::{Before, Entry, EntryKind, GitError, Now, ObjectReader, Oid, Repo};
use crate::model::Relaxed;

/// A longer file decides nothing.
const LONGEST: u64 = 4 << 20;

/// The line where something is said, and what it does.
type Said = (Option<u32>, String);

/// Says what `new` lets pass that `old` did not; both are commits.
///
/// # Errors
/// When git does not answer. A file that cannot be read counts as empty; the scan itself says that it is not here.
pub fn between(repo: &Repo, old: &Oid, new: &Oid) -> Result<Vec<Relaxed>, GitError> {
    let changes = repo.between(old, new)?;
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    let baselines = [baseline_of(repo, old)?, baseline_of(repo, new)?];
    let mut reader = None;
    let mut relaxed = Vec::new();
    let mut read = |entry: Option<&Entry>| -> Option<Vec<u8>> {
        let entry = entry.filter(|entry| entry.kind == EntryKind::File)?;
        let reader: &mut ObjectReader = match &mut reader {
            Some(reader) => reader,
            none => none.insert(repo.reader().ok()?),
        };
        reader.read(&entry.oid, &mut |size| size <= LONGEST).ok().flatten()
    };
    for (path, before, now) in changes {
        let is_baseline = baselines.iter().any(|name| path == name.as_bytes());
        let judge = if is_baseline {
            Some(baseline as Judge)
        } else {
            judge_of(path.as_ref())
        };
        let Some(judge) = judge else {
            continue;
        };
        let before = match &before {
            Before::Same(entry) | Before::Renamed(entry) => read(Some(entry)),
            Before::Nothing => None,
        };
        let now = match &now {
            Some(Now::Entry(entry)) => read(Some(entry)),
            _ => None,
        };
        let said = judge(before.as_deref(), now.as_deref());
        relaxed.extend(said.into_iter().map(|(line, what)| told(&path, line, what)));
    }
    Ok(relaxed)
}

/// Returns the name of the baseline that a commit's configuration has.
fn baseline_of(repo: &Repo, commit: &Oid) -> Result<String, GitError> {
    let config = Committed::find(repo, Some(commit), FILE_NAME)?;
    // One that cannot be read is told of as such.
    Ok(config.settings(repo).unwrap_or_default().baseline_name(FILE_NAME))
}

fn told(path: &BString, line: Option<u32>, what: String) -> Relaxed {
    Relaxed {
        path: path.clone(),
        line,
        what,
    }
}

type Judge = fn(Option<&[u8]>, Option<&[u8]>) -> Vec<Said>;

/// Returns who judges a file, by its place.
fn judge_of(path: &BStr) -> Option<Judge> {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if FILE_NAMES.iter().any(|known| path == known) {
        return Some(configuration);
    }
    match name {
        name if name == FILE_NAME.as_bytes() => Some(baseline),
        b".gitattributes" => Some(attributes),
        b".gitignore" => Some(ignored),
        _ if calls_hooks(path) => Some(calls),
        _ => None,
    }
}

/// Tells whether a file may make somebody run the guard: a hook, or a CI job.
fn calls_hooks(path: &BStr) -> bool {
    const FOLDERS: &[&str] = &[
        ".husky/",
        ".githooks/",
        "githooks/",
        "hooks/",
        ".github/",
        ".gitlab/",
        ".circleci/",
        ".azure-pipelines/",
        ".ci/",
        "ci/",
    ];
    const BEGINNINGS: &[&str] = &[
        ".gitlab-ci",
        "bitbucket-pipelines",
        "azure-pipelines",
        "Jenkinsfile",
        "lefthook",
        ".lefthook",
        ".config/lefthook",
        ".pre-commit-config",
        ".pre-commit-hooks",
        "prek.toml",
        "package.json",
        "Makefile",
        "justfile",
    ];
    FOLDERS
        .iter()
        .chain(BEGINNINGS)
        .any(|start| path.starts_with_str(start))
}

fn configuration(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Said> {
    let read =
        |text: Option<&[u8]>| match text.map(|text| text.to_str().map(|text| Settings::parse("keyfence.toml", text))) {
            None => Some(Settings::default()),
            Some(Ok(Ok(settings))) => Some(settings),
            Some(_) => None,
        };
    match (read(old).unwrap_or_default(), read(new)) {
        (old, Some(new)) => new.laxer_than(&old),
        (_, None) => vec![(None, "leaves a configuration that cannot be read".to_owned())],
    }
}

fn baseline(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Said> {
    let read = |text: Option<&[u8]>| Baseline::parse(FILE_NAME, &text.unwrap_or_default().to_str_lossy());
    // One that could not be read accepted nothing.
    let (old, new) = (read(old).unwrap_or_default(), read(new));
    let Ok(new) = new else {
        return vec![(None, "leaves a baseline that cannot be read".to_owned())];
    };
    let entries = new.entries().into_iter();
    let added = entries.filter(|(known, entry)| entry.is_accepted() && !old.accepts(known));
    let mut lines: Vec<u32> = added.map(|(_, entry)| entry.line).collect();
    lines.sort_unstable();
    let told = |line| (Some(line), "accepts one finding more".to_owned());
    lines.into_iter().map(told).collect()
}

/// Attributes hide no secret from keyfence; they hide the line from people who read the change.
fn attributes(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Said> {
    let hides = |word: &&[u8]| matches!(*word, b"binary" | b"-diff") || word.starts_with(b"filter=");
    let mut said = Vec::new();
    for (number, line) in added(old, new) {
        let mut words = line
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|word| !word.is_empty());
        let Some(pattern) = words
            .next()
            .filter(|pattern| !pattern.starts_with(b"#") && !is_of_binary(pattern))
        else {
            continue;
        };
        if let Some(word) = words.find(hides) {
            let (pattern, word) = (pattern.to_str_lossy(), word.to_str_lossy());
            said.push((
                Some(number),
                format!("keeps `{pattern}` out of what people see of a change (`{word}`)"),
            ));
        }
    }
    said
}

/// Tells whether a pattern speaks of files that nobody could read anyway.
fn is_of_binary(pattern: &[u8]) -> bool {
    const ENDINGS: &[&str] = &[
        "png", "jpg", "jpeg", "gif", "ico", "webp", "bmp", "tif", "tiff", "psd", "pdf", "zip", "gz", "tgz", "bz2",
        "xz", "7z", "zst", "rar", "jar", "war", "class", "woff", "woff2", "ttf", "otf", "eot", "mp3", "mp4", "mov",
        "webm", "ogg", "wav", "flac", "avi", "exe", "dll", "so", "dylib", "a", "o", "lib", "pyc", "wasm", "docx",
        "xlsx", "pptx",
    ];
    let ending = pattern
        .rsplit(|&byte| byte == b'.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    ENDINGS.iter().any(|known| known.as_bytes() == ending)
}

/// The files of secrets that a project keeps beside its sources.
const SECRET_FILES: &[&str] = &[
    ".env",
    ".env.local",
    ".env.production",
    ".env.staging",
    ".env.development",
];

fn ignored(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Said> {
    let (old, new) = (rules(old), rules(new));
    let is_ignored = |rules: &Gitignore, name: &str| rules.matched(name, false).is_ignore();
    let freed = SECRET_FILES
        .iter()
        .filter(|name| is_ignored(&old, name) && !is_ignored(&new, name));
    freed
        .map(|name| (None, format!("no longer keeps `{name}` out of commits")))
        .collect()
}

fn rules(text: Option<&[u8]>) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.unwrap_or_default().lines() {
        // A glob that git cannot read matches nothing there, too.
        let _ = builder.add_line(None, &line.to_str_lossy());
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn calls(old: Option<&[u8]>, new: Option<&[u8]>) -> Vec<Said> {
    let (before, after) = (count_calls(old), count_calls(new));
    match new {
        _ if after >= before => Vec::new(),
        None => vec![(None, "is gone, and keyfence was called from it".to_owned())],
        Some(_) => vec![(
            None,
            "calls keyfence less often, or no matter what it answers".to_owned(),
        )],
    }
}

/// Counts the lines that call keyfence and heed its answer.
fn count_calls(text: Option<&[u8]>) -> usize {
    let is_call = |line: &&[u8]| {
        let line = line.trim();
        let is_heeded = !["|| true", "||true", "|| :", "|| exit 0", "; true"]
            .iter()
            .any(|end| line.contains_str(end));
        line.contains_str("keyfence") && is_heeded && !line.starts_with(b"#") && !line.starts_with(b"//")
    };
    text.unwrap_or_default().lines().filter(is_call).count()
}

/// Returns the lines that are nowhere in the old text, with their numbers.
fn added<'n>(old: Option<&[u8]>, new: Option<&'n [u8]>) -> Vec<(u32, &'n [u8])> {
    let known: HashSet<&[u8]> = old.unwrap_or_default().lines().collect();
    let lines = (1..).zip(new.unwrap_or_default().lines());
    lines.filter(|(_, line)| !known.contains(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(path: &str, old: &str, new: &str) -> String {
        let judge = judge_of(BStr::new(path)).unwrap();
        let said = judge(Some(old.as_bytes()), (new != "gone").then_some(new.as_bytes()));
        said.into_iter()
            .map(|(line, what)| format!("{} {what}\n", line.unwrap_or(0)))
            .collect()
    }

    #[test]
    fn a_baseline_line_more_is_a_finding_less() {
        assert_eq!(
            judged(
                ".keyfence-baseline",
                "# head\nkf1:11111111-111111\n",
                "# new head\nkf1:22222222-222222\na\tb\tkf1:11111111-111111\tfalse\tx\na\tb\tkf1:33333333-333333\ttrue\tx\n"
            ),
            "2 accepts one finding more\n"
        );
    }

    #[test]
    fn attributes_on_text_are_told_and_on_pictures_not() {
        let new = "*.png binary\n*.env -diff\n# *.c binary\nsrc/** text filter=secret\n*.lock text\n";
        insta::assert_snapshot!(judged("a/.gitattributes", "", new), @r"
        2 keeps `*.env` out of what people see of a change (`-diff`)
        4 keeps `src/**` out of what people see of a change (`filter=secret`)
        ");
    }

    #[test]
    fn ignores_are_compared_by_what_they_mean() {
        assert_eq!(judged(".gitignore", ".env*\n", "*.log\n.env*\n"), "");
        assert_eq!(judged(".gitignore", ".env\n.env.local\n", ".env*\n"), "");
        assert_eq!(
            judged(".gitignore", ".env*\n", ".env*\n!.env.local\n"),
            "0 no longer keeps `.env.local` out of commits\n"
        );
        assert_eq!(
            judged("app/.gitignore", "/.env\n", "gone"),
            "0 no longer keeps `.env` out of commits\n"
        );
    }

    #[test]
    fn a_call_that_is_gone_or_no_longer_heeded_is_told() {
        let call = "steps:\n  - run: keyfence guard ci\n";
        assert_eq!(judged(".github/workflows/a.yml", call, call), "");
        assert_ne!(judged(".github/workflows/a.yml", call, "steps:\n"), "");
        assert_ne!(judged(".gitlab-ci.yml", call, &call.replace(" ci", " ci || true")), "");
        assert_eq!(
            judged(".husky/pre-commit", call, "gone"),
            "0 is gone, and keyfence was called from it\n"
        );
    }

    #[test]
    fn a_configuration_that_is_gone_or_broken_is_told() {
        let own = "[[rule]]\nid = 'acme'\ndescription = 'D'\nseverity = 'low'\nkeywords = ['xx']\npattern = 'xx'\n";
        assert_eq!(judged("keyfence.toml", own, "gone"), "0 takes out the rule `acme`\n");
        assert_eq!(
            judged("keyfence.toml", "", "nonsense"),
            "0 leaves a configuration that cannot be read\n"
        );
    }
}
