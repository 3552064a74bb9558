//! The places of a text at which something may be found, and how a text inherits them from the one it was made of.
//!
//! Most of what a history holds was there in the version before. So a version is searched in two steps: a survey says
//! where a closer look is due, and the look itself, which may read the text as far as it likes, is the one that every
//! text gets. Only the survey is inherited. That is exact by its nature, for a place is told by the few bytes around it
//! ([`kept`]): where those were copied, so was the place. What is not among the places would have been looked at in
//! vain, whoever looked.
//!
//! A survey costs what the keyword automaton costs; an inherited one costs that for what is new. What is remembered of
//! a text is a few bytes for each place, and most texts have a handful.

mod excerpt;
mod kept;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::iter;
use std::ops::Range;

use crate::engine::decode::Stretches;
use crate::engine::detect::{BLOCK, HITS, detect_at, is_inside_run};
use crate::engine::ready::Way;
use crate::engine::survey::excerpt::Excerpt;
use crate::engine::survey::kept::{Gap, Kept};
use crate::engine::{Engine, Searched, assignment, joined};
use crate::model::{Blob, Copied, Places, Profile};
use crate::rules::FARTHEST;

/// How far before its keyword a glance may look.
const BEFORE: usize = 32;
/// How far behind the start of its keyword a glance may look.
const BEHIND: usize = FARTHEST;

thread_local! {
    static EXCERPT: RefCell<Excerpt> = RefCell::default();
}

impl Engine {
    /// Finds the places of a text.
    pub fn survey(&self, text: &[u8]) -> Places {
        let mut places = Places {
            len: text.len(),
            is_whole: !self.everywhere.is_empty(),
            starts: joined::starts_within(text, 0..text.len()).map(|at| at as u32).collect(),
            ..Places::default()
        };
        self.keywords(text, iter::once(0..text.len()), &mut places);
        let mut stretches = Stretches::new(text, false);
        let rows = iter::from_fn(|| stretches.opening_row());
        places.rows.extend(rows.map(|row| narrow(&row)));
        places
    }

    /// Finds the places of a text that was made of another one, whose places are known.
    pub fn survey_again(&self, text: &[u8], base: &Places, copies: &[Copied]) -> Places {
        let kept = Kept::all(text, base.len, copies);
        if kept.is_empty() {
            return self.survey(text);
        }
        let mut places = Places {
            len: text.len(),
            is_whole: !self.everywhere.is_empty(),
            ..Places::default()
        };
        for copy in &kept {
            self.inherit(copy, base, &mut places);
        }
        let gaps = Gap::between(text, &kept);
        self.keywords(text, gaps.iter().map(|gap| gap.keywords.clone()), &mut places);
        for gap in &gaps {
            look_into(text, gap, &mut places);
        }
        // Two gaps with but a keyword or a row of digits between them both see it.
        for list in [&mut places.keywords, &mut places.words] {
            list.sort_unstable();
            list.dedup();
        }
        places.starts.sort_unstable();
        places.rows.sort_unstable_by_key(|row| row.start);
        places.rows.dedup();
        places
    }

    /// Searches a blob at its places; `profile` is that of its path, if it is known.
    pub fn scan_at(&self, blob: &Blob<'_>, profile: Option<Profile>, places: &Places) -> Searched {
        let manner = self.manner_of(profile, blob.path.as_ref());
        self.conclude(blob, detect_at(self, blob, manner, places))
    }

    fn inherit(&self, copy: &Kept, base: &Places, places: &mut Places) {
        self.inherit_keywords(copy, &base.keywords, &mut places.keywords);
        self.inherit_keywords(copy, &base.words, &mut places.words);
        let first = base
            .starts
            .partition_point(|&start| (start as usize) < copy.there(copy.keywords.start));
        let starts = base.starts[first..].iter().map(|&start| copy.here(start as usize));
        let kept = starts.take_while(|&start| start < copy.keywords.end);
        places.starts.extend(kept.map(|start| start as u32));
        let first = base
            .rows
            .partition_point(|row| (row.start as usize) < copy.there(copy.rows.start));
        for row in &base.rows[first..] {
            let row = copy.here(row.start as usize)..copy.here(row.end as usize);
            if row.end > copy.rows.end {
                break;
            }
            places.rows.push(narrow(&row));
        }
    }

    fn inherit_keywords(&self, copy: &Kept, base: &[(u32, u32)], keywords: &mut Vec<(u32, u32)>) {
        let first = base.partition_point(|&(end, _)| (end as usize) < copy.there(copy.keywords.start));
        for &(end, keyword) in &base[first..] {
            let end = copy.here(end as usize);
            if end > copy.keywords.end {
                break;
            }
            if end - self.keyword_length(keyword as usize) >= copy.keywords.start {
                keywords.push((end as u32, keyword));
            }
        }
    }

    /// Adds the keywords that reach into some ascending parts of the text, and at which something may be found.
    fn keywords(&self, text: &[u8], parts: impl Iterator<Item = Range<usize>>, places: &mut Places) {
        let run_up = self.keywords.automaton.run_up();
        let mut excerpt = EXCERPT.take();
        for part in parts.flat_map(blocks) {
            let around = part.start.saturating_sub(run_up)..text.len().min(part.end + run_up);
            if excerpt.len() + around.len() > BLOCK {
                self.flush(text, &mut excerpt, places);
            }
            excerpt.add(text, part, around);
        }
        self.flush(text, &mut excerpt, places);
        EXCERPT.set(excerpt);
    }

    /// Looks at all parts that an excerpt holds, and empties it.
    fn flush(&self, text: &[u8], excerpt: &mut Excerpt, places: &mut Places) {
        let mut hits = HITS.take();
        self.find(excerpt.bytes(text), &mut hits);
        let mut parts = excerpt.parts().iter().peekable();
        let mut part = parts.next();
        for hit in hits.iter() {
            let end = hit.end as usize;
            while let Some(next) = parts.next_if(|next| next.at < end) {
                part = Some(next);
            }
            let Some(part) = part else { break };
            // What the seam of two parts makes is no keyword of the text.
            let length = self.keyword_length(hit.keyword as usize);
            let Some(start) = (end - part.at).checked_sub(length).map(|start| part.from + start) else {
                continue;
            };
            let keyword = start..start + length;
            let is_asked = keyword.end > part.asked.start && keyword.start < part.asked.end;
            if is_asked && self.keywords.held[hit.keyword as usize] != 0 {
                places.words.push((keyword.end as u32, hit.keyword));
            }
            if is_asked && self.is_place(text, hit.keyword as usize, &keyword) {
                places.keywords.push((keyword.end as u32, hit.keyword));
            }
        }
        HITS.set(hits);
        excerpt.clear();
    }

    /// Tells by the bytes close to a keyword whether anything can be found there.
    fn is_place(&self, text: &[u8], number: usize, keyword: &Range<usize>) -> bool {
        let mut rules = self.keywords.rules_of(number).iter();
        self.escapes[number].is_some()
            || !is_inside_run(text, keyword) && rules.any(|&rule| self.may_find(rule as usize, text, keyword))
    }

    /// Tells whether a rule may find something at a keyword. Where it would have to look far to tell, it may.
    fn may_find(&self, number: usize, text: &[u8], keyword: &Range<usize>) -> bool {
        if !self.rules.may_match_within(number, text, keyword, BEFORE, BEHIND) {
            return false;
        }
        let rule = &self.rules[number];
        match &rule.way {
            Way::Pattern(_) => true,
            Way::Assignment(_) => assignment::may_promise(text, keyword),
            Way::FileName => false,
        }
    }
}

/// Looks for what is no keyword where no copy covers the text.
fn look_into(text: &[u8], gap: &Gap, places: &mut Places) {
    let starts = joined::starts_within(text, gap.keywords.clone());
    places.starts.extend(starts.map(|start| start as u32));
    let mut stretches = Stretches::within(text, gap.rows.clone());
    let rows = iter::from_fn(|| stretches.opening_row());
    places.rows.extend(rows.map(|row| narrow(&row)));
}

/// Cuts a part where keywords are looked for in so much at a time.
fn blocks(part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let starts = part.clone().step_by(BLOCK);
    starts.map(move |start| start..part.end.min(start + BLOCK))
}

/// Nothing that is surveyed is larger than four gigabytes.
fn narrow(row: &Range<usize>) -> Range<u32> {
    row.start as u32..row.end as u32
}
