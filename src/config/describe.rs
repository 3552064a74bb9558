//! The settings in force, for `--print-settings`: a keyfence.toml that says the same, each value with its origin.

use std::fmt::Write;

use toml::Value;

use crate::config::settings::{SetBy, Settings};
use crate::config::size::Size;
use crate::rules::Allow;

/// Where the origins begin, so that they can be read downwards.
const COLUMN: usize = 40;

impl Settings {
    /// Returns all settings in the file's own syntax, with a comment that says where each comes from.
    pub fn describe(&self) -> String {
        let mut page = Page(self, String::new());
        match &self.baseline.value {
            Some(path) => page.key("baseline", Value::from(path.as_str()), self.baseline.set_by),
            None => page.line("# no baseline", self.baseline.set_by),
        }
        page.key("fail-on", self.fail_on.value.as_str().into(), self.fail_on.set_by);
        page.key(
            "min-confidence",
            self.min_confidence.value.as_str().into(),
            self.min_confidence.set_by,
        );
        page.title("[scan]");
        page.key("exclude", self.exclude.value.clone().into(), self.exclude.set_by);
        page.key(
            "max-file-size",
            Size(self.max_file_size.value).written().into(),
            self.max_file_size.set_by,
        );
        page.key("archives", self.archives.value.into(), self.archives.set_by);
        self.describe_rules(&mut page);
        page.1
    }

    fn describe_rules(&self, page: &mut Page<'_>) {
        if !self.switches.is_empty() {
            page.title("[rules]");
        }
        for (name, switch) in &self.switches {
            page.key(
                &Value::from(name.as_str()).to_string(),
                switch.value.as_str().into(),
                switch.set_by,
            );
        }
        for allow in &self.allow {
            page.1.push('\n');
            page.line("[[allow]]", allow.set_by);
            page.allow(&allow.value);
        }
        if !self.rules.is_empty() {
            page.title("# rules of its own");
        }
        for rule in &self.rules {
            page.line(&format!("# {}", rule.value.id), rule.set_by);
        }
    }
}

/// The text so far; writing to a string cannot fail.
struct Page<'a>(&'a Settings, String);

impl Page<'_> {
    fn line(&mut self, entry: &str, set_by: SetBy) {
        let place = self.0.place(set_by);
        let _ = writeln!(self.1, "{entry:COLUMN$} # {place}");
    }

    fn key(&mut self, key: &str, value: Value, set_by: SetBy) {
        self.line(&format!("{key} = {value}"), set_by);
    }

    fn title(&mut self, title: &str) {
        let _ = writeln!(self.1, "\n{title}");
    }

    fn allow(&mut self, allow: &Allow) {
        let lists = [
            ("rules", &allow.rules),
            ("paths", &allow.paths),
            ("secrets", &allow.secrets),
            ("patterns", &allow.patterns),
            ("commits", &allow.commits),
        ];
        let _ = writeln!(self.1, "reason = {}", Value::from(allow.reason.as_str()));
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            let _ = writeln!(self.1, "{key} = {}", Value::from(list.clone()));
        }
        if let Some(pattern) = &allow.pattern {
            let _ = writeln!(self.1, "pattern = {}", Value::from(pattern.as_str()));
        }
        if let Some(until) = allow.until {
            let _ = writeln!(self.1, "until = {until}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    const WRITTEN: &str = "fail-on = 'high'\n[scan]\nmax-file-size = '64 KiB'\n[rules]\na-key = 'off'\n'tag:pii' = 'low'\n\
         [[allow]]\nreason = 'test \"vectors\"'\npaths = ['tests/**']\npattern = 'a\\d+'\nuntil = 2027-01-31\n\
         [[rule]]\nid = 'acme-key'\ndescription = 'A'\nseverity = 'high'\nkeywords = ['ak_']\npattern = 'ak_'\n";

    #[test]
    fn each_value_is_named_with_its_origin() {
        let mut settings = Settings::parse("keyfence.toml", WRITTEN).unwrap();
        settings
            .exclude
            .override_with(Some(vec!["vendor/**".to_owned(), "*.min.js".to_owned()]));
        insta::assert_snapshot!(settings.describe(), @r#"
        # no baseline                            # default
        fail-on = "high"                         # keyfence.toml:1
        min-confidence = "medium"                # default

        [scan]
        exclude = ["vendor/**", "*.min.js"]      # flag
        max-file-size = "64 KiB"                 # keyfence.toml:3
        archives = true                          # default

        [rules]
        "a-key" = "off"                          # keyfence.toml:5
        "tag:pii" = "low"                        # keyfence.toml:6

        [[allow]]                                # keyfence.toml:7
        reason = 'test "vectors"'
        paths = ["tests/**"]
        pattern = 'a\d+'
        until = 2027-01-31

        # rules of its own
        # acme-key                               # keyfence.toml:12
        "#);
    }

    #[test]
    fn the_description_reads_back_as_the_same_settings() {
        let mut settings = Settings::parse("keyfence.toml", WRITTEN).unwrap();
        settings.fail_on.override_with(Some(Severity::Critical));
        let mut again = Settings::parse("again", &settings.describe()).unwrap();
        assert_eq!(again.fail_on.value, Severity::Critical);
        assert_eq!(again.max_file_size.value, 65_536);
        assert_eq!(again.allow[0].value, settings.allow[0].value);
        again.fail_on.set_by = settings.fail_on.set_by;
        assert_eq!(again.switches.len(), settings.switches.len());
    }
}
