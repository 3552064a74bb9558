//! Large contents take turns: threads that each hold one would fill the memory together.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A rule that at most one large content is in memory at a time.
#[derive(Debug)]
pub(super) struct Turns {
    large: u64,
    one: Mutex<()>,
}

/// Held while a large content is in memory.
pub(super) type Turn<'t> = Option<MutexGuard<'t, ()>>;

impl Turns {
    /// Makes the rule for so many threads: what all of them may hold together is 32 MB, besides the one large content.
    pub(super) fn new(threads: usize) -> Self {
        Self {
            large: (32_000_000 / threads.max(1) as u64).clamp(1_000_000, 16_000_000),
            one: Mutex::new(()),
        }
    }

    /// Waits for a turn, if `size` needs one and `turn` is none yet.
    pub(super) fn wait<'t>(&'t self, size: u64, turn: &mut Turn<'t>) {
        if size > self.large && turn.is_none() {
            *turn = Some(self.one.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_contents_wait_and_only_once() {
        let turns = Turns::new(2);
        let mut turn = None;
        turns.wait(16_000_000, &mut turn);
        assert!(turn.is_none());
        turns.wait(16_000_001, &mut turn);
        turns.wait(99_000_000, &mut turn);
        assert!(turn.is_some() && turns.one.try_lock().is_err());
    }
}
