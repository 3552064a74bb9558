//! The program as a user meets it: real git, real hooks, a home and a repository of its own for each test.

#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has nothing to say")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod sandbox;

#[cfg(unix)]
mod agent;
#[cfg(unix)]
mod allow;
#[cfg(unix)]
mod audit;
#[cfg(unix)]
mod baseline;
#[cfg(unix)]
mod explain;
#[cfg(unix)]
mod guard;
#[cfg(unix)]
mod import;
#[cfg(unix)]
mod init;
#[cfg(unix)]
mod install;
#[cfg(unix)]
mod managers;
#[cfg(unix)]
mod places;
#[cfg(unix)]
mod recipes;
#[cfg(unix)]
mod rules;
#[cfg(unix)]
mod shell;
#[cfg(unix)]
mod silence;
#[cfg(unix)]
mod status;
#[cfg(unix)]
mod template;
