//! A delta: how one object is made of another, by copying from it and by inserting.

use std::ops::Range;

use crate::git::pack::{Broken, LARGEST, broken, impossible};
use crate::model::Copied;

/// Makes `result` of `base` by `delta`, and lists in `copies` what was copied.
pub(super) fn apply(base: &[u8], delta: &[u8], result: &mut Vec<u8>, copies: &mut Vec<Copied>) -> Result<(), Broken> {
    result.clear();
    copies.clear();
    let mut steps = Steps { delta, at: 0 };
    let (from, to) = (steps.size()?, steps.size()?);
    if from != base.len() {
        return Err(broken("a delta does not fit its base"));
    }
    if to > LARGEST {
        return Err(impossible("a delta makes more than can be held"));
    }
    // A size that is only claimed must not fill the memory; growing costs little where it is true.
    result.reserve_exact(to.min(64 << 20));
    while let Some(step) = steps.next()? {
        match step {
            Step::Copy(span) => {
                copies.push(Copied {
                    from: span.start,
                    to: result.len(),
                    len: span.len(),
                });
                result.extend_from_slice(base.get(span).ok_or_else(cut)?);
            }
            Step::Insert(bytes) => result.extend_from_slice(bytes),
        }
        if result.len() > to {
            break;
        }
    }
    if result.len() != to {
        return Err(broken("a delta makes more or less than it says"));
    }
    Ok(())
}

/// Returns how large the object is that a delta makes.
pub(super) fn result_size(delta: &[u8]) -> Result<u64, Broken> {
    let mut steps = Steps { delta, at: 0 };
    steps.size()?;
    steps.size().map(|size| size as u64)
}

enum Step<'d> {
    Copy(Range<usize>),
    Insert(&'d [u8]),
}

struct Steps<'d> {
    delta: &'d [u8],
    at: usize,
}

impl<'d> Steps<'d> {
    fn next(&mut self) -> Result<Option<Step<'d>>, Broken> {
        if self.at == self.delta.len() {
            return Ok(None);
        }
        let code = self.byte()?;
        if code & 0x80 != 0 {
            return self.copy(code).map(Some);
        }
        let span = self.at..self.at + usize::from(code);
        self.at = span.end;
        match code {
            0 => Err(broken("a delta has a step that means nothing")),
            _ => Ok(Some(Step::Insert(self.delta.get(span).ok_or_else(cut)?))),
        }
    }

    /// Reads offset and length, of which only the bytes that the code names are there.
    fn copy(&mut self, code: u8) -> Result<Step<'d>, Broken> {
        let (mut from, mut len) = (0_usize, 0_usize);
        for bit in 0..4 {
            if code & 1 << bit != 0 {
                from |= usize::from(self.byte()?) << (8 * bit);
            }
        }
        for bit in 0..3 {
            if code & 0x10 << bit != 0 {
                len |= usize::from(self.byte()?) << (8 * bit);
            }
        }
        if len == 0 {
            len = 0x10000;
        }
        Ok(Step::Copy(from..from + len))
    }

    fn size(&mut self) -> Result<usize, Broken> {
        let (mut size, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            if shift > 56 {
                return Err(broken("a delta is impossibly large"));
            }
            size |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return usize::try_from(size).map_err(|_| broken("a delta is impossibly large"));
            }
        }
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        let byte = *self.delta.get(self.at).ok_or_else(cut)?;
        self.at += 1;
        Ok(byte)
    }
}

fn cut() -> Broken {
    broken("a delta is cut short")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(base: &[u8], delta: &[u8]) -> Option<(Vec<u8>, Vec<Copied>)> {
        let (mut result, mut copies) = (Vec::new(), Vec::new());
        apply(base, delta, &mut result, &mut copies).ok()?;
        Some((result, copies))
    }

    #[test]
    fn copies_and_inserts_make_the_result() {
        let (result, copies) = made(b"hello world", &[11, 9, 0x90, 5, 2, b',', b' ', 0x91, 9, 2]).unwrap();
        assert_eq!(result, b"hello, ld");
        assert_eq!(copies[1], Copied { from: 9, to: 7, len: 2 });
    }

    #[test]
    fn a_delta_for_another_base_is_refused() {
        assert_eq!(made(b"hello", &[4, 1, 1, b'x']), None);
        assert_eq!(made(b"hello", &[5, 9, 0x90, 9]), None, "a copy beyond the end");
        assert_eq!(made(b"hello", &[5, 2, 1, b'x']), None, "less than it says");
    }

    proptest! {
        #[test]
        fn no_delta_makes_it_panic(base in prop::collection::vec(any::<u8>(), 5), delta in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = made(&base, &delta);
            let _ = made(&base, &[&[5, 20], &delta[..]].concat());
        }
    }
}
