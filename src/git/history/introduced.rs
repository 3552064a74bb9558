//! Which commit brought a value to a path, and which one took it away.
//!
//! A commit brings a value to a path when it stands there in the commit and stands there in none of its parents: so a
//! merge brings only what no side had, whatever a diff of it would show.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

use crate::git::MixBuild;
use crate::git::history::History;
use crate::git::history::parse;
use crate::git::history::paths::TOP;
use crate::git::history::reduced::{Item, Reduced, Where};
use crate::model::Introduced;

/// A value that a commit brought to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Introduction {
    /// The value.
    pub value: u32,
    /// The path.
    pub path: u32,
    /// The blob that holds it there; `None` when the path itself is the value and leads to a folder.
    pub blob: Option<u32>,
    /// The commit, by its number among the objects.
    pub commit: u32,
    /// Whether HEAD has it at that path.
    pub in_head: bool,
    /// The commit that took it away, if one did.
    pub removed: Option<u32>,
}

/// A value at a path, and the blob if there is one.
type Held = (u32, u32, Option<u32>);

/// A value that a commit took from a path; true when every parent had it there.
type Taken = (usize, bool);

impl History {
    /// Finds the commits that brought values to their paths; those of ancestors come before those of descendants.
    pub fn introductions(&self, places: &Where) -> Vec<Introduction> {
        if places.in_blobs.is_empty() && places.in_paths.is_empty() {
            return Vec::new();
        }
        let mut reader = self.objects.reader();
        let mut reduced = Reduced::new(&self.census, &self.known, places);
        let order = self.oldest_first();
        let mut tops: HashMap<u32, u32, MixBuild> = HashMap::default();
        let mut found = Vec::new();
        let mut taken: HashMap<(u32, u32), Vec<Taken>> = HashMap::new();
        for (position, &index) in order.iter().enumerate() {
            let commit = &self.census.commits[index];
            let top = reduced.reduce(commit.tree, TOP, &mut reader);
            tops.insert(commit.object, top);
            let parents: Vec<u32> = commit
                .parents
                .iter()
                .filter_map(|parent| tops.get(parent).copied())
                .collect();
            if !parents.contains(&top) {
                let brought = only_here(&reduced, top, &parents);
                found.extend(brought.into_iter().map(|held| (position, held)));
            }
            for (number, &parent) in parents.iter().enumerate().filter(|(_, parent)| **parent != top) {
                for (value, path, _) in only_here(&reduced, parent, &[top]) {
                    let others = parents.iter().enumerate().filter(|(other, _)| *other != number);
                    let everywhere =
                        others.fold(true, |all, (_, &other)| all && has(&reduced, self, other, path, value));
                    taken.entry((value, path)).or_default().push((position, everywhere));
                }
            }
        }
        let head = self.head.and_then(|head| self.census.number(&head));
        let head = head.and_then(|head| tops.get(&head).copied()).unwrap_or(0);
        let mut line = Line::new(self, &order);
        let introduction = |(position, (value, path, blob)): (usize, Held)| {
            let in_head = has(&reduced, self, head, path, value);
            let removed = taken.get(&(value, path)).filter(|_| !in_head);
            let removed = removed.and_then(|taken| line.first_after(position, taken));
            let object = |position: usize| self.census.commits[order[position]].object;
            Introduction {
                value,
                path,
                blob,
                commit: object(position),
                in_head,
                removed: removed.map(object),
            }
        };
        found.into_iter().map(introduction).collect()
    }

    /// Returns what a report tells of a commit; `None` when it cannot be read any more.
    pub fn introduced(&self, commit: u32) -> Option<Arc<Introduced>> {
        let name = self.census.names[commit as usize];
        let (_, content) = self.objects.reader().read(&name).ok()?;
        let (author, date, summary) = parse::authorship(&content);
        Some(Arc::new(Introduced {
            date,
            id: name.to_string().into(),
            author,
            summary,
        }))
    }

    /// Tells whether a commit is HEAD or leads to it.
    pub fn is_in_head(&self, commit: u32) -> bool {
        self.ancestors
            .get_or_init(|| self.ancestors_of_head())
            .contains(&commit)
    }

    fn ancestors_of_head(&self) -> HashSet<u32> {
        let commits: HashMap<u32, &[u32]> = (self.census.commits.iter())
            .map(|commit| (commit.object, commit.parents.as_slice()))
            .collect();
        let mut seen = HashSet::new();
        let head = self.head.and_then(|head| self.census.number(&head));
        let mut waiting: Vec<u32> = head.into_iter().collect();
        while let Some(commit) = waiting.pop() {
            if seen.insert(commit) {
                waiting.extend(commits.get(&commit).copied().unwrap_or_default());
            }
        }
        seen
    }

    /// Orders the commits so that parents come before children, and the older of two first where neither is an ancestor.
    fn oldest_first(&self) -> Vec<usize> {
        let commits = &self.census.commits;
        let places: HashMap<u32, usize, MixBuild> = (commits.iter().enumerate())
            .map(|(index, commit)| (commit.object, index))
            .collect();
        let parents = |index: usize| {
            let parents = commits[index].parents.iter();
            parents.filter_map(|parent| places.get(parent).copied())
        };
        let mut waits_for: Vec<usize> = (0..commits.len()).map(|index| parents(index).count()).collect();
        let mut children = vec![Vec::new(); commits.len()];
        for index in 0..commits.len() {
            parents(index).for_each(|parent| children[parent].push(index));
        }
        let key = |index: usize| {
            Reverse((
                commits[index].seconds,
                self.census.names[commits[index].object as usize],
                index,
            ))
        };
        let mut ready: BinaryHeap<_> = (0..commits.len())
            .filter(|&index| waits_for[index] == 0)
            .map(key)
            .collect();
        let mut order = Vec::with_capacity(commits.len());
        while let Some(Reverse((_, _, index))) = ready.pop() {
            order.push(index);
            for &child in &children[index] {
                waits_for[child] -= 1;
                if waits_for[child] == 0 {
                    ready.push(key(child));
                }
            }
        }
        order
    }
}

/// Returns the values that a folder has at paths where none of the others has them.
fn only_here(reduced: &Reduced<'_>, folder: u32, others: &[u32]) -> Vec<Held> {
    let mut found = Vec::new();
    let mut waiting = vec![(folder, others.to_vec())];
    while let Some((folder, others)) = waiting.pop() {
        if others.contains(&folder) {
            continue;
        }
        for &(path, item) in &reduced.folders[folder as usize] {
            let there: Vec<Item> = others.iter().filter_map(|&other| reduced.item(other, path)).collect();
            let blob = match item {
                Item::Blob(blob) => Some(blob),
                Item::Folder(_) => None,
            };
            for value in reduced.values(path, item) {
                if !there.iter().any(|&other| reduced.holds(path, other, value)) {
                    found.push((value, path, blob));
                }
            }
            if let Item::Folder(inner) = item {
                let inside = there.iter().filter_map(|other| match other {
                    Item::Folder(inner) => Some(*inner),
                    Item::Blob(_) => None,
                });
                waiting.push((inner, inside.collect()));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Tells whether a value stands at a path below the reduced top `folder`.
fn has(reduced: &Reduced<'_>, history: &History, folder: u32, path: u32, value: u32) -> bool {
    let mut way = vec![path];
    let mut at = history.census.paths.folder(path);
    while at != TOP {
        way.push(at);
        at = history.census.paths.folder(at);
    }
    let mut folder = folder;
    while let Some(next) = way.pop() {
        match reduced.item(folder, next) {
            Some(item) if way.is_empty() => return reduced.holds(next, item, value),
            Some(Item::Folder(inner)) => folder = inner,
            _ => return false,
        }
    }
    false
}

/// Who descends from whom.
struct Line<'h> {
    history: &'h History,
    order: &'h [usize],
    positions: HashMap<u32, usize, MixBuild>,
    /// The last commit that was asked for, and for each one after it whether it descends from it.
    descendants: (usize, Vec<bool>),
}

impl<'h> Line<'h> {
    fn new(history: &'h History, order: &'h [usize]) -> Self {
        let object = |&index: &usize| history.census.commits[index].object;
        Self {
            positions: order.iter().map(object).zip(0..).collect(),
            history,
            order,
            descendants: (0, Vec::new()),
        }
    }

    /// Returns the first descendant of `start` among those that took a value away; better one that took it from all
    /// of its parents than a merge in which another parent had lost it already.
    fn first_after(&mut self, start: usize, taken: &[Taken]) -> Option<usize> {
        // They stand in the order of the commits.
        let after = &taken[taken.partition_point(|(position, _)| *position <= start)..];
        if after.is_empty() {
            return None;
        }
        self.find_descendants(start);
        let descends = |position: usize| self.descendants.1[position - start];
        let first = |everywhere: bool| {
            let after = after.iter().filter(|(_, taken)| *taken == everywhere);
            after
                .map(|(position, _)| *position)
                .find(|&position| descends(position))
        };
        first(true).or_else(|| first(false))
    }

    /// Parents come before children, so one pass finds them all.
    fn find_descendants(&mut self, start: usize) {
        if self.descendants.0 == start && !self.descendants.1.is_empty() {
            return;
        }
        let mut descends = vec![true];
        for &index in &self.order[start + 1..] {
            let parents = self.history.census.commits[index].parents.iter();
            let mut parents = parents.filter_map(|parent| self.positions.get(parent));
            descends.push(parents.any(|&parent| parent >= start && descends[parent - start]));
        }
        self.descendants = (start, descends);
    }
}
