//! The table of the README: what is found, family by family.
//! Issuers are read off the rules' titles, so the table can claim nothing that no rule looks for.

use std::io::{self, Write};

use crate::rules::{Family, Rule};

/// Words that begin a title without being an issuer's name: such a title stands in the table whole.
const NO_ISSUER: &[&str] = &[
    "API",
    "Credentials",
    "JSON",
    "Key",
    "Line",
    "Login",
    "One-time",
    "PGP",
    "Password",
    "Plain",
    "Private",
    "RSA",
    "Registry",
    "Secret",
    "Secrets",
    "Token",
];
/// Words that say what kind of secret it is; an issuer's name ends before them.
const KINDS: &[&str] = &["API", "HTTP", "OAuth", "PAT", "SDK"];

/// Writes a Markdown table, a row for each family.
///
/// # Errors
/// Those of the writer.
pub fn as_markdown(families: &[Family], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| where or whose | among them | rules |\n|---|---|--:|")?;
    for Family { title, rules } in families {
        let names = some(&names(title, rules)).replace('|', "\\|");
        writeln!(out, "| {title} | {names} | {} |", rules.len())?;
    }
    let count: usize = families.iter().map(|family| family.rules.len()).sum();
    writeln!(out, "| **all** | | **{count}** |")
}

/// Joins names, as many as a row of a table takes.
fn some(names: &[String]) -> String {
    const MOST: usize = 60;
    match names.len().checked_sub(MOST) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST].join(", ")),
    }
}

/// Returns what a family's rules look for: their issuers, or their titles where there is one issuer or none.
fn names(family: &str, rules: &[Rule]) -> Vec<String> {
    let by_issuer = rules.iter().filter(|rule| is_issued(rule)).count() * 2 > rules.len();
    let title = |rule: &Rule| match by_issuer {
        true => name(&rule.description),
        false => rule.description.clone(),
    };
    let names = distinct(rules.iter().map(title).collect());
    match names.as_slice() {
        [_] if rules.len() > 1 => rules.iter().map(|rule| without(family, &rule.description)).collect(),
        _ => names,
    }
}

/// Sorts names, and leaves out doubles and those that another one is the beginning of.
fn distinct(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_key(|name| name.to_lowercase());
    names.dedup();
    let all = names.clone();
    names.retain(|name| !all.iter().any(|other| name.starts_with(&format!("{other} "))));
    names
}

/// Tells whether a rule's id and title begin with the same name, which is its issuer's.
fn is_issued(rule: &Rule) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let first = rule.description.split(' ').next().unwrap_or_default();
    !NO_ISSUER.contains(&first) && plain(&rule.id).starts_with(&plain(first))
}

/// Takes the name of the family off the beginning of a title.
fn without(family: &str, title: &str) -> String {
    title.strip_prefix(family).unwrap_or(title).trim_start().to_owned()
}

/// Returns the issuer's name at the head of a title, or the title where it begins with none.
fn name(title: &str) -> String {
    let first = title.split(' ').next().unwrap_or_default();
    if NO_ISSUER.contains(&first) || title.ends_with(|end: char| end != ')' && !end.is_lowercase()) {
        return title.to_owned();
    }
    let is_name = |(at, word): &(usize, &str)| {
        *at == 0 || !KINDS.contains(word) && !word.starts_with(|c: char| c == '(' || c.is_lowercase())
    };
    let words = title.split(' ').enumerate().take_while(is_name).map(|(_, word)| word);
    words.collect::<Vec<_>>().join(" ").trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_no_more_than_anyone_reads() {
        let names: Vec<String> = (0..70).map(|number| format!("n{number}")).collect();
        assert!(some(&names).ends_with("n59 and 10 more"));
        assert_eq!(some(&names[..2]), "n0, n1");
    }

    #[test]
    fn an_issuer_is_read_off_a_title() {
        for (title, expected) in [
            ("GitHub personal access token (classic)", "GitHub"),
            ("Weights & Biases API key", "Weights & Biases"),
            ("npm access token", "npm"),
            ("Password in an address", "Password in an address"),
        ] {
            assert_eq!(name(title), expected);
        }
    }
}
