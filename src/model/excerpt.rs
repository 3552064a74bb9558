//! The text around a finding, kept so that a report can show it and nothing in it can leak.
//!
//! The engine knows every candidate in the blob, so it notes the masks here, where the text is cut; a report can
//! only ask for the masked form.

use std::fmt;
use std::ops::Range;

use bstr::{BStr, BString};

/// A window of one line, at most [`Excerpt::WIDTH`] bytes, with the spans that must not be shown.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    text: BString,
    /// The finding's own span within the window.
    pub focus: Range<usize>,
    /// Spans of every candidate within the window, the finding's own included.
    masks: Vec<Range<usize>>,
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
        let focus = focus.start.clamp(line.start, line.end)..focus.end.clamp(line.start, line.end);
        let room = Self::WIDTH.saturating_sub(focus.len());
        let start = if line.len() <= Self::WIDTH {
            line.start
        } else {
            focus.start.saturating_sub(room / 2).max(line.start)
        };
        let end = (start + Self::WIDTH).min(line.end).max(start);
        let within = |span: &Range<usize>| {
            let (from, to) = (span.start.clamp(start, end), span.end.clamp(start, end));
            from - start..to - start
        };
        let mut masks: Vec<_> = secrets.iter().map(within).filter(|span| !span.is_empty()).collect();
        masks.push(within(&focus));
        masks.sort_by_key(|span| span.start);
        Self {
            text: text[start..end].into(),
            focus: within(&focus),
            masks,
            cut_before: start > line.start,
            cut_after: end < line.end,
        }
    }

    /// Returns the window with each masked byte replaced by `*`, but for the head that [`Secret`](crate::model::Secret) shows.
    pub fn masked(&self) -> BString {
        let mut shown = self.text.clone();
        for span in &self.masks {
            let head = crate::model::Secret::shown_head(&self.text[span.clone()]);
            shown[span.clone()][head..].fill(b'*');
        }
        // A second pass, for a span may start inside the shown head of another.
        for span in &self.masks {
            let head = crate::model::Secret::shown_head(&self.text[span.clone()]);
            shown[span.start + head..span.end].fill(b'*');
        }
        shown
    }

    /// Returns the window as it stands in the file, secrets and all: for `--show-secrets` only.
    pub fn expose(&self) -> &BStr {
        self.text.as_ref()
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Excerpt({:?})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_in_the_window_is_masked_at_the_same_width() {
        let text = b"user=alpha pass=beta99";
        let excerpt = Excerpt::new(text, &(0..22), &(16..22), &[5..10, 16..22]);
        assert_eq!(excerpt.masked(), "user=***** pass=******");
    }

    #[test]
    fn a_long_line_is_cut_around_the_finding() {
        let mut text = vec![b'x'; 10_000];
        text[5_000..5_004].copy_from_slice(b"1234");
        let excerpt = Excerpt::new(&text, &(0..10_000), &(5_000..5_004), &[]);
        assert_eq!(excerpt.masked().len(), Excerpt::WIDTH);
        assert!(excerpt.cut_before && excerpt.cut_after);
        assert_eq!(&excerpt.masked()[excerpt.focus.clone()], b"****");
    }

    #[test]
    fn debug_is_masked() {
        let excerpt = Excerpt::new(b"hunter2", &(0..7), &(0..7), &[]);
        assert!(!format!("{excerpt:?}").contains("hunter2"));
    }
}
