//! Sources against scripted repositories, made by the real git.
//!
//! A script says what a user does; what a source then has to say is compared line by line. Every script runs by each
//! way to git that can serve it, so that no answer depends on the way.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

/// Writes tests that run a script by all ways together, by git and libgit2 without our own reading, and by each alone.
macro_rules! scripted {
    ($($(#[$note:meta])* fn $name:ident($sandbox:ident) $script:block)+) => { $(
        $(#[$note])*
        mod $name {
            use super::*;

            fn script($sandbox: &Sandbox) $script

            #[test]
            fn by_any() {
                script(&Sandbox::new("any"));
            }

            #[test]
            fn by_reference() {
                script(&Sandbox::new("reference"));
            }

            #[test]
            fn by_libgit() {
                script(&Sandbox::new("libgit"));
            }

            #[test]
            fn by_plumbing() {
                script(&Sandbox::new("plumbing"));
            }
        }
    )+ };
}

/// Like `scripted`, for repositories that libgit2 cannot read.
macro_rules! beyond_libgit {
    ($($(#[$note:meta])* fn $name:ident($sandbox:ident) $script:block)+) => { $(
        $(#[$note])*
        mod $name {
            use super::*;

            fn script($sandbox: &Sandbox) $script

            #[test]
            fn by_any() {
                script(&Sandbox::new("any"));
            }

            #[test]
            fn by_reference() {
                script(&Sandbox::new("reference"));
            }

            #[test]
            fn by_plumbing() {
                script(&Sandbox::new("plumbing"));
            }
        }
    )+ };
}

mod changes;
mod damage;
mod kinds;
mod merges;
mod probe;
mod quick;
mod sandbox;
mod settings;
mod worktree;
