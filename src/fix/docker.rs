//! Dockerfiles: what an image is built with stays in it, so a value is left out here and given when a container starts.

use std::ops::Range;

use bstr::{BStr, ByteSlice};

use crate::engine::opinion::promise;
use crate::fix::Refusal;
use crate::fix::slot::Slot;

/// Tells whether a file is a Dockerfile.
pub(super) fn is_dockerfile(path: &BStr) -> bool {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    name == b"Dockerfile"
        || name == b"Containerfile"
        || name.starts_with(b"Dockerfile.")
        || name.ends_with(b".dockerfile")
}

/// Finds the instruction around a value: `ARG NAME=value` loses the value, `ENV NAME=value` goes as a whole.
pub(super) fn find(text: &[u8], span: &Range<usize>) -> Result<Slot, Refusal> {
    let line = line_around(text, span);
    let refusal = || {
        Refusal::new(
            "it is not the whole value of one ARG or ENV instruction on a line of its own",
            "pass it when the container starts (`docker run -e NAME`), or to one build step by `RUN --mount=type=secret`",
        )
    };
    let is_joined = text[..line.start].trim_end().ends_with(b"\\") || text[line.clone()].trim_end().ends_with(b"\\");
    let (word, rest) = text[line.clone()]
        .trim_start()
        .split_once_str(" ")
        .ok_or_else(refusal)?;
    let start = line.end - rest.len();
    let (name, body) = pair(text, start..line.end).filter(|_| !is_joined).ok_or_else(refusal)?;
    let value = &text[body.clone()];
    let is_plain = !value.iter().any(|byte| b"\\$\"'".contains(byte));
    if body != *span || !is_plain {
        return Err(refusal());
    }
    let slot = |replaced: Range<usize>, lookup: String| Slot {
        body: body.clone(),
        replaced,
        value: value.to_vec(),
        lookup,
        names: vec![name.clone()],
        fixed: Some(name.clone()),
    };
    if word.eq_ignore_ascii_case(b"ARG") {
        return Ok(slot(start..trim(text, line).end, name.clone()));
    }
    if !word.eq_ignore_ascii_case(b"ENV") {
        return Err(refusal());
    }
    if is_needed_below(&text[line.end..], &name) {
        return Err(Refusal::new(
            "a later instruction of the build may need it",
            "give it to that step alone: `RUN --mount=type=secret,id=name …`",
        ));
    }
    let lookup = "# {name} comes when the container starts: docker run -e {name} …".to_owned();
    Ok(slot(trim(text, line), lookup))
}

/// Finds the words behind `NAME=`, `NAME: ` or `NAME ` where the name promises a secret, up to the end of the line.
pub(super) fn promised(text: &[u8]) -> Vec<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.lines_with_terminator() {
        let mut at = 0;
        while at < line.len() {
            let len = line[at..].iter().take_while(|byte| is_name(byte)).count();
            if len > 0
                && promise(&line[at..at + len]).is_some()
                && line.get(at + len).is_some_and(|end| b"= :".contains(end))
            {
                found.push(start + at + len + 1..start + line.len());
                break;
            }
            at += len.max(1);
        }
        start += line.len();
    }
    found
}

fn line_around(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let start = text[..span.start].rfind_byte(b'\n').map_or(0, |at| at + 1);
    let end = text[span.end..].find_byte(b'\n').map_or(text.len(), |at| span.end + at);
    start..end
}

fn trim(text: &[u8], line: Range<usize>) -> Range<usize> {
    let head = text[line.clone()].len() - text[line.clone()].trim_start().len();
    let len = text[line.clone()].trim().len();
    line.start + head..line.start + head + len
}

/// Reads `NAME=value` or `NAME value` that is all of the line: the name, and where the value stands without its quotes.
fn pair(text: &[u8], rest: Range<usize>) -> Option<(String, Range<usize>)> {
    let rest = trim(text, rest);
    let len = text[rest.clone()]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    let name = text[rest.start..rest.start + len].to_str().ok()?;
    let mut body = rest.start + len + 1..rest.end;
    if len == 0 || !matches!(text.get(body.start - 1), Some(b'=' | b' ')) || body.is_empty() {
        return None;
    }
    let (first, last) = (text[body.start], text[body.end - 1]);
    if body.len() > 2 && first == last && matches!(first, b'"' | b'\'') {
        body = body.start + 1..body.end - 1;
    }
    let value = &text[body.clone()];
    // In `ENV NAME value` an equals sign would make it the other form for other readers.
    let is_old_form = text[rest.start + len] == b' ';
    let is_one_word = !(value.iter().any(u8::is_ascii_whitespace) || is_old_form && value.contains(&b'='));
    is_one_word.then(|| (name.to_owned(), body))
}

/// Tells whether the build goes on in a way that could use a variable.
fn is_needed_below(text: &[u8], name: &str) -> bool {
    let runs = |line: &[u8]| {
        let line = line.trim_start();
        line.len() > 4 && line[..4].eq_ignore_ascii_case(b"RUN ")
    };
    text.contains_str(name) || text.lines().any(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(text: &str) -> Result<String, String> {
        let at = text.find("v-value").unwrap();
        let slot = find(text.as_bytes(), &(at..at + 7)).map_err(|refusal| refusal.what)?;
        let lookup = slot.lookup.replace("{name}", slot.fixed.as_deref().unwrap_or_default());
        Ok([&text[..slot.replaced.start], &lookup, &text[slot.replaced.end..]].concat())
    }

    #[test]
    fn an_argument_loses_its_default_and_a_variable_its_instruction() {
        assert_eq!(
            moved("FROM x\nARG TOKEN=v-value\nRUN y\n").as_deref(),
            Ok("FROM x\nARG TOKEN\nRUN y\n")
        );
        let moved = moved("FROM x\nENV TOKEN=\"v-value\"\nCMD [\"y\"]\n").unwrap();
        assert_eq!(
            moved,
            "FROM x\n# TOKEN comes when the container starts: docker run -e TOKEN …\nCMD [\"y\"]\n"
        );
    }

    #[test]
    fn what_the_build_needs_and_what_is_more_than_one_pair_stays() {
        for text in [
            "ENV TOKEN=v-value\nRUN make\n",
            "ENV TOKEN=v-value\nCMD run $TOKEN\n",
            "ENV A=1 TOKEN=v-value\n",
            "ENV TOKEN=v-value B=2\n",
            "ENV A=1 \\\n TOKEN=v-value\n",
            "RUN curl -u v-value\n",
            "LABEL token=v-value\n",
        ] {
            assert!(moved(text).is_err(), "{text}");
        }
    }
}
