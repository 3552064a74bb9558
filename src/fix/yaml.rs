//! Compose files and GitHub workflows: a scalar gives way to what each of them puts in from outside.

use std::ops::Range;

use bstr::{BStr, ByteSlice};
use tree_sitter::{Node, Parser, Tree};

use crate::engine::opinion::promise;
use crate::fix::Refusal;
use crate::fix::slot::{Slot, is_address, part_of_string};
use crate::fix::source::{children, last_word, upwards};

/// Whose YAML it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Docker compose, which reads `.env` beside the file.
    Compose,
    /// A workflow of GitHub Actions, which takes secrets from the repository's settings.
    Workflow,
}

impl Dialect {
    /// Tells by a file's path whose YAML it is.
    pub(super) fn of(path: &BStr) -> Option<Self> {
        let is_yaml = path.ends_with(b".yml") || path.ends_with(b".yaml");
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        match () {
            () if !is_yaml => None,
            () if path.starts_with(b".github/workflows/") => Some(Self::Workflow),
            () if name.starts_with(b"compose.") || name.starts_with(b"docker-compose") => Some(Self::Compose),
            () => None,
        }
    }

    fn look_up(self) -> &'static str {
        match self {
            Self::Compose => "${{name}:?{name} is not set}",
            Self::Workflow => "${{ secrets.{name} }}",
        }
    }
}

fn parse(text: &[u8]) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_yaml::LANGUAGE.into()).ok()?;
    parser.parse(text, None).filter(|tree| !tree.root_node().has_error())
}

/// Finds the values under a name that promises a secret, as a key or before an equals sign.
pub(super) fn promised(text: &[u8]) -> Vec<Range<usize>> {
    let Some(tree) = parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        open.extend(children(node));
        if !is_token(node) {
            continue;
        }
        let is_promised = |name: &[u8]| promise(name).is_some();
        let listed = text[node.byte_range()].find_byte(b'=');
        let name = listed.and_then(|at| last_word(&text[node.start_byte()..node.start_byte() + at]));
        if let (Some(at), Some(name)) = (listed, name)
            && is_promised(name.as_bytes())
        {
            found.push(node.start_byte() + at + 1..node.end_byte());
        } else if !is_key(node) && keys(text, node).first().is_some_and(|key| is_promised(key.as_bytes())) {
            found.push(node.byte_range());
        }
    }
    found
}

fn is_key(scalar: Node<'_>) -> bool {
    let pair = scalar.parent().and_then(|node| {
        node.parent()
            .filter(|pair| pair.child_by_field_name("key") == Some(node))
    });
    pair.is_some()
}

/// Finds the scalar around a value.
pub(super) fn find(dialect: Dialect, text: &[u8], span: &Range<usize>) -> Result<Slot, Refusal> {
    let Some(tree) = parse(text) else {
        return Err(Refusal::new(
            "the file does not parse as YAML",
            "mend the file first, or move the value by hand",
        ));
    };
    let inner = tree.root_node().descendant_for_byte_range(span.start, span.end);
    let scalar = inner
        .into_iter()
        .flat_map(upwards)
        .find(|node| node.kind().ends_with("_scalar") && is_token(*node));
    let Some(scalar) = scalar else {
        return Err(Refusal::new("it is no value of its own", "move it by hand"));
    };
    let keys = keys(text, scalar);
    if dialect == Dialect::Workflow && !takes_secrets(&keys) {
        return Err(Refusal::new(
            "a workflow can put secrets only under `env:`, and under `with:` of a step",
            "add it to `env:` of the step, and read it as a variable here",
        ));
    }
    scalar_slot(dialect, text, scalar, span, keys)
}

/// Tells a whole scalar from the node for its type within it.
fn is_token(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "plain_scalar" | "single_quote_scalar" | "double_quote_scalar" | "block_scalar"
    )
}

fn scalar_slot(
    dialect: Dialect,
    text: &[u8],
    scalar: Node<'_>,
    span: &Range<usize>,
    keys: Vec<String>,
) -> Result<Slot, Refusal> {
    let raw = &text[scalar.byte_range()];
    let quote = match scalar.kind() {
        "plain_scalar" => 0,
        "single_quote_scalar" | "double_quote_scalar" => 1,
        _ => {
            return Err(Refusal::new(
                "it stands in a block of text",
                "read the secret itself from a variable there",
            ));
        }
    };
    let is_plain =
        !raw.iter().any(|byte| b"\\\r\n".contains(byte)) && (quote == 0 || !raw[1..raw.len() - 1].contains(&raw[0]));
    if !is_plain || is_key(scalar) {
        return Err(Refusal::new(
            "it goes over several lines, holds an escape, or is a key",
            "write it as one plain value, and run this again",
        ));
    }
    let inner = scalar.start_byte() + quote..scalar.end_byte() - quote;
    // `- NAME=value`, as compose lists variables.
    let listed = (dialect == Dialect::Compose && keys.first().is_some_and(|key| key == "environment"))
        .then(|| text[inner.clone()].find_byte(b'='))
        .flatten();
    let body = inner.start + listed.map_or(0, |at| at + 1)..inner.end;
    let value = decode(dialect, &text[body.clone()])?;
    if body != *span && !is_address(&value) {
        return Err(part_of_string(&dialect.look_up().replace("{name}", "NAME")));
    }
    let mut names = keys;
    if let Some(at) = listed {
        names.insert(0, text[inner.start..inner.start + at].to_str_lossy().into_owned());
    }
    let must_be_quoted = dialect == Dialect::Compose && quote == 0 && listed.is_none();
    let mark = if must_be_quoted { "\"" } else { "" };
    Ok(Slot {
        replaced: body.clone(),
        body,
        value,
        lookup: format!("{mark}{}{mark}", dialect.look_up()),
        names,
        fixed: None,
    })
}

/// Returns what compose makes of a value: `$$` is a dollar, and any other dollar puts something in.
fn decode(dialect: Dialect, value: &[u8]) -> Result<Vec<u8>, Refusal> {
    let put_in = match dialect {
        Dialect::Compose => value.replace("$$", "").contains(&b'$'),
        Dialect::Workflow => value.contains_str("${{"),
    };
    if put_in {
        return Err(Refusal::new(
            "something is put into it when it is read",
            "put the whole value into the variable by hand",
        ));
    }
    Ok(if dialect == Dialect::Compose {
        value.replace("$$", "$")
    } else {
        value.to_vec()
    })
}

/// Collects the keys above a scalar, nearest first.
fn keys(text: &[u8], scalar: Node<'_>) -> Vec<String> {
    let pairs = upwards(scalar).filter(|node| matches!(node.kind(), "block_mapping_pair" | "flow_pair"));
    let key = |pair: Node<'_>| {
        let key = pair
            .child_by_field_name("key")
            .or_else(|| children(pair).into_iter().next())?;
        last_word(&text[key.byte_range()])
    };
    pairs.filter_map(key).collect()
}

/// Tells whether GitHub puts secrets in under these keys (nearest first): `env`, and `with` of a step.
fn takes_secrets(keys: &[String]) -> bool {
    match keys {
        [_, env, ..] if env == "env" => true,
        [_, with, steps, ..] => with == "with" && steps == "steps",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(dialect: Dialect, text: &str, value: &str) -> Result<(String, Vec<String>), String> {
        let at = text.find(value).unwrap();
        let slot = find(dialect, text.as_bytes(), &(at..at + value.len())).map_err(|refusal| refusal.what)?;
        let lookup = slot.lookup.replace("{name}", "X");
        let changed = [&text[..slot.replaced.start], &lookup, &text[slot.replaced.end..]].concat();
        let line = changed.lines().find(|line| line.contains(&lookup)).unwrap_or_default();
        Ok((line.trim().to_owned(), slot.names))
    }

    #[test]
    fn compose_puts_variables_in_from_env() {
        let text = "services:\n  db:\n    environment:\n      PG_PASS: v1-value\n      Q: 'v2-value'\n      - x\n";
        let text = text.replace("      - x\n", "");
        let (line, names) = moved(Dialect::Compose, &text, "v1-value").unwrap();
        assert_eq!(
            (line.as_str(), names[0].as_str()),
            ("PG_PASS: \"${X:?X is not set}\"", "PG_PASS")
        );
        assert_eq!(
            moved(Dialect::Compose, &text, "v2-value").unwrap().0,
            "Q: '${X:?X is not set}'"
        );
        let list = "services:\n  db:\n    environment:\n      - PG_PASS=v1-value\n";
        let (line, names) = moved(Dialect::Compose, list, "v1-value").unwrap();
        assert_eq!(
            (line.as_str(), names[0].as_str()),
            ("- PG_PASS=${X:?X is not set}", "PG_PASS")
        );
    }

    #[test]
    fn a_workflow_takes_secrets_where_github_puts_them_in() {
        let text = "env:\n  A: v1-value\njobs:\n  j:\n    with:\n      B: v2-value\n    steps:\n      - uses: x\n        with:\n          c: \"v3-value\"\n      - run: |\n          curl v4-value\n";
        assert_eq!(
            moved(Dialect::Workflow, text, "v1-value").unwrap().0,
            "A: ${{ secrets.X }}"
        );
        assert_eq!(
            moved(Dialect::Workflow, text, "v3-value").unwrap().0,
            "c: \"${{ secrets.X }}\""
        );
        for value in ["v2-value", "v4-value"] {
            assert!(
                moved(Dialect::Workflow, text, value)
                    .unwrap_err()
                    .contains("only under `env:`")
            );
        }
    }

    #[test]
    fn what_is_more_than_the_value_is_refused() {
        let text = "services:\n  db:\n    command: run --password=v1-value --x\n    environment:\n      A: a${B}v2-value\n      C: |\n        v3-value\n";
        for value in ["v1-value", "v2-value", "v3-value"] {
            assert!(moved(Dialect::Compose, text, value).is_err(), "{value}");
        }
    }
}
