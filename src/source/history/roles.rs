//! What each object is to a history; one object can be several things.

use crate::git::history::{Census, Use};

/// The roles of all objects, by their numbers.
pub(super) struct Roles<'c> {
    uses: &'c [Use],
    /// For each object where its uses begin; those of the next one end them.
    starts: Vec<u32>,
    messages: Vec<Option<Message>>,
    /// Which objects are not to be read; empty when all are.
    left_out: Vec<bool>,
}

/// An object with words of a person in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Commit,
    Tag,
}

impl<'c> Roles<'c> {
    pub(super) fn new(census: &'c Census) -> Self {
        let count = census.names.len();
        let mut messages = vec![None; count];
        for &tag in &census.tags {
            messages[tag as usize] = Some(Message::Tag);
        }
        for commit in &census.commits {
            messages[commit.object as usize] = Some(Message::Commit);
        }
        let mut starts = vec![0; count + 1];
        for used in &census.uses {
            starts[used.blob as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self {
            uses: &census.uses,
            starts,
            messages,
            left_out: Vec::new(),
        }
    }

    /// Leaves out the objects that are not wanted.
    pub(super) fn retain(&mut self, is_wanted: impl Fn(u32, &[Use]) -> bool) {
        let all = 0..self.messages.len() as u32;
        self.left_out = all.map(|number| !is_wanted(number, self.uses(number))).collect();
    }

    fn is_left_out(&self, number: u32) -> bool {
        self.left_out.get(number as usize) == Some(&true)
    }

    /// Returns the paths at which an object stands.
    pub(super) fn uses(&self, number: u32) -> &'c [Use] {
        if self.is_left_out(number) {
            return &[];
        }
        let (start, end) = (self.starts[number as usize], self.starts[number as usize + 1]);
        &self.uses[start as usize..end as usize]
    }

    /// Tells whether an object is a message.
    pub(super) fn message(&self, number: u32) -> Option<Message> {
        self.messages[number as usize].filter(|_| !self.is_left_out(number))
    }

    /// Returns how many messages of a kind there are.
    pub(super) fn messages(&self, kind: Message) -> usize {
        let all = 0..self.messages.len() as u32;
        all.filter(|&number| self.message(number) == Some(kind)).count()
    }

    /// Returns how many objects stand at paths.
    pub(super) fn contents(&self) -> usize {
        let all = 0..self.messages.len() as u32;
        all.filter(|&number| !self.uses(number).is_empty()).count()
    }

    /// Returns all objects that are to be read.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let all = 0..self.messages.len() as u32;
        all.filter(|&number| self.message(number).is_some() || !self.uses(number).is_empty())
            .collect()
    }
}
