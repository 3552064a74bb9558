//! What other rooms may ask of the engine without a scan: what a name promises, and what a value looks like.

use crate::engine::assignment::{Kind, kind_of};
use crate::engine::placeholder;
use crate::engine::randomness::Makeup;

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// A password, a token, a secret key.
    Secret,
    /// A key, a salt, a cookie: perhaps a secret, perhaps the name of an entry.
    Perhaps,
}

/// Tells what a name promises; `None` when its value is no secret.
pub fn promise(name: &[u8]) -> Option<Promise> {
    Some(match kind_of(name)? {
        Kind::Password | Kind::Secret => Promise::Secret,
        Kind::Key | Kind::BareKey | Kind::Minor => Promise::Perhaps,
    })
}

/// Tells whether a value only stands where a secret will: nothing, a mask, a reference, `changeme`.
pub fn is_placeholder(value: &[u8]) -> bool {
    placeholder::is_placeholder(value)
}

/// Tells whether a value looks as only a generator makes it.
pub fn is_random(value: &[u8]) -> bool {
    Makeup::of(value).is_random()
}
