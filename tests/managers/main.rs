//! The real hook managers, and the packages that bring keyfence to people without a compiler.
//!
//! Whatever is needed comes from the package registries into a folder under `target/`, once; the tests themselves run
//! in repositories and homes of their own. Set `KEYFENCE_SKIP_MANAGERS` where there are no registries.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has nothing to say")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;

mod framework;
mod others;
mod packages;
mod recipes;
mod tools;
