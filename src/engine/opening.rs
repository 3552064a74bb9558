//! Whether a match may begin at a place, told by the few bytes that it would begin with.
//!
//! A pattern that begins with its keyword is tried wherever that stands, and nearly everywhere it fails within a few
//! bytes: `://` is followed by a host and a slash, and no password comes any more. The automaton that walks from the
//! keyword on is dead there, whatever follows. So most searches end before they begin, and what is decided so is decided
//! by bytes that are near: a version that copies them need not ask again.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};

use crate::engine::pattern::ascii;

/// So many bytes are looked at; a match that is still possible behind them is searched for.
pub(super) const FARTHEST: usize = 96;
/// The memory for the states of one pattern.
const MEMORY: usize = 1 << 18;

type MakeCache = Box<dyn Fn() -> Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// The automaton of a pattern; `None` where none can be built, and then a match may begin anywhere.
#[derive(Debug)]
pub(super) struct Opening(Option<(DFA, Pool<Cache, MakeCache>)>);

impl Opening {
    pub(super) fn of(pattern: &str) -> Self {
        let config = DFA::config().cache_capacity(MEMORY).skip_cache_capacity_check(true);
        let built = DFA::builder()
            .configure(config)
            .syntax(ascii())
            .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(4 << 20)))
            .build(pattern);
        Self(built.ok().map(|dfa| {
            let maker = dfa.clone();
            let make: MakeCache = Box::new(move || maker.create_cache());
            (dfa, Pool::new(make))
        }))
    }

    /// Tells whether a match may begin at `start`. Only the byte before and [`FARTHEST`] bytes from there on are looked at.
    pub(super) fn may_begin(&self, text: &[u8], start: usize) -> bool {
        let Some((dfa, caches)) = &self.0 else { return true };
        let end = text.len().min(start + FARTHEST);
        let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
        let cache = &mut *caches.get();
        let Ok(mut state) = dfa.start_state_forward(cache, &input) else {
            return true;
        };
        for &byte in &text[start..end] {
            match dfa.next_state(cache, state, byte) {
                Ok(next) if next.is_dead() => return false,
                Ok(next) if next.is_tagged() && !next.is_start() => return true,
                Ok(next) => state = next,
                Err(_) => return true,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_begin(pattern: &str, text: &str) -> bool {
        Opening::of(pattern).may_begin(text.as_bytes(), text.find("ab_").unwrap())
    }

    #[test]
    fn what_fails_within_a_few_bytes_does_not_begin() {
        let pattern = r"\bab_[0-9a-f]{8}\b";
        assert!(may_begin(pattern, "x ab_0123abcd;"));
        assert!(!may_begin(pattern, "x ab_0123abcx;"));
        assert!(!may_begin(pattern, "xab_0123abcd;"), "the byte before counts");
    }

    #[test]
    fn what_is_open_at_the_end_may_begin() {
        assert!(may_begin("ab_[0-9]{8}", "ab_12"));
        assert!(may_begin("ab_[0-9]{500}", &format!("ab_{}", "1".repeat(600))));
        assert!(!may_begin("ab_[0-9]{500}", &format!("ab_{}", "x".repeat(600))));
    }

    #[test]
    fn what_is_no_pattern_may_begin_anywhere() {
        assert!(may_begin("ab_(", "ab_"));
    }
}
