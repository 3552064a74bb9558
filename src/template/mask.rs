//! A template before and after, line by line, with nothing in it that should not be seen.

use bstr::ByteSlice;
use similar::{ChangeTag, TextDiff};

use crate::envfile::{Document, Entry, Item, Syntax, What};
use crate::model::Secret;
use crate::template::Judge;

/// Returns the lines of a difference, each with its sign: ` `, `-` or `+`; what did not change is cut short.
pub fn difference(judge: &Judge<'_>, before: &[u8], after: &[u8], syntax: Syntax) -> Vec<String> {
    let [before, after] = [before, after].map(|text| masked(judge, &Document::read(text, syntax)));
    let difference = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for group in difference.grouped_ops(2) {
        if !lines.is_empty() {
            lines.push("…".to_owned());
        }
        for change in group.iter().flat_map(|change| difference.iter_changes(change)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!("{sign}{}", change.value().trim_end_matches(['\r', '\n'])));
        }
    }
    lines
}

/// Returns a document in which every value that may not stay in a template is masked.
fn masked(judge: &Judge<'_>, document: &Document<'_>) -> String {
    let text = document.text();
    let (mut shown, mut at) = (Vec::with_capacity(text.len()), 0);
    for item in &document.items {
        shown.extend_from_slice(&text[at..item.span.start]);
        show(judge, document, item, &mut shown);
        at = item.span.end;
    }
    shown.extend_from_slice(&text[at..]);
    let shown = String::from_utf8_lossy(&shown);
    shown.trim_start_matches('\u{feff}').to_owned()
}

fn show(judge: &Judge<'_>, document: &Document<'_>, item: &Item, shown: &mut Vec<u8>) {
    let text = document.at(&item.span);
    let end = &text[text.trim_ascii_end().len()..];
    match &item.what {
        What::Comment if !judge.passes(text) => shown.extend_from_slice(&["# …".as_bytes(), end].concat()),
        What::Other => shown.extend_from_slice(&["…".as_bytes(), end].concat()),
        What::Entry(entry) => show_entry(judge, document, item, entry, shown),
        _ => shown.extend_from_slice(text),
    }
}

fn show_entry(judge: &Judge<'_>, document: &Document<'_>, item: &Item, entry: &Entry, shown: &mut Vec<u8>) {
    let value = document.at(&entry.value);
    shown.extend_from_slice(document.at(&(item.span.start..entry.raw.start)));
    if judge.leaves(document.name_of(entry).as_bstr(), value) {
        shown.extend_from_slice(document.at(&entry.raw));
    } else {
        shown.extend_from_slice(Secret::new(value).to_string().as_bytes());
    }
    let rest = entry.raw.end..item.span.end;
    match &entry.comment {
        Some(comment) if !judge.passes(document.at(comment)) => {
            shown.extend_from_slice(" # …".as_bytes());
            shown.extend_from_slice(document.at(&(comment.end..rest.end)));
        }
        _ => shown.extend_from_slice(document.at(&rest)),
    }
}
