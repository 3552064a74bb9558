//! Whole histories, scripted one by one and made at random, read both ways and held against what is known of them.

#![cfg(all(unix, feature = "cli"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has nothing to say")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[allow(dead_code, reason = "other tests need more of it")]
#[path = "../cli/sandbox.rs"]
mod sandbox;

mod attribution;
mod gaps;
mod objects;
mod random;
mod report;
mod shards;
