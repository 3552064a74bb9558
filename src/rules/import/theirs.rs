//! One rule of gitleaks or betterleaks: read to the letter, and turned into one of ours.

use std::collections::BTreeMap;

use crate::rules::Outline;
use crate::rules::import::allowlist::{Allowlist, Scope};
use crate::rules::import::fields::Fields;
use crate::rules::import::literals::required;
use crate::rules::import::regex::{Translated, translate};
use crate::rules::import::{Imported, ImportedRule, expression, known};

/// A rule of theirs.
#[derive(Debug, Default)]
pub(super) struct Theirs {
    pub(super) id: String,
    description: Option<String>,
    pub(super) regex: Option<String>,
    pub(super) path: Option<String>,
    secret_group: Option<f64>,
    entropy: Option<f64>,
    keywords: Vec<String>,
    tags: Vec<String>,
    allowlists: Vec<Allowlist>,
    filter: Option<String>,
    /// Rules of which one must match close by, and within how many lines.
    required: Vec<(String, Option<f64>)>,
    is_companion: bool,
}

/// What a rule needs to know of its file.
pub(super) struct Carrier<'f> {
    pub(super) file: &'f str,
    /// True when the rules that gitleaks brings along are in force.
    pub(super) has_defaults: bool,
    /// Our id of each rule that is carried as one.
    pub(super) ids: &'f BTreeMap<String, String>,
    /// The expression of each rule, for those that must stand near another's.
    pub(super) companions: &'f BTreeMap<String, String>,
}

impl Theirs {
    pub(super) fn read(mut fields: Fields, name: &str, imported: &mut Imported) -> Self {
        let id = fields.text("id").unwrap_or_default();
        let place = format!("{name}: rule `{id}`");
        let mut rule = Self {
            description: fields.text("description"),
            regex: fields.text("regex"),
            path: fields.text("path"),
            secret_group: fields.number("secretgroup"),
            entropy: fields.number("entropy").filter(|&entropy| entropy > 0.0),
            keywords: fields.texts("keywords"),
            tags: fields.texts("tags"),
            filter: fields.text("filter"),
            is_companion: fields.flag("skipreport"),
            ..Self::default()
        };
        for key in ["allowlist", "allowlists"] {
            for table in fields.tables(key) {
                rule.allowlists.push(Allowlist::read(table, &place, imported));
            }
        }
        for mut required in fields.tables("required") {
            let lines = required.number("withinlines");
            if required.number("withincolumns").is_some() {
                imported.remark(&place, "`required`: `withinColumns` is passed over; lines count");
            }
            rule.required.extend(required.text("id").map(|id| (id, lines)));
        }
        if fields.text("validate").is_some() {
            imported.remark(&place, "`validate` asks a server, which keyfence never does");
        }
        if fields.flag("tokenefficiency") {
            imported.remark(
                &place,
                "`tokenEfficiency` is passed over; keyfence measures randomness in its own way",
            );
        }
        if fields.number("specificity").is_some() {
            imported.remark(
                &place,
                "`specificity` is passed over; where two rules meet keyfence decides in its own way",
            );
        }
        fields.rest().into_iter().for_each(|rest| imported.remark(&place, rest));
        rule.id = id;
        rule
    }

    /// Takes what is not said here from the rule that this one extends.
    pub(super) fn fill_from(&mut self, base: Self) {
        self.description = self.description.take().or(base.description);
        self.regex = self.regex.take().or(base.regex);
        self.path = self.path.take().or(base.path);
        self.secret_group = self.secret_group.or(base.secret_group);
        self.entropy = self.entropy.or(base.entropy);
        self.keywords.extend(base.keywords);
        self.tags.extend(base.tags);
        self.allowlists.extend(base.allowlists);
        self.filter = self.filter.take().or(base.filter);
        self.required.extend(base.required);
    }

    /// Adds what it comes to.
    pub(super) fn carry(mut self, carrier: &Carrier<'_>, imported: &mut Imported) {
        let place = format!("{}: rule `{}`", carrier.file, self.id);
        if let Some(filter) = self.filter.take() {
            let filtered = expression::filter(&filter, &place, imported);
            self.allowlists.extend(filtered.allowlists);
            self.entropy = self.entropy.or(filtered.entropy);
        }
        let allowlists = std::mem::take(&mut self.allowlists);
        let scope = match carrier.ids.get(&self.id) {
            _ if self.is_companion => return,
            Some(id) => match self.as_rule(id, carrier.companions, &place, imported) {
                Ok(rule) => {
                    if rule.id != self.id {
                        imported.remark(&place, format!("is called `{}` here", rule.id));
                    }
                    imported.rules.push(rule);
                    Scope::Rules(vec![id.clone()])
                }
                Err(why) => return imported.remark(&place, format!("is not carried over: {why}")),
            },
            None => match self.changes_a_default(carrier.has_defaults, &place, imported) {
                Some(rules) => Scope::Rules(rules),
                None => return,
            },
        };
        for list in allowlists {
            list.carry(&scope, &format!("{place}, allowlist"), imported);
        }
    }

    /// A block without expression and path changes a rule that gitleaks brings along.
    fn changes_a_default(&self, has_defaults: bool, place: &str, imported: &mut Imported) -> Option<Vec<String>> {
        if !has_defaults {
            imported.remark(place, "is not carried over: it has neither `regex` nor `path`");
            return None;
        }
        let changes = [
            (self.entropy.is_some(), "entropy"),
            (!self.keywords.is_empty(), "keywords"),
            (self.secret_group.is_some(), "secretGroup"),
        ];
        for (_, key) in changes.iter().filter(|(is_there, _)| *is_there) {
            imported.remark(
                place,
                format!("`{key}` changes a rule of gitleaks' own, and ours stays as it is"),
            );
        }
        let ours = known::counterparts(&self.id);
        if ours.is_empty() {
            imported.remark(
                place,
                "no rule of ours is known to stand for it, so its exceptions are left out",
            );
        }
        Some(ours).filter(|ours| !ours.is_empty())
    }

    fn as_rule(
        &self,
        id: &str,
        companions: &BTreeMap<String, String>,
        place: &str,
        imported: &mut Imported,
    ) -> Result<ImportedRule, String> {
        let mut rule = ImportedRule {
            id: id.to_owned(),
            description: self.description.clone().unwrap_or_else(|| self.id.clone()),
            entropy: self.entropy,
            tags: self.tags.clone(),
            ..ImportedRule::default()
        };
        if let Some(path) = &self.path {
            rule.paths = vec![format!("re:{}", translate(path)?.plain())];
        }
        if let Some(regex) = &self.regex {
            let translated = translate(regex)?;
            rule.pattern = Some(translated.with_secret(group(self.secret_group))?);
            self.find_keywords(&translated, &mut rule, place, imported);
        }
        rule.near = self.near(companions, place, imported);
        Ok(rule)
    }

    /// Theirs must occur somewhere in the file, ours in each match, close to its start: where a match need not hold one
    /// of theirs, or may start far before it, the pattern is tried on all of the file.
    fn find_keywords(&self, pattern: &Translated, rule: &mut ImportedRule, place: &str, imported: &mut Imported) {
        let theirs: Vec<String> = self.keywords.iter().map(|keyword| keyword.to_lowercase()).collect();
        let literals = required(&pattern.plain()).unwrap_or_default();
        let is_held =
            |literal: &String| theirs.is_empty() || theirs.iter().any(|keyword| literal.contains(keyword.as_str()));
        let outline = Outline::of(&pattern.plain(), &literals, usize::MAX);
        let is_searchable = outline.is_ok_and(|outline| outline.is_sure_of_its_lead());
        if !literals.is_empty() && literals.iter().all(is_held) && is_searchable {
            rule.keywords = literals;
            return;
        }
        rule.anywhere = true;
        if theirs.iter().all(|keyword| keyword.len() >= 2 && keyword.is_ascii()) {
            rule.keywords = theirs;
        } else {
            imported.remark(
                place,
                "its keywords are passed over, for one of them is too short or not ASCII: it may find more",
            );
        }
    }

    fn near(
        &self,
        companions: &BTreeMap<String, String>,
        place: &str,
        imported: &mut Imported,
    ) -> Option<(String, u32)> {
        let (id, lines) = self.required.first()?;
        if self.required.len() > 1 {
            imported.remark(
                place,
                "`required`: the first companion counts, the others are passed over",
            );
        }
        let Some(pattern) = companions.get(id) else {
            imported.remark(
                place,
                format!("`required`: `{id}` has no expression, and is passed over"),
            );
            return None;
        };
        if lines.is_none() {
            imported.remark(
                place,
                "`required`: without `withinLines` the companion must stand within 100 lines here",
            );
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
        let lines = lines.unwrap_or(100.0).clamp(0.0, 1000.0) as u32;
        Some((pattern.clone(), lines))
    }
}

fn group(number: Option<f64>) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first")]
    let number = number.unwrap_or(0.0).clamp(0.0, 100.0) as usize;
    number
}
