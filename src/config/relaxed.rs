//! What a new configuration lets pass that the old one did not.

use crate::config::file::Switch;
use crate::config::{SetBy, Setting, Settings};

/// The line where something is said, and what it does.
type Said = (Option<u32>, String);

impl Settings {
    /// Says in what these settings are laxer than `old` ones: a line where there is one, and what it does.
    pub fn laxer_than(&self, old: &Self) -> Vec<(Option<u32>, String)> {
        let mut said = Vec::new();
        for allow in added(&self.allow, &old.allow) {
            said.push((
                line(allow),
                format!("adds an [[allow]] entry, \"{}\"", allow.value.reason),
            ));
        }
        for glob in &self.exclude.value {
            if !old.exclude.value.contains(glob) {
                said.push((line(&self.exclude), format!("excludes `{glob}` from what is read")));
            }
        }
        said.extend(self.raised(old));
        said.extend(self.narrowed(old));
        said.extend(self.switched(old));
        let is_gone = |id: &str| !self.rules.iter().any(|rule| rule.value.id == id);
        let gone = old.rules.iter().filter(|rule| is_gone(&rule.value.id));
        said.extend(gone.map(|rule| (None, format!("takes out the rule `{}`", rule.value.id))));
        said
    }

    fn raised(&self, old: &Self) -> Vec<Said> {
        let mut said = Vec::new();
        if self.fail_on.value > old.fail_on.value {
            let (from, to) = (old.fail_on.value.as_str(), self.fail_on.value.as_str());
            said.push((line(&self.fail_on), format!("raises fail-on from {from} to {to}")));
        }
        if self.min_confidence.value > old.min_confidence.value {
            let (from, to) = (old.min_confidence.value.as_str(), self.min_confidence.value.as_str());
            said.push((
                line(&self.min_confidence),
                format!("raises min-confidence from {from} to {to}"),
            ));
        }
        said
    }

    fn narrowed(&self, old: &Self) -> Vec<Said> {
        let mut said = Vec::new();
        if self.max_file_size.value < old.max_file_size.value {
            let size = self.max_file_size.value;
            said.push((
                line(&self.max_file_size),
                format!("reads no file larger than {size} bytes any more"),
            ));
        }
        if old.archives.value && !self.archives.value {
            said.push((line(&self.archives), "leaves archives unopened".to_owned()));
        }
        if self.baseline.value != old.baseline.value && self.baseline.value.is_some() {
            said.push((line(&self.baseline), "takes another baseline".to_owned()));
        }
        said
    }

    fn switched(&self, old: &Self) -> Vec<Said> {
        let before = |name: &str| {
            old.switches
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, switch)| switch.value)
        };
        let mut said = Vec::new();
        for (name, switch) in &self.switches {
            match (before(name), switch.value) {
                (before, now) if before == Some(now) => {}
                (_, Switch::Off) => said.push((line(switch), format!("turns `{name}` off"))),
                // What severity a rule has by itself is not known here, so each lower one than before is told.
                (before, now) if now.severity().is_some() && now.severity() < before.and_then(Switch::severity) => {
                    said.push((line(switch), format!("lowers `{name}` to {}", now.as_str())));
                }
                (None, Switch::Low | Switch::Medium) => {
                    said.push((line(switch), format!("sets `{name}` to {}", switch.value.as_str())));
                }
                _ => {}
            }
        }
        let is_gone = |name: &str| !self.switches.iter().any(|(other, _)| other == name);
        let has_off = self.switches.iter().any(|(_, switch)| switch.value == Switch::Off);
        let kept_on = old.switches.iter().filter(|(_, switch)| switch.value != Switch::Off);
        let gone = kept_on.filter(|(name, _)| has_off && is_gone(name));
        said.extend(gone.map(|(name, _)| (None, format!("no longer keeps `{name}` on where others are off"))));
        said
    }
}

fn line<T>(setting: &Setting<T>) -> Option<u32> {
    match setting.set_by {
        SetBy::Line(line) => u32::try_from(line).ok(),
        SetBy::Default | SetBy::Flag => None,
    }
}

fn added<'n, T: PartialEq>(new: &'n [Setting<T>], old: &'n [Setting<T>]) -> impl Iterator<Item = &'n Setting<T>> {
    new.iter()
        .filter(|entry| old.iter().all(|known| known.value != entry.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laxer(old: &str, new: &str) -> String {
        let [old, new] = [old, new].map(|text| Settings::parse("keyfence.toml", text).unwrap());
        let said = new.laxer_than(&old).into_iter();
        said.map(|(line, what)| format!("{} {what}\n", line.unwrap_or(0)))
            .collect()
    }

    #[test]
    fn each_way_to_look_less_closely_is_told() {
        let new = "fail-on = 'high'\nmin-confidence = 'high'\n[scan]\nexclude = ['vendor/']\nmax-file-size = '1 kB'\n\
                   archives = false\n[rules]\ngithub-pat = 'off'\n[[allow]]\nreason = 'sample'\npaths = ['a']\n";
        insta::assert_snapshot!(laxer("", new), @r#"
        9 adds an [[allow]] entry, "sample"
        4 excludes `vendor/` from what is read
        1 raises fail-on from medium to high
        2 raises min-confidence from medium to high
        5 reads no file larger than 1000 bytes any more
        6 leaves archives unopened
        8 turns `github-pat` off
        "#);
    }

    #[test]
    fn what_was_so_before_or_is_stricter_now_is_no_news() {
        let lax = "fail-on = 'high'\n[scan]\nexclude = ['a', 'b']\n[rules]\ngithub-pat = 'off'\n";
        assert_eq!(laxer(lax, lax), "");
        assert_eq!(laxer(lax, "[scan]\nexclude = ['b']\n"), "");
    }

    #[test]
    fn a_rule_that_was_kept_on_among_others_that_are_off_is_told_when_it_is_not_named_any_more() {
        let off = "[rules]\n'tag:built-in' = 'off'\n";
        let told = laxer(&format!("{off}jwt = 'on'\n"), off);
        assert_eq!(told, "0 no longer keeps `jwt` on where others are off\n");
        assert_eq!(laxer("[rules]\njwt = 'on'\n", ""), "");
    }

    #[test]
    fn a_rule_of_ones_own_that_is_gone_is_told() {
        let rule = "[[rule]]\nid = 'acme'\ndescription = 'D'\nseverity = 'low'\nkeywords = ['xx']\npattern = 'xx'\n";
        assert_eq!(laxer(rule, ""), "0 takes out the rule `acme`\n");
    }
}
