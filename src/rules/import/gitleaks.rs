//! The configuration of gitleaks and of betterleaks.

use std::collections::BTreeMap;

use crate::rules::Outline;
use crate::rules::import::allowlist::{self, Allowlist, Scope};
use crate::rules::import::fields::Fields;
use crate::rules::import::literals::required;
use crate::rules::import::regex::{Translated, translate};
use crate::rules::import::{ImportError, Imported, ImportedRule, expression, known};

/// Gitleaks follows `extend.path` so far.
const DEEPEST: usize = 2;

/// Reads a configuration; `load` returns the text of a file that it extends.
///
/// # Errors
/// When it is no TOML.
pub fn gitleaks(name: &str, text: &str, load: &dyn Fn(&str) -> Option<String>) -> Result<Imported, ImportError> {
    let mut imported = Imported::default();
    let file = File::read(name, text, load, 0, &mut imported)?;
    file.carry(&mut imported);
    Ok(imported)
}

/// A configuration with all that it extends.
#[derive(Debug, Default)]
struct File {
    name: String,
    /// True when the rules that gitleaks brings along are in force.
    has_defaults: bool,
    disabled: Vec<String>,
    rules: Vec<Theirs>,
    allowlists: Vec<Allowlist>,
}

/// A rule of theirs.
#[derive(Debug, Default)]
struct Theirs {
    id: String,
    description: Option<String>,
    regex: Option<String>,
    path: Option<String>,
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

impl File {
    fn read(
        name: &str,
        text: &str,
        load: &dyn Fn(&str) -> Option<String>,
        depth: usize,
        imported: &mut Imported,
    ) -> Result<Self, ImportError> {
        let table: toml::Table = toml::from_str(text).map_err(|error| {
            ImportError(format!(
                "{name} is no TOML: {}",
                error.message().trim().replace('\n', " ")
            ))
        })?;
        let mut fields = Fields::of(table);
        let mut file = Self {
            name: name.to_owned(),
            ..Self::default()
        };
        for said in ["title", "description", "minversion", "betterleaksminversion"] {
            drop(fields.text(said));
        }
        for key in ["allowlist", "allowlists"] {
            for (index, table) in fields.tables(key).into_iter().enumerate() {
                let place = format!("{name}: {key} {}", index + 1);
                file.allowlists.push(Allowlist::read(table, &place, imported));
            }
        }
        for key in ["prefilter", "filter"] {
            if let Some(filter) = fields.text(key) {
                let place = format!("{name}: {key}");
                file.allowlists
                    .extend(expression::filter(&filter, &place, imported).allowlists);
            }
        }
        for table in fields.tables("rules") {
            let rule = Theirs::read(table, name, imported);
            file.rules.push(rule);
        }
        if let Some(extend) = fields.table("extend") {
            file.extend(extend, load, depth, imported)?;
        }
        fields.rest().into_iter().for_each(|rest| imported.remark(name, rest));
        Ok(file)
    }

    fn extend(
        &mut self,
        mut extend: Fields,
        load: &dyn Fn(&str) -> Option<String>,
        depth: usize,
        imported: &mut Imported,
    ) -> Result<(), ImportError> {
        let place = format!("{}: extend", self.name);
        self.has_defaults = extend.flag("usedefault");
        self.disabled = extend.texts("disabledrules");
        if extend.text("url").is_some() {
            imported.remark(
                &place,
                "`url` is not followed, for keyfence never talks to the network: import that file, too",
            );
        }
        if let Some(path) = extend.text("path") {
            match load(&path) {
                Some(text) if depth < DEEPEST => {
                    let base = Self::read(&path, &text, load, depth + 1, imported)?;
                    self.take_over(base);
                }
                Some(_) => imported.remark(&place, format!("`{path}` is extended too deeply, and was left out")),
                None => imported.remark(&place, format!("`{path}` could not be read, and was left out")),
            }
        }
        extend.rest().into_iter().for_each(|rest| imported.remark(&place, rest));
        Ok(())
    }

    /// What this file says counts over what it extends.
    fn take_over(&mut self, base: Self) {
        self.has_defaults |= base.has_defaults;
        self.allowlists.extend(base.allowlists);
        let disabled = std::mem::take(&mut self.disabled);
        for rule in base.rules {
            if disabled.contains(&rule.id) {
                continue;
            }
            match self.rules.iter_mut().find(|own| own.id == rule.id) {
                Some(own) => own.fill_from(rule),
                None => self.rules.push(rule),
            }
        }
        self.disabled = base.disabled;
        self.disabled.extend(disabled);
    }

    fn carry(self, imported: &mut Imported) {
        self.speak_of_defaults(imported);
        let ids = self.own_ids();
        let companions: BTreeMap<String, String> = self
            .rules
            .iter()
            .filter_map(|rule| Some((rule.id.clone(), translate(rule.regex.as_deref()?).ok()?.plain())))
            .collect();
        for rule in self.rules {
            rule.carry(&self.name, self.has_defaults, &ids, &companions, imported);
        }
        let own = |id: &str| ids.get(id).cloned();
        for (index, list) in self.allowlists.into_iter().enumerate() {
            let place = format!("{}: allowlist {}", self.name, index + 1);
            if list.rules.is_empty() {
                list.carry(&Scope::All, &place, imported);
                continue;
            }
            let rules = allowlist::ours(&list.rules, &own, &place, imported);
            if !rules.is_empty() {
                list.carry(&Scope::Rules(rules), &place, imported);
            }
        }
    }

    fn speak_of_defaults(&self, imported: &mut Imported) {
        let place = format!("{}: extend", self.name);
        if self.has_defaults {
            imported.remark(
                &place,
                "in place of the rules of gitleaks' own those of keyfence are in force",
            );
        } else {
            imported.remark(
                &self.name,
                "only its own rules were in force; keyfence's are, too, unless you switch them off under [rules]",
            );
        }
        for id in &self.disabled {
            let ours = known::counterparts(id);
            if ours.is_empty() {
                imported.remark(
                    &place,
                    format!("`disabledRules`: no rule of ours is known to stand for `{id}`"),
                );
            }
            imported.off.extend(ours);
        }
    }

    /// Returns our id of each rule that is carried as one.
    fn own_ids(&self) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        for rule in &self.rules {
            if rule.regex.is_some() || rule.path.is_some() {
                let mut id = kebab(&rule.id);
                if known::is_ours(&id) {
                    id = format!("gitleaks-{id}");
                }
                while ids.values().any(|taken| *taken == id) {
                    id.push_str("-2");
                }
                ids.insert(rule.id.clone(), id);
            }
        }
        ids
    }
}

impl Theirs {
    fn read(mut fields: Fields, name: &str, imported: &mut Imported) -> Self {
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
        let _ = fields.number("specificity");
        fields.rest().into_iter().for_each(|rest| imported.remark(&place, rest));
        rule.id = id;
        rule
    }

    /// Takes what is not said here from the rule that this one extends.
    fn fill_from(&mut self, base: Self) {
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

    fn carry(
        mut self,
        name: &str,
        has_defaults: bool,
        ids: &BTreeMap<String, String>,
        companions: &BTreeMap<String, String>,
        imported: &mut Imported,
    ) {
        let place = format!("{name}: rule `{}`", self.id);
        if let Some(filter) = self.filter.take() {
            let filtered = expression::filter(&filter, &place, imported);
            self.allowlists.extend(filtered.allowlists);
            self.entropy = self.entropy.or(filtered.entropy);
        }
        let allowlists = std::mem::take(&mut self.allowlists);
        let scope = match ids.get(&self.id) {
            _ if self.is_companion => return,
            Some(id) => match self.as_rule(id, companions, &place, imported) {
                Ok(rule) => {
                    if rule.id != self.id {
                        imported.remark(&place, format!("is called `{}` here", rule.id));
                    }
                    imported.rules.push(rule);
                    Scope::Rules(vec![id.clone()])
                }
                Err(why) => return imported.remark(&place, format!("is not carried over: {why}")),
            },
            None => match self.changes_a_default(has_defaults, &place, imported) {
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

    /// Theirs must occur somewhere in the file, ours in each match: where a match need not hold one of theirs, the
    /// pattern is tried on all of the file.
    fn find_keywords(&self, pattern: &Translated, rule: &mut ImportedRule, place: &str, imported: &mut Imported) {
        let theirs: Vec<String> = self.keywords.iter().map(|keyword| keyword.to_lowercase()).collect();
        let literals = required(&pattern.plain()).unwrap_or_default();
        let is_held =
            |literal: &String| theirs.is_empty() || theirs.iter().any(|keyword| literal.contains(keyword.as_str()));
        let is_searchable = Outline::of(&pattern.plain(), &literals).is_ok();
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

/// Writes an id as ours are written.
fn kebab(id: &str) -> String {
    let mut kebab = String::new();
    for sign in id.chars() {
        match sign.to_ascii_lowercase() {
            sign @ ('a'..='z' | '0'..='9') => kebab.push(sign),
            _ if kebab.ends_with('-') || kebab.is_empty() => {}
            _ => kebab.push('-'),
        }
    }
    let kebab = kebab.trim_end_matches('-');
    if kebab.is_empty() {
        "rule".to_owned()
    } else {
        kebab.to_owned()
    }
}
