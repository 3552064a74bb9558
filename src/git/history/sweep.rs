//! All contents of a history, each once, in the order that costs least.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::git::Name;
use crate::git::history::{Base, Found, History, HistoryReader, NotRead};
use crate::git::pack::{self, Made};

/// Takes what a sweep brings, from any thread; of a found object it may remember something for what is made of it.
pub type Receive<'r, M> = &'r (dyn for<'f> Fn(u32, Result<Found<'f, M>, NotRead>) -> Option<M> + Sync);

impl History {
    /// Reads the objects with these numbers, each once, those that stand together one after the other.
    ///
    /// Runs in rayon's current pool. Each number is answered exactly once; nothing larger than `most` is read.
    pub fn sweep<M: Send + Sync>(&self, numbers: &[u32], most: u64, receive: Receive<'_, M>) {
        let wanted: Vec<(Name, u32)> = numbers
            .iter()
            .map(|&number| (self.census.names[number as usize], number))
            .collect();
        let left = match &self.objects.store {
            None => numbers.to_vec(),
            Some(store) => pack::sweep(store, &wanted, most, &|made: Made<'_, M>| {
                let found = Found {
                    number: made.number,
                    kind: made.kind,
                    content: made.content,
                    base: made.base.map(|base| Base {
                        memory: base.memory,
                        copies: base.copies,
                    }),
                };
                receive(made.number, Ok(found))
            }),
        };
        self.one_by_one(&left, most, receive);
    }

    fn one_by_one<M: Send + Sync>(&self, numbers: &[u32], most: u64, receive: Receive<'_, M>) {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut reader = None;
            while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                let reader: &mut HistoryReader<'_> = reader.get_or_insert_with(|| self.reader());
                let name = self.census.names[number as usize];
                match reader.read(&name, &mut |size| size <= most) {
                    Ok((kind, content)) => receive(
                        number,
                        Ok(Found {
                            number,
                            kind,
                            content: &content,
                            base: None,
                        }),
                    ),
                    Err(why) => receive(number, Err(why)),
                };
            }
        };
        rayon::scope(|scope| {
            // A short list is not worth a second process.
            for _ in 1..rayon::current_num_threads().min(numbers.len() / 16) {
                scope.spawn(|_| work());
            }
            work();
        });
    }
}
