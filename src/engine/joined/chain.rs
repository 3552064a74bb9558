//! Chains of literals, each joined to the next, and words that go on below.

use std::iter;
use std::ops::Range;

use crate::engine::assignment::Syntax;
use crate::engine::decode::Collage;
use crate::engine::joined::{LONGEST, list, sign};

/// Pieces that make one string.
#[derive(Debug)]
pub(super) struct Chain {
    /// Where the first literal, or what opens the list of them, begins.
    pub(super) start: usize,
    /// Just behind the last literal.
    pub(super) end: usize,
    /// The pieces without their quotes, ascending.
    pieces: Vec<Range<usize>>,
    /// The quote around the whole; words go without.
    quote: Option<u8>,
}

impl Chain {
    /// Writes what stands around the pieces, and them as one literal.
    pub(super) fn write(&self, text: &[u8], window: &Range<usize>, to: &mut Collage) {
        let before = &text[window.start..self.start];
        let trimmed = before.trim_ascii_end();
        // A bracket at the end of its line opens what stands below.
        let opens = self.quote.is_some() && matches!(trimmed.last(), Some(b'(' | b'[' | b'{' | b'=' | b':'));
        let before = if opens && before.contains(&b'\n') {
            trimmed.len()
        } else {
            before.len()
        };
        to.copy(text, window.start..window.start + before);
        let quote: &[u8] = self.quote.as_slice();
        to.put(quote, self.start);
        for piece in &self.pieces {
            to.copy(text, piece.clone());
        }
        let last = self.pieces.last().map_or(self.end, |piece| piece.end);
        to.put(quote, last);
        to.copy(text, self.end..window.end);
    }
}

/// Returns the chains that begin at some of the ascending `starts`, ascending and disjoint: what looks like the first
/// quote of one may have ended another.
pub(super) fn all<'t>(
    text: &'t [u8],
    syntax: Syntax,
    starts: impl Iterator<Item = usize> + 't,
) -> impl Iterator<Item = Chain> + 't {
    let mut done = 0;
    starts.filter_map(move |at| {
        let chain = match text[at] {
            _ if at < done => None,
            b'\\' => continued(text, at, syntax),
            _ => literals(text, at, syntax),
        };
        let chain = chain.filter(|chain| chain.start >= done)?;
        done = chain.end;
        Some(chain)
    })
}

/// Reads the chain whose first literal ends, or whose first piece in a template begins, with the quote at `quote`.
fn literals(text: &[u8], quote: usize, syntax: Syntax) -> Option<Chain> {
    if let Some(template) = template(text, quote, syntax) {
        return Some(template);
    }
    if !sign::may_join(*text.get(quote + 1)?) {
        return None;
    }
    let joint = sign::joint(text, quote, syntax)?;
    let first = opening(text, quote)?;
    let list = match joint.is_list {
        true => Some(list::opens(text, first)?),
        false => None,
    };
    let mut pieces: Vec<_> = iter::once(first + 1..quote).collect();
    let mut open = joint.opens;
    let mut end = quote + 1;
    loop {
        let close = closing(text, open)?;
        if sign::names(&text[close + 1..]) {
            break;
        }
        pieces.push(open + 1..close);
        end = close + 1;
        let joint = sign::joint(text, close, syntax).filter(|joint| joint.is_list == list.is_some());
        match joint {
            Some(joint) if close - first < LONGEST => open = joint.opens,
            _ => break,
        }
    }
    let is_empty = pieces.iter().all(Range::is_empty);
    (!is_empty && pieces.len() > 1).then(|| Chain {
        start: list.unwrap_or(first),
        end,
        pieces,
        quote: Some(text[first]),
    })
}

/// Reads a template with a literal in it: `` `ab${"cd"}ef` ``.
fn template(text: &[u8], quote: usize, syntax: Syntax) -> Option<Chain> {
    let opens = quote.checked_sub(2).map(|at| &text[at..quote]);
    if syntax != Syntax::Code || !matches!(opens, Some(b"${" | b"#{")) {
        return None;
    }
    let around = if opens == Some(b"${") { b'`' } else { b'"' };
    let before = &text[quote.saturating_sub(LONGEST / 16)..quote];
    let first = quote - before.len() + memchr::memrchr(around, before)?;
    let mut pieces: Vec<_> = iter::once(first + 1..quote - 2).collect();
    let mut open = quote;
    loop {
        let close = closing(text, open)?;
        pieces.push(open + 1..close);
        let rest = text
            .get(close + 1..text.len().min(close + LONGEST / 16))?
            .strip_prefix(b"}")?;
        let len = rest
            .iter()
            .position(|&byte| byte == around || byte == b'$' || byte == b'#')?;
        let start = close + 2;
        pieces.push(start..start + len);
        match &text[start + len..] {
            [byte, ..] if *byte == around => {
                return Some(Chain {
                    start: first,
                    end: start + len + 1,
                    pieces,
                    quote: Some(around),
                });
            }
            [b'$' | b'#', b'{', b'"' | b'\'', ..] => open = start + len + 2,
            _ => return None,
        }
    }
}

/// Reads a word that goes on below behind the backslash at `sign`; blanks before it there count in some files only.
fn continued(text: &[u8], sign: usize, syntax: Syntax) -> Option<Chain> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.~".contains(byte);
    let before = text[..sign]
        .iter()
        .rev()
        .take(LONGEST / 16)
        .take_while(|byte| is_word(byte))
        .count();
    let mut pieces: Vec<_> = iter::once(sign - before..sign).collect();
    let mut at = sign;
    while let Some(below) = line_below(text, at, syntax).filter(|_| before > 0 && at - sign < LONGEST) {
        let len = text[below..]
            .iter()
            .take(LONGEST / 16)
            .take_while(|byte| is_word(byte))
            .count();
        if len == 0 {
            break;
        }
        pieces.push(below..below + len);
        at = below + len;
    }
    (pieces.len() > 1).then(|| Chain {
        start: sign - before,
        end: at,
        pieces,
        quote: None,
    })
}

/// Returns where the text of the next line begins behind the backslash at `at`.
fn line_below(text: &[u8], at: usize, syntax: Syntax) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(b"\\")?;
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    let blanks = match syntax {
        Syntax::Data => rest.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count(),
        _ => 0,
    };
    Some(text.len() - rest.len() + blanks)
}

/// Finds the quote that opens the literal which the quote at `close` ends, on the same line.
fn opening(text: &[u8], close: usize) -> Option<usize> {
    let quote = text[close];
    let start = close.saturating_sub(LONGEST / 4);
    let line = memchr::memrchr(b'\n', &text[start..close]).map_or(start, |at| start + at + 1);
    let mut end = close;
    loop {
        let at = line + memchr::memrchr(quote, &text[line..end])?;
        if !sign::is_escaped(text, at) {
            return Some(at);
        }
        end = at;
    }
}

/// Finds the quote that closes the literal opened at `open`, on the same line.
fn closing(text: &[u8], open: usize) -> Option<usize> {
    let quote = text[open];
    let end = text.len().min(open + 1 + LONGEST / 4);
    let mut at = open + 1;
    loop {
        at += memchr::memchr3(quote, b'\\', b'\n', text.get(at..end)?)?;
        match text[at] {
            b'\\' => at += 2,
            b'\n' => return None,
            _ => return Some(at),
        }
    }
}
