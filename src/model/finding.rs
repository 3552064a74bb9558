//! A finding: a candidate that stood.

use std::fmt;
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};

use crate::model::{Excerpt, Fingerprint, Introduced, Location, Occurrence, Origin, Redactor, Secret};

/// The id of a rule, such as `github-pat`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Wraps an id.
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much harm the secret does if it is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// A bad habit rather than a loss.
    Low,
    /// Worth a change.
    Medium,
    /// Access to something.
    High,
    /// Access to everything of somebody.
    Critical,
}

impl Severity {
    /// Returns the word that options and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How likely it is that the secret is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// For an audit that wants everything.
    Low,
    /// More likely real than not.
    Medium,
    /// The shape is an issuer's own.
    High,
    /// Proven by a checksum or by structure.
    Certain,
}

impl Confidence {
    /// Returns the word that options and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Certain => "certain",
        }
    }
}

/// What a finding stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// In the bytes.
    Content,
    /// In the bytes, as an expression that names a secret and holds none: it may be shown.
    Expression,
    /// In the file's name, which says what the file is.
    Path,
    /// A value in a file's path.
    Name,
    /// In a commit's message, author or committer.
    CommitMessage,
    /// In an annotated tag's message or tagger.
    TagMessage,
    /// In a note.
    Note,
}

impl Place {
    /// Tells whether what was found is a value; a file's name and an expression may be shown.
    pub fn holds_secret(self) -> bool {
        !matches!(self, Self::Path | Self::Expression)
    }

    /// Returns the word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content | Self::Expression => "content",
            Self::Path | Self::Name => "path",
            Self::CommitMessage => "commit-message",
            Self::TagMessage => "tag-message",
            Self::Note => "note",
        }
    }
}

/// A place in a notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The number of the cell, from 1.
    pub number: u32,
    /// The line of the cell's text, from 1.
    pub line: u32,
    /// True in what a program printed.
    pub is_output: bool,
}

/// A secret, and where it stands.
#[derive(Clone, PartialEq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// What it is, in a few words.
    pub title: Arc<str>,
    /// How much harm it does if it is real.
    pub severity: Severity,
    /// How likely it is real.
    pub confidence: Confidence,
    /// The file.
    pub path: BString,
    /// Where in the file; line 1, column 1 for a file-name finding.
    pub location: Location,
    /// In which cell of a notebook.
    pub cell: Option<Cell>,
    /// What it stands in.
    pub place: Place,
    /// The value; for a file-name finding the file's name.
    pub secret: Secret,
    /// The line around it, masked when shown.
    pub excerpt: Excerpt,
    /// Where the bytes were read.
    pub origin: Origin,
    /// The oldest commit that introduced it, where the scan knows commits.
    pub commit: Option<Arc<Introduced>>,
    /// Every place where history holds it, the oldest first; empty where the scan knows no commits.
    pub origins: Vec<Occurrence>,
    /// The secret close by of which this is the public half, as an access key's id is of the key.
    pub whole: Option<Secret>,
    /// The identity across commits and moved lines.
    pub fingerprint: Fingerprint,
    /// What to do now.
    pub remedy: Option<Arc<str>>,
}

impl Finding {
    /// Gives a finding another path at which the same value stands.
    pub fn move_to(&mut self, path: BString) {
        let is_chosen = self.fingerprint.is_of_chosen();
        self.fingerprint = Fingerprint::new(self.rule.as_str(), path.as_ref(), self.secret.expose(), is_chosen);
        self.path = path;
    }

    /// Returns what it is known as in a file where the same value stands.
    pub fn known_at(&self, path: &BStr) -> Fingerprint {
        let value = match self.place {
            // A file that is a secret by its name is known by the name it has there.
            Place::Path => path.rsplit_str("/").next().unwrap_or_default(),
            _ => self.secret.expose(),
        };
        Fingerprint::new(self.rule.as_str(), path, value, self.fingerprint.is_of_chosen())
    }

    /// Returns what findings are sorted by: path, place in the file, rule.
    pub fn sort_key(&self) -> (&BString, Location, &RuleId, &Fingerprint) {
        (&self.path, self.location, &self.rule, &self.fingerprint)
    }
}

/// What identifies a finding; the value is kept out of the path and the title, too, where it can stand as well.
impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redactor = Redactor::of([&self.secret].into_iter());
        f.debug_struct("Finding")
            .field("rule", &self.rule.as_str())
            .field("title", &redactor.text(self.title.as_bytes()))
            .field("path", &redactor.text(&self.path))
            .field("location", &self.location)
            .field("place", &self.place)
            .field("secret", &self.secret)
            .field("fingerprint", &self.fingerprint)
            .finish_non_exhaustive()
    }
}
