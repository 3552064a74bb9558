//! Ranges and gates as people meet them: real pushes between real repositories, over paths.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has nothing to say")]
#![expect(clippy::disallowed_methods, reason = "the sandbox hands PATH on and starts programs")]
#![expect(unreachable_pub, reason = "a test binary has no outside")]

mod ci;
mod message;
mod push;
mod range;
mod receive;
#[path = "../cli/sandbox.rs"]
#[allow(dead_code, reason = "each test binary uses its part of the sandbox")]
mod sandbox;
mod weakening;

use sandbox::{Said, Sandbox, leak};

/// The value that no gate may say.
fn value() -> String {
    leak().trim_end().rsplit('=').next().unwrap().to_owned()
}

/// Another value of the same kind.
fn other_leak() -> String {
    keyfence::rules::Example::unbroken("export GITHUB_TOKEN=ghp_·4mT7qL2xWc8RvN5bYz1KpHs6DfJ3gU3D9xBL\n")
}

/// The same line with a comment that accepts it, put together here so that this file holds none.
fn accepted(line: &str) -> String {
    line.replace('\n', &[" # keyfence", ":allow a sample\n"].concat())
}

/// A repository with one commit.
fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.commit("a.txt", "a\n");
    sandbox
}

/// Sees that a gate stayed shut, said where and kept the value to itself.
#[track_caller]
fn blocked(said: Said, words: &[&str]) -> Said {
    assert_ne!(said.code, 0, "\nout: {}\nerr: {}", said.out, said.err);
    assert!(!said.all().contains(&value()), "the value was said: {}", said.all());
    words.iter().fold(said, |said, word| said.says(word))
}
