//! The literals of which one stands in each match of a pattern: what our rules call keywords.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// Shorter ones stand in every text and spare no work.
const SHORTEST: usize = 3;
/// More are no help.
const MOST: usize = 64;
/// Longer ones are no surer.
const LONGEST: usize = 32;

/// Returns literals, in lower case, of which one stands in each match; nothing where the pattern does not say.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let known = Known::of(&parser.parse(pattern).ok()?);
    let mut found = known.best().filter(|found| shortest(found) >= SHORTEST)?;
    found.sort_unstable();
    found.dedup();
    Some(found)
}

fn shortest(literals: &[String]) -> usize {
    literals.iter().map(String::len).min().unwrap_or(0)
}

/// What is known of whatever a part of a pattern matches.
#[derive(Debug, Clone)]
struct Known {
    /// All that it can be, if that is little.
    exact: Option<Vec<String>>,
    /// Literals of which one stands in it.
    held: Option<Vec<String>>,
}

impl Known {
    const NOTHING: Self = Self {
        exact: None,
        held: None,
    };

    fn exact(all: Vec<String>) -> Self {
        let fits = all.len() <= MOST && all.iter().all(|text| text.len() <= LONGEST);
        Self {
            exact: fits.then_some(all),
            held: None,
        }
    }

    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Self::exact(vec![String::new()]),
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) if text.is_ascii() => Self::literal(&text.to_lowercase()),
                _ => Self::NOTHING,
            },
            HirKind::Class(class) => Self::class(class),
            HirKind::Capture(capture) => Self::of(&capture.sub),
            HirKind::Repetition(repetition) => {
                let sub = Self::of(&repetition.sub);
                match (repetition.min, repetition.max) {
                    (1, Some(1)) => sub,
                    (0, Some(1)) => sub.optional(),
                    (0, _) => Self::NOTHING,
                    _ => Self {
                        exact: None,
                        held: sub.best(),
                    },
                }
            }
            HirKind::Concat(parts) => Self::concat(parts.iter().map(Self::of)),
            HirKind::Alternation(branches) => Self::either(branches.iter().map(Self::of)),
        }
    }

    /// A long literal is still held, though it is no short text.
    fn literal(text: &str) -> Self {
        let exact = Self::exact(vec![text.to_owned()]);
        match exact.exact {
            Some(_) => exact,
            None => Self {
                exact: None,
                held: Some(vec![text[..LONGEST].to_owned()]),
            },
        }
    }

    /// One sign, if it is one of few; letters of either case are the same.
    fn class(class: &Class) -> Self {
        let Class::Bytes(class) = class else {
            return Self::NOTHING;
        };
        let mut signs: Vec<String> = Vec::new();
        for range in class.ranges() {
            if !range.end().is_ascii() || range.end() - range.start() > 4 {
                return Self::NOTHING;
            }
            signs.extend((range.start()..=range.end()).map(|byte| char::from(byte.to_ascii_lowercase()).to_string()));
        }
        signs.sort_unstable();
        signs.dedup();
        if signs.len() <= 4 {
            Self::exact(signs)
        } else {
            Self::NOTHING
        }
    }

    fn optional(self) -> Self {
        match self.exact {
            Some(mut all) => {
                all.push(String::new());
                Self::exact(all)
            }
            None => Self::NOTHING,
        }
    }

    /// The surest that is known: literals that none of is short.
    fn best(self) -> Option<Vec<String>> {
        surer(self.exact.filter(|all| shortest(all) > 0), self.held)
    }

    fn concat(parts: impl Iterator<Item = Self>) -> Self {
        let mut run = vec![String::new()];
        let mut is_whole = true;
        let mut held = None;
        for part in parts {
            let joined = part.exact.as_ref().map(|next| Self::exact(product(&run, next)));
            match joined.and_then(|joined| joined.exact) {
                Some(joined) => run = joined,
                None => {
                    is_whole = false;
                    held = surer(held, Some(run).filter(|run| shortest(run) > 0));
                    run = part.exact.clone().unwrap_or_else(|| vec![String::new()]);
                    held = surer(held, part.held);
                }
            }
        }
        match is_whole {
            true => Self { exact: Some(run), held },
            false => Self {
                exact: None,
                held: surer(held, Some(run).filter(|run| shortest(run) > 0)),
            },
        }
    }

    fn either(branches: impl Iterator<Item = Self>) -> Self {
        let branches: Vec<Self> = branches.collect();
        let all: Option<Vec<Vec<String>>> = branches.iter().map(|branch| branch.exact.clone()).collect();
        if let Some(all) = all
            && let exact @ Self { exact: Some(_), .. } = Self::exact(all.concat())
        {
            return exact;
        }
        let held: Option<Vec<Vec<String>>> = branches.into_iter().map(Self::best).collect();
        Self {
            exact: None,
            held: held.map(|held| held.concat()).filter(|held| held.len() <= MOST),
        }
    }
}

fn product(firsts: &[String], seconds: &[String]) -> Vec<String> {
    let with = |first: &String| {
        seconds
            .iter()
            .map(|second| format!("{first}{second}"))
            .collect::<Vec<_>>()
    };
    firsts.iter().flat_map(with).collect()
}

/// Of two lists the one whose shortest literal is longer.
fn surer(one: Option<Vec<String>>, other: Option<Vec<String>>) -> Option<Vec<String>> {
    match (one, other) {
        (Some(one), Some(other)) if shortest(&other) > shortest(&one) => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str) -> String {
        required(pattern).unwrap_or_default().join(" ")
    }

    #[test]
    fn a_literal_in_a_row_is_found_whatever_its_case() {
        assert_eq!(found(r"\b(acme_[a-z0-9]{9})\b"), "acme_");
        assert_eq!(
            found(r"(?i)\bAcMe[_-]?key\s*=\s*([a-z]{9})"),
            "acme-key acme_key acmekey"
        );
        assert_eq!(found("x=[0-9]{4}-long-tail"), "-long-tail");
    }

    #[test]
    fn each_branch_must_have_one() {
        assert_eq!(found("(?:one_|other_)[a-z]{9}"), "one_ other_");
        assert_eq!(found("(?:one_[0-9]|other_[0-9])[a-z]{9}"), "one_ other_");
        assert_eq!(found("(?:one_|[0-9]{3})[a-z]{9}"), "");
    }

    #[test]
    fn what_may_be_left_out_is_no_keyword() {
        assert_eq!(found("(?:acme_)?[a-z0-9]{9}"), "");
        assert_eq!(found("(?:acme_)*[a-z0-9]{9}"), "");
        assert_eq!(found("(?:acme_)+[a-z0-9]{9}"), "acme_");
        assert_eq!(found("[a-f0-9]{32}"), "");
    }
}
