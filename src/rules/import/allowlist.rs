//! Gitleaks' allowlists, in each of their shapes, as excludes and exceptions.
//!
//! Theirs hold by one of several conditions unless `AND` is said, an entry of ours holds by all of them: so one of
//! theirs becomes several of ours.

use crate::rules::import::fields::Fields;
use crate::rules::import::regex::translate;
use crate::rules::import::{Imported, ImportedAllow, known};

/// Whom an allowlist speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Every rule: where it names paths, they are not read.
    All,
    /// These of our rules.
    Rules(Vec<String>),
}

/// An allowlist as written, read to the letter.
#[derive(Debug, Default)]
pub(super) struct Allowlist {
    pub(super) reason: String,
    pub(super) all_must_hold: bool,
    pub(super) target: Target,
    pub(super) regexes: Vec<String>,
    pub(super) stopwords: Vec<String>,
    pub(super) paths: Vec<String>,
    pub(super) commits: Vec<String>,
    pub(super) rules: Vec<String>,
}

/// What the expressions are held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

impl Allowlist {
    pub(super) fn read(mut fields: Fields, place: &str, imported: &mut Imported) -> Self {
        let condition = fields.text("condition").unwrap_or_default().to_uppercase();
        let target = fields.text("regextarget").unwrap_or_default().to_lowercase();
        let allowlist = Self {
            reason: fields
                .text("description")
                .unwrap_or_else(|| "taken over from gitleaks".to_owned()),
            all_must_hold: matches!(condition.as_str(), "AND" | "&&"),
            target: match target.as_str() {
                "match" => Target::Match,
                "line" => Target::Line,
                _ => Target::Secret,
            },
            regexes: fields.texts("regexes"),
            stopwords: fields.texts("stopwords"),
            paths: fields.texts("paths"),
            commits: fields.texts("commits"),
            rules: fields.texts("targetrules"),
        };
        drop(fields.text("id"));
        fields.rest().into_iter().for_each(|rest| imported.remark(place, rest));
        allowlist
    }

    /// Adds what it comes to.
    pub(super) fn carry(self, scope: &Scope, place: &str, imported: &mut Imported) {
        let paths = paths(&self.paths, place, imported);
        let by_value = self.by_value(place, imported);
        if self.all_must_hold {
            return self.together(scope, paths, by_value, place, imported);
        }
        match scope {
            Scope::All => imported.exclude.extend(paths),
            Scope::Rules(_) if paths.is_empty() => {}
            Scope::Rules(_) => imported.allow.push(ImportedAllow {
                paths,
                ..self.entry(scope)
            }),
        }
        for condition in by_value {
            imported.allow.push(condition.put_into(self.entry(scope)));
        }
        if !self.commits.is_empty() {
            imported.allow.push(ImportedAllow {
                commits: self.commits.clone(),
                ..self.entry(scope)
            });
        }
    }

    /// One entry in which all must hold; it has room for one expression on the value and one on the line.
    fn together(
        &self,
        scope: &Scope,
        paths: Vec<String>,
        by_value: Vec<Condition>,
        place: &str,
        imported: &mut Imported,
    ) {
        if !self.paths.is_empty() && paths.len() < self.paths.len() {
            return imported.remark(place, "is left out as a whole, for with `AND` all of it must hold");
        }
        let mut entry = ImportedAllow {
            paths,
            commits: self.commits.clone(),
            ..self.entry(scope)
        };
        for condition in by_value {
            let is_taken = match &condition {
                Condition::Value(_) => entry.pattern.is_some(),
                Condition::Line(_) => entry.line.is_some(),
            };
            if is_taken {
                let what = "is not carried over: it asks two things of the value at once, `regexes` and `stopwords`";
                return imported.remark(place, what);
            }
            entry = condition.put_into(entry);
        }
        let says_nothing =
            entry.paths.is_empty() && entry.commits.is_empty() && entry.pattern.is_none() && entry.line.is_none();
        if says_nothing {
            return imported.remark(place, "says nothing that could be carried over");
        }
        imported.allow.push(entry);
    }

    fn entry(&self, scope: &Scope) -> ImportedAllow {
        ImportedAllow {
            reason: self.reason.clone(),
            rules: match scope {
                Scope::All => Vec::new(),
                Scope::Rules(rules) => rules.clone(),
            },
            ..ImportedAllow::default()
        }
    }

    /// What is asked of the secret or of its surroundings.
    fn by_value(&self, place: &str, imported: &mut Imported) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let regexes = expressions(&self.regexes, "expression", place, imported);
        if regexes.len() < self.regexes.len() && self.all_must_hold && regexes.is_empty() {
            imported.remark(place, "has no expression left that could be carried over");
        }
        if !regexes.is_empty() {
            if self.target == Target::Match {
                let what = "`regexTarget = \"match\"` is held against the secret's line: it may allow more, and less where a match spans lines";
                imported.remark(place, what);
            }
            conditions.push(match self.target {
                Target::Secret => Condition::Value(value_pattern(&regexes)),
                Target::Match | Target::Line => Condition::Line(regexes.join("|")),
            });
        }
        if !self.stopwords.is_empty() {
            let words: Vec<String> = self.stopwords.iter().map(|word| regex_syntax::escape(word)).collect();
            conditions.push(Condition::Value(format!("(?is:.*(?:{}).*)", words.join("|"))));
        }
        conditions
    }
}

/// A condition on the secret or on its line.
enum Condition {
    Value(String),
    Line(String),
}

impl Condition {
    fn put_into(self, entry: ImportedAllow) -> ImportedAllow {
        match self {
            Self::Value(pattern) => ImportedAllow {
                pattern: Some(pattern),
                ..entry
            },
            Self::Line(line) => ImportedAllow {
                line: Some(line),
                ..entry
            },
        }
    }
}

/// Theirs is looked for anywhere in the secret, ours must match all of it.
fn value_pattern(regexes: &[String]) -> String {
    let is_whole = |regex: &String| {
        regex.starts_with('^') && regex.ends_with('$') && !regex.ends_with("\\$") && !regex.contains('|')
    };
    match regexes {
        [only] if is_whole(only) => only[1..only.len() - 1].to_owned(),
        regexes => format!("(?s:.*)(?:{})(?s:.*)", regexes.join("|")),
    }
}

/// Translates the expressions of a list; one that is none is named by where it stands, for it may hold a secret.
fn expressions(sources: &[String], key: &str, place: &str, imported: &mut Imported) -> Vec<String> {
    let mut translated = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        match translate(source) {
            Ok(regex) => translated.push(regex.plain()),
            Err(why) => imported.remark(place, format!("{key} {} is not carried over: {why}", index + 1)),
        }
    }
    translated
}

/// Expressions on paths are written as such, behind `re:`.
pub(super) fn paths(sources: &[String], place: &str, imported: &mut Imported) -> Vec<String> {
    let regexes = expressions(sources, "path", place, imported);
    regexes.into_iter().map(|regex| format!("re:{regex}")).collect()
}

/// Returns our rules that stand for theirs; what has no counterpart is named.
pub(super) fn ours(
    theirs: &[String],
    own: &dyn Fn(&str) -> Option<String>,
    place: &str,
    imported: &mut Imported,
) -> Vec<String> {
    let mut rules = Vec::new();
    for id in theirs {
        let found = own(id).map_or_else(|| known::counterparts(id), |id| vec![id]);
        if found.is_empty() {
            imported.remark(place, format!("no rule of ours is known to stand for `{id}`"));
        }
        rules.extend(found);
    }
    rules
}
