//! Histories made at random, with values planted in them, held against brute force over what was planted.
//!
//! Forty of them each time; `KEYFENCE_HISTORIES=500 cargo test --test history random` makes more.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::report::{line, scan, token};
use crate::sandbox::Sandbox;

/// A small source of chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }

    fn one_in(&mut self, limit: usize) -> bool {
        self.below(limit) == 0
    }
}

type Lines = Vec<String>;
type Files = BTreeMap<String, Lines>;

struct Made {
    parents: Vec<usize>,
    files: Files,
}

struct World {
    chance: Chance,
    commits: Vec<Made>,
    next_token: u32,
    /// Tokens in messages, with the commit; in tags, notes, stashes and what tags name, without one.
    messages: BTreeSet<(u32, Option<usize>)>,
    stream: Vec<u8>,
}

const NAMES: &[&str] = &[
    "a.py",
    "dir/b.txt",
    "dir/sub/c.yml",
    "d e.ini",
    "dir/ü.md",
    "x/y/z/w.json",
    "-q",
    "dir.txt",
    "dir0",
    "q\"uo'te\\",
    "a\ttab\nand a line",
    "wide/little.txt",
    "wide/big.reg",
];

/// A file that tells git to show nothing of any other.
const ATTRIBUTES: &str = ".gitattributes";

/// What a file holds, as bytes: some are UTF-16, with and without a mark.
fn content(path: &str, lines: &Lines) -> Vec<u8> {
    let text = lines.concat();
    match path {
        "wide/little.txt" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "wide/big.reg" => format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect(),
        _ => text.into_bytes(),
    }
}

/// A path as `git fast-import` reads it.
fn quoted(path: &str) -> String {
    let escaped = path.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\t', "\\t").replace('\n', "\\n"))
}

impl World {
    fn new(seed: u64) -> Self {
        let mut world = Self {
            chance: Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            commits: Vec::new(),
            next_token: u32::try_from(seed).unwrap() * 1_000,
            messages: BTreeSet::new(),
            stream: Vec::new(),
        };
        for _ in 0..4 + world.chance.below(14) {
            world.commit();
        }
        world
    }

    fn new_token(&mut self) -> u32 {
        self.next_token += 1;
        self.next_token
    }

    fn commit(&mut self) {
        let number = self.commits.len();
        let mut parents = Vec::new();
        if number > 0 && !self.chance.one_in(9) {
            for _ in 0..[1, 1, 1, 2, 3][self.chance.below(5)] {
                let back = 1 + self.chance.below(number.min(5));
                parents.push(number - back);
            }
            parents.dedup();
            let mut seen = BTreeSet::new();
            parents.retain(|parent| seen.insert(*parent));
        }
        let mut files = parents
            .first()
            .map(|&parent| self.commits[parent].files.clone())
            .unwrap_or_default();
        // A merge takes files from each side.
        for &parent in parents.iter().skip(1) {
            for (path, lines) in self.commits[parent].files.clone() {
                if self.chance.one_in(2) {
                    files.insert(path, lines);
                }
            }
        }
        for _ in 0..1 + self.chance.below(3) {
            self.change(&mut files);
        }
        let mut message = format!("commit {number}");
        if self.chance.one_in(8) {
            let token = self.new_token();
            self.messages.insert((token, Some(number)));
            write!(message, "\n\nsee {}", line(token)).unwrap();
        }
        self.write_commit(number, &parents, &files, &message);
        self.commits.push(Made { parents, files });
    }

    fn change(&mut self, files: &mut Files) {
        if self.chance.one_in(12) {
            let hides = ["* binary\n", "* -diff\n", "*.txt export-ignore\n*.py -text\n"][self.chance.below(3)];
            files.insert(ATTRIBUTES.to_owned(), vec![hides.to_owned()]);
            return;
        }
        let known: Vec<String> = files.keys().filter(|path| *path != ATTRIBUTES).cloned().collect();
        let some = known.get(self.chance.below(known.len())).cloned();
        let name = NAMES[self.chance.below(NAMES.len())].to_owned();
        match (self.chance.below(8), some) {
            (0, Some(path)) => drop(files.remove(&path)),
            (1, Some(path)) => {
                let lines = files.remove(&path).unwrap();
                files.insert(name, lines);
            }
            (2, Some(path)) => drop(files.insert(name, files[&path].clone())),
            (3..6, Some(path)) => {
                let mut lines = files.remove(&path).unwrap();
                self.edit(&mut lines);
                files.insert(path, lines);
            }
            _ => {
                let mut lines: Lines = (0..self.chance.below(60))
                    .map(|n| format!("line {n} of what {} says\n", name.len()))
                    .collect();
                self.edit(&mut lines);
                files.insert(name, lines);
            }
        }
        // A name cannot be a file and a folder at once; here none is, but `dir.txt` and `dir0` sort around `dir/`.
    }

    fn edit(&mut self, lines: &mut Lines) {
        for _ in 0..1 + self.chance.below(3) {
            let at = self.chance.below(lines.len() + 1);
            match self.chance.below(5) {
                0 if at < lines.len() => drop(lines.remove(at)),
                1 if at < lines.len() => lines.swap(at, 0),
                2 => {
                    let token = self.new_token();
                    lines.insert(at, line(token));
                }
                3 if !self.next_token.is_multiple_of(1_000) => {
                    let old = self.next_token - self.chance.below((self.next_token % 1_000) as usize) as u32;
                    lines.insert(at, line(old));
                }
                _ => lines.insert(at, format!("noise {}\n", self.chance.below(1_000))),
            }
        }
    }

    fn write_commit(&mut self, number: usize, parents: &[usize], files: &Files, message: &str) {
        let mut text = String::new();
        writeln!(text, "commit refs/heads/b{number}\nmark :{}", number + 1).unwrap();
        // Clocks go wrong.
        let time = 1_700_000_000 + number * 100 - self.chance.below(3) * 150;
        writeln!(
            text,
            "committer C <c@example.com> {time} +0100\ndata {}\n{message}",
            message.len()
        )
        .unwrap();
        for (index, parent) in parents.iter().enumerate() {
            let word = if index == 0 { "from" } else { "merge" };
            writeln!(text, "{word} :{}", parent + 1).unwrap();
        }
        text.push_str("deleteall\n");
        self.stream.extend_from_slice(text.as_bytes());
        for (path, lines) in files {
            let content = content(path, lines);
            let head = format!("M 100644 inline {}\ndata {}\n", quoted(path), content.len());
            self.stream.extend([head.as_bytes(), &content, b"\n"].concat());
        }
    }

    /// Imports the history; every commit that has no child keeps its branch.
    fn import(&mut self, sandbox: &Sandbox) {
        let mut git = Command::new("git")
            .current_dir(sandbox.repo())
            .args(["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force"])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        git.stdin.take().unwrap().write_all(&self.stream).unwrap();
        assert!(git.wait().unwrap().success());
        if self.chance.one_in(2) {
            sandbox.git(&["repack", "-adfq", "--depth=40", "--window=20"]);
        } else if self.chance.one_in(3) {
            sandbox.git(&["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"]);
        }
        let tip = self.chance.below(self.commits.len());
        sandbox.git(&["symbolic-ref", "HEAD", &format!("refs/heads/b{tip}")]);
        self.name_things(sandbox);
        if self.chance.one_in(3) {
            self.stash(sandbox, tip);
        }
    }

    /// Makes tags of commits, blobs and folders, and notes, each with a value.
    fn name_things(&mut self, sandbox: &Sandbox) {
        if self.chance.one_in(3) {
            let token = self.hidden();
            sandbox.git(&["tag", "-a", "t", "-m", &line(token), "b0"]);
        }
        if self.chance.one_in(3) {
            let token = self.hidden();
            sandbox.git(&["notes", "add", "-m", &line(token), "b0"]);
        }
        if self.chance.one_in(3) {
            let token = self.hidden();
            let blob = self.blob(sandbox, token);
            sandbox.git(&["tag", "-a", "-m", "a blob", "blob", &blob]);
        }
        if self.chance.one_in(3) {
            let token = self.hidden();
            let blob = self.blob(sandbox, token);
            sandbox.write("../tree", &format!("100644 blob {blob}\tin\n"));
            let made = sandbox.run_in("", "sh", &["-c", "git mktree < ../tree"]).expect(0);
            let tree = made.out.trim().to_owned();
            sandbox.git(&["tag", "tree", &tree]);
        }
    }

    /// Returns a new token that no commit of ours brings.
    fn hidden(&mut self) -> u32 {
        let token = self.new_token();
        self.messages.insert((token, None));
        token
    }

    fn blob(&self, sandbox: &Sandbox, token: u32) -> String {
        sandbox.write("../loose", &line(token));
        sandbox.git(&["hash-object", "-w", "../loose"]).out.trim().to_owned()
    }

    /// Stashes a change to a file of HEAD, twice.
    fn stash(&mut self, sandbox: &Sandbox, tip: usize) {
        let is_plain = |path: &&String| !path.starts_with("wide/") && *path != ATTRIBUTES;
        let Some(path) = self.commits[tip].files.keys().find(is_plain).cloned() else {
            return;
        };
        sandbox.git(&["reset", "-q", "--hard"]);
        for _ in 0..2 {
            let token = self.hidden();
            let held = self.commits[tip].files[&path].concat();
            sandbox.write(&path, &format!("{held}{}", line(token)));
            sandbox.git(&["stash", "-q"]);
        }
    }

    fn holds(&self, commit: usize, path: &str, token: &str) -> bool {
        let lines = self.commits[commit].files.get(path);
        lines.is_some_and(|lines| lines.iter().any(|line| line.contains(token)))
    }

    /// Returns by brute force which commit brought which token to which path.
    fn brought(&self) -> Brought {
        let mut brought = BTreeSet::new();
        for (number, commit) in self.commits.iter().enumerate() {
            for (path, lines) in &commit.files {
                for token in lines.iter().filter_map(|line| line.split('"').nth(1)) {
                    if !commit.parents.iter().any(|&parent| self.holds(parent, path, token)) {
                        brought.insert((token.to_owned(), path.clone(), number));
                    }
                }
            }
        }
        brought
    }
}

/// A token, a path and the commit that brought it there.
type Brought = BTreeSet<(String, String, usize)>;
/// A token, and the commit in whose message it stands; none for what no commit of ours brings.
type Messages = BTreeSet<(String, Option<usize>)>;

/// Scans with values shown, as only a test may; returns also how many findings there are.
fn reported(sandbox: &Sandbox) -> (Brought, Messages, usize) {
    let report = scan(sandbox, &["--show-secrets=force"]);
    assert!(report.failed().is_empty(), "{:?}", report.failed());
    let (mut files, mut messages, mut findings) = (BTreeSet::new(), BTreeSet::new(), 0);
    for finding in report.json["findings"].as_array().unwrap() {
        assert_eq!(finding["rule"], "gitlab-pat", "nothing else is found");
        findings += 1;
        let secret = finding["secret"].as_str().unwrap().to_owned();
        for origin in finding["origins"].as_array().unwrap() {
            let path = origin["path"].as_str().unwrap().to_owned();
            let summary = origin["commit"]["summary"].as_str();
            // Notes and stashes have commits of git's own making.
            let commit = summary.and_then(|summary| summary.strip_prefix("commit ")?.parse().ok());
            match (path.starts_with("commit:") || path.starts_with("tag:"), commit) {
                (false, Some(commit)) => drop(files.insert((secret.clone(), path, commit))),
                (_, commit) => drop(messages.insert((secret.clone(), commit))),
            }
        }
    }
    (files, messages, findings)
}

fn check(seed: u64) {
    let sandbox = Sandbox::new();
    let mut world = World::new(seed);
    world.import(&sandbox);
    let (files, messages, findings) = reported(&sandbox);
    assert_eq!(files, world.brought(), "history {seed}");
    let planted: BTreeSet<_> = world
        .messages
        .iter()
        .map(|&(number, commit)| (token(number), commit))
        .collect();
    assert_eq!(messages, planted, "messages of history {seed}");
    let tokens: BTreeSet<&String> = files
        .iter()
        .map(|(token, ..)| token)
        .chain(messages.iter().map(|(token, _)| token))
        .collect();
    assert_eq!(findings, tokens.len(), "one finding for each value of history {seed}");
}

#[test]
fn every_planted_value_is_found_with_the_commits_that_brought_it() {
    let count = std::env::var("KEYFENCE_HISTORIES")
        .ok()
        .and_then(|count| count.parse().ok());
    for seed in 1..=count.unwrap_or(40) {
        check(seed);
    }
}
