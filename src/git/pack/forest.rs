//! What of a pack is made of what: a forest, for most entries are deltas of others, chain upon chain.
//!
//! It is read off the heads of all entries at once, which costs little and tells for each entry also what kind of object
//! it is, without making it.

use crate::git::pack::entry::{Form, Head, ObjectKind};
use crate::git::pack::file::Pack;

/// All entries of a pack, by their order in it; each is a node.
#[derive(Debug, Default)]
pub(super) struct Forest {
    pub(super) nodes: Vec<Node>,
    /// All nodes that lead to a whole entry, each behind the one that it is made of.
    pub(super) order: Vec<u32>,
    /// The node of each entry by its number in the index.
    places: Vec<u32>,
    /// True when some entries are made of each other.
    pub(super) has_circle: bool,
}

/// An entry.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) offset: u64,
    /// Its number in the pack's index.
    pub(super) entry: u32,
    /// What it is made of.
    pub(super) base: u32,
    /// The first of those that are made of it, and the next one that is made of the same.
    pub(super) first: u32,
    next: u32,
    /// What it is; `None` where its chain leads nowhere.
    pub(super) kind: Option<ObjectKind>,
}

/// After so many heads the memory that holds them is given back.
const OFTEN: usize = 1 << 16;
/// No node.
pub(super) const NOBODY: u32 = u32::MAX;

impl Forest {
    /// Reads the heads of all entries.
    pub(super) fn of(pack: &Pack) -> Self {
        let count = u32::try_from(pack.index.len()).unwrap_or(0);
        let mut entries: Vec<(u64, u32)> = (0..count)
            .filter_map(|entry| Some((pack.index.offset(entry as usize)?, entry)))
            .collect();
        entries.sort_unstable();
        let mut forest = Self {
            nodes: Vec::with_capacity(entries.len()),
            order: Vec::with_capacity(entries.len()),
            places: vec![NOBODY; count as usize],
            has_circle: false,
        };
        for (node, (offset, entry)) in (0..).zip(entries) {
            forest.places[entry as usize] = node;
            forest.nodes.push(Node {
                offset,
                entry,
                base: NOBODY,
                first: NOBODY,
                next: NOBODY,
                kind: None,
            });
        }
        for (count, node) in (0..forest.nodes.len()).rev().enumerate() {
            forest.link(pack, node);
            // Each head brings in all that stands around it.
            if count % OFTEN == 0 {
                pack.forget();
            }
        }
        pack.forget();
        forest.grow();
        forest.has_circle |= forest.runs_in_a_circle();
        forest
    }

    fn link(&mut self, pack: &Pack, node: usize) {
        let offset = self.nodes[node].offset;
        let Ok((head, _)) = pack.entry(offset) else { return };
        match self.base(pack, offset, head) {
            Ok(kind) => {
                self.nodes[node].kind = Some(kind);
                self.order.push(node as u32);
            }
            Err(Some(base)) if base as usize != node => {
                self.nodes[node].base = base;
                self.nodes[node].next = std::mem::replace(&mut self.nodes[base as usize].first, node as u32);
            }
            Err(Some(_)) => self.has_circle = true,
            Err(None) => {}
        }
    }

    /// Returns the kind of a whole entry, or what another one is made of.
    fn base(&self, pack: &Pack, offset: u64, head: Head) -> Result<ObjectKind, Option<u32>> {
        match head.form {
            Form::Whole(kind) => Ok(kind),
            Form::OfEarlier(distance) => Err(offset.checked_sub(distance).and_then(|base| self.at(base))),
            Form::OfNamed(name) => Err(pack.index.number(&name).and_then(|entry| self.node(entry))),
        }
    }

    /// Gives each node the kind of what it is made of; what runs in a circle is never reached.
    fn grow(&mut self) {
        self.order.reverse();
        let mut at = 0;
        while let Some(&parent) = self.order.get(at) {
            let kind = self.nodes[parent as usize].kind;
            let mut child = self.nodes[parent as usize].first;
            while child != NOBODY {
                self.nodes[child as usize].kind = kind;
                self.order.push(child);
                child = self.nodes[child as usize].next;
            }
            at += 1;
        }
    }

    /// Tells whether a chain that leads to nothing whole leads back to itself.
    fn runs_in_a_circle(&self) -> bool {
        let mut passed = vec![NOBODY; self.nodes.len()];
        (0..)
            .zip(&self.nodes)
            .filter(|(_, node)| node.kind.is_none())
            .any(|(start, _)| {
                let mut at = start;
                while at != NOBODY && passed[at as usize] == NOBODY {
                    passed[at as usize] = start;
                    at = self.nodes[at as usize].base;
                }
                at != NOBODY && passed[at as usize] == start
            })
    }

    fn at(&self, offset: u64) -> Option<u32> {
        let node = self.nodes.binary_search_by_key(&offset, |node| node.offset).ok()?;
        Some(node as u32)
    }

    /// Returns the node of an entry by its number in the index.
    pub(super) fn node(&self, entry: usize) -> Option<u32> {
        self.places.get(entry).copied().filter(|&node| node != NOBODY)
    }

    /// Returns what is made of a node.
    pub(super) fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let is_node = |&node: &u32| node != NOBODY;
        let first = Some(self.nodes[node as usize].first).filter(is_node);
        std::iter::successors(first, move |&child| {
            Some(self.nodes[child as usize].next).filter(is_node)
        })
    }
}
