//! Many objects of a pack at once, each made exactly once.
//!
//! A pack holds most objects as deltas of others, chain upon chain: a forest. Each tree of it is walked from the root
//! down, so that whatever is made is at hand when its deltas are applied, and is let go when its last one is done.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::Scope;

use crate::git::pack::delta::{self, Copied};
use crate::git::pack::entry::{Form, ObjectKind};
use crate::git::pack::file::Pack;
use crate::git::pack::inflate::Inflater;
use crate::git::pack::{Broken, Store, broken};
use crate::git::{MixBuild, Name};

/// An object just made.
pub(in crate::git) struct Made<'m, M> {
    /// The number under which it was asked for.
    pub(in crate::git) number: u32,
    pub(in crate::git) kind: ObjectKind,
    pub(in crate::git) content: &'m [u8],
    /// What was remembered of the object that it was made of, and what was copied from it.
    pub(in crate::git) base: Option<(&'m M, &'m [Copied])>,
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
    let mut by_pack: Vec<Vec<(u64, u32)>> = store.packs.iter().map(|_| Vec::new()).collect();
    for (name, number) in wanted {
        match store.find(name) {
            Some(spot) => by_pack[spot.pack as usize].push((spot.offset, *number)),
            None => left.push(*number),
        }
    }
    for (pack, wanted) in store.packs.iter().zip(by_pack) {
        let (forest, outside) = Forest::new(pack, wanted);
        left.extend(outside);
        let sweep = Sweep {
            pack,
            forest,
            most,
            visit,
            tools: Mutex::default(),
            left: Mutex::default(),
        };
        sweep.run();
        left.extend(sweep.left.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
    left
}

/// The wanted entries of a pack and all that they are made of.
struct Forest {
    nodes: Vec<Node>,
    roots: Vec<u32>,
}

struct Node {
    offset: u64,
    number: u32,
    first: u32,
    next: u32,
}

const NOBODY: u32 = u32::MAX;

impl Forest {
    /// Finds out what is made of what; returns also the numbers of entries whose chain leads nowhere.
    fn new(pack: &Pack, mut wanted: Vec<(u64, u32)>) -> (Self, Vec<u32>) {
        wanted.sort_unstable();
        let mut forest = Self {
            nodes: Vec::with_capacity(wanted.len()),
            roots: Vec::new(),
        };
        let mut numbers: HashMap<u64, u32, MixBuild> = HashMap::default();
        for (offset, number) in wanted {
            forest.node(offset, number, &mut numbers);
        }
        let mut outside = Vec::new();
        let mut at = 0;
        // Bases that nobody asked for are appended while the list is worked off.
        while at < forest.nodes.len() {
            let offset = forest.nodes[at].offset;
            let base = pack.entry(offset).and_then(|(head, _)| pack.base(offset, head.form));
            match base {
                Ok(None) => forest.roots.push(at as u32),
                Ok(Some(base)) => {
                    let base = forest.node(base, NOT_ASKED, &mut numbers) as usize;
                    forest.nodes[at].next = std::mem::replace(&mut forest.nodes[base].first, at as u32);
                }
                Err(_) => outside.extend(forest.nodes.get(at).map(|node| node.number)),
            }
            at += 1;
        }
        outside.retain(|&number| number != NOT_ASKED);
        (forest, outside)
    }

    fn node(&mut self, offset: u64, number: u32, numbers: &mut HashMap<u64, u32, MixBuild>) -> u32 {
        *numbers.entry(offset).or_insert_with(|| {
            self.nodes.push(Node {
                offset,
                number,
                first: NOBODY,
                next: NOBODY,
            });
            (self.nodes.len() - 1) as u32
        })
    }

    fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let next = move |&child: &u32| Some(self.nodes[child as usize].next).filter(|&next| next != NOBODY);
        let first = Some(self.nodes[node as usize].first).filter(|&first| first != NOBODY);
        std::iter::successors(first, next)
    }

    /// Returns the numbers of all wanted nodes from here down.
    fn below(&self, node: u32) -> Vec<u32> {
        let (mut waiting, mut numbers) = (vec![node], Vec::new());
        while let Some(node) = waiting.pop() {
            numbers.push(self.nodes[node as usize].number);
            waiting.extend(self.children(node));
        }
        numbers.retain(|&number| number != NOT_ASKED);
        numbers
    }
}

struct Sweep<'s, M> {
    pack: &'s Pack,
    forest: Forest,
    most: u64,
    visit: Visit<'s, M>,
    /// Tools that no thread uses just now.
    tools: Mutex<Vec<Tools>>,
    left: Mutex<Vec<u32>>,
}

struct Tools {
    inflater: Inflater,
    delta: Vec<u8>,
    copies: Vec<Copied>,
}

/// An object that others are made of.
struct Parent<M> {
    kind: ObjectKind,
    content: Vec<u8>,
    memory: Option<M>,
}

impl<M: Send + Sync> Sweep<'_, M> {
    fn run(&self) {
        rayon::scope(|scope| {
            for &root in &self.forest.roots {
                scope.spawn(move |scope| self.descend(scope, root, None));
            }
        });
    }

    /// Goes down one chain to its end; where it branches, the other branches become work for whoever is idle.
    fn descend<'s>(&'s self, scope: &Scope<'s>, node: u32, parent: Option<Arc<Parent<M>>>) {
        let idle = self.tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut tools = idle.unwrap_or_else(Tools::new);
        let (mut node, mut parent) = (node, parent);
        loop {
            let made = match self.make(node, parent.as_deref(), &mut tools) {
                Ok(made) => Arc::new(made),
                Err(_) => {
                    let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
                    left.extend(self.forest.below(node));
                    break;
                }
            };
            let mut children = self.forest.children(node);
            let Some(first) = children.next() else { break };
            for child in children {
                let made = made.clone();
                scope.spawn(move |scope| self.descend(scope, child, Some(made)));
            }
            (node, parent) = (first, Some(made));
        }
        self.tools.lock().unwrap_or_else(PoisonError::into_inner).push(tools);
    }

    fn make(&self, node: u32, parent: Option<&Parent<M>>, tools: &mut Tools) -> Result<Parent<M>, Broken> {
        let Node { offset, number, .. } = self.forest.nodes[node as usize];
        let (head, data) = self.pack.entry(offset)?;
        let mut content = Vec::new();
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
        let memory = (number != NOT_ASKED).then(|| {
            let memory = parent.and_then(|parent| parent.memory.as_ref());
            (self.visit)(Made {
                number,
                kind,
                content: &content,
                base: memory.map(|memory| (memory, tools.copies.as_slice())),
            })
        });
        Ok(Parent {
            kind,
            content,
            memory: memory.flatten(),
        })
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
            delta: Vec::new(),
            copies: Vec::new(),
        }
    }
}
