//! What a schema cannot say of a configuration: that a pattern compiles, that an exception has an end.

use regex::bytes::RegexBuilder;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::config::ConfigError;
use crate::config::settings::{SetBy, Settings};
use crate::model::Fingerprint;
use crate::rules::{Allow, Paths, Rule};

/// Globs and patterns that hold for everything, and so bound nothing.
const BOUNDLESS: &[&str] = &[
    "*", "**", "/", "/*", "/**", "**/*", "**/**", "re:.*", "re:.+", "re:.", "re:^", "", ".*", ".+", "(.*)", "(.+)",
    "(?s).*", "(?s).+",
];

/// What to do about an allow entry without a reason.
pub(super) const REASON_HINT: &str =
    "say in a few words why it is no secret, or why it is accepted; somebody will ask.";

/// Finds what is wrong with settings beyond their schema.
pub(super) fn settings(settings: &Settings) -> Result<(), ConfigError> {
    let refuse = |set_by: SetBy, problem: &str, hint: &str| {
        let place = settings.place(set_by);
        Err(ConfigError::new(format!("{place}: {problem}."), hint))
    };
    if let Err(error) = Paths::new(&settings.exclude.value) {
        return refuse(
            settings.exclude.set_by,
            &error.to_string(),
            "write it as in a .gitignore.",
        );
    }
    for allow in &settings.allow {
        if let Some((problem, hint)) = allow_problem(&allow.value) {
            return refuse(allow.set_by, &problem, hint);
        }
    }
    for rule in &settings.rules {
        if let Some(problem) = rule_problem(&rule.value) {
            let problem = format!("rule `{}`: {problem}", rule.value.id);
            return refuse(
                rule.set_by,
                &problem,
                "patterns are ASCII regular expressions, globs as in a .gitignore.",
            );
        }
    }
    Ok(())
}

/// Returns what is wrong with an allow entry, and what to do about it.
fn allow_problem(allow: &Allow) -> Option<(String, &'static str)> {
    if allow.reason.trim().is_empty() {
        return Some(("an allow entry needs a reason".to_owned(), REASON_HINT));
    }
    if !is_bounded(allow) {
        let hint = "say which it means with `rules`, `paths`, `secrets`, `pattern` or `line`.";
        return Some(("this allow entry would allow everything".to_owned(), hint));
    }
    if let Err(error) = Paths::new(&allow.paths) {
        return Some((error.to_string(), "write it as in a .gitignore."));
    }
    if let Some(error) = allow.expressions().find_map(pattern_problem) {
        return Some((
            error,
            "it is an ASCII regular expression that the whole value must match.",
        ));
    }
    if let Some(error) = allow.line.as_deref().and_then(pattern_problem) {
        return Some((
            error,
            "it is an ASCII regular expression that the line must match somewhere.",
        ));
    }
    let is_name = |text: &String| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !allow.commits.iter().all(is_name) {
        let hint = "write seven digits of a commit's name or more, as `git log` shows it.";
        return Some(("`commits` holds names of commits".to_owned(), hint));
    }
    // The entry is not repeated: it may be the secret itself that somebody wrote there.
    let is_print = |text: &String| text.parse::<Fingerprint>().is_ok();
    let problem = "`secrets` holds fingerprints, which look like kf1:1f0c22a9-5be301".to_owned();
    let hint = "copy the fingerprint from a report; a secret itself does not belong here.";
    (!allow.secrets.iter().all(is_print)).then_some((problem, hint))
}

/// Tells whether an entry is narrower than "everything".
fn is_bounded(allow: &Allow) -> bool {
    let means = |text: &str| !BOUNDLESS.contains(&text);
    !allow.rules.is_empty()
        || !allow.secrets.is_empty()
        || (!allow.paths.is_empty() && allow.paths.iter().all(|glob| means(glob)))
        || !allow.commits.is_empty()
        || allow.line.as_deref().is_some_and(means)
        || (allow.expressions().next().is_some()
            && allow
                .expressions()
                .all(|pattern| means(pattern) && !matches_anything(pattern)))
}

/// Tells whether an expression matches values that have nothing in common.
fn matches_anything(pattern: &str) -> bool {
    const UNLIKE: &[&str] = &[
        "aB3xY9",
        "correct horse 7",
        "0f1e2d3c4b5a6978",
        "p@ss/w0rd+=",
        "ZZZZZZZZZZZZ",
        "x_y-z.1",
    ];
    let whole = RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).build();
    whole.is_ok_and(|regex| UNLIKE.iter().all(|value| regex.is_match(value.as_bytes())))
}

/// Returns what is wrong with the patterns and globs of a rule; its engine compiles them only once they are needed.
fn rule_problem(rule: &Rule) -> Option<String> {
    let near = rule.near.as_ref().map(|near| near.pattern.as_str());
    let own = [rule.pattern.as_deref(), near];
    let allow = rule.allow.iter().map(|allow| allow.pattern.as_deref());
    let pattern = own.into_iter().chain(allow).flatten().find_map(pattern_problem);
    pattern.or_else(|| Paths::new(&rule.paths).err().map(|error| error.to_string()))
}

fn pattern_problem(pattern: &str) -> Option<String> {
    let ascii = syntax::Config::new().unicode(false).utf8(false);
    if let Err(error) = syntax::parse_with(pattern, &ascii) {
        // The parser draws a picture of several lines; its last one says what is wrong.
        let drawn = error.to_string();
        let said = drawn.lines().last().unwrap_or_default().trim_start_matches("error: ");
        return Some(format!("the pattern `{pattern}` cannot be read: {said}"));
    }
    let config = Regex::config().utf8_empty(false).nfa_size_limit(Some(4 << 20));
    let built = Regex::builder().configure(config).syntax(ascii).build(pattern);
    built.err().map(|_| format!("the pattern `{pattern}` grows too large"))
}

/// Returns the known word that somebody probably meant.
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let likeness = |word: &'k str| (strsim::jaro_winkler(written, word), word);
    let best = known.map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness > 0.8).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow(change: impl Fn(&mut Allow)) -> Option<String> {
        let mut allow = Allow {
            reason: "test vectors".to_owned(),
            ..Allow::default()
        };
        change(&mut allow);
        allow_problem(&allow).map(|(what, _)| what)
    }

    #[test]
    fn an_entry_with_a_reason_and_a_bound_is_fine() {
        assert_eq!(allow(|entry| entry.paths = vec!["tests/**".to_owned()]), None);
        assert_eq!(allow(|entry| entry.pattern = Some("test-[0-9]+".to_owned())), None);
        assert_eq!(
            allow(|entry| entry.secrets = vec!["kf1:1f0c22a9-5be301".to_owned()]),
            None
        );
    }

    #[test]
    fn an_entry_that_allows_everything_is_refused_however_it_is_written() {
        let everything = Some("this allow entry would allow everything".to_owned());
        assert_eq!(allow(|_| {}), everything);
        assert_eq!(
            allow(|entry| entry.paths = vec!["docs/".to_owned(), "**".to_owned()]),
            everything
        );
        assert_eq!(allow(|entry| entry.pattern = Some(".*".to_owned())), everything);
        assert_eq!(
            allow(|entry| entry.pattern = Some("[^\\n]{1,99}".to_owned())),
            everything
        );
        assert_eq!(
            allow(|entry| entry.patterns = vec!["test-.*".to_owned(), r"[\s\S]+".to_owned()]),
            everything
        );
        assert_eq!(allow(|entry| entry.until = "2027-01-01".parse().ok()), everything);
    }

    #[test]
    fn a_broken_glob_pattern_or_fingerprint_is_refused() {
        assert!(allow(|entry| entry.paths = vec!["a[".to_owned()]).is_some());
        let message = allow(|entry| entry.pattern = Some("a(b".to_owned())).unwrap();
        assert_eq!(message, "the pattern `a(b` cannot be read: unclosed group");
        assert!(allow(|entry| entry.pattern = Some("(?:a{900}){900}".to_owned())).is_some());
        assert!(allow(|entry| entry.secrets = vec!["hunter22".to_owned()]).is_some());
        assert!(allow(|entry| entry.commits = vec!["main".to_owned()]).is_some());
        assert_eq!(allow(|entry| entry.commits = vec!["0123abc".to_owned()]), None);
    }

    #[test]
    fn a_near_miss_is_recognised_and_a_far_one_is_not() {
        let known = || ["github-pat", "gitlab-pat", "aws-key"].into_iter();
        assert_eq!(nearest("github-pta", known()), Some("github-pat"));
        assert_eq!(nearest("zebra", known()), None);
    }
}
