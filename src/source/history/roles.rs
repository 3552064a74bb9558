//! What each object is to a history; one object can be several things.

use crate::git::history::{Census, Use};

/// The roles of all objects, by their numbers.
pub(super) struct Roles<'c> {
    uses: &'c [Use],
    /// For each object where its uses begin; those of the next one end them.
    starts: Vec<u32>,
    messages: Vec<Option<Message>>,
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
        }
    }

    /// Returns the paths at which an object stands.
    pub(super) fn uses(&self, number: u32) -> &'c [Use] {
        let (start, end) = (self.starts[number as usize], self.starts[number as usize + 1]);
        &self.uses[start as usize..end as usize]
    }

    /// Tells whether an object is a message.
    pub(super) fn message(&self, number: u32) -> Option<Message> {
        self.messages[number as usize]
    }

    /// Returns how many objects stand at paths.
    pub(super) fn contents(&self) -> usize {
        self.starts.windows(2).filter(|pair| pair[0] < pair[1]).count()
    }

    /// Returns all objects that are to be read.
    pub(super) fn numbers(&self) -> Vec<u32> {
        let all = 0..self.messages.len() as u32;
        all.filter(|&number| self.message(number).is_some() || !self.uses(number).is_empty())
            .collect()
    }
}
