//! Searches the texts inside a text: what is decoded is searched as the file is, and found where it stands encoded.
//! All of them share one budget, so texts in texts cost no more than a text of that length would.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::engine::assignment::{Kind, Syntax};
use crate::engine::candidate::Candidate;
use crate::engine::decode::{Decoded, Layer, Layers, Mark, Stretches};
use crate::engine::detect::{Detected, Search};
use crate::engine::joined::Starts;
use crate::engine::manner::Manner;
use crate::engine::notebook::Notebook;
use crate::engine::reach::Reach;
use crate::engine::{decode, joined, judge, notebook, placeholder};
use crate::model::{Blob, Confidence, Nature, Place, Scope};
use crate::rules::Assignment;

/// How deep texts may stand in one another.
const DEEPEST: usize = 5;

impl Search<'_> {
    /// Decodes what is encoded and searches that. Deeper or more than any honest file goes, it says so.
    ///
    /// `rows` are all that may be encoded, where that is known already.
    pub(super) fn encoded(&mut self, depth: usize, rows: Option<&[Range<u32>]>) {
        let blob = self.blob;
        let marks = std::mem::take(&mut self.escapes);
        let stretches = match rows {
            Some(rows) => Stretches::among(&blob.bytes, rows),
            None => Stretches::new(&blob.bytes, self.engine.is_plain),
        };
        let mut layers = Layers::new(stretches, marks, self.known());
        while let Some(decoded) = layers.next(self.budget.decoded, &self.reach) {
            match decoded {
                Decoded::Text(layer) if depth < DEEPEST && !self.is_spent() => {
                    self.layer(&layer, self.manner.syntax, depth + 1, None);
                }
                _ => {
                    self.detected.gave_up = true;
                    return;
                }
            }
        }
    }

    /// Searches the cells of a notebook, each in its own syntax.
    pub(super) fn notebook(&mut self, depth: usize) {
        if depth > 0 || !notebook::is_notebook(&self.blob.path) {
            return;
        }
        for (layer, syntax) in Notebook::read(&self.blob.bytes).layers() {
            self.layer(&layer, syntax, depth + 1, None);
        }
    }

    /// Searches the strings that are written in pieces.
    pub(super) fn joined(&mut self, depth: usize, starts: Starts<'_>) {
        if depth >= DEEPEST {
            return;
        }
        let Some(layer) = joined::join(&self.blob.bytes, self.manner.syntax, &self.reach, starts) else {
            return;
        };
        let rules = &self.engine.rules;
        let is_new = |candidate: &Candidate| {
            let is_shape = rules[candidate.rule].is_shape() || candidate.decoded.is_some();
            joined::is_new(&layer, &candidate.span, is_shape)
        };
        self.layer(&layer, self.manner.syntax, depth + 1, Some(&is_new));
    }

    /// Returns where values stand that are proven or refuted: what is inside them is a part of them.
    fn known(&self) -> Vec<Range<usize>> {
        let is_known = |candidate: &&Candidate| {
            let is_proven = candidate.confidence() == Some(Confidence::Certain);
            candidate.place == Place::Content && (is_proven || candidate.is_refuted())
        };
        let candidates = self.detected.candidates.iter().filter(is_known);
        candidates.map(|candidate| candidate.span.clone()).collect()
    }

    /// Searches a text inside this one. What was joined repeats what stands around it: of that only what `is_new`.
    fn layer(&mut self, layer: &Layer, syntax: Syntax, depth: usize, is_new: Option<&dyn Fn(&Candidate) -> bool>) {
        if self.is_spent() || layer.bytes.len() > self.budget.decoded {
            self.detected.gave_up = true;
            return;
        }
        self.budget.decoded -= layer.bytes.len();
        let blob = Blob {
            origin: self.blob.origin.clone(),
            path: Cow::Borrowed(&self.blob.path),
            bytes: Cow::Borrowed(&layer.bytes),
            scope: Scope::Whole,
            kind: self.blob.kind,
            nature: Nature::Text,
        };
        let mut inner = Search {
            engine: self.engine,
            blob: &blob,
            manner: Manner {
                syntax,
                ..self.manner.clone()
            },
            reach: Reach::default(),
            next: BTreeMap::new(),
            budget: self.budget,
            escapes: Vec::new(),
            last_keyword: (0..0, None),
            last_name: None,
            judged: Default::default(),
            detected: Detected::default(),
            explains: self.explains,
        };
        inner.content(depth);
        if let Some(is_new) = is_new {
            inner.secret_files();
            inner.detected.candidates.retain(is_new);
        }
        self.budget = inner.budget;
        self.detected.gave_up |= inner.detected.gave_up;
        for mut candidate in inner.detected.candidates {
            let value = &layer.bytes[candidate.span.clone()];
            candidate.decoded.get_or_insert_with(|| value.into());
            candidate.span = layer.origin(&candidate.span);
            if let Some(trail) = &mut candidate.trail {
                trail.found.insert_str(0, "decoded from what stands here, ");
            }
            if self.has_room_for(&candidate.verdict) {
                self.detected.candidates.push(candidate);
            }
        }
    }

    /// Notes an escape, unless nothing around it may be reported.
    pub(super) fn escape(&mut self, mark: Mark) {
        let (before, after) = (mark.end.saturating_sub(decode::REACH), mark.end + decode::REACH);
        if self.reach.touches(before, after) {
            self.escapes.push(mark);
        }
    }
}

/// Judges a value, and what it says where it is base64: a Kubernetes secret holds the one for the other.
pub(super) fn judge(want: Assignment, evidence: &judge::Evidence<'_>) -> Result<Confidence, judge::Drop> {
    let judged = judge::judge(want, evidence);
    let Some(plain) = decode::plain_value(evidence.value) else {
        return judged;
    };
    if placeholder::is_placeholder(&plain) {
        return Err("placeholder");
    }
    let inside = judge::judge(
        want,
        &judge::Evidence {
            value: &plain,
            ..*evidence
        },
    );
    match (judged, inside) {
        (Ok(outside), Ok(inside)) => Ok(outside.max(inside)),
        // Random signs by chance spell no words.
        (Ok(_), Err(reason @ ("words" | "prose"))) if evidence.kind != Some(Kind::Password) => Err(reason),
        (judged, inside) => judged.or(inside),
    }
}
