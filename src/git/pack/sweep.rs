//! Many objects of a pack at once, each made exactly once.
//!
//! Each tree of the forest is walked from the root down, so that whatever is made is at hand when its deltas are
//! applied, and is let go when its last one is done.

use std::cell::Cell;
use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::Scope;

use crate::git::Name;
use crate::git::pack::delta;
use crate::git::pack::entry::{Form, ObjectKind};
use crate::git::pack::file::Pack;
use crate::git::pack::forest::{Forest, NOBODY};
use crate::git::pack::inflate::Inflater;
use crate::git::pack::{Broken, Store, broken};
use crate::model::Copied;

/// An object just made.
pub(in crate::git) struct Made<'m, M> {
    /// The number under which it was asked for.
    pub(in crate::git) number: u32,
    pub(in crate::git) kind: ObjectKind,
    pub(in crate::git) content: &'m [u8],
    /// What it was made of, if something of that was remembered.
    pub(in crate::git) base: Option<MadeOf<'m, M>>,
}

/// What an object was made of.
pub(in crate::git) struct MadeOf<'m, M> {
    /// What was remembered of it.
    pub(in crate::git) memory: &'m M,
    /// What was copied from it.
    pub(in crate::git) copies: &'m [Copied],
    pub(in crate::git) content: &'m [u8],
}

/// Takes objects as they are made; what it returns is handed back with each delta of the object.
pub(in crate::git) type Visit<'v, M> = &'v (dyn for<'m> Fn(Made<'m, M>) -> Option<M> + Sync);

/// No number: the entry is needed only because others are deltas of it.
const NOT_ASKED: u32 = u32::MAX;

/// Makes all `wanted` objects that stand in packs and are no larger than `most`; returns the numbers of all others.
pub(in crate::git) fn sweep<M: Send + Sync>(
    store: &Store,
    wanted: &[(Name, u32)],
    most: u64,
    visit: Visit<'_, M>,
) -> Vec<u32> {
    let mut left = Vec::new();
    let mut numbers: Vec<Vec<u32>> = store.forests().iter().map(Forest::unasked).collect();
    for (name, number) in wanted {
        let node = store
            .entry(name)
            .and_then(|(pack, entry)| Some((pack, store.forests()[pack].node(entry)?)));
        match node {
            Some((pack, node)) => numbers[pack][node as usize] = *number,
            None => left.push(*number),
        }
    }
    for ((pack, forest), numbers) in store.packs.iter().zip(store.forests()).zip(numbers) {
        left.extend(Sweep::new(pack, forest, numbers, most, visit).run());
    }
    left
}

/// Makes all objects of some kinds in all packs; `number` says under which number each one, by its name, is shown.
///
/// What is damaged, or larger than `most`, is not shown.
pub(in crate::git) fn sweep_kinds<M: Send + Sync>(
    store: &Store,
    kinds: &[ObjectKind],
    most: u64,
    number: &mut dyn FnMut(Name) -> Option<u32>,
    visit: Visit<'_, M>,
) {
    for (pack, forest) in store.packs.iter().zip(store.forests()) {
        let mut numbers = forest.unasked();
        for (node, slot) in forest.nodes.iter().zip(&mut numbers) {
            let is_asked = node.kind.is_some_and(|kind| kinds.contains(&kind));
            let name = is_asked.then(|| pack.index.name(node.entry as usize)).flatten();
            *slot = name.and_then(Name::new).and_then(&mut *number).unwrap_or(NOT_ASKED);
        }
        Sweep::new(pack, forest, numbers, most, visit).run();
    }
}

impl Forest {
    fn unasked(&self) -> Vec<u32> {
        vec![NOT_ASKED; self.nodes.len()]
    }
}

struct Sweep<'s, M> {
    pack: &'s Pack,
    forest: &'s Forest,
    /// The number of each node that was asked for.
    numbers: Vec<u32>,
    /// How many nodes that were asked for there are from each node down.
    weights: Vec<u32>,
    most: u64,
    visit: Visit<'s, M>,
    left: Mutex<Vec<u32>>,
    /// How many bytes came out of the pack.
    read: AtomicU64,
}

/// After so many bytes out of a pack the memory that holds it is given back: it would grow to the size of the pack.
const OFTEN: u64 = 12 << 20;

thread_local! {
    static TOOLS: Cell<Option<Tools>> = const { Cell::new(None) };
}

/// What a thread uses again for each object.
struct Tools {
    inflater: Inflater,
    /// The last object that nothing else is made of.
    content: Vec<u8>,
    delta: Vec<u8>,
    copies: Vec<Copied>,
}

/// An object that others are made of.
struct Parent<M> {
    kind: ObjectKind,
    content: Vec<u8>,
    memory: Option<M>,
}

impl<'s, M: Send + Sync> Sweep<'s, M> {
    fn new(pack: &'s Pack, forest: &'s Forest, numbers: Vec<u32>, most: u64, visit: Visit<'s, M>) -> Self {
        let mut weights: Vec<u32> = numbers.iter().map(|&number| u32::from(number != NOT_ASKED)).collect();
        for &node in forest.order.iter().rev() {
            let base = forest.nodes[node as usize].base;
            if base != NOBODY {
                weights[base as usize] += weights[node as usize];
            }
        }
        Self {
            pack,
            forest,
            numbers,
            weights,
            most,
            visit,
            left: Mutex::default(),
            read: AtomicU64::new(0),
        }
    }

    /// Makes what was asked for; returns the numbers of what could not be made.
    fn run(self) -> Vec<u32> {
        let is_root = |&node: &u32| self.forest.nodes[node as usize].base == NOBODY;
        let roots = self.forest.order.iter().copied().take_while(is_root);
        rayon::scope(|scope| {
            for root in roots.filter(|&root| self.weights[root as usize] > 0) {
                let this = &self;
                scope.spawn(move |scope| this.descend(scope, root, None));
            }
        });
        let leads_nowhere = |(node, _): &(usize, &u32)| self.forest.nodes[*node].kind.is_none();
        let asked = self
            .numbers
            .iter()
            .enumerate()
            .filter(|(_, number)| **number != NOT_ASKED);
        let mut left: Vec<u32> = asked.filter(leads_nowhere).map(|(_, number)| *number).collect();
        left.extend(self.left.into_inner().unwrap_or_else(PoisonError::into_inner));
        left
    }

    /// Goes down one chain to its end; where it branches, the other branches become work for whoever is idle.
    ///
    /// The heaviest branch comes last, when its parent is needed for nothing else and can be let go: so no more parents
    /// are held at a time than the forest can be halved.
    fn descend<'r>(&'r self, scope: &Scope<'r>, node: u32, parent: Option<Arc<Parent<M>>>) {
        let mut tools = TOOLS.take().unwrap_or_else(Tools::new);
        let (mut node, mut parent) = (node, parent);
        loop {
            let made = match self.make(node, parent.as_deref(), &mut tools) {
                Ok(made) => made.map(Arc::new),
                Err(_) => {
                    let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
                    left.extend(self.below(node));
                    break;
                }
            };
            let mut children = self.children(node);
            children.sort_unstable_by_key(|&child| Reverse(self.weights[child as usize]));
            let Some(lightest) = children.pop() else { break };
            for child in children {
                let made = made.clone();
                scope.spawn(move |scope| self.descend(scope, child, made));
            }
            (node, parent) = (lightest, made);
        }
        TOOLS.set(Some(tools));
    }

    /// Returns what is made of a node and is asked for, or leads to such.
    fn children(&self, node: u32) -> Vec<u32> {
        let children = self.forest.children(node);
        children.filter(|&child| self.weights[child as usize] > 0).collect()
    }

    /// Returns the numbers of all wanted nodes from here down.
    fn below(&self, node: u32) -> Vec<u32> {
        let (mut waiting, mut numbers) = (vec![node], Vec::new());
        while let Some(node) = waiting.pop() {
            numbers.push(self.numbers[node as usize]);
            waiting.extend(self.children(node));
        }
        numbers.retain(|&number| number != NOT_ASKED);
        numbers
    }

    /// Makes and shows an object; returns it if others are made of it.
    fn make(&self, node: u32, parent: Option<&Parent<M>>, tools: &mut Tools) -> Result<Option<Parent<M>>, Broken> {
        let number = self.numbers[node as usize];
        let (head, data) = self.pack.entry(self.forest.nodes[node as usize].offset)?;
        let before = self.read.fetch_add(head.size, Ordering::Relaxed);
        if before / OFTEN != before.saturating_add(head.size) / OFTEN {
            self.pack.forget();
        }
        let is_last = self.weights[node as usize] == u32::from(number != NOT_ASKED);
        let mut content = if is_last {
            std::mem::take(&mut tools.content)
        } else {
            Vec::new()
        };
        let kind = match (parent, head.form) {
            (None, Form::Whole(kind)) => {
                self.admit(head.size)?;
                tools.inflater.inflate(data, head.size, &mut content)?;
                kind
            }
            (Some(parent), _) => {
                tools.inflater.inflate(data, head.size, &mut tools.delta)?;
                self.admit(delta::result_size(&tools.delta)?)?;
                delta::apply(&parent.content, &tools.delta, &mut content, &mut tools.copies)?;
                parent.kind
            }
            (None, _) => return Err(broken("a delta without a base")),
        };
        let base = parent.and_then(|parent| {
            Some(MadeOf {
                memory: parent.memory.as_ref()?,
                copies: &tools.copies,
                content: &parent.content,
            })
        });
        let memory = (number != NOT_ASKED).then(|| {
            (self.visit)(Made {
                number,
                kind,
                content: &content,
                base,
            })
        });
        if is_last {
            tools.content = content;
            return Ok(None);
        }
        Ok(Some(Parent {
            kind,
            content,
            memory: memory.flatten(),
        }))
    }

    fn admit(&self, size: u64) -> Result<(), Broken> {
        if size <= self.most {
            return Ok(());
        }
        Err(broken("it is larger than is to be read"))
    }
}

impl Tools {
    fn new() -> Self {
        Self {
            inflater: Inflater::new(),
            content: Vec::new(),
            delta: Vec::new(),
            copies: Vec::new(),
        }
    }
}
