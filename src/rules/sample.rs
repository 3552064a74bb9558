//! Texts that an issuer's rule finds and texts that it does not, made from the shape that it states.
//!
//! A line of data proves nothing by itself, and five hundred written examples would prove no more than these: that the
//! shape is what the rule says, that the engine finds it in a file, and that it leaves the look-alikes alone.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use crate::rules::Issuer;

/// How often a repetition without an end is repeated beyond what it must be.
const MORE: u32 = 8;

/// Returns texts with a marked value, and look-alikes; none when the value's shape cannot be read.
pub(super) fn examples(id: &str, issuer: &Issuer) -> Option<(Vec<String>, Vec<String>)> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).build();
    let shape = parser.parse(&issuer.spelt_value()).ok()?;
    let name = issuer.names.first()?;
    let mut draw = Draw::new(id);
    let (first, second) = (draw.text(&shape), draw.text(&shape));
    let found = vec![
        format!("export {}_API_KEY=«{}»", name.to_ascii_uppercase(), broken(&first)),
        format!("{{\"{name}-api-key\": \"«{}»\"}}", broken(&second)),
    ];
    let filled = first.replace(|letter: char| letter.is_ascii_alphanumeric(), "x");
    let silent = vec![
        format!("export {}_API_KEY={filled}", name.to_ascii_uppercase()),
        format!("https://cdn.example.com/{name}/{}.js", broken(&first)),
    ];
    Some((found, silent))
}

/// Puts the break mark into a value, so that nobody takes the example for a leak.
fn broken(value: &str) -> String {
    let at = value.len() / 3;
    match value.is_char_boundary(at) {
        true => format!("{}·{}", &value[..at], &value[at..]),
        false => value.to_owned(),
    }
}

/// A source of numbers that is the same in every run.
struct Draw(u64);

impl Draw {
    /// Starts from a text, by the hash of Fowler, Noll and Vo.
    fn new(seed: &str) -> Self {
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self(seed.bytes().fold(0xCBF2_9CE4_8422_2325, hash))
    }

    /// Returns a number below `limit`, by the generator `SplitMix64`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        let limit = u64::try_from(limit.max(1)).unwrap_or(1);
        usize::try_from((mixed ^ mixed >> 31) % limit).unwrap_or(0)
    }

    fn text(&mut self, shape: &Hir) -> String {
        let mut text = Vec::new();
        self.write(shape, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn write(&mut self, shape: &Hir, text: &mut Vec<u8>) {
        match shape.kind() {
            HirKind::Literal(literal) => text.extend_from_slice(&literal.0),
            HirKind::Class(class) => text.extend(self.letter(class)),
            HirKind::Repetition(repetition) => self.repeat(repetition, text),
            HirKind::Capture(capture) => self.write(&capture.sub, text),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.write(part, text)),
            HirKind::Alternation(branches) => {
                let branch = self.below(branches.len());
                self.write(&branches[branch], text);
            }
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }

    fn repeat(&mut self, repetition: &Repetition, text: &mut Vec<u8>) {
        let most = repetition.max.unwrap_or(repetition.min + MORE);
        for _ in 0..repetition.min.midpoint(most) {
            self.write(&repetition.sub, text);
        }
    }

    fn letter(&mut self, class: &Class) -> Option<u8> {
        let Class::Bytes(class) = class else { return None };
        let letters: Vec<u8> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
        letters.get(self.below(letters.len())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer(value: &str) -> Issuer {
        Issuer {
            names: vec!["acme_io".to_owned()],
            value: value.to_owned(),
            bare: false,
            random: false,
        }
    }

    #[test]
    fn a_value_has_the_shape_that_the_issuer_states() {
        let (found, silent) = examples("acme", &issuer("k-[0-9]{4}(?:==)?")).unwrap();
        let value = |text: &str| text.split(['«', '»']).nth(1).unwrap().replace('·', "");
        for text in &found {
            let digits = value(text).strip_prefix("k-").map(str::to_owned).unwrap();
            assert!(digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
        assert_eq!(silent[0], "export ACME_IO_API_KEY=x-xxxx");
    }

    #[test]
    fn the_same_rule_has_the_same_examples_and_each_rule_its_own() {
        let made = |id: &str| examples(id, &issuer("[0-9a-f]{32}")).unwrap();
        assert_eq!(made("acme-key"), made("acme-key"));
        assert_ne!(made("acme-key"), made("acme-token"));
    }

    #[test]
    fn what_cannot_be_read_has_no_examples() {
        assert_eq!(examples("acme", &issuer("[0-9")), None);
    }
}
