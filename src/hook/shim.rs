//! The shell stub that git runs: it finds keyfence and hands over, or blocks and says that keyfence is gone.
//!
//! It decides nothing else. What a hook does is decided by the program, so a new keyfence needs no new stub.

use std::path::{Path, PathBuf};

use bstr::{ByteSlice, ByteVec};

use crate::hook::Hook;

const TEMPLATE: &str = include_str!("../../hooks/shim");
const MARKER: &[u8] = b"# keyfence shim ";
const PLACEHOLDER: &str = "@keyfence@";
const PROGRAM_LINE: &[u8] = b"\ninstalled=";

/// A stub with the program's place filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shim {
    /// The program that it calls first; when that is gone, it asks the PATH.
    pub program: PathBuf,
}

impl Shim {
    /// Returns the text for one hook.
    pub fn render(&self, hook: Hook) -> Vec<u8> {
        // The program's place comes last, for it may hold anything, the other placeholders included.
        TEMPLATE
            .replace("@hook@", hook.name())
            .replace("@act@", hook.act())
            .as_bytes()
            .replacen(PLACEHOLDER, quoted(&self.program), 1)
    }

    /// Recognises a stub, of this version or another, by its second line.
    pub fn recognise(text: &[u8]) -> Option<Self> {
        text.lines().nth(1)?.starts_with(MARKER).then(|| Self {
            program: program(text).unwrap_or_default(),
        })
    }
}

/// Quotes a path for the shell, whatever it is made of.
fn quoted(path: &Path) -> Vec<u8> {
    let inner = path.as_os_str().as_encoded_bytes().replace("'", r"'\''");
    [b"'", inner.as_slice(), b"'"].concat()
}

/// Reads back what [`quoted`] wrote.
fn program(text: &[u8]) -> Option<PathBuf> {
    let start = text.find(PROGRAM_LINE)? + PROGRAM_LINE.len();
    let mut rest = text[start..].strip_prefix(b"'")?;
    let mut path = Vec::new();
    loop {
        let end = rest.find_byte(b'\'')?;
        path.extend_from_slice(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix(br"\''") else {
            return path.into_path_buf().ok();
        };
        path.push(b'\'');
        rest = more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_path_of_any_kind_comes_back_as_it_was() {
        for path in [
            "/usr/bin/keyfence",
            "/a b/it's/`x`/$HOME",
            "/new\nline/'",
            "/back\\slash\"",
            "/@hook@/@act@",
        ] {
            let shim = Shim { program: path.into() };
            for hook in [Hook::CLIENT, Hook::SERVER].concat() {
                assert_eq!(Shim::recognise(&shim.render(hook)), Some(shim.clone()));
            }
        }
    }

    #[test]
    fn only_the_second_line_makes_a_shim() {
        assert_eq!(Shim::recognise(b"#!/bin/sh\necho hi\n# keyfence shim 1\n"), None);
        assert!(Shim::recognise(b"#!/bin/sh\n# keyfence shim 9\n").is_some());
    }
}
