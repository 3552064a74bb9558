//! Texts inside texts: base64, hex, escapes, and what is packed in them.
//!
//! A stretch that looks encoded is decoded and, when text comes out, searched as the file itself is. Bytes drawn at
//! random never come out as text, so keys and hashes cost a look at their first digits and nothing more. Each decoded
//! byte can be traced to where it stands in the file. Nothing here may grow without bound: whoever asks says how many
//! bytes may come out.

mod blocks;
mod collage;
mod escape;
mod glance;
mod map;
mod plain;
mod stretch;

use std::ops::Range;

use crate::engine::decode::map::Map;
use crate::engine::reach::Reach;

pub(super) use collage::Collage;
#[cfg(fuzzing)]
pub(super) use escape::marks;
pub(super) use escape::{Escape, Mark, REACH};
pub(super) use plain::value as plain_value;
pub(super) use stretch::{Stretches, is_digit};

/// A text that was found inside another one.
#[derive(Debug)]
pub(super) struct Layer {
    /// The text.
    pub(super) bytes: Vec<u8>,
    map: Map,
}

impl Layer {
    /// Returns where the bytes at `span` stand in the text around.
    pub(super) fn origin(&self, span: &Range<usize>) -> Range<usize> {
        self.map.origin(span)
    }
}

/// What came of decoding.
#[derive(Debug)]
pub(super) enum Decoded {
    /// A text.
    Text(Layer),
    /// More bytes than may come out.
    TooMuch,
}

/// Everything in a text that decodes to text, one after another.
pub(super) struct Layers<'t> {
    text: &'t [u8],
    escapes: escape::Regions<'t>,
    stretches: Stretches<'t>,
    /// What need not be looked into, ascending.
    known: Vec<Range<usize>>,
}

impl<'t> Layers<'t> {
    /// `stretches` are those of the text; `marks` are the places of escapes, ascending; `known` the spans of which all is known already.
    pub(super) fn new(stretches: Stretches<'t>, marks: Vec<Mark>, mut known: Vec<Range<usize>>) -> Self {
        let text = stretches.text();
        known.sort_unstable_by_key(|span| (span.start, span.end));
        Self {
            text,
            escapes: escape::Regions::new(text, marks),
            stretches,
            known,
        }
    }

    /// Decodes the next one that may be reported, to at most `most` bytes.
    pub(super) fn next(&mut self, most: usize, reach: &Reach) -> Option<Decoded> {
        if let Some(layer) = self.escapes.next() {
            return Some(match layer.bytes.len() > most {
                true => Decoded::TooMuch,
                false => Decoded::Text(layer),
            });
        }
        while let Some(stretch) = self.stretches.next() {
            if self.is_known(stretch.start()) || !reach.touches(stretch.start(), stretch.end()) {
                continue;
            }
            if let Some(decoded) = plain::decode(self.text, &stretch, most) {
                return Some(decoded);
            }
        }
        None
    }

    fn is_known(&self, at: usize) -> bool {
        let next = self.known.partition_point(|span| span.start <= at);
        next > 0 && at < self.known[next - 1].end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns each decoded text with the text that it came from.
    fn layers(text: &str) -> Vec<(String, String)> {
        let bytes = text.as_bytes();
        let mut layers = Layers::new(Stretches::new(bytes, false), escape::marks(bytes), Vec::new());
        let mut found = Vec::new();
        while let Some(Decoded::Text(layer)) = layers.next(1 << 20, &Reach::default()) {
            let origin = layer.origin(&(0..layer.bytes.len()));
            found.push((String::from_utf8(layer.bytes).unwrap(), text[origin].to_owned()));
        }
        found
    }

    fn only(text: &str) -> (String, String) {
        let found = layers(text);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn base64_is_found_in_any_alphabet_padded_or_not() {
        for (text, plain) in [
            ("x: dXNlcj1hZGEgcGFzcz1rcTg=\n", "user=ada pass=kq8"),
            ("x: dXNlcj1hZGEgcGFzcz1rcTg\n", "user=ada pass=kq8"),
            ("'cGFzcz1-fj8_Pz8_Pz8_YWRhIQ'", "pass=~~????????ada!"),
            ("a=\\ncGFzcz1+fj8/Pz8/Pz8/YWRhIQ\"", "pass=~~????????ada!"),
            ("/v1/x/dXNlcj1hZGEgcGFzcz1rcTg", "user=ada pass=kq8"),
        ] {
            assert_eq!(only(text).0, plain, "{text}");
        }
    }

    #[test]
    fn each_byte_is_traced_to_its_digits() {
        let text = "x: dXNlcj1hZGEgcGFzcz1rcTg=\n";
        let bytes = text.as_bytes();
        let mut layers = Layers::new(Stretches::new(bytes, false), Vec::new(), Vec::new());
        let Some(Decoded::Text(layer)) = layers.next(100, &Reach::default()) else {
            panic!()
        };
        assert_eq!(&text[layer.origin(&(5..8))], "1hZGE");
        assert_eq!(&text[layer.origin(&(14..17))], "1rcTg");
    }

    #[test]
    fn wrapped_lines_are_one_text() {
        let line = "dXNlcj1hZGEgbm90ZT1rcThadDR2UHcgYW5kIHNvIG9uIGZvciBh";
        let rest = "IHdoaWxl";
        let plain = "user=ada note=kq8Zt4vPw and so on for a while";
        for joint in ["\n", "\r\n    ", "\\n", "\\n\" +\n    \"", "\\\n"] {
            let text = format!("k: '{line}{joint}{rest}'");
            assert_eq!(
                only(&text),
                (plain.to_owned(), format!("{line}{joint}{rest}")),
                "{joint:?}"
            );
        }
        assert_eq!(only(&format!("k: {line}\nother: {rest}")).0, plain[..39]);
    }

    #[test]
    fn hex_is_decoded_too() {
        let (plain, origin) = only("h = 0x6120706c61696e206e6f74653d6b71385a74347650772b2b");
        assert_eq!(plain, "a plain note=kq8Zt4vPw++");
        assert_eq!(origin, "6120706c61696e206e6f74653d6b71385a74347650772b2b");
    }

    #[test]
    fn wide_characters_inside_base64_are_read() {
        let (plain, origin) = only("-EncodedCommand JABuAG8AdABlAD0AIgBrAHEAOABaAHQAIgA=");
        assert_eq!(
            (plain.as_str(), origin.as_str()),
            ("$note=\"kq8Zt\"", "JABuAG8AdABlAD0AIgBrAHEAOABaAHQAIgA")
        );
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        for text in [
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
            "src/engine/assignment/syntax/of/something_long-winded",
            "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Q",
            "correct-horse-battery-staple-and-more-words-to-come",
        ] {
            assert!(layers(text).is_empty(), "{text}: {:?}", layers(text));
        }
    }

    #[test]
    fn what_is_known_is_not_looked_into() {
        let text = b"x: dXNlcj1hZGEgcGFzcz1rcTg=\n";
        let stretches = || Stretches::new(text, false);
        let layers = |known: Range<usize>| Layers::new(stretches(), Vec::new(), [known].into());
        let first = |known| layers(known).next(100, &Reach::default());
        assert!(first(3..27).is_none() && first(0..3).is_some());
    }

    #[test]
    fn more_than_is_allowed_does_not_come_out() {
        let text = b"x: dXNlcj1hZGEgcGFzcz1rcTg=\n";
        let decoded = Layers::new(Stretches::new(text, false), Vec::new(), Vec::new()).next(5, &Reach::default());
        assert!(matches!(decoded, Some(Decoded::TooMuch)));
    }

    #[test]
    fn escapes_are_undone_where_they_stand() {
        for (text, plain) in [
            ("go?next=a%3Fuser%3Dkq8%26b", "go?next=a?user=kq8&b"),
            ("x = \"\\u0022pass\\u0022: 1\"", "x = \"\"pass\": 1\""),
            ("x = '\\x70\\x61\\x73\\x73'", "x = 'pass'"),
            ("<a b=&#34;pass&#x3d;1&quot;>", "<a b=\"pass=1\">"),
        ] {
            assert_eq!(only(text), (plain.to_owned(), text.to_owned()));
        }
    }
}
