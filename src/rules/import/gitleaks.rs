//! The configuration of gitleaks and of betterleaks.

use std::collections::BTreeMap;

use crate::rules::import::allowlist::{self, Allowlist, Scope};
use crate::rules::import::fields::Fields;
use crate::rules::import::regex::translate;
use crate::rules::import::theirs::{Carrier, Theirs};
use crate::rules::import::{ImportError, Imported, expression, known};
use crate::rules::is_built_in;

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
        let carrier = Carrier {
            file: &self.name,
            has_defaults: self.has_defaults,
            ids: &ids,
            companions: &companions,
        };
        for rule in self.rules {
            rule.carry(&carrier, imported);
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
                "in place of the rules and exceptions of gitleaks' own those of keyfence are in force",
            );
            // Of those exceptions this one is about the tool itself: its configuration names what it allows.
            imported.exclude.push("re:gitleaks\\.toml".to_owned());
        } else if self.rules.is_empty() {
            imported.remark(
                &self.name,
                "neither has rules nor extends those of gitleaks, which found nothing by it; keyfence's own are in force",
            );
        } else {
            imported.remark(
                &self.name,
                "only its own rules were in force; here keyfence's are, too, unless [rules] says `\"tag:built-in\" = \"off\"`",
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
                if is_built_in(&id) {
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
