//! How a folder differs from the one that it is a delta of, told by where the entries begin.

use crate::git::history::census::order;
use crate::git::history::parse::{self, Entry};
use crate::model::Copied;

/// The folder that another one is made of.
pub(super) struct Base<'b> {
    /// Where its entries begin; each stands behind those that sort before it.
    pub(super) starts: &'b [u32],
    pub(super) content: &'b [u8],
    pub(super) copies: &'b [Copied],
}

/// How a folder differs from its base.
pub(super) struct Difference<'c, 'b> {
    /// The entries that it does not have from its base, or all of them.
    pub(super) new: Vec<Entry<'c>>,
    /// The entries of the base that it does not have from there.
    pub(super) gone: Vec<Entry<'b>>,
    /// Where its entries begin.
    pub(super) starts: Vec<u32>,
    /// False when its entries stand in no order, so that one may be there twice.
    pub(super) is_orderly: bool,
    /// True when what is not new is as it is in the base.
    pub(super) is_of_base: bool,
}

/// Reads a folder; `None` when it is damaged.
pub(super) fn read<'c, 'b>(content: &'c [u8], width: usize, base: Option<&Base<'b>>) -> Option<Difference<'c, 'b>> {
    let mut reading = Reading {
        content,
        width,
        new: Vec::new(),
        starts: Vec::new(),
        runs: Vec::new(),
        is_orderly: true,
    };
    reading.read(base)?;
    if !reading.is_orderly && base.is_some() {
        // Names prove nothing here, so all of it is new.
        reading = Reading {
            new: Vec::new(),
            starts: Vec::new(),
            runs: Vec::new(),
            ..reading
        };
        reading.read(None)?;
        return Some(reading.difference(None));
    }
    Some(reading.difference(base))
}

struct Reading<'c> {
    content: &'c [u8],
    width: usize,
    new: Vec<Entry<'c>>,
    starts: Vec<u32>,
    /// The runs of entries of the base that were copied.
    runs: Vec<(usize, usize)>,
    is_orderly: bool,
}

impl<'c> Reading<'c> {
    fn read(&mut self, base: Option<&Base<'_>>) -> Option<()> {
        let mut copies = base.map_or(&[][..], |base| base.copies);
        let mut at = 0;
        while at < self.content.len() {
            while let [first, rest @ ..] = copies
                && first.to + first.len <= at
            {
                copies = rest;
            }
            let run = base.and_then(|base| Some((base, copied(base, copies, at)?)));
            at = match run {
                Some((base, (first, past))) => self.take(base, at, first, past),
                None => self.step(at)?,
            };
        }
        Some(())
    }

    /// Takes some entries over from the base.
    fn take(&mut self, base: &Base<'_>, at: usize, first: usize, past: usize) -> usize {
        let from = base.starts[first] as usize;
        let junction = self.starts.len();
        let starts = base.starts[first..past].iter();
        self.starts
            .extend(starts.map(|&start| (start as usize - from + at) as u32));
        self.runs.push((first, past));
        self.check(junction);
        at + end(base, past - 1) - from
    }

    /// Reads one entry.
    fn step(&mut self, at: usize) -> Option<usize> {
        let (entry, len) = entry(self.content, at, self.width)?;
        self.starts.push(at as u32);
        self.new.push(entry);
        self.check(self.starts.len() - 1);
        Some(at + len)
    }

    /// Checks that the entry with this number sorts behind the one before it.
    fn check(&mut self, number: usize) {
        let Some(before) = number.checked_sub(1) else { return };
        let entry = |number: usize| entry(self.content, self.starts[number] as usize, self.width);
        let pair = entry(before).zip(entry(number));
        self.is_orderly &= pair.is_some_and(|((before, _), (here, _))| order(&before, &here).is_lt());
    }

    fn difference<'b>(mut self, base: Option<&Base<'b>>) -> Difference<'c, 'b> {
        let mut gone = Vec::new();
        if let Some(base) = base {
            self.runs.sort_unstable();
            let mut from = 0;
            for (first, past) in self.runs.into_iter().chain([(base.starts.len(), usize::MAX)]) {
                let lost = base.starts.get(from..first).unwrap_or_default();
                let lost = lost
                    .iter()
                    .map(|&start| entry(base.content, start as usize, self.width));
                gone.extend(lost.flatten().map(|(entry, _)| entry));
                from = from.max(past);
            }
        }
        Difference {
            new: self.new,
            gone,
            starts: self.starts,
            is_orderly: self.is_orderly,
            is_of_base: base.is_some(),
        }
    }
}

/// Reads the entry that begins at an offset, and its length.
fn entry(content: &[u8], at: usize, width: usize) -> Option<(Entry<'_>, usize)> {
    let rest = content.get(at..)?;
    let mut entries = parse::tree(rest, width);
    let entry = entries.next()??;
    Some((entry, rest.len() - entries.rest()))
}

/// Returns the entries of the base that stand, whole and copied, from an offset on.
fn copied(base: &Base<'_>, copies: &[Copied], at: usize) -> Option<(usize, usize)> {
    let copy = copies.first().filter(|copy| copy.to <= at)?;
    // Pieces of one long copy follow each other.
    let goes_on = |(one, next): &(&Copied, &Copied)| one.to + one.len == next.to && one.from + one.len == next.from;
    let pairs = copies.iter().zip(&copies[1..]);
    let more: usize = pairs.take_while(goes_on).map(|(_, next)| next.len).sum();
    let past = copy.from + copy.len + more;
    let first = base.starts.binary_search(&((at - copy.to + copy.from) as u32)).ok()?;
    // The last entry that ends where the copy ends, or before.
    let begun = base.starts.partition_point(|&start| (start as usize) < past);
    let ended = if end(base, begun - 1) <= past { begun } else { begun - 1 };
    (first < ended).then_some((first, ended))
}

/// Returns where an entry of the base ends.
fn end(base: &Base<'_>, number: usize) -> usize {
    base.starts
        .get(number + 1)
        .map_or(base.content.len(), |&start| start as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folder(names: &[u8]) -> Vec<u8> {
        let entry = |name: &u8| [&b"100644 f"[..], &[b'a' + name / 8, 0], &[*name; 20]].concat();
        names.iter().flat_map(entry).collect()
    }

    fn shown(entries: &[Entry<'_>]) -> Vec<String> {
        entries.iter().map(|entry| format!("{entry:?}")).collect()
    }

    fn all(content: &[u8]) -> Vec<String> {
        parse::tree(content, 20)
            .flatten()
            .map(|entry| format!("{entry:?}"))
            .collect()
    }

    /// Puts a folder together of what is new and what its base had.
    fn together(difference: &Difference<'_, '_>, base: &[u8]) -> Vec<String> {
        let gone = shown(&difference.gone);
        let mut entries = if difference.is_of_base { all(base) } else { Vec::new() };
        entries.retain(|entry| !gone.contains(entry));
        entries.extend(shown(&difference.new));
        entries.sort();
        entries
    }

    proptest! {
        #[test]
        fn a_folder_is_its_base_without_what_is_gone_and_with_what_is_new(
            names in prop::collection::vec(0_u8..200, 0..12),
            steps in prop::collection::vec((0_usize..300, 0_usize..120, prop::collection::vec(0_u8..200, 0..3)), 0..6),
        ) {
            let mut names = names;
            names.sort_unstable();
            names.dedup_by_key(|name| *name / 8);
            let content = folder(&names);
            let (mut made, mut copies) = (Vec::new(), Vec::new());
            for (from, len, new) in steps {
                let from = from.min(content.len());
                let len = len.min(content.len() - from);
                if len > 0 {
                    copies.push(Copied { from, to: made.len(), len });
                }
                made.extend_from_slice(&content[from..from + len]);
                made.extend(folder(&new));
            }
            let first = read(&content, 20, None).unwrap();
            prop_assert!(first.is_orderly);
            let base = Base { starts: &first.starts, content: &content, copies: &copies };
            let mut expected = all(&made);
            let is_whole = parse::tree(&made, 20).all(|entry| entry.is_some());
            match read(&made, 20, Some(&base)) {
                None => prop_assert!(!is_whole),
                Some(difference) => {
                    expected.sort();
                    prop_assert_eq!(together(&difference, &content), expected);
                }
            }
        }
    }
}
