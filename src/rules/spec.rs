//! The schema of one rule block, strict: an unknown key is an error, not a silent no-op.

use serde::Deserialize;

use crate::model::{Confidence, Severity};
use crate::rules::{Allow, Called, Issuer, Outline, keyword, sample};

/// One `[[rule]]` block, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// kebab-case, issuer first, never reused.
    pub id: String,
    /// What it finds, in a few words; the finding's title.
    pub description: String,
    /// How much harm a real one does.
    pub severity: Severity,
    /// How likely a match is real; by default high for a pattern or a path, medium for an assignment or an issuer.
    pub confidence: Option<Confidence>,
    /// Literals of which one must occur, whatever its case, before anything else is tried; `<three digits in base64>`
    /// stands for all of these.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// An ASCII regular expression; the secret is group `secret` (or `secret_2`, …), else group 1, else the whole match.
    pub pattern: Option<String>,
    /// True when the pattern is tried on the whole of each text in which a keyword occurs, and of every text without
    /// keywords: for patterns that hold no keyword themselves. It costs time.
    #[serde(default)]
    pub anywhere: bool,
    /// The longest match that is looked for, in bytes, where the pattern itself says of no end.
    pub longest: Option<usize>,
    /// Words of which every match holds one behind the keyword with which it begins: where none of them follows in time,
    /// the pattern is not tried. For keywords that stand in every file.
    #[serde(default)]
    pub holds: Vec<String>,
    /// In place of `pattern` and `keywords`, which are made from it on load.
    pub issuer: Option<Issuer>,
    /// What a value must be to count: of every `name = value` around a keyword, or in the whole file where the rule has
    /// `paths` and no keywords; beside `pattern`, of its group `secret` under the name in its group `name`.
    pub assignment: Option<Assignment>,
    /// Globs: alone a file-name rule; beside `pattern` or `assignment`, where it applies; with nothing but `!` globs,
    /// where it does not.
    #[serde(default)]
    pub paths: Vec<String>,
    /// The name of an offline proof in `src/engine/checksum/`.
    pub checksum: Option<String>,
    /// The least Shannon entropy of the secret, in bits a character.
    pub entropy: Option<f32>,
    /// The least length of the secret, in bytes.
    pub min_length: Option<usize>,
    /// A companion that must stand close by.
    pub near: Option<Near>,
    /// The rules that find the secret of which this is the public half: side by side the two are one finding.
    #[serde(default)]
    pub half_of: Vec<String>,
    /// True when it finds an expression that names a secret and holds none, so that reports may show it.
    #[serde(default)]
    pub expression: bool,
    /// Exceptions that belong to the rule itself.
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// Words to switch groups of rules by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What to do now.
    pub remedy: Option<String>,
    /// What the build script read off the pattern; no key of the schema.
    #[serde(skip)]
    pub outline: Option<Outline>,
    /// Its number among the built-in rules; no key of the schema.
    #[serde(skip)]
    pub number: Option<usize>,
    /// Texts in which the rule finds exactly the marked secret; made from the shape where an issuer's rule has none.
    #[serde(default)]
    pub must_match: Vec<String>,
    /// Look-alikes in which the rule finds nothing.
    #[serde(default)]
    pub must_not_match: Vec<String>,
}

/// What the value of an assignment must be to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assignment {
    /// A value that a person may have chosen, under a password's name.
    Password,
    /// A random value, under the name of a token, a key or a secret.
    Random,
    /// What looks real by either measure, as the name asks.
    Likely,
    /// Any real value under a secret's name, in a file that holds settings and secrets.
    Named,
    /// Any real value, whatever its name, in a file that exists to hold secrets.
    Any,
    /// What looks real, whatever its name, in a file that is to hold placeholders only.
    Template,
    /// Nothing: it is enough that the name promises a secret.
    Mention,
}

/// A companion that must stand within some lines of the match.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Near {
    /// What to look for.
    pub pattern: String,
    /// How many lines away it may stand, before or after.
    pub lines: u32,
}

impl Rule {
    /// Returns how the rule is called for, under a number.
    pub fn called(&self, number: u32) -> Called<'_> {
        Called {
            rule: number,
            keywords: &self.keywords,
            holds: &self.holds,
            begins_word: self.outline.is_some_and(|outline| outline.begins_word()),
        }
    }

    /// Makes pattern, keywords and, where none is given, the remedy from the issuer, if the rule names one.
    pub(super) fn spell_out(&mut self) {
        self.keywords = keyword::spelt(&self.keywords);
        let Some(issuer) = &self.issuer else { return };
        self.pattern = Some(issuer.pattern());
        self.keywords = issuer.keywords();
        if self.remedy.is_none() {
            self.remedy = Some(format!(
                "Revoke this {} in the settings of its account, and read the new one from the environment.",
                self.description
            ));
        }
    }

    /// Makes examples from the issuer's shape, where the rule names one and has no examples of its own.
    pub(super) fn exemplify(&mut self) {
        let Some(issuer) = &self.issuer else { return };
        if !self.must_match.is_empty() || !self.must_not_match.is_empty() {
            return;
        }
        if let Some((found, silent)) = sample::examples(&self.id, issuer) {
            (self.must_match, self.must_not_match) = (found, silent);
        }
    }

    /// Tells whether a person may have chosen the values that this rule finds.
    pub fn finds_chosen_values(&self) -> bool {
        let is_random = matches!(self.assignment, None | Some(Assignment::Random | Assignment::Mention));
        !is_random || self.tags.iter().any(|tag| tag == "password")
    }

    /// Tells whether the rule looks at file names only.
    pub fn is_file_name_rule(&self) -> bool {
        self.pattern.is_none() && self.assignment.is_none() && self.issuer.is_none()
    }

    /// Returns how likely a match is real before anything else is known.
    pub fn base_confidence(&self) -> Confidence {
        let is_guess = self.assignment.is_some() || self.issuer.is_some();
        let default = if is_guess { Confidence::Medium } else { Confidence::High };
        self.confidence.unwrap_or(default)
    }
}
