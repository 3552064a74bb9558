//! JavaScript and TypeScript: what runs in a browser has no environment, and no value in it is a secret.

use crate::fix::Refusal;
use crate::fix::source::{Source, children};

/// What only a browser has.
const OF_BROWSERS: &[&[u8]] = &[b"window", b"document", b"localStorage", b"sessionStorage", b"navigator"];

/// Refuses a file that a browser runs.
pub(super) fn fits(source: &Source<'_>) -> Result<(), Refusal> {
    if source.text.starts_with(b"#!") || !(uses_browser(source) || is_client(source)) {
        return Ok(());
    }
    Err(Refusal::new(
        "the file runs in a browser, where everybody can read whatever it is given",
        "keep the secret at a server, and let the browser ask that server",
    ))
}

fn uses_browser(source: &Source<'_>) -> bool {
    let mut uses = false;
    source.each(&mut |node| {
        let text = source.text(node);
        uses |= match node.kind() {
            "identifier" => OF_BROWSERS.contains(&text),
            "member_expression" => text == b"import.meta.env",
            "jsx_element" | "jsx_self_closing_element" => true,
            _ => false,
        };
    });
    uses
}

/// Tells whether the file begins with `"use client"`.
fn is_client(source: &Source<'_>) -> bool {
    let first = children(source.root())
        .into_iter()
        .find(|node| !node.kind().contains("comment"));
    first.is_some_and(|node| source.text(node).get(1..11) == Some(b"use client"))
}
