//! The baseline of detect-secrets: hashes of secrets, each with its file and what a person said of it.
//!
//! A hash cannot be turned back into its secret. But what is found in that file today can be hashed the same way, and
//! where the two are equal the judgement is carried over.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha1::{Digest, Sha1};

use crate::rules::import::{ImportError, Imported, allowlist};

/// A secret that detect-secrets knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// The file.
    pub path: String,
    /// Which detector found it.
    pub kind: String,
    /// The hash of the secret.
    pub hash: String,
    /// What a person said.
    pub verdict: Verdict,
}

/// What a person said of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is a secret.
    Real,
    /// It is none.
    False,
    /// Nobody has said anything.
    Open,
}

impl Audited {
    /// Tells whether this is the secret.
    pub fn is(&self, secret: &[u8]) -> bool {
        // Before version 1.0 a keyword's value was hashed in lower case.
        self.names(secret) || self.kind == KEYWORD && self.names(&secret.to_ascii_lowercase())
    }

    fn names(&self, secret: &[u8]) -> bool {
        let hash = Sha1::digest(secret);
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        hex.eq_ignore_ascii_case(&self.hash)
    }
}

/// What detect-secrets calls a value that its name gives away.
const KEYWORD: &str = "Secret Keyword";

#[derive(Deserialize)]
struct Baseline {
    #[serde(default)]
    plugins_used: Vec<Named>,
    #[serde(default)]
    filters_used: Vec<Filter>,
    #[serde(default)]
    results: BTreeMap<String, Vec<Found>>,
    #[serde(default)]
    exclude: Option<Exclude>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
    #[serde(default)]
    path: Option<String>,
}

#[derive(Deserialize)]
struct Filter {
    path: String,
    #[serde(default)]
    pattern: Patterns,
    filename: Option<String>,
}

/// One pattern or several.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum Patterns {
    One(String),
    Many(Vec<String>),
    #[default]
    None,
}

/// How versions before 1.0 wrote what is left out.
#[derive(Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "type")]
    kind: String,
    hashed_secret: String,
    is_secret: Option<bool>,
}

/// Reads a baseline: what it leaves out, and what it knew.
///
/// # Errors
/// When it is no such file.
pub fn detect_secrets(name: &str, text: &str) -> Result<(Imported, Vec<Audited>), ImportError> {
    let baseline: Baseline = serde_json::from_str(text)
        .map_err(|error| ImportError(format!("{name} is no baseline of detect-secrets: {error}")))?;
    let mut imported = Imported::default();
    for filter in baseline.filters_used {
        filter.carry(name, &mut imported);
    }
    if let Some(exclude) = baseline.exclude {
        leave_out(exclude.files.into_iter().collect(), name, &mut imported);
        leave_out_lines(exclude.lines.into_iter().collect(), name, &mut imported);
    }
    for plugin in baseline.plugins_used.iter().filter(|plugin| plugin.path.is_some()) {
        imported.remark(
            name,
            format!(
                "the plugin `{}` is a program of your own; write it as a [[rule]]",
                plugin.name
            ),
        );
    }
    let audited = |(path, found): (String, Vec<Found>)| {
        found.into_iter().map(move |found| Audited {
            path: path.replace('\\', "/"),
            kind: found.kind,
            hash: found.hashed_secret,
            verdict: match found.is_secret {
                Some(true) => Verdict::Real,
                Some(false) => Verdict::False,
                None => Verdict::Open,
            },
        })
    };
    Ok((imported, baseline.results.into_iter().flat_map(audited).collect()))
}

impl Filter {
    fn carry(self, name: &str, imported: &mut Imported) {
        let patterns = match self.pattern {
            Patterns::One(pattern) => vec![pattern],
            Patterns::Many(patterns) => patterns,
            Patterns::None => Vec::new(),
        };
        let which = self.path.rsplit('.').next().unwrap_or_default();
        match which {
            "should_exclude_file" => leave_out(patterns, name, imported),
            "should_exclude_line" => leave_out_lines(patterns, name, imported),
            "should_exclude_secret" => {
                let list = allowlist::Allowlist {
                    reason: format!("taken over from {name}"),
                    regexes: patterns,
                    ..Default::default()
                };
                list.carry(&allowlist::Scope::All, &format!("{name}: {which}"), imported);
            }
            "is_baseline_file" => imported.exclude.extend(self.filename),
            // What every installation has, and what keyfence judges in its own way.
            _ if self.path.starts_with("detect_secrets.filters.") => {}
            _ => imported.remark(
                name,
                format!("the filter `{}` is a program of your own, and was left out", self.path),
            ),
        }
    }
}

/// The expressions are Python's, and nearly ours; one that is not is named.
fn leave_out(patterns: Vec<String>, name: &str, imported: &mut Imported) {
    let paths = allowlist::paths(&patterns, &format!("{name}: excluded files"), imported);
    imported.exclude.extend(paths);
}

fn leave_out_lines(patterns: Vec<String>, name: &str, imported: &mut Imported) {
    let list = allowlist::Allowlist {
        reason: format!("taken over from {name}"),
        regexes: patterns,
        target: allowlist::Target::Line,
        ..Default::default()
    };
    list.carry(&allowlist::Scope::All, &format!("{name}: excluded lines"), imported);
}
