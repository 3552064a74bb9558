//! What a configuration does to the rules, and what it says that means nothing.

use crate::config::ConfigError;
use crate::config::check::nearest;
use crate::config::file::Switch;
use crate::config::settings::{SetBy, Setting, Settings};
use crate::model::{Day, Outcome, Reason, Severity};
use crate::rules::{Allow, Rule, RuleSet, is_built_in};

/// The tag that every rule has which is part of the program.
const BUILT_IN: &str = "tag:built-in";

impl Settings {
    /// Puts the project's own rules and its switches into force, and returns a warning for each name that means nothing.
    ///
    /// # Errors
    /// When a rule of the project's own is broken.
    pub fn apply_to(&self, set: &mut RuleSet) -> Result<Vec<String>, ConfigError> {
        self.add_own_rules(set)?;
        let name = self.file.as_deref().unwrap_or_default();
        let mut warnings = self.meaningless(set);
        if !self.switches.is_empty() {
            set.retain(|rule, severity| self.switch(rule, severity));
        }
        if set.is_empty() {
            warnings.push(format!("{name}: every rule is off, so nothing can be found."));
        }
        Ok(warnings)
    }

    /// Adds the project's own rules and leaves the others as they are.
    ///
    /// # Errors
    /// When one of them is broken.
    pub fn add_own_rules(&self, set: &mut RuleSet) -> Result<(), ConfigError> {
        let name = self.file.as_deref().unwrap_or_default();
        let own = self.rules.iter().map(|rule| rule.value.clone()).collect();
        set.add(name, &self.text, own).map_err(|error| {
            ConfigError::new(
                format!("{error}."),
                "mend the rule; an id can be changed freely while no baseline names it.",
            )
        })
    }

    /// Returns a warning for each allow entry that held nothing back; only a scan of everything can tell.
    ///
    /// Of one whose last day is over that is said already.
    pub fn unused_allows(&self, outcome: &Outcome, today: Day) -> Vec<String> {
        let number = |reason: &Reason| match reason {
            Reason::Allow(number, _) => Some(*number),
            Reason::Baseline | Reason::Comment(_) | Reason::PushOption(_) => None,
        };
        let mut is_used = vec![false; self.allow.len()];
        for used in outcome.suppressed.iter().filter_map(|held| number(&held.reason)) {
            if let Some(is_used) = is_used.get_mut(used) {
                *is_used = true;
            }
        }
        let is_unused = |(allow, is_used): &(&Setting<Allow>, bool)| !is_used && !allow.value.is_over(Some(today));
        let unused = self.allow.iter().zip(is_used).filter(is_unused);
        let warning = |place: String, reason: &str| {
            format!("{place}: the allow entry \"{reason}\" held nothing back; take it out if it is no longer needed.")
        };
        unused
            .map(|(allow, _)| warning(self.place(allow.set_by), &allow.value.reason))
            .collect()
    }

    /// Returns a warning for each allow entry whose last day is over.
    pub fn expired_allows(&self, today: Day) -> Vec<String> {
        let expired = self.allow.iter().filter(|allow| allow.value.is_over(Some(today)));
        let warning = |allow: &Setting<Allow>| {
            let until = allow.value.until.map(|until| until.to_string()).unwrap_or_default();
            let (place, reason) = (self.place(allow.set_by), &allow.value.reason);
            format!("{place}: the allow entry \"{reason}\" counted until {until} and counts no longer.")
        };
        expired.map(warning).collect()
    }

    /// Returns the paths of each allow entry that nothing but paths bounds, and none for the others.
    pub fn wide_allows(&self) -> Vec<&[String]> {
        let is_wide = |allow: &Allow| {
            let others = [&allow.rules, &allow.secrets, &allow.patterns, &allow.commits];
            others.into_iter().all(Vec::is_empty) && allow.pattern.is_none()
        };
        let wide = |allow| if is_wide(allow) { allow.paths.as_slice() } else { &[] };
        self.allow.iter().map(|allow| wide(&allow.value)).collect()
    }

    /// Returns a warning for each allow entry that covers more than half of all files, whatever is in them.
    pub fn broad_allows(&self, covered: &[u64], all: u64) -> Vec<String> {
        const FEW: u64 = 20;
        let broad = self
            .allow
            .iter()
            .zip(covered)
            .filter(|&(_, &covered)| all >= FEW && covered * 2 > all);
        let warning = |(allow, covered): (&Setting<Allow>, &u64)| {
            let (place, reason) = (self.place(allow.set_by), &allow.value.reason);
            format!(
                "{place}: the allow entry \"{reason}\" covers {covered} of {all} files, whatever is in them; say more closely what it means."
            )
        };
        broad.map(warning).collect()
    }

    /// Returns what is unwise about the switches, a sentence each.
    pub fn lint(&self) -> Vec<String> {
        let off = self
            .switches
            .iter()
            .filter(|(name, switch)| name == BUILT_IN && switch.value == Switch::Off);
        let warning = |(_, switch): &(String, Setting<Switch>)| {
            let (place, own) = (self.place(switch.set_by), self.rules.len());
            format!(
                "{place}: `{BUILT_IN}` is off, so nothing is found but by the project's own rules, of which there are {own}"
            )
        };
        off.map(warning).collect()
    }

    /// Returns a warning for each rule id and tag that there is not.
    fn meaningless(&self, set: &RuleSet) -> Vec<String> {
        let switches = self.switches.iter().map(|(name, switch)| (name, switch.set_by));
        let switches = switches.filter(|(name, _)| *name != BUILT_IN);
        let mut warnings = Vec::new();
        for (name, set_by) in switches.chain(self.allow.iter().flat_map(rules_of)) {
            let place = self.place(set_by);
            warnings.extend(unknown(name, set).map(|problem| format!("{place}: {problem}")));
        }
        warnings
    }

    /// Gives a rule its severity and tells whether it stays in force.
    ///
    /// Its id decides; without a word on that its tags do, among which `off` is strongest, then the highest severity;
    /// and without a word on those it is as all that are part of the program.
    fn switch(&self, rule: &Rule, severity: &mut Severity) -> bool {
        let by_tag = || {
            rule.tags
                .iter()
                .filter_map(|tag| self.switch_of(&format!("tag:{tag}")))
                .max_by_key(strength)
        };
        let as_built_in = || self.switch_of(BUILT_IN).filter(|_| is_built_in(&rule.id));
        let switch = self.switch_of(&rule.id).or_else(by_tag).or_else(as_built_in);
        if let Some(other) = switch.and_then(Switch::severity) {
            *severity = other;
        }
        switch != Some(Switch::Off)
    }

    fn switch_of(&self, name: &str) -> Option<Switch> {
        let switch = self.switches.iter().find(|(other, _)| other == name);
        switch.map(|(_, switch)| switch.value)
    }
}

/// Returns the rules that an allow entry names, each with the entry's place.
fn rules_of(allow: &Setting<Allow>) -> impl Iterator<Item = (&String, SetBy)> {
    allow.value.rules.iter().map(|name| (name, allow.set_by))
}

/// Orders what several tags say of one rule.
fn strength(switch: &Switch) -> (bool, Option<Severity>) {
    (*switch == Switch::Off, switch.severity())
}

/// Says that a name means nothing and which one was perhaps meant.
fn unknown(name: &str, set: &RuleSet) -> Option<String> {
    let (kind, meant) = match name.strip_prefix("tag:") {
        Some(tag) if set.tags().contains_key(tag) => return None,
        Some(tag) => (
            "tag",
            nearest(tag, set.tags().into_keys()).map(|tag| format!("tag:{tag}")),
        ),
        None if set.get(name).is_some() => return None,
        None => (
            "rule",
            nearest(name, set.iter().map(|rule| rule.id.as_str())).map(str::to_owned),
        ),
    };
    let meant = meant.map_or_else(|| ".".to_owned(), |meant| format!("; did you mean `{meant}`?"));
    Some(format!("there is no {kind} `{name}`{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coverage, Finding};

    fn rules(config: &str) -> (RuleSet, Vec<String>) {
        let mut set = RuleSet::default();
        for (id, tags) in [("a-key", "'pii', 'cloud'"), ("b-key", "'pii'"), ("c-key", "")] {
            let text = format!(
                "[[rule]]\nid = '{id}'\ndescription = 'D'\nseverity = 'high'\nkeywords = ['ak_']\npattern = 'ak_'\ntags = [{tags}]\n"
            );
            set.add_toml("built-in.toml", &text).unwrap();
        }
        let warnings = Settings::parse("keyfence.toml", config)
            .unwrap()
            .apply_to(&mut set)
            .unwrap();
        (set, warnings)
    }

    fn in_force(config: &str) -> String {
        let (set, _) = rules(config);
        let rules: Vec<String> = set
            .iter()
            .map(|rule| format!("{} {}", rule.id, rule.severity.as_str()))
            .collect();
        rules.join(", ")
    }

    #[test]
    fn a_rule_is_switched_by_its_id() {
        assert_eq!(
            in_force("[rules]\nb-key = 'off'\nc-key = 'low'"),
            "a-key high, c-key low"
        );
    }

    #[test]
    fn a_tag_switches_its_rules_and_an_id_wins_over_it() {
        assert_eq!(in_force("[rules]\n'tag:pii' = 'off'"), "c-key high");
        assert_eq!(
            in_force("[rules]\n'tag:pii' = 'off'\na-key = 'on'"),
            "a-key high, c-key high"
        );
        assert_eq!(
            in_force("[rules]\n'tag:pii' = 'low'\nb-key = 'critical'"),
            "a-key low, b-key critical, c-key high"
        );
    }

    #[test]
    fn what_is_part_of_the_program_can_be_switched_all_at_once_but_for_what_is_named() {
        let own = "[[rule]]\nid = 'acme-key'\ndescription = 'D'\nseverity = 'low'\nkeywords = ['xx']\npattern = 'xx'\n";
        let of = |switches: &str| {
            let mut set = RuleSet::builtin();
            let settings = Settings::parse("keyfence.toml", &format!("[rules]\n{switches}\n{own}")).unwrap();
            assert_eq!(settings.apply_to(&mut set).unwrap(), [""; 0]);
            (
                set.iter().map(|rule| rule.id.clone()).collect::<Vec<_>>(),
                set.is_own_alone(),
                settings.lint(),
            )
        };
        let (ids, is_own_alone, lint) = of("'tag:built-in' = 'off'");
        assert_eq!((ids, is_own_alone), (vec!["acme-key".to_owned()], true));
        insta::assert_snapshot!(lint.join("\n"), @"keyfence.toml:2: `tag:built-in` is off, so nothing is found but by the project's own rules, of which there are 1");
        let (ids, is_own_alone, _) = of("'tag:built-in' = 'off'\njwt = 'on'");
        assert_eq!(
            (ids, is_own_alone),
            (vec!["jwt".to_owned(), "acme-key".to_owned()], false)
        );
        let (ids, _, lint) = of("'tag:built-in' = 'off'\n'tag:exposure' = 'low'");
        assert!(ids.len() > 2 && lint.len() == 1, "{ids:?}");
    }

    #[test]
    fn of_several_tags_off_is_strongest_then_the_highest_severity() {
        assert_eq!(
            in_force("[rules]\n'tag:pii' = 'critical'\n'tag:cloud' = 'off'"),
            "b-key critical, c-key high"
        );
        assert_eq!(
            in_force("[rules]\n'tag:pii' = 'low'\n'tag:cloud' = 'medium'"),
            "a-key medium, b-key low, c-key high"
        );
    }

    #[test]
    fn names_that_mean_nothing_are_warned_about_with_what_was_meant() {
        let (_, warnings) =
            rules("[rules]\na-kye = 'off'\n'tag:pi' = 'low'\n\n[[allow]]\nreason = 'x'\nrules = ['b-key', 'zebra']\n");
        insta::assert_snapshot!(warnings.join("\n"), @"
        keyfence.toml:2: there is no rule `a-kye`; did you mean `a-key`?
        keyfence.toml:3: there is no tag `tag:pi`; did you mean `tag:pii`?
        keyfence.toml:5: there is no rule `zebra`.
        ");
    }

    #[test]
    fn a_set_without_rules_is_warned_about() {
        let (_, warnings) = rules("[rules]\na-key = 'off'\nb-key = 'off'\nc-key = 'off'");
        insta::assert_snapshot!(warnings.join("\n"), @"keyfence.toml: every rule is off, so nothing can be found.");
    }

    #[test]
    fn a_rule_of_ones_own_counts_and_one_with_a_taken_id_is_an_error() {
        let own = |id: &str| {
            format!("\n[[rule]]\nid = '{id}'\ndescription = 'D'\nseverity = 'low'\nkeywords = ['xx']\npattern = 'xx'\n")
        };
        assert_eq!(
            in_force(&own("acme-key")),
            "a-key high, b-key high, c-key high, acme-key low"
        );
        let (mut set, _) = rules("");
        let settings = Settings::parse("keyfence.toml", &own("b-key")).unwrap();
        let error = settings.apply_to(&mut set).unwrap_err();
        insta::assert_snapshot!(error.what, @"keyfence.toml:3: rule `b-key`: this id is taken; every rule needs one of its own.");
    }

    #[test]
    fn an_allow_entry_that_held_nothing_back_is_warned_about() {
        let settings = Settings::parse(
            "keyfence.toml",
            "[[allow]]\nreason = 'vectors'\npaths = ['a']\n\n[[allow]]\nreason = 'demo'\npaths = ['b']\n",
        )
        .unwrap();
        let mut outcome = Outcome::default();
        outcome.suppressed.push(held(Reason::Allow(0, "vectors".into())));
        outcome.suppressed.push(held(Reason::Allow(7, "from elsewhere".into())));
        let day = "2026-01-02".parse().unwrap();
        assert_eq!(outcome.coverage, Coverage::default());
        insta::assert_snapshot!(settings.unused_allows(&outcome, day).join("\n"), @r#"keyfence.toml:5: the allow entry "demo" held nothing back; take it out if it is no longer needed."#);
    }

    fn held(reason: Reason) -> crate::model::Suppressed {
        use crate::model::{Confidence, Excerpt, Fingerprint, Location, Origin, Place, RuleId, Secret};
        let finding = Finding {
            rule: RuleId::new("a-key"),
            title: "A".into(),
            severity: Severity::High,
            confidence: Confidence::High,
            path: "a".into(),
            location: Location::default(),
            place: Place::Content,
            secret: Secret::new("v"),
            excerpt: Excerpt::default(),
            origin: Origin::Index,
            commit: None,
            origins: Vec::new(),
            whole: None,
            cell: None,
            fingerprint: Fingerprint::new("a-key", "a".into(), b"v", false),
            remedy: None,
        };
        crate::model::Suppressed { finding, reason }
    }
}
