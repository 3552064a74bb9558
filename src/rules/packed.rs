//! The built-in rules as the build script packed them: a rule is read when somebody asks for it.
//!
//! Most scans ask a handful of a thousand rules. What every scan needs of all of them (their keywords, the outlines of
//! their patterns) is tables that are there as they are; the rest is the text of each rule as JSON.

use std::sync::OnceLock;

use crate::rules::{KeywordIndex, Outline, Rule, Sketch};

/// What the build script made.
#[expect(missing_docs, unreachable_pub, reason = "some of it is handed on, with docs")]
mod tables {
    use std::borrow::Cow;

    use crate::rules::automaton::Automaton;
    use crate::rules::index::KeywordIndex;
    use crate::rules::opening::Opening;
    use crate::rules::outline::Outline;
    use crate::rules::sketch::Bytes;

    include!(concat!(env!("OUT_DIR"), "/packed.rs"));
}

/// How many there are; they are known by their number.
pub const COUNT: usize = tables::OUTLINES.len();

/// The rules that name paths.
pub use tables::WITH_PATHS;

/// The rules whose pattern is tried on every text.
pub use tables::EVERYWHERE;

/// The rules that find the public half of a secret.
pub use tables::HALVES;

static RULES: [OnceLock<Box<Rule>>; COUNT] = [const { OnceLock::new() }; COUNT];

/// Returns a rule, without its examples.
///
/// # Panics
/// Never in a build that passed its tests: they read all that is packed.
pub fn rule(number: usize) -> &'static Rule {
    RULES[number].get_or_init(|| {
        let start = number.checked_sub(1).map_or(0, |before| tables::ENDS[before]);
        let text = &tables::JSON[start as usize..tables::ENDS[number] as usize];
        #[expect(clippy::expect_used, reason = "packed at build time and read by the tests")]
        let mut rule: Rule = serde_json::from_str(text).expect("a packed rule is valid");
        rule.outline = tables::OUTLINES[number];
        rule.number = Some(number);
        rule.spell_out();
        Box::new(rule)
    })
}

/// Returns the outline of a rule's pattern where that is searched around keywords.
pub fn outline(number: usize) -> Option<&'static Outline> {
    tables::OUTLINES[number].as_ref()
}

/// Returns the sketch of a rule's pattern where that is searched around keywords and begins with them.
pub fn sketch(number: usize) -> Option<Sketch<'static>> {
    let lead = outline(number)?.lead;
    let start = number.checked_sub(1).map_or(0, |before| tables::SKETCH_ENDS[before]);
    let program = &tables::SKETCHES[start as usize..tables::SKETCH_ENDS[number] as usize];
    let sets = tables::SETS;
    (!program.is_empty()).then_some(Sketch { lead, program, sets })
}

/// Returns the keywords of them all.
pub fn keywords() -> KeywordIndex {
    tables::keywords()
}
