//! How far a scan has come: one line on the terminal, drawn once a second has passed and gone before the report begins.
//!
//! It counts what a source lists and what comes of it, and nothing else: no path and no value gets here. The estimate is
//! an honest one: where nobody knows how much there is, none is given. (A library of progress bars was weighed: most of
//! it draws many of them, for a price of five more crates; one line needs none.)

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::cli::terminal;
use crate::model::{Kind, Tally};
use crate::source::{Extent, Item, Source, SourceError, Visitor};

/// Nothing is drawn before: what is over sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line is drawn anew.
const PACE: Duration = Duration::from_millis(200);
/// The cells of the bar.
const CELLS: usize = 20;

/// True while a line stands on the terminal.
static IS_DRAWN: AtomicBool = AtomicBool::new(false);

/// Takes the line away, for whoever ends the program in the midst of it.
pub(super) fn wipe() {
    if IS_DRAWN.swap(false, Ordering::Relaxed) {
        terminal::begin("\r\x1b[K");
    }
}

/// A line that is drawn until it is dropped.
pub(super) struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    listed: AtomicU64,
    done: AtomicU64,
    phase: Mutex<Option<Phase>>,
    is_over: Mutex<bool>,
    wake: Condvar,
}

/// What is going on.
#[derive(Debug, Clone, Copy)]
struct Phase {
    what: &'static str,
    began: Instant,
    extent: Extent,
}

impl Progress {
    /// Begins to draw, if there is anybody to draw it for.
    pub(super) fn begin(is_shown: bool) -> Self {
        let shared = Arc::new(Shared::default());
        let thread = is_shown.then(|| {
            let shared = shared.clone();
            std::thread::spawn(move || draw(&shared, &mut io::stderr(), PATIENCE))
        });
        Self { shared, thread }
    }

    /// Says what begins now.
    pub(super) fn enter(&self, what: &'static str, extent: Extent) {
        let phase = Phase {
            what,
            began: Instant::now(),
            extent,
        };
        *self.shared.phase.lock().unwrap_or_else(PoisonError::into_inner) = Some(phase);
    }

    /// Counts what goes by on the way from a source.
    pub(super) fn watch<'s>(&'s self, source: &'s dyn Source) -> Watched<'s> {
        let phase = *self.shared.phase.lock().unwrap_or_else(PoisonError::into_inner);
        Watched {
            source,
            shared: &self.shared,
            counts_files: phase.is_none_or(|phase| phase.extent != Extent::Commits),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.shared.end();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A source that is counted.
pub(super) struct Watched<'s> {
    source: &'s dyn Source,
    shared: &'s Shared,
    counts_files: bool,
}

impl Watched<'_> {
    fn count(&self, item: &Item<'_>) {
        let weigh = |tally: &Tally| tally.commits + if self.counts_files { tally.files } else { 0 };
        let is_commit = |kind: Kind| kind == Kind::CommitMessage;
        let (count, number) = match item {
            Item::Listed(tally) => (&self.shared.listed, weigh(tally)),
            Item::Read(tally) => (&self.shared.done, weigh(tally)),
            Item::Blob(blob, _) | Item::Version(blob, ..) => {
                (&self.shared.done, u64::from(self.counts_files || is_commit(blob.kind)))
            }
            Item::Skipped(_) | Item::Failed(_) => (&self.shared.done, u64::from(self.counts_files)),
        };
        count.fetch_add(number, Ordering::Relaxed);
    }
}

impl Source for Watched<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        self.source.visit(&|item| {
            self.count(&item);
            visit(item);
        })
    }
}

/// Draws until it is over; before `patience` has run out nothing, and behind the last line nothing is left.
fn draw(shared: &Shared, out: &mut dyn Write, patience: Duration) {
    let began = Instant::now();
    while !shared.ends_within(PACE.min(patience)) {
        let line = (began.elapsed() >= patience).then(|| line(shared)).flatten();
        if let Some(line) = line {
            IS_DRAWN.store(true, Ordering::Relaxed);
            // Back to the start, the line, and nothing behind it; there is nobody to tell if it fails.
            let _ = write!(out, "\r{line}\x1b[K").and_then(|()| out.flush());
        }
    }
    if IS_DRAWN.swap(false, Ordering::Relaxed) {
        let _ = write!(out, "\r\x1b[K").and_then(|()| out.flush());
    }
}

impl Shared {
    fn ends_within(&self, time: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_over {
            return true;
        }
        match self.wake.wait_timeout(is_over, time) {
            Ok((is_over, _)) => *is_over,
            Err(poisoned) => *poisoned.into_inner().0,
        }
    }

    fn end(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }
}

fn line(shared: &Shared) -> Option<String> {
    let phase = (*shared.phase.lock().unwrap_or_else(PoisonError::into_inner))?;
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    Some(phase.line(count(&shared.done), count(&shared.listed), phase.began.elapsed()))
}

impl Phase {
    fn line(&self, done: u64, listed: u64, elapsed: Duration) -> String {
        let what = self.what;
        let listed = match self.extent {
            Extent::Unknown => 0,
            Extent::About(number) => number.max(listed),
            Extent::Listed | Extent::Commits => listed,
        };
        if listed == 0 {
            let seconds = elapsed.as_secs();
            return match done {
                0 => format!("{what}, {seconds} s"),
                _ => format!("{what}, {done} so far, {seconds} s"),
            };
        }
        let done = done.min(listed);
        let filled = usize::try_from(done * CELLS as u64 / listed).unwrap_or(CELLS);
        let bar = format!("{}{}", "#".repeat(filled), ".".repeat(CELLS - filled));
        let percent = done * 100 / listed;
        let left = left(done, listed, elapsed).map_or_else(String::new, |left| format!(", {left} left"));
        format!("{what} [{bar}] {percent:>2} % of {listed}{left}")
    }
}

/// Says how long the rest takes at the pace so far; nothing before there is a pace to speak of.
#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn left(done: u64, listed: u64, elapsed: Duration) -> Option<String> {
    let is_known = elapsed >= PATIENCE && done * 50 >= listed;
    let seconds = is_known.then(|| elapsed.as_secs_f64() * (listed - done) as f64 / done as f64)?;
    Some(match seconds {
        ..90.0 => format!("about {:.0} s", seconds.ceil()),
        _ => format!("about {:.0} min", (seconds / 60.0).ceil()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(extent: Extent) -> Phase {
        Phase {
            what: "reading",
            began: Instant::now(),
            extent,
        }
    }

    #[test]
    fn a_share_is_shown_with_what_is_left() {
        let line = phase(Extent::Listed).line(500, 2_000, Duration::from_secs(4));
        assert_eq!(line, "reading [#####...............] 25 % of 2000, about 12 s left");
        let line = phase(Extent::About(2_000)).line(100, 150, Duration::from_secs(60));
        assert_eq!(line, "reading [#...................]  5 % of 2000, about 19 min left");
    }

    #[test]
    fn nothing_is_estimated_before_there_is_a_pace() {
        let four = Duration::from_secs(4);
        assert_eq!(
            phase(Extent::Listed).line(1, 2_000, four),
            "reading [....................]  0 % of 2000"
        );
        assert_eq!(phase(Extent::Unknown).line(7, 9, four), "reading, 7 so far, 4 s");
        assert_eq!(phase(Extent::Unknown).line(0, 0, four), "reading, 4 s");
    }

    #[test]
    fn more_than_was_listed_is_all_of_it() {
        let line = phase(Extent::Listed).line(12, 10, Duration::from_secs(2));
        assert_eq!(line, "reading [####################] 100 % of 10, about 0 s left");
    }

    /// Ends what is drawn with its first line.
    struct Once<'s>(&'s Shared, Vec<u8>);

    impl Write for Once<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.end();
            self.1.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_was_drawn_is_erased() {
        let shared = Shared::default();
        *shared.phase.lock().unwrap() = Some(phase(Extent::Unknown));
        let mut out = Once(&shared, Vec::new());
        draw(&shared, &mut out, Duration::ZERO);
        let drawn = String::from_utf8(out.1).unwrap();
        assert!(
            drawn.starts_with("\rreading, ") && drawn.ends_with("\x1b[K\r\x1b[K"),
            "{drawn:?}"
        );
    }

    #[test]
    fn what_is_over_soon_draws_nothing() {
        let shared = Shared::default();
        shared.end();
        let mut out = Vec::new();
        draw(&shared, &mut out, Duration::ZERO);
        assert!(out.is_empty());
    }
}
