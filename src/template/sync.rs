//! Writes a template: every name of the file of values in its order, with its comments, and none of its values.
//!
//! What is not understood is left out, never copied: a template that lacks a line can be mended, a committed value
//! cannot be taken back.

use std::ops::Range;

use bstr::{BStr, BString, ByteSlice};

use crate::envfile::{Document, Entry, Item, Syntax, What};
use crate::template::Judge;

/// A name that code reads and no file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name.
    pub name: BString,
    /// The file that reads it.
    pub path: BString,
}

/// A template as it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Its text.
    pub text: Vec<u8>,
    /// Names that were added.
    pub added: Vec<BString>,
    /// Names whose value was taken out of the template.
    pub emptied: Vec<BString>,
    /// Lines of the file of values that were left out, for they may hold a value.
    pub left_out: Vec<u32>,
}

/// Brings a template in step with the file of values, and with what the code wants.
pub fn sync(
    judge: &Judge<'_>,
    template: Option<&Document<'_>>,
    source: Option<&Document<'_>>,
    wanted: &[Wanted],
) -> Synced {
    let mut synced = Synced::default();
    match (template, source) {
        (None, None) => {}
        (None, Some(source)) => derive(judge, source, &mut synced),
        (Some(template), source) => {
            let kept = keep(judge, template, &mut synced);
            synced.text = kept.concat();
            if let Some(source) = source {
                synced.text = merge(judge, template, kept, source, &mut synced);
            }
        }
    }
    let end = template.or(source).map_or(&b"\n"[..], Document::line_end);
    append(&mut synced, wanted, end);
    synced
}

/// Makes a template out of a file of values.
fn derive(judge: &Judge<'_>, source: &Document<'_>, synced: &mut Synced) {
    let mut at = 0;
    for item in &source.items {
        synced.text.extend_from_slice(source.at(&(at..item.span.start)));
        at = item.span.end;
        match copy(judge, source, item) {
            Some(line) => synced.text.extend(line),
            None => synced.left_out.push(item.line),
        }
        if let What::Entry(entry) = &item.what
            && !entry.is_disabled
        {
            synced.added.push(source.name_of(entry));
        }
    }
    synced.text.extend_from_slice(source.at(&(at..source.text().len())));
}

/// Returns an item as it may stand in a template; `None` where it may not stand there at all.
fn copy(judge: &Judge<'_>, source: &Document<'_>, item: &Item) -> Option<Vec<u8>> {
    match &item.what {
        What::Blank => Some(source.at(&item.span).to_vec()),
        What::Comment => judge
            .passes(source.at(&item.span))
            .then(|| source.at(&item.span).to_vec()),
        What::Other => None,
        What::Entry(entry) => Some(copy_entry(judge, source, item, entry)),
    }
}

fn copy_entry(judge: &Judge<'_>, source: &Document<'_>, item: &Item, entry: &Entry) -> Vec<u8> {
    let head = source.at(&(item.span.start..entry.raw.start));
    let value: &[u8] = if judge.copies(source.at(&entry.name), source.at(&entry.value)) {
        source.at(&entry.raw)
    } else {
        empty(source.syntax)
    };
    if source.syntax != Syntax::Dotenv {
        return [head, value].concat();
    }
    let end = line_end_of(source, item);
    // Behind an empty value a comment would be read as the value.
    let comment = entry
        .comment
        .as_ref()
        .map(|comment| source.at(comment))
        .filter(|comment| judge.passes(comment));
    let above = comment.map_or_else(Vec::new, |comment| [comment.as_bytes(), source.line_end()].concat());
    [&above[..], head, value, end].concat()
}

fn empty(syntax: Syntax) -> &'static [u8] {
    if syntax == Syntax::Dotenv { b"" } else { b"\"\"" }
}

fn line_end_of<'t>(document: &Document<'t>, item: &Item) -> &'t [u8] {
    let text = document.at(&item.span);
    let ends = [&b"\r\n"[..], b"\n"].into_iter().find(|end| text.ends_with(end));
    let len = ends.map_or(0, <[u8]>::len);
    &document.text()[item.span.end - len..item.span.end]
}

/// Returns the parts of a template, one for each item and one for the rest, the values that must not stay taken out.
fn keep(judge: &Judge<'_>, template: &Document<'_>, synced: &mut Synced) -> Vec<Vec<u8>> {
    let mut at = 0;
    let mut parts = Vec::with_capacity(template.items.len() + 1);
    for item in &template.items {
        let mut part = template.at(&(at..item.span.start)).to_vec();
        at = item.span.end;
        match &item.what {
            What::Entry(entry) if !judge.leaves(template.name_of(entry).as_bstr(), template.at(&entry.value)) => {
                synced.emptied.push(template.name_of(entry));
                part.extend_from_slice(template.at(&(item.span.start..entry.raw.start)));
                part.extend_from_slice(empty(template.syntax));
                part.extend_from_slice(template.at(&(entry.raw.end..item.span.end)));
            }
            What::Comment | What::Other if !judge.passes(template.at(&item.span)) => {}
            _ => part.extend_from_slice(template.at(&item.span)),
        }
        parts.push(part);
    }
    parts.push(template.at(&(at..template.text().len())).to_vec());
    parts
}

/// Puts the names that a template lacks where they stand in the file of values: behind the name before them.
fn merge(
    judge: &Judge<'_>,
    template: &Document<'_>,
    mut parts: Vec<Vec<u8>>,
    source: &Document<'_>,
    synced: &mut Synced,
) -> Vec<u8> {
    let names: Vec<Option<BString>> = template.items.iter().map(|item| name(template, item)).collect();
    let mut anchor = None;
    // What goes to one place goes there at once, in the order of the file of values.
    let mut blocks: Vec<(Place<'_>, Vec<u8>)> = Vec::new();
    for (index, item) in source.items.iter().enumerate() {
        let What::Entry(entry) = &item.what else { continue };
        let own = source.name_of(entry);
        let known = names.iter().rposition(|name| name.as_ref() == Some(&own));
        if known.is_some() || entry.is_disabled || own.is_empty() || synced.added.contains(&own) {
            anchor = known.or(anchor);
            continue;
        }
        if let Some(block) = block(judge, source, index, template.line_end()) {
            let place = place(
                template,
                anchor,
                entry.section.as_ref().map(|section| source.at(section)),
            );
            match blocks.iter_mut().find(|(other, _)| *other == place) {
                Some((_, blocks)) => blocks.extend(block),
                None => blocks.push((place, block)),
            }
            synced.added.push(own);
        }
    }
    for (place, block) in blocks {
        insert(&mut parts, place, &block, template.line_end());
    }
    parts.concat()
}

fn name(document: &Document<'_>, item: &Item) -> Option<BString> {
    match &item.what {
        What::Entry(entry) => Some(document.name_of(entry)),
        _ => None,
    }
}

/// The part behind which a new name goes, or the section that has to be opened for it at the end.
type Place<'s> = Result<usize, Option<&'s BStr>>;

fn place<'s>(template: &Document<'_>, anchor: Option<usize>, section: Option<&'s BStr>) -> Place<'s> {
    let of = |item: &Item| match &item.what {
        What::Entry(entry) => Some(entry.section.as_ref().map(|section| template.at(section))),
        _ => None,
    };
    let fits = |index: &usize| of(&template.items[*index]) == Some(section);
    let last = || (0..template.items.len()).rev().find(fits);
    anchor.filter(fits).or_else(last).ok_or(section)
}

/// Returns a name without its value, below the comments that stand directly above it.
fn block(judge: &Judge<'_>, source: &Document<'_>, index: usize, end: &[u8]) -> Option<Vec<u8>> {
    let What::Entry(entry) = &source.items[index].what else {
        return None;
    };
    let mut block = Vec::new();
    for item in comments_above(source, index) {
        let comment = source.at(&item.span).trim_ascii_end();
        if judge.passes(comment) {
            block.extend_from_slice(comment);
            block.extend_from_slice(end);
        }
    }
    let (name, value) = (source.at(&entry.name), source.at(&entry.raw));
    let is_top = is_at_line_start(source.text(), &entry.name);
    if source.syntax == Syntax::Dotenv {
        let kept: &[u8] = if judge.copies(name, source.at(&entry.value)) {
            value
        } else {
            b""
        };
        let comment = entry
            .comment
            .as_ref()
            .map(|comment| source.at(comment))
            .filter(|comment| judge.passes(comment));
        if let Some(comment) = comment {
            block.extend_from_slice(&[comment.as_bytes(), end].concat());
        }
        block.extend_from_slice(&[name.as_bytes(), b"=", kept, end].concat());
        return Some(block);
    }
    // A value deep in a dictionary has no line of its own.
    let kept = if judge.copies(name, source.at(&entry.value)) {
        value.as_bytes()
    } else {
        empty(source.syntax)
    };
    block.extend_from_slice(&[name.as_bytes(), b" = ", kept, end].concat());
    is_top.then_some(block)
}

fn comments_above<'d>(source: &'d Document<'_>, index: usize) -> impl Iterator<Item = &'d Item> {
    let is_comment = |item: &&Item| item.what == What::Comment && is_at_line_start(source.text(), &item.span);
    let count = if source.syntax == Syntax::Dotenv {
        source.items[..index].iter().rev().take_while(is_comment).count()
    } else {
        0
    };
    source.items[index - count..index].iter()
}

fn is_at_line_start(text: &[u8], span: &Range<usize>) -> bool {
    span.start == 0 || text[span.start - 1] == b'\n' || text[..span.start].ends_with(b"\xEF\xBB\xBF")
}

/// Puts a block behind a part, or at the end of the file.
fn insert(parts: &mut [Vec<u8>], place: Place<'_>, block: &[u8], end: &[u8]) {
    let (index, header) = match place {
        // In a file of literals the line goes on behind the item; it ends in the next part.
        Ok(index) => (index, None),
        Err(section) => (parts.len() - 1, section),
    };
    let header = header.map_or_else(Vec::new, |section| [end, b"[", section.as_bytes(), b"]", end].concat());
    let block = [&header[..], block].concat();
    let is_line = parts[index].is_empty() || parts[index].ends_with(b"\n");
    match parts.get_mut(index + 1) {
        Some(next) if !is_line => match next.find_byte(b'\n') {
            Some(at) => drop(next.splice(at + 1..at + 1, block)),
            None => next.splice(next.len().., [end, &block[..]].concat()).for_each(drop),
        },
        _ => {
            let part = &mut parts[index];
            if !is_line {
                part.extend_from_slice(end);
            }
            part.extend_from_slice(&block);
        }
    }
}

/// Adds the names that code wants at the end, those of one file together.
fn append(synced: &mut Synced, wanted: &[Wanted], end: &[u8]) {
    let mut last: Option<&BString> = None;
    for one in wanted {
        if last != Some(&one.path) {
            if !synced.text.is_empty() {
                if !synced.text.ends_with(b"\n") {
                    synced.text.extend_from_slice(end);
                }
                synced.text.extend_from_slice(end);
            }
            let path = one.path.to_str_lossy().replace(char::is_control, "?");
            synced
                .text
                .extend_from_slice(&[b"# Read by ", path.as_bytes(), b".", end].concat());
            last = Some(&one.path);
        }
        synced
            .text
            .extend_from_slice(&[one.name.as_slice(), b"=", end].concat());
        synced.added.push(one.name.clone());
    }
}
