//! Several threads working off one list.
//!
//! Each thread makes its own tools once (a reader of objects may be a process of its own), and a short list never
//! leaves the calling thread: starting others would cost more than they could save.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Fewer items than this for a thread are not worth starting it.
const SHARE: usize = 4;

/// Returns how many threads `jobs` asks for; 0 asks for all cores.
pub(super) fn threads(jobs: usize) -> usize {
    match jobs {
        0 => thread::available_parallelism().map_or(1, NonZero::get),
        jobs => jobs,
    }
}

/// Calls `work` once for each item, with the tools of its thread.
pub(super) fn each<T: Sync, W>(
    items: &[T],
    jobs: usize,
    tools: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &T) + Sync,
) {
    let next = AtomicUsize::new(0);
    let labour = || {
        let mut own = None;
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            work(own.get_or_insert_with(&tools), item);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads(jobs).min(items.len() / SHARE) {
            scope.spawn(labour);
        }
        labour();
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_item_is_done_once_whatever_the_number_of_threads() {
        for (jobs, len) in [(0, 0), (1, 1), (0, 3), (8, 100), (3, 1_000)] {
            let items: Vec<usize> = (0..len).collect();
            let done = Mutex::new(Vec::new());
            each(&items, jobs, || (), |(), &item| done.lock().unwrap().push(item));
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, items);
        }
    }

    #[test]
    fn a_short_list_stays_on_the_calling_thread() {
        let caller = thread::current().id();
        each(&[1, 2, 3], 8, || (), |(), _| assert_eq!(thread::current().id(), caller));
    }
}
