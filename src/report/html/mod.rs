//! The report as one page for a browser: everything is in it, and nothing outside is asked for.
//!
//! Texts of strangers stand in it only as escaped text. Should one ever get past the escapes it could still do nothing:
//! the page's own policy lets the browser run the one script and apply the one style sheet whose hashes it names.

mod chart;
mod parts;
mod rows;
mod timeline;

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use crate::report::escape::xml;
use crate::report::view::View;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page.
pub(super) fn render(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<_> = view.findings().collect();
    head(view, out)?;
    parts::banner(view, out)?;
    parts::cards(view, &findings, out)?;
    timeline::write(&findings, out)?;
    writeln!(out, "<div class=\"pair\">")?;
    chart::by_rule(&findings, out)?;
    chart::by_path(&findings, out)?;
    writeln!(out, "</div>")?;
    rows::write(&findings, out)?;
    parts::gaps(view, out)?;
    parts::foot(view, out)?;
    writeln!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>")
}

fn head(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let root = xml(&view.path(name(view)));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>keyfence: {root}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    )
}

/// Returns what was scanned, by the best name there is.
fn name<'v>(view: &'v View<'_>) -> &'v str {
    let style = view.style;
    style
        .project
        .as_deref()
        .filter(|_| style.root == ".")
        .unwrap_or(&style.root)
}

/// Returns the name by which a policy knows a script or a style sheet.
fn hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, &byte| bits << 8 | usize::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * place) & 63]);
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests;
