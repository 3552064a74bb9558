//! The settings as they count: defaults, the file over them, flags over both, each knowing who set it.

use std::path::Path;

use toml::Spanned;

use crate::config::ConfigError;
use crate::config::check;
use crate::config::file::{self, Switch, Written, line_of};
use crate::model::{Confidence, Severity};
use crate::rules::{Allow, Rule};

/// A value and who set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value that counts.
    pub value: T,
    /// Who set it.
    pub set_by: SetBy,
}

/// Who set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// Nobody: it is the default.
    Default,
    /// A line of the configuration file.
    Line(usize),
    /// The command line.
    Flag,
}

/// Everything that a project or a command line can say, as it counts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The configuration file, as it is named in messages.
    pub file: Option<String>,
    /// The severity from which on a finding blocks.
    pub fail_on: Setting<Severity>,
    /// The confidence from which on a finding is reported at all.
    pub min_confidence: Setting<Confidence>,
    /// Globs of paths that are not read.
    pub exclude: Setting<Vec<String>>,
    /// The size in bytes above which a file is skipped.
    pub max_file_size: Setting<u64>,
    /// Whether archives are opened.
    pub archives: Setting<bool>,
    /// The file of accepted findings.
    pub baseline: Setting<Option<String>>,
    /// The project's exceptions; [`Reason::Allow`](crate::model::Reason::Allow) names them by their number here.
    pub allow: Vec<Setting<Allow>>,
    /// What the project says of rules and tags, by name.
    pub(super) switches: Vec<(String, Setting<Switch>)>,
    /// The project's own rules.
    pub(super) rules: Vec<Setting<Rule>>,
    /// The file's text, in which a rule's errors are located.
    pub(super) text: String,
}

impl<T> Setting<T> {
    /// Takes a flag's value over whatever stood here, if the flag was given.
    pub fn override_with(&mut self, flag: Option<T>) {
        if let Some(value) = flag {
            self.value = value;
            self.set_by = SetBy::Flag;
        }
    }

    const fn default(value: T) -> Self {
        Self {
            value,
            set_by: SetBy::Default,
        }
    }

    fn written(text: &str, written: Spanned<T>) -> Self {
        Self {
            set_by: SetBy::Line(line_of(text, written.span().start)),
            value: written.into_inner(),
        }
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: change(self.value),
            set_by: self.set_by,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            file: None,
            fail_on: Setting::default(Severity::Medium),
            min_confidence: Setting::default(Confidence::Medium),
            exclude: Setting::default(Vec::new()),
            max_file_size: Setting::default(100_000_000),
            archives: Setting::default(true),
            baseline: Setting::default(None),
            allow: Vec::new(),
            switches: Vec::new(),
            rules: Vec::new(),
            text: String::new(),
        }
    }
}

impl Settings {
    /// Reads the configuration at a repository's root; without one the defaults count.
    ///
    /// # Errors
    /// When there are two, or the one cannot be read to the letter.
    pub fn load(root: &Path) -> Result<Self, ConfigError> {
        match file::find(root)? {
            None => Ok(Self::default()),
            Some(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                Self::parse(&name, &file::read(&path)?)
            }
        }
    }

    /// Reads the configuration file that somebody named.
    ///
    /// # Errors
    /// When it cannot be read to the letter.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&path.to_string_lossy(), &file::read(path)?)
    }

    /// Reads a configuration from its text, wherever that was found; `name` stands in messages.
    ///
    /// # Errors
    /// When it cannot be read to the letter.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let written = file::parse(name, text)?;
        let settings = Self::over_defaults(name, text, written);
        check::settings(&settings)?;
        Ok(settings)
    }

    fn over_defaults(name: &str, text: &str, file: Written) -> Self {
        let default = Self::default();
        let switch = |(name, switch): (Spanned<String>, Switch)| {
            let name = Setting::written(text, name);
            (name.value.clone(), name.map(|_| switch))
        };
        let size = file
            .scan
            .max_file_size
            .map(|size| Setting::written(text, size).map(|size| size.0));
        let baseline = file.baseline.map(|path| Setting::written(text, path).map(Some));
        Self {
            file: Some(name.to_owned()),
            fail_on: over(default.fail_on, text, file.fail_on),
            min_confidence: over(default.min_confidence, text, file.min_confidence),
            exclude: over(default.exclude, text, file.scan.exclude),
            max_file_size: size.unwrap_or(default.max_file_size),
            archives: over(default.archives, text, file.scan.archives),
            baseline: baseline.unwrap_or(default.baseline),
            allow: file
                .allow
                .into_iter()
                .map(|allow| Setting::written(text, allow))
                .collect(),
            switches: file.rules.into_iter().map(switch).collect(),
            rules: file.rule.into_iter().map(|rule| Setting::written(text, rule)).collect(),
            text: text.to_owned(),
        }
    }

    /// Returns the name of the baseline, relative to the root.
    pub fn baseline_name(&self, default: &str) -> String {
        let name = self.baseline.value.as_deref().unwrap_or(default);
        name.trim_start_matches("./").to_owned()
    }

    /// Returns the exceptions alone, as the engine takes them.
    pub fn allows(&self) -> Vec<Allow> {
        self.allow.iter().map(|allow| allow.value.clone()).collect()
    }

    /// Names the place where something was set: `default`, `flag`, or the file and the line.
    pub(super) fn place(&self, set_by: SetBy) -> String {
        match set_by {
            SetBy::Default => "default".to_owned(),
            SetBy::Flag => "flag".to_owned(),
            SetBy::Line(line) => format!("{}:{line}", self.file.as_deref().unwrap_or_default()),
        }
    }
}

/// Takes what the file says over the default, if it says anything.
fn over<T>(default: Setting<T>, text: &str, written: Option<Spanned<T>>) -> Setting<T> {
    written.map_or(default, |written| Setting::written(text, written))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Settings {
        Settings::parse("keyfence.toml", text).unwrap()
    }

    fn error(text: &str) -> String {
        let error = Settings::parse("keyfence.toml", text).unwrap_err();
        format!("{}\nhint: {}", error.what, error.hint)
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        let settings = parse("");
        assert_eq!(settings.fail_on, Setting::default(Severity::Medium));
        assert_eq!(settings.max_file_size, Setting::default(100_000_000));
        assert_eq!(settings.file.as_deref(), Some("keyfence.toml"));
    }

    #[test]
    fn every_key_is_read_with_its_line() {
        let settings = parse(
            "baseline = '.keyfence-baseline'\nfail-on = 'high'\nmin-confidence = 'low'\n\n\
             [scan]\nexclude = ['vendor/**']\nmax-file-size = '1 MiB'\narchives = false\n",
        );
        let line = |line, value: &str| (value.to_owned(), SetBy::Line(line));
        let said = [
            (format!("{:?}", settings.baseline.value), settings.baseline.set_by),
            (settings.fail_on.value.as_str().to_owned(), settings.fail_on.set_by),
            (
                settings.min_confidence.value.as_str().to_owned(),
                settings.min_confidence.set_by,
            ),
            (settings.exclude.value.join(" "), settings.exclude.set_by),
            (settings.max_file_size.value.to_string(), settings.max_file_size.set_by),
            (settings.archives.value.to_string(), settings.archives.set_by),
        ];
        let expected = [
            line(1, "Some(\".keyfence-baseline\")"),
            line(2, "high"),
            line(3, "low"),
            line(6, "vendor/**"),
            line(7, "1048576"),
            line(8, "false"),
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_flag_wins_over_the_file_and_no_flag_does_not() {
        let mut settings = parse("fail-on = 'high'");
        settings.fail_on.override_with(None);
        assert_eq!(
            (settings.fail_on.value, settings.fail_on.set_by),
            (Severity::High, SetBy::Line(1))
        );
        settings.fail_on.override_with(Some(Severity::Low));
        assert_eq!(
            (settings.fail_on.value, settings.fail_on.set_by),
            (Severity::Low, SetBy::Flag)
        );
    }

    #[test]
    fn a_misspelt_key_is_an_error_with_its_line_and_what_was_meant() {
        insta::assert_snapshot!(error("fail-on = 'high'\n[scan]\nexcludes = []\n"), @"
        keyfence.toml:3: unknown field `excludes`, expected one of `exclude`, `max-file-size`, `archives`.
        hint: did you mean `exclude`?
        ");
        insta::assert_snapshot!(error("fail-on = 'hihg'"), @"
        keyfence.toml:1: unknown variant `hihg`, expected one of `low`, `medium`, `high`, `critical`.
        hint: did you mean `high`?
        ");
        insta::assert_snapshot!(error("[rules]\ngithub-pat = 'of'"), @"
        keyfence.toml:2: unknown variant `of`, expected one of `on`, `off`, `low`, `medium`, `high`, `critical`.
        hint: did you mean `off`?
        ");
        insta::assert_snapshot!(error("exclude = ['vendor/**']"), @"
        keyfence.toml:1: unknown field `exclude`, expected one of `baseline`, `fail-on`, `min-confidence`, `scan`, `rules`, `allow`, `rule`.
        hint: `exclude` belongs under [scan].
        ");
    }

    #[test]
    fn a_file_that_is_no_toml_is_an_error_with_its_line() {
        insta::assert_snapshot!(error("fail-on = 'high'\nbaseline = \n"), @"
        keyfence.toml:2: string values must be quoted, expected literal string.
        hint: mend that line; until then nothing is scanned, for a guard without its orders is none.
        ");
        insta::assert_snapshot!(error("[scan]\nmax-file-size = 'huge'"), @r#"
        keyfence.toml:2: a size is written like "100 MB", "64 KiB" or as a number of bytes.
        hint: mend that line; until then nothing is scanned, for a guard without its orders is none.
        "#);
        insta::assert_snapshot!(error("[scan]\narchives = 'yes'"), @r#"
        keyfence.toml:2: invalid type: string "yes", expected a boolean.
        hint: mend that line; until then nothing is scanned, for a guard without its orders is none.
        "#);
    }

    #[test]
    fn an_allow_entry_without_reason_or_end_is_an_error_with_its_line() {
        insta::assert_snapshot!(error("fail-on = 'high'\n\n[[allow]]\npaths = ['tests/**']\n"), @"
        keyfence.toml:3: missing field `reason`.
        hint: say in a few words why it is no secret, or why it is accepted; somebody will ask.
        ");
        insta::assert_snapshot!(error("[[allow]]\nreason = ' '\npaths = ['tests/**']\n"), @"
        keyfence.toml:1: an allow entry needs a reason.
        hint: say in a few words why it is no secret, or why it is accepted; somebody will ask.
        ");
        insta::assert_snapshot!(error("\n[[allow]]\nreason = 'we like it'\n"), @"
        keyfence.toml:2: this allow entry would allow everything.
        hint: say which it means with `rules`, `paths`, `secrets`, `pattern` or `line`.
        ");
        insta::assert_snapshot!(error("[[allow]]\nreason = 'x'\npaths = ['a']\n[[allow]]\nreason = 'x'\npattern = 'a('"), @"
        keyfence.toml:4: the pattern `a(` cannot be read: unclosed group.
        hint: it is an ASCII regular expression that the whole value must match.
        ");
        insta::assert_snapshot!(error("[[allow]]\nreason = 'x'\nsecrets = ['hunter22']\n"), @"
        keyfence.toml:1: `secrets` holds fingerprints, which look like kf1:1f0c22a9-5be301.
        hint: copy the fingerprint from a report; a secret itself does not belong here.
        ");
    }

    #[test]
    fn a_broken_rule_or_exclude_is_an_error_with_its_line() {
        let rule = "[[rule]]\nid = 'acme-key'\ndescription = 'A'\nseverity = 'high'\nkeywords = ['ak_']\n";
        insta::assert_snapshot!(error(&format!("fail-on = 'high'\n{rule}pattern = 'ak_[a'\n")), @"
        keyfence.toml:2: rule `acme-key`: the pattern `ak_[a` cannot be read: unclosed character class.
        hint: patterns are ASCII regular expressions, globs as in a .gitignore.
        ");
        insta::assert_snapshot!(error(&format!("{rule}pattern = 'ak_'\nseverety = 'low'\n")), @"
        keyfence.toml:7: unknown field `severety`, expected one of `id`, `description`, `severity`, `confidence`, `keywords`, `pattern`, `anywhere`, `longest`, `holds`, `issuer`, `assignment`, `paths`, `checksum`, `entropy`, `min-length`, `near`, `half-of`, `expression`, `allow`, `tags`, `remedy`, `must-match`, `must-not-match`.
        hint: did you mean `severity`?
        ");
        insta::assert_snapshot!(error("[scan]\nexclude = ['ok', 'a[b']\n"), @"
        keyfence.toml:2: the glob `a[b` cannot be read: unclosed character class; missing ']'.
        hint: write it as in a .gitignore.
        ");
    }

    #[test]
    fn two_files_are_an_error_and_none_is_not() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(Settings::load(root.path()).unwrap().file, None);
        std::fs::write(root.path().join(".keyfence.toml"), "fail-on = 'low'").unwrap();
        let settings = Settings::load(root.path()).unwrap();
        assert_eq!(
            (settings.fail_on.value, settings.file.as_deref()),
            (Severity::Low, Some(".keyfence.toml"))
        );
        std::fs::write(root.path().join("keyfence.toml"), "").unwrap();
        let error = Settings::load(root.path()).unwrap_err();
        assert_eq!(error.what, "Both keyfence.toml and .keyfence.toml are there.");
    }

    #[test]
    fn a_file_that_is_there_and_cannot_be_read_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("keyfence.toml");
        std::fs::create_dir(&path).unwrap();
        let error = Settings::load(root.path()).unwrap_err();
        assert!(
            error.what.ends_with("cannot be read: it is no regular file."),
            "{error}"
        );
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, b"baseline = '\xff'").unwrap();
        let error = Settings::load(root.path()).unwrap_err();
        assert!(error.what.ends_with("cannot be read: it is no UTF-8 text."), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_or_to_a_device_is_an_error_and_no_missing_file() {
        for target in ["nowhere", "/dev/zero"] {
            let root = tempfile::tempdir().unwrap();
            std::os::unix::fs::symlink(target, root.path().join("keyfence.toml")).unwrap();
            assert!(Settings::load(root.path()).is_err(), "{target}");
        }
    }
}
