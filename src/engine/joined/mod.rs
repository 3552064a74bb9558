//! Strings that are written in pieces: `"a" + "b"`, neighbours, lists that are joined, lines that go on below.
//!
//! What stands in one string for the program must be one for us, or a plus sign hides a token. The pieces are put
//! together with what stands around them, and searched as a text of their own; what is found must reach over a joint, for
//! everything else is found without. Two strings that have nothing to do with each other never meet: between the pieces
//! stands nothing but what joins them.

mod chain;
mod list;
mod sign;
mod start;

use std::ops::Range;

use crate::engine::assignment::Syntax;
use crate::engine::decode::{Collage, Layer};
use crate::engine::reach::Reach;

use chain::Chain;

/// How much of the text before a chain is looked at: a name and what else says what the value is.
const BEFORE: usize = 400;
/// How much of the rest of its line.
const BEHIND: usize = 40;
/// What stands between two chains: in no text, and in no key of several lines.
const SEAM: &[u8] = b"\n\0--\0\n";
/// How many bytes a chain may span.
const LONGEST: usize = 16 * 1024;

pub(super) use start::starts_within;

/// Where chains are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Starts<'p> {
    /// At each quote and each backslash: the plain way.
    Everywhere,
    /// Where the few bytes around one say that a chain may begin.
    Likely,
    /// The same places, where they are known.
    Known(&'p [u32]),
}

/// Puts together what is written in pieces and may be reported; `None` where nothing is.
pub(super) fn join(text: &[u8], syntax: Syntax, reach: &Reach, starts: Starts<'_>) -> Option<Layer> {
    match starts {
        _ if syntax == Syntax::Json => None,
        Starts::Everywhere => join_at(text, syntax, reach, start::signs(text)),
        Starts::Likely => join_at(text, syntax, reach, starts_within(text, 0..text.len())),
        Starts::Known(starts) => join_at(text, syntax, reach, starts.iter().map(|&at| at as usize)),
    }
}

fn join_at(text: &[u8], syntax: Syntax, reach: &Reach, starts: impl Iterator<Item = usize>) -> Option<Layer> {
    let mut collage = Collage::default();
    let mut end = 0;
    let mut chains = chain::all(text, syntax, starts).peekable();
    while let Some(chain) = chains.next() {
        let next = chains.peek().map_or(text.len(), |next| next.start);
        let window = around(text, &chain, end..next);
        if reach.touches(window.start, window.end) {
            chain.write(text, &window, &mut collage);
            collage.put(SEAM, window.end);
            end = window.end;
        }
    }
    (end > 0).then(|| collage.finish(end))
}

/// Returns the lines of a chain, with two more above: the name may stand there. No window reaches into another, so that
/// the whole stays shorter than the text and in its order.
fn around(text: &[u8], chain: &Chain, bounds: Range<usize>) -> Range<usize> {
    let before = &text[chain.start.saturating_sub(BEFORE).max(bounds.start)..chain.start];
    let line = memchr::memrchr_iter(b'\n', before).nth(2).map_or(0, |at| at + 1);
    let after = &text[chain.end..text.len().min(chain.end + BEHIND).min(bounds.end)];
    let rest = memchr::memchr(b'\n', after).unwrap_or(after.len());
    chain.start - (before.len() - line)..chain.end + rest
}

/// Tells whether what was found at `span` of joined text is new: it reaches over a joint, and a value that only its name
/// makes a secret is all that was joined.
pub(super) fn is_new(layer: &Layer, span: &Range<usize>, is_shape: bool) -> bool {
    let is_one = memchr::memmem::find(&layer.bytes[span.clone()], SEAM).is_none();
    let reaches_over = is_one && layer.origin(span).len() != span.len();
    let byte = |at: Option<usize>| at.and_then(|at| layer.bytes.get(at));
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`');
    let before = byte(span.start.checked_sub(1));
    let is_whole = match before {
        Some(byte) if is_quote(byte) => layer.bytes.get(span.end) == Some(byte),
        _ => byte(Some(span.end)).is_none_or(u8::is_ascii_whitespace),
    };
    reaches_over && (is_shape || is_whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(text: &str, syntax: Syntax) -> String {
        let join = |starts| join(text.as_bytes(), syntax, &Reach::default(), starts);
        let layer = join(Starts::Likely);
        let bytes = |layer: &Option<Layer>| layer.as_ref().map(|layer| layer.bytes.clone());
        assert_eq!(bytes(&layer), bytes(&join(Starts::Everywhere)), "{text}");
        let text = |layer: Layer| String::from_utf8(layer.bytes).unwrap();
        let chains = |text: String| text.trim_end_matches("\n\0--\0\n").to_owned();
        layer.map(text).map_or_else(String::new, chains)
    }

    #[test]
    fn what_a_language_joins_is_joined() {
        for (text, expected) in [
            (r#"k = "ab" + "cd";"#, r#"k = "abcd";"#),
            (r#"k = "ab" + 'cd' +"ef";"#, r#"k = "abcdef";"#),
            ("k = \"ab\"\n    + \"cd\"", "k = \"abcd\""),
            ("k = \"ab\" + // half\n    \"cd\"", "k = \"abcd\""),
            ("k = (\n    \"ab\"\n    \"cd\"\n)", "k = (\"abcd\""),
            (r#"#define K "ab" "cd""#, r#"#define K "abcd""#),
            (r#"NSString *k = @"ab" @"cd";"#, r#"NSString *k = @"abcd";"#),
            ("$k = 'ab' . 'cd';", "$k = 'abcd';"),
            (r#"local k = "ab" .. "cd""#, r#"local k = "abcd""#),
            (r#"k = "ab" <> "cd""#, r#"k = "abcd""#),
            (r#"k = "ab" & "cd""#, r#"k = "abcd""#),
            (r#"k = "ab" || "cd""#, r#"k = "abcd""#),
            (r#"k = "ab".concat("cd");"#, r#"k = "abcd");"#),
            (r#"k = concat!("ab", "cd");"#, r#"k = "abcd");"#),
            (r#"k <- paste0("ab", "cd")"#, r#"k <- "abcd")"#),
            (r#"k = ["ab", "cd"].join("");"#, r#"k = "abcd"].join("");"#),
            (r#"k = "".join(["ab", "cd"])"#, r#"k = "abcd"])"#),
            (r#"k = join("", ["ab", "cd"])"#, r#"k = "abcd"])"#),
            (r#"k = `ab${"cd"}ef`;"#, "k = `abcdef`;"),
            ("k = \"ab\\\ncd\"", "k = \"abcd\""),
        ] {
            assert_eq!(joined(text, Syntax::Code), expected, "{text}");
        }
    }

    /// What chains are made of, and what looks like it.
    fn texts() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "\"",
            "\"",
            "'",
            "`",
            "\\",
            "\\\n",
            "\n",
            " ",
            "+",
            " + ",
            ".",
            "..",
            ".concat(",
            "<>",
            "||",
            "&",
            "~",
            ",",
            ", ",
            "// x\n",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "${",
            "#{",
            "\"\"",
            "\"\", ",
            "concat(",
            "\"\".join([",
            "].join(\"\")",
            "string.join(",
            "join([]string{",
            "r",
            "@",
            "ab",
            "c9",
            "=",
            ":",
            ";",
        ]);
        let piece = prop_oneof![
            20 => pieces.prop_map(str::to_owned),
            1 => "[a-z]{20,40}",
            1 => "( |\n){70,110}",
            1 => "//[a-z ]{70,110}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn a_chain_begins_at_likely_places_only(text in texts()) {
            for syntax in [Syntax::Code, Syntax::Shell, Syntax::Text, Syntax::Data] {
                let join = |starts| join(text.as_bytes(), syntax, &Reach::default(), starts).map(|layer| layer.bytes);
                prop_assert_eq!(join(Starts::Likely), join(Starts::Everywhere));
            }
        }
    }

    #[test]
    fn lines_that_go_on_below_are_joined() {
        assert_eq!(joined("export K=ab\\\ncd ef", Syntax::Shell), "export K=abcd ef");
        assert_eq!(joined("k=ab\\\n   cd\\\n   ef", Syntax::Data), "k=abcdef");
        assert_eq!(joined("K='ab'\"cd\"", Syntax::Shell), "K='abcd'");
    }

    #[test]
    fn what_nothing_joins_stays_apart() {
        for text in [
            r#"f("ab", "cd")"#,
            r#"k = "ab" + name + "cd""#,
            r#"["ab", "cd"].join(", ")"#,
            r#"k = "ab"; l = "cd""#,
            r#"{"ab": "cd"}"#,
            "it's one, that's another",
            "'' + ''",
            "x = \"a\"\ny = \"b\"",
            "\"x\" = \"a\"\n  + \"y\" = \"b\"",
            "\"x\": \"a\"\n\"y\": \"b\"",
        ] {
            assert_eq!(joined(text, Syntax::Code), "", "{text}");
        }
        assert_eq!(joined("run \"ab\" \"cd\" \\\n  more", Syntax::Shell), "");
        assert_eq!(joined(r#"{"k": "ab" + "cd"}"#, Syntax::Json), "");
    }

    #[test]
    fn a_quote_that_ended_one_chain_begins_no_other() {
        assert_eq!(joined(r#""ab" "cd"e" "f""#, Syntax::Code), r#""abcd"e" "f""#);
    }

    #[test]
    fn what_is_joined_is_found_where_its_pieces_stand() {
        let text = "k = \"ab\" +\n  \"cd\"";
        let layer = join(text.as_bytes(), Syntax::Code, &Reach::default(), Starts::Likely).unwrap();
        let span = layer.origin(&(5..9));
        assert_eq!(&text[span], "ab\" +\n  \"cd");
        assert!(is_new(&layer, &(5..9), false) && !is_new(&layer, &(5..8), false));
        assert!(is_new(&layer, &(5..8), true) && !is_new(&layer, &(5..7), true));
    }
}
