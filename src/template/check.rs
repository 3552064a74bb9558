//! What is wrong with a template: a value that looks real, or a name that it lacks.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use bstr::{BStr, BString, ByteSlice};

use crate::engine::Engine;
use crate::engine::opinion::{Promise, is_placeholder, promise};
use crate::envfile::Document;
use crate::model::{Blob, Confidence, Finding, Kind, Nature, Origin, Place, Scope};

/// Something wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// What is wrong.
    pub wrong: Wrong,
    /// The file that shows it: the template, or what names something that the template lacks.
    pub path: BString,
    /// The line there.
    pub line: u32,
    /// The name in question; empty where a value stands under none.
    pub name: BString,
}

/// What can be wrong with a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A value looks real.
    Real,
    /// A name promises a secret, and its value is neither empty nor evidently a placeholder.
    NotEmpty,
    /// The file of values has a name that the template lacks.
    Missing,
    /// The code reads a name that no template has.
    Unlisted,
    /// The template has a name that the file of values lacks.
    NotSet,
}

impl Wrong {
    /// Tells whether it is for somebody to mend; a value that is not set here may not be needed here.
    pub fn is_grave(self) -> bool {
        self != Self::NotSet
    }
}

/// Finds the values that should not stand in a template.
pub fn values(engine: &Engine, path: &BStr, document: &Document<'_>) -> Vec<Problem> {
    let findings = scan(engine, path, document.text());
    let mut real: BTreeMap<u32, Confidence> = BTreeMap::new();
    for finding in &findings {
        let confidence = real.entry(finding.location.line).or_insert(finding.confidence);
        *confidence = finding.confidence.max(*confidence);
    }
    let problem = |wrong, line, name| Problem {
        wrong,
        path: path.into(),
        line,
        name,
    };
    let mut problems = Vec::new();
    let mut named = BTreeSet::new();
    for (line, entry) in document.all_entries() {
        let (name, value) = (document.name_of(entry), document.at(&entry.value));
        let more = value.iter().filter(|&&byte| byte == b'\n').count();
        let lines = line..=line + u32::try_from(more).unwrap_or(0);
        let sure = real.range(lines.clone()).map(|(_, confidence)| *confidence).max();
        // What is commented out is rather an example, and what opens a door on one's own machine is one.
        let is_sure = sure.is_some_and(|sure| sure >= Confidence::High || !entry.is_disabled);
        let wrong = if is_sure && !is_local(value) {
            Wrong::Real
        } else if sure.is_some() || promise(&name) == Some(Promise::Secret) && !is_placeholder(value) {
            Wrong::NotEmpty
        } else {
            continue;
        };
        named.extend(lines);
        problems.push(problem(wrong, line, name));
    }
    // A value in a comment, or in what no reader takes for an entry.
    let elsewhere = real.keys().filter(|line| !named.contains(line));
    problems.extend(elsewhere.map(|&line| problem(Wrong::Real, line, BString::default())));
    problems.sort();
    problems
}

/// Tells whether a value is an address on this machine, or of a container beside: a host without a dot.
fn is_local(value: &BStr) -> bool {
    let behind = value.rsplit_once_str("@").filter(|_| value.contains_str("://"));
    let host = behind.map(|(_, rest)| rest.split(|byte| b":/?".contains(byte)).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && (host == b"127.0.0.1" || !host.contains(&b'.')))
}

/// Compares a template with the file of values that it stands for.
pub fn in_step(template: (&BStr, &Document<'_>), source: (&BStr, &Document<'_>)) -> Vec<Problem> {
    let mut problems = lacking(source, template.1, Wrong::Missing);
    problems.extend(lacking(template, source.1, Wrong::NotSet));
    problems
}

/// Lists the names of one file that another one lacks; there a name that is commented out counts, too.
fn lacking(of: (&BStr, &Document<'_>), other: &Document<'_>, wrong: Wrong) -> Vec<Problem> {
    let (path, document) = of;
    let mut known: BTreeSet<BString> = other.all_entries().map(|(_, entry)| other.name_of(entry)).collect();
    let mut problems = Vec::new();
    for (line, entry) in document.entries() {
        let name = document.name_of(entry);
        if !entry.name.is_empty() && known.insert(name.clone()) {
            let path = path.into();
            problems.push(Problem {
                wrong,
                path,
                line,
                name,
            });
        }
    }
    problems
}

/// Returns what the rules find in the content of one file.
pub(super) fn scan(engine: &Engine, path: &BStr, text: &[u8]) -> Vec<Finding> {
    let blob = Blob {
        origin: Origin::Worktree,
        path: Cow::Borrowed(path),
        bytes: Cow::Borrowed(text),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    };
    let judged = engine.scan_blob(&blob).judged.into_iter();
    let findings = judged
        .filter(|judged| judged.suppressed.is_none())
        .map(|judged| judged.finding);
    findings.filter(|finding| finding.place == Place::Content).collect()
}
