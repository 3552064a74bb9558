//! How fast the hot rooms are, each on a text that asks most of it: `cargo bench --bench rooms`.
//!
//! The best of several runs counts, for whatever else runs on the machine only adds. The plain ways stand beside the
//! fast ones, so that what a short cut is worth can be seen.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints and fails loudly"
)]

use std::borrow::Cow;
use std::hint::black_box;
use std::time::{Duration, Instant};

use keyfence::model::{Blob, Kind, Nature, Origin, Scope};
use keyfence::source::text;
use keyfence::{Engine, EngineSettings, RuleSet};

const RUNS: usize = 15;
const SIZE: usize = 4 << 20;

/// A line of each kind, over and over.
const TEXTS: &[(&str, &str)] = &[
    (
        "blank lines: the automaton alone",
        "                                                              \n",
    ),
    (
        "prose: few keywords",
        "It was the best of times, and nobody wrote down how it had come to be so.\n",
    ),
    (
        "code: short names",
        "    if (skb_len(skb) > max_len) { ret = copy_path(ctx, sig, pat); goto out; }\n",
    ),
    (
        "names: long rows of letters",
        "#define REGISTER_OF_SOME_DEVICE__FIELD_NAME_MASK__SHIFT_VALUE 0x0000001f\n",
    ),
    (
        "hashes: rows of digits",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  a.tar\n",
    ),
    (
        "assignments: names with values",
        "token = get_token(user); password = read_password(); api_key = None\n",
    ),
];

fn main() {
    println!("{:44} {:>10} {:>10}", "", "fast", "plain");
    let [fast, plain] = [false, true].map(engine);
    for (name, line) in TEXTS {
        let text = line.repeat(SIZE / line.len());
        let rate = |engine: &Engine| text.len() as f64 / best(|| scan(engine, text.as_bytes())).as_secs_f64() / 1e9;
        println!("{name:44} {:>5.2} GB/s {:>5.2} GB/s", rate(&fast), rate(&plain));
    }
    let rules = RuleSet::builtin();
    let settings = EngineSettings::default();
    let times = [
        (
            "reading the built-in rules",
            best(|| drop(black_box(RuleSet::builtin()))),
        ),
        (
            "making the engine",
            best(|| drop(black_box(Engine::new(&rules, &settings)))),
        ),
        (
            "telling text from binary",
            best(|| drop(black_box(text::classify(black_box(TEXTS[2].1.as_bytes()))))),
        ),
    ];
    for (name, time) in times {
        println!("{name:44} {:>7.1} µs", time.as_secs_f64() * 1e6);
    }
}

fn engine(reference: bool) -> Engine {
    let settings = EngineSettings {
        reference,
        ..EngineSettings::default()
    };
    Engine::new(&RuleSet::builtin(), &settings).unwrap()
}

fn scan(engine: &Engine, text: &[u8]) {
    let blob = Blob {
        origin: Origin::Worktree,
        path: Cow::Borrowed("src/main.c".into()),
        bytes: Cow::Borrowed(text),
        scope: Scope::Whole,
        kind: Kind::File,
        nature: Nature::Text,
    };
    black_box(engine.scan_blob(&blob));
}

fn best(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    (0..RUNS).map(time).min().unwrap()
}
