//! The built-in rules by the files that they stand in, for whoever asks what there is to be found.
//! A family's title is the first comment of its file: what belongs together is said in one place only.

use crate::rules::{Rule, RuleError, RuleSet, builtin};

/// The rules of one built-in file.
#[derive(Debug, Clone)]
pub struct Family {
    /// What they have in common, in a few words.
    pub title: String,
    /// The rules, with their examples.
    pub rules: Vec<Rule>,
}

impl Family {
    /// Returns the families of the built-in rules, by title.
    ///
    /// # Errors
    /// When a file is broken, which the tests do not let pass.
    pub fn all() -> Result<Vec<Self>, RuleError> {
        let mut families = Vec::new();
        for (name, text) in builtin::FILES {
            let mut set = RuleSet::default();
            set.add_toml(&format!("rules/{name}"), text)?;
            families.push(Self {
                title: title(text).to_owned(),
                rules: set.iter().cloned().collect(),
            });
        }
        families.sort_by_key(|family| family.title.to_lowercase());
        Ok(families)
    }
}

/// Returns the first comment up to the first sign that ends a thought.
fn title(text: &str) -> &str {
    let first = text.lines().next().unwrap_or_default();
    let comment = first.trim_start_matches(['#', ' ']);
    comment.split([':', ';', '.']).next().unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_a_title_of_its_own() {
        let families = Family::all().unwrap();
        let mut titles: Vec<&str> = families.iter().map(|family| family.title.as_str()).collect();
        titles.dedup();
        assert!(
            titles.len() == families.len() && titles.iter().all(|title| title.len() > 2),
            "{titles:?}"
        );
    }

    #[test]
    fn a_title_ends_where_the_explanation_begins() {
        assert_eq!(title("# Mail: who holds it.\n"), "Mail");
        assert_eq!(title("# Slack. Tokens: x"), "Slack");
    }
}
