//! The text around a finding, kept so that a report can show it and nothing in it can leak.
//!
//! The engine knows every candidate in the blob, so what must be hidden is noted here, where the text is cut; a
//! report can only ask for the masked form.

use std::fmt;
use std::ops::Range;

use bstr::{BStr, BString};

use crate::model::Secret;

/// What of a text must not be shown: the spans of all its candidates, made ready once for all its excerpts.
#[derive(Debug, Clone, Default)]
pub struct Masks {
    /// Ascending and disjoint; the heads that may be shown are left out.
    hidden: Vec<Range<usize>>,
}

impl Masks {
    /// Notes the spans of every candidate in `text`; they may overlap.
    pub fn new(text: &[u8], secrets: impl IntoIterator<Item = Range<usize>>) -> Self {
        let mut hidden: Vec<_> = secrets.into_iter().map(|span| tail(text, &span)).collect();
        hidden.sort_unstable_by_key(|span| (span.start, span.end));
        // Neighbours that touch become one: a head inside another secret is no head there.
        hidden.dedup_by(|next, last| {
            let touches = next.start <= last.end;
            if touches {
                last.end = last.end.max(next.end);
            }
            touches
        });
        Self { hidden }
    }

    /// Returns the hidden spans that reach into `window`, ascending.
    fn within(&self, window: &Range<usize>) -> &[Range<usize>] {
        let first = self.hidden.partition_point(|span| span.end <= window.start);
        let past = self.hidden.partition_point(|span| span.start < window.end);
        &self.hidden[first.min(past)..past]
    }
}

/// Returns the part of a secret that must not be shown: all but its head.
fn tail(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    start + Secret::shown_head(&text[start..end])..end
}

/// A window of one line, at most [`Excerpt::WIDTH`] bytes, with the spans that must not be shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    text: BString,
    /// The finding's own span within the window; of a secret over several lines, its first line.
    pub focus: Range<usize>,
    /// What is hidden within the window.
    hidden: Vec<Range<usize>>,
    /// True when the line goes on before the window.
    pub cut_before: bool,
    /// True when the line goes on after the window.
    pub cut_after: bool,
}

impl Excerpt {
    /// The largest window, in bytes.
    pub const WIDTH: usize = 160;

    /// Cuts a window of `line` (a byte span of `text` without its line end) around `focus`.
    ///
    /// `secrets` are the spans, in `text`, of every candidate of the blob.
    pub fn new(text: &[u8], line: &Range<usize>, focus: &Range<usize>, secrets: &[Range<usize>]) -> Self {
        Self::cut(text, line, focus, &Masks::new(text, secrets.iter().cloned()))
    }

    /// Cuts a window as [`Excerpt::new`] does, in time that does not grow with the number of candidates.
    pub fn cut(text: &[u8], line: &Range<usize>, focus: &Range<usize>, masks: &Masks) -> Self {
        let mut excerpt = Self::around(text, line, focus, masks);
        let end = excerpt.focus.end;
        let head = tail(text, focus).start - focus.start.min(text.len());
        excerpt.hidden.push((excerpt.focus.start + head).min(end)..end);
        excerpt
    }

    /// Cuts a window around an expression, which holds no secret: what `masks` says is hidden, and nothing else.
    pub fn around(text: &[u8], line: &Range<usize>, focus: &Range<usize>, masks: &Masks) -> Self {
        let line = without_return(text, line);
        let shown = clip(focus, &line);
        let window = window(text, &line, &shown);
        let within = |span: &Range<usize>| {
            let clipped = clip(span, &window);
            clipped.start - window.start..clipped.end - window.start
        };
        Self {
            text: text[window.clone()].into(),
            focus: within(&shown),
            hidden: masks.within(&window).iter().map(within).collect(),
            cut_before: window.start > line.start,
            cut_after: window.end < line.end,
        }
    }

    /// Returns the window with each secret byte replaced by `*`, but for the head that [`Secret`] shows.
    pub fn masked(&self) -> BString {
        let mut shown = self.text.clone();
        for span in &self.hidden {
            shown[span.clone()].fill(b'*');
        }
        shown
    }

    /// Returns the window as it stands in the file, secrets and all: for `--show-secrets`, and to look at.
    pub fn expose(&self) -> &BStr {
        self.text.as_ref()
    }
}

/// Leaves out the `\r` of a `\r\n`.
fn without_return(text: &[u8], line: &Range<usize>) -> Range<usize> {
    let ends_in_both = text[line.clone()].ends_with(b"\r") && text.get(line.end) == Some(&b'\n');
    line.start..line.end - usize::from(ends_in_both)
}

fn clip(span: &Range<usize>, bounds: &Range<usize>) -> Range<usize> {
    let start = span.start.clamp(bounds.start, bounds.end);
    start..span.end.clamp(start, bounds.end)
}

/// Chooses what of a line is shown: all of a short one, otherwise the surroundings of `focus`.
fn window(text: &[u8], line: &Range<usize>, focus: &Range<usize>) -> Range<usize> {
    if line.len() <= Excerpt::WIDTH {
        return line.clone();
    }
    let room = Excerpt::WIDTH.saturating_sub(focus.len());
    let mut start = focus.start.saturating_sub(room / 2).max(line.start);
    let mut end = (start + Excerpt::WIDTH).min(line.end);
    // A word cut in two is left out: it may be a part of a value that is a finding elsewhere, which nothing would
    // recognise any more.
    while start > line.start && start < focus.start && is_inside_word(text, start) {
        start += 1;
    }
    while end < line.end && end > focus.end && is_inside_word(text, end) {
        end -= 1;
    }
    start..end
}

/// Tells whether the bytes on both sides of `at` belong to one word (or to one character).
fn is_inside_word(text: &[u8], at: usize) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_-+/=.%".contains(&byte);
    is_word(text[at - 1]) && is_word(text[at])
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not even the masked text: only the whole outcome knows every value that may stand in it.
        write!(f, "Excerpt({} bytes, focus {:?})", self.text.len(), self.focus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, focus: Range<usize>, secrets: &[Range<usize>]) -> BString {
        Excerpt::new(text.as_bytes(), &(0..text.len()), &focus, secrets).masked()
    }

    #[test]
    fn an_expression_is_shown_but_for_a_secret_in_it() {
        let text = b"print(get(KEY, 'hunter22'))";
        let hide = |spans: &[Range<usize>]| {
            let masks = Masks::new(text, spans.iter().cloned());
            Excerpt::around(text, &(0..text.len()), &(6..26), &masks).masked()
        };
        assert_eq!(hide(&[]), text.as_slice());
        assert_eq!(hide(&[16..20, 20..24]), "print(get(KEY, '********'))");
    }

    #[test]
    fn every_candidate_in_the_window_is_masked_at_the_same_width() {
        assert_eq!(
            masked("user=alpha pass=beta99", 16..22, &[5..10, 16..22]),
            "user=***** pass=******"
        );
    }

    #[test]
    fn the_head_of_a_long_secret_is_shown_unless_it_stands_inside_another() {
        let text = "url=abcdefghijklmnopqrstuvwxyz0123456789";
        assert_eq!(masked(text, 4..40, &[]), "url=abcd********************************");
        // The second one begins inside the first: what would be its head belongs to the first one's tail.
        assert_eq!(
            masked(text, 20..40, &[4..38, 20..40]),
            "url=abcd********************************"
        );
        // The other way round, the head of the long one lies inside a short one that shows nothing.
        assert_eq!(
            masked(text, 4..40, &[2..8, 4..40]),
            "ur**************************************"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_finding() {
        let mut text = vec![b' '; 10_000];
        text[5_000..5_004].copy_from_slice(b"1234");
        let excerpt = Excerpt::new(&text, &(0..10_000), &(5_000..5_004), &[]);
        assert_eq!(excerpt.masked().len(), Excerpt::WIDTH);
        assert!(excerpt.cut_before && excerpt.cut_after);
        assert_eq!(&excerpt.masked()[excerpt.focus.clone()], b"****");
    }

    #[test]
    fn a_secret_that_reaches_over_the_edge_shows_no_head_of_its_middle() {
        let text = format!("{} x=1234 {}", "s".repeat(300), "t".repeat(300));
        let excerpt = Excerpt::new(text.as_bytes(), &(0..text.len()), &(303..307), &[0..300, 308..608]);
        let shown = excerpt.masked();
        assert!(!shown.contains(&b's'), "{shown}");
        // The head of the second one stands in the window, so it may be shown.
        assert!(
            shown.ends_with(b"x=**** tttt") || shown.ends_with(b"x=**** "),
            "{shown}"
        );
    }

    #[test]
    fn a_word_cut_at_the_edge_is_left_out() {
        let text = format!("{}, k=1234; {}", "Ab1".repeat(100), "Cd2".repeat(100));
        let focus = 304..308;
        let excerpt = Excerpt::new(text.as_bytes(), &(0..text.len()), &focus, &[]);
        assert_eq!(excerpt.masked(), ", k=****; ");
        assert!(excerpt.cut_before && excerpt.cut_after);
    }

    #[test]
    fn no_character_is_cut_in_two() {
        for shift in 0..4 {
            let text = format!("{}{} k=1234 {}", " ".repeat(shift), "é".repeat(200), "語".repeat(200));
            let at = text.find("1234").unwrap();
            let excerpt = Excerpt::new(text.as_bytes(), &(0..text.len()), &(at..at + 4), &[]);
            assert!(str::from_utf8(&excerpt.masked()).is_ok(), "{shift}");
        }
    }

    #[test]
    fn of_a_secret_over_several_lines_the_first_is_masked() {
        let text = b"key = <<first line of it\nsecond line\n>>";
        let excerpt = Excerpt::new(text, &(0..24), &(8..36), &[]);
        assert_eq!(excerpt.masked(), "key = <<fir*************");
        assert_eq!(excerpt.focus, 8..24);
        // And an excerpt of a later line hides its part of it.
        let later = Excerpt::new(text, &(25..36), &(32..36), &[8..36, 32..36]);
        assert_eq!(later.masked(), "***********");
    }

    #[test]
    fn a_carriage_return_before_the_line_end_is_no_part_of_the_line() {
        let excerpt = Excerpt::new(b"a=1234\r\nb", &(0..7), &(2..6), &[]);
        assert_eq!(excerpt.masked(), "a=****");
        assert!(!excerpt.cut_after);
    }

    #[test]
    fn spans_outside_the_text_do_no_harm() {
        let excerpt = Excerpt::new(b"abc", &(0..3), &(7..9), &[2..50, 60..70]);
        assert_eq!(excerpt.masked(), "ab*");
    }

    #[test]
    fn debug_shows_nothing_of_the_text() {
        let excerpt = Excerpt::new(b"hunter2", &(0..7), &(0..7), &[]);
        assert!(!format!("{excerpt:?}").contains("hunter2"));
    }
}
