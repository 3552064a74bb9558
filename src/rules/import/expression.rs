//! Betterleaks' filter expressions, as far as they say what our exceptions can.
//!
//! A filter is true for what is to be dropped: conditions joined by `||`, each a call or a comparison, some joined by
//! `&&`. Whatever else a program can say is named and left out; dropping too little is the safe side.

use crate::rules::import::Imported;
use crate::rules::import::allowlist::{Allowlist, Target};

/// What a filter comes to.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) allowlists: Vec<Allowlist>,
    pub(super) entropy: Option<f64>,
}

/// Reads a filter.
pub(super) fn filter(source: &str, place: &str, imported: &mut Imported) -> Filter {
    let mut filter = Filter::default();
    let source = without_comments(source);
    // Before it names may be bound; a condition that uses one is none that is known here.
    let answer = split(&source, ";").pop().unwrap_or_default();
    for alternative in alternatives(&answer) {
        let conditions: Vec<Option<Condition>> = split(&alternative, "&&").iter().map(|it| condition(it)).collect();
        let conditions: Option<Vec<Condition>> = conditions.into_iter().collect();
        if !conditions.is_some_and(|conditions| filter.take(conditions)) {
            let what = format!(
                "a condition of the filter is not carried over: {}",
                shortened(&alternative)
            );
            imported.remark(place, what);
        }
    }
    filter
}

fn without_comments(source: &str) -> String {
    let mut plain = String::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '\'', '`', '/']) {
        plain.push_str(&rest[..at]);
        let here = &rest[at..];
        let (kept, passed) = match here.as_bytes() {
            [b'/', b'/', ..] => (0, here.find('\n').unwrap_or(here.len())),
            [b'/', ..] => (1, 1),
            _ => (end_of_string(here), end_of_string(here)),
        };
        plain.push_str(&here[..kept]);
        rest = &here[passed..];
    }
    plain + rest
}

/// Returns what is joined by `||`, within parentheses, too.
fn alternatives(source: &str) -> Vec<String> {
    let parts = split(source, "||");
    match parts.len() {
        0 | 1 => parts,
        _ => parts.iter().flat_map(|part| alternatives(part)).collect(),
    }
}

/// One condition.
#[derive(Debug)]
enum Condition {
    Entropy(f64),
    Matches(Target, Vec<String>),
    Contains(Vec<String>),
    Path(Vec<String>),
    Commit(Vec<String>),
}

impl Filter {
    /// Adds conditions that must hold together; false when there is no way to say that.
    fn take(&mut self, conditions: Vec<Condition>) -> bool {
        let mut list = Allowlist {
            reason: "taken over from a filter of betterleaks".to_owned(),
            all_must_hold: true,
            ..Allowlist::default()
        };
        let count = conditions.len();
        for condition in conditions {
            match condition {
                Condition::Entropy(least) if count == 1 => {
                    self.entropy = Some(least);
                    return true;
                }
                Condition::Matches(target, regexes) if list.regexes.is_empty() => {
                    list.target = target;
                    list.regexes = regexes;
                }
                Condition::Contains(words) if list.stopwords.is_empty() => list.stopwords = words,
                Condition::Path(paths) if list.paths.is_empty() => list.paths = paths,
                Condition::Commit(commits) if list.commits.is_empty() => list.commits = commits,
                _ => return false,
            }
        }
        // Alone, a path means that the file is not read.
        list.all_must_hold = count > 1;
        self.allowlists.push(list);
        true
    }
}

fn shortened(source: &str) -> String {
    let words: Vec<&str> = source.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

fn condition(source: &str) -> Option<Condition> {
    let source = bare(source);
    // Functions stand bare, or behind the name of their library.
    let source = source.strip_prefix("filter.").unwrap_or(source);
    if let Some(rest) = source.strip_prefix("entropy(") {
        let (subject, bound) = rest.split_once(')')?;
        let number = bound
            .trim()
            .strip_prefix("<=")
            .or_else(|| bound.trim().strip_prefix('<'))?;
        return is_finding(subject, "secret").then(|| number.trim().parse().ok().map(Condition::Entropy))?;
    }
    if let Some((subject, list)) = source.split_once(" in ") {
        return (attribute(subject)? == "git.sha").then(|| Condition::Commit(strings(list)));
    }
    let (call, rest) = source.split_once('(')?;
    let inside = rest.strip_suffix(')')?;
    if split(inside, ")").len() != 1 {
        return None;
    }
    let arguments = split(inside, ",");
    let (subject, list) = (arguments.first()?, strings(arguments.get(1)?));
    let target = [
        ("secret", Target::Secret),
        ("match", Target::Match),
        ("line", Target::Line),
    ]
    .into_iter()
    .find(|(name, _)| is_finding(subject, name))
    .map(|(_, target)| target);
    match (call.trim(), target) {
        ("matchesAny", Some(target)) => Some(Condition::Matches(target, list)),
        ("containsAny", Some(Target::Secret)) => Some(Condition::Contains(list)),
        ("matchesAny", None) if attribute(rest)? == "path" => Some(Condition::Path(list)),
        _ => None,
    }
}

fn is_finding(subject: &str, name: &str) -> bool {
    let subject = subject.trim();
    [
        format!("finding[\"{name}\"]"),
        format!("finding['{name}']"),
        format!("finding.{name}"),
    ]
    .contains(&subject.to_owned())
}

/// Returns which attribute is asked for: `attributes["path"]` or `get(attributes, "path", "")`.
fn attribute(source: &str) -> Option<String> {
    let (_, rest) = source.split_once("attributes")?;
    strings(rest).into_iter().next()
}

/// Takes the parentheses off that hold all of it.
fn bare(source: &str) -> &str {
    let source = source.trim();
    match source.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) if split(inner, ")").len() == 1 => bare(inner),
        _ => source,
    }
}

/// Returns the strings that are written in a piece of source.
fn strings(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find(['"', '\'', '`']) {
        let quote = rest.as_bytes()[start];
        let end = end_of_string(&rest[start..]);
        let inner = &rest[start + 1..(start + end).max(start + 2) - 1];
        found.push(if quote == b'`' {
            inner.to_owned()
        } else {
            unescaped(inner)
        });
        rest = &rest[(start + end).min(rest.len())..];
    }
    found
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, if sign == '\\' { signs.next() } else { None }) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('t')) => plain.push('\t'),
            ('\\', Some(other)) => plain.push(other),
            (sign, _) => plain.push(sign),
        }
    }
    plain
}

/// Returns where the string ends that a text begins with.
fn end_of_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[0];
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 1,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Splits where the mark stands outside of strings, brackets and parentheses; outer parentheses are taken off before.
fn split(source: &str, mark: &str) -> Vec<String> {
    let source = if mark.len() == 2 { bare(source) } else { source };
    let bytes = source.as_bytes();
    let (mut parts, mut start, mut at, mut depth) = (Vec::new(), 0, 0, 0_i32);
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' | b'`' => at += end_of_string(&source[at..]) - 1,
            byte if depth == 0 && mark == ")" && byte == b')' => {
                parts.push(source[start..at].to_owned());
                start = at + 1;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ if depth == 0 && bytes[at..].starts_with(mark.as_bytes()) => {
                parts.push(source[start..at].to_owned());
                at += mark.len() - 1;
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(source[start..].to_owned());
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Filter, usize) {
        let mut imported = Imported::default();
        let filter = filter(source, "x", &mut imported);
        (filter, imported.remarks.len())
    }

    #[test]
    fn conditions_joined_by_or_are_lists_of_their_own() {
        let source = "filter.entropy(finding[\"secret\"]) < 3.5 || (matchesAny(finding[\"line\"], [`a||b`, \"c\"]) || containsAny(finding['secret'], ['x']))";
        let (filter, remarks) = read(source);
        assert_eq!((filter.entropy, remarks, filter.allowlists.len()), (Some(3.5), 0, 2));
        assert_eq!(filter.allowlists[0].regexes, ["a||b", "c"]);
        assert_eq!(filter.allowlists[0].target, Target::Line);
        assert_eq!(filter.allowlists[1].stopwords, ["x"]);
    }

    #[test]
    fn conditions_joined_by_and_hold_together() {
        let source =
            "(matchesAny(get(attributes, \"path\", \"\"), [`\\.md$`]) && containsAny(finding[\"secret\"], [\"x\"]))";
        let (filter, remarks) = read(source);
        assert_eq!((filter.allowlists.len(), remarks), (1, 0));
        assert!(filter.allowlists[0].all_must_hold);
        assert_eq!(filter.allowlists[0].paths, [r"\.md$"]);
    }

    #[test]
    fn comments_and_bound_names_come_before_the_answer() {
        let source = "// it's a comment || nothing\nlet near = finding[\"line\"][0: 9];\n\
            entropy(finding[\"secret\"]) <= 3.5 // why\n|| containsAny(near, [\"a//;b\"])";
        let (filter, remarks) = read(source);
        assert_eq!((filter.entropy, filter.allowlists.len(), remarks), (Some(3.5), 0, 1));
    }

    #[test]
    fn what_is_another_program_is_named() {
        let (filter, remarks) = read("failsTokenEfficiency(finding[\"secret\"]) || len(finding[\"secret\"]) > 9");
        assert_eq!((filter.allowlists.len(), filter.entropy, remarks), (0, None, 2));
    }
}
