//! Images and compose files: nothing baked in, nothing copied along, nothing written inline.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use bstr::{BStr, BString, ByteSlice};
use globset::GlobBuilder;
use regex::bytes::Regex;

use crate::audit::ground::{at, is_compose, is_dockerfile, is_telling, spot};
use crate::audit::{Answer, Ground, Unknown, amount, verb};
use crate::engine::opinion::{Promise, promise};
use crate::lookup::is_aside;
use crate::model::{Evidence, Finding, Place, Severity};
use crate::survey::{file_name, folder};

pub(super) fn image_values(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let count = ground.texts(is_dockerfile).count();
    if count == 0 {
        return Ok(Answer::not_applicable("there is no Dockerfile"));
    }
    let found: Vec<_> = ground
        .outcome
        .findings
        .iter()
        .filter(|finding| is_dockerfile(finding.path.as_bstr()) && !finding.rule.as_str().starts_with("exposure-"))
        .collect();
    let remedy = "give it when the container starts, or to the build with `RUN --mount=type=secret`; replace what an image already carries.";
    let places: Vec<Evidence> = found.iter().map(|finding| at(finding)).collect();
    Ok(match found.iter().map(|finding| finding.severity).max() {
        None => Answer::ok(format!(
            "{} {} none",
            amount(count, "Dockerfile"),
            verb(count, "has", "have")
        )),
        Some(severity) if severity >= Severity::Medium => {
            Answer::fail(format!("{} in a layer", amount(places.len(), "secret")), places, remedy)
        }
        Some(_) => Answer::warn(
            "a file of values is copied in",
            places,
            "leave it out with .dockerignore, and give the values when the container starts.",
        ),
    })
}

/// `COPY . .`, with options and other sources before the dot, but not from another stage.
static COPY_ALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?mi-u)^[ \t]*(?:COPY|ADD)[ \t]+(?:--(?:chown|chmod|link|parents)\S*[ \t]+)*(?:\[[ \t]*)?(?:\S+[ \t]+)*?\x22?(?:\.|\./|\./\*|\*)\x22?,?[ \t]+\S+").ok()
});

pub(super) fn image_context(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    if ground.texts(is_dockerfile).next().is_none() {
        return Ok(Answer::not_applicable("there is no Dockerfile"));
    }
    if !ground.uses_dotenv() {
        return Ok(Answer::not_applicable("nothing here reads a .env"));
    }
    let mut open = Vec::new();
    let mut is_there = false;
    for (path, text) in ground
        .texts(is_dockerfile)
        .filter(|(path, _)| !is_aside(path.as_bstr()))
    {
        let Some(line) = copies_all(text) else { continue };
        if leaves_out_dotenv(ground, path) {
            continue;
        }
        is_there |= contexts(path).iter().any(|context| {
            ground
                .survey
                .texts
                .contains_key(&BString::from([context, &b".env"[..]].concat()))
        });
        open.push(spot(
            path.clone(),
            Some(line),
            "copies the whole folder, and no .dockerignore leaves .env out",
        ));
    }
    let remedy = "write `.env` and `.env.*` into .dockerignore, or name what is to be copied.";
    Ok(match (open.len(), is_there) {
        (0, _) => Answer::ok("none does"),
        (_, true) => Answer::fail("the .env here goes into the image", open, remedy),
        (_, false) => Answer::warn("a .env would go into the image", open, remedy),
    })
}

fn copies_all(text: &[u8]) -> Option<u32> {
    let found = COPY_ALL
        .as_ref()?
        .find_iter(text)
        .find(|found| !found.as_bytes().contains_str("--from"))?;
    let lines = text[..found.start()].iter().filter(|&&byte| byte == b'\n').count();
    u32::try_from(lines + 1).ok()
}

/// Returns the folders from which an image is usually built: that of its file, and the root.
fn contexts(path: &BString) -> Vec<&[u8]> {
    let own: &[u8] = folder(path.as_bstr());
    if own.is_empty() { vec![own] } else { vec![own, b""] }
}

fn leaves_out_dotenv(ground: &Ground<'_>, path: &BString) -> bool {
    let own = [path.as_slice(), b".dockerignore"].concat();
    let beside = contexts(path)
        .into_iter()
        .map(|context| [context, &b".dockerignore"[..]].concat());
    let mut files = std::iter::once(own)
        .chain(beside)
        .filter_map(|file| ground.survey.texts.get(&BString::from(file)));
    files.any(|text| ignores_dotenv(text))
}

/// Tells whether docker leaves `.env` at the top of a context out: the last line that fits counts.
pub(super) fn ignores_dotenv(text: &[u8]) -> bool {
    let mut is_ignored = false;
    for line in text
        .to_str_lossy()
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
    {
        let (pattern, takes_back) = line.strip_prefix('!').map_or((line, false), |pattern| (pattern, true));
        let pattern = pattern.trim_start_matches("./").trim_matches('/');
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        if !pattern.is_empty() && glob.is_ok_and(|glob| glob.compile_matcher().is_match(".env")) {
            is_ignored = !takes_back;
        }
    }
    is_ignored
}

/// `NAME: value`, or `- NAME=value`.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m-u)^[ \t]*(?:-[ \t]*)?["']?(?P<name>[A-Za-z_][A-Za-z0-9_]*)["']?[ \t]*(?:=|:[ \t])[ \t]*(?P<value>[^\r\n]+?)[ \t]*\r?$"#).ok()
});

/// Returns the lines of a compose file that give a secret's name a literal value.
pub(super) fn literals(text: &[u8]) -> Vec<(u32, BString, BString)> {
    let mut found = Vec::new();
    let Some(pair) = PAIR.as_ref() else { return found };
    for captures in pair.captures_iter(text) {
        let (Some(name), Some(value)) = (captures.name("name"), captures.name("value")) else {
            continue;
        };
        let bare = value
            .as_bytes()
            .split_str(" #")
            .next()
            .unwrap_or_default()
            .trim_with(|char| "\"' ".contains(char));
        let is_literal = !bare.is_empty()
            && !bare.contains(&b'$')
            && !bare.starts_with(b"/run/secrets")
            && !b"{[&*|>".contains(&bare[0]);
        let is_switch = matches!(bare, b"true" | b"false" | b"yes" | b"no" | b"null" | b"~");
        if is_literal && !is_switch && promise(name.as_bytes()) == Some(Promise::Secret) {
            let line = text[..name.start()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            found.push((u32::try_from(line).unwrap_or(0), name.as_bytes().into(), bare.into()));
        }
    }
    found
}

/// Tells whether a compose file is for tests by its name.
fn is_for_tests(path: &BStr) -> bool {
    let name = file_name(path).to_str_lossy().to_ascii_lowercase();
    is_aside(path) || ["test", "ci.", "e2e"].iter().any(|word| name.contains(word))
}

fn is_comment(text: &[u8], line: u32) -> bool {
    let line = text.lines().nth(line.saturating_sub(1) as usize);
    line.is_some_and(|line| line.trim_ascii_start().starts_with(b"#"))
}

pub(super) fn compose_values(ground: &Ground<'_>) -> Result<Answer, Unknown> {
    let files: Vec<_> = ground
        .texts(is_compose)
        .filter(|(path, _)| !is_for_tests(path.as_bstr()))
        .collect();
    if files.is_empty() {
        let is_any = ground.texts(is_compose).next().is_some();
        let says = if is_any {
            "there is none but for tests and examples"
        } else {
            "there is no compose file"
        };
        return Ok(Answer::not_applicable(says));
    }
    let (mut real, mut open) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let mut lines = BTreeSet::new();
        for (line, name, value) in literals(text) {
            lines.insert(line);
            let list = if is_telling(&value) { &mut real } else { &mut open };
            list.push(spot(path.clone(), Some(line), format!("{name} is written there")));
        }
        let is_other = |finding: &&Finding| {
            let has_own_check = ["fallback-", "exposure-"]
                .iter()
                .any(|rule| finding.rule.as_str().starts_with(rule));
            finding.path == *path
                && finding.place == Place::Content
                && finding.severity >= Severity::Medium
                && !has_own_check
        };
        for finding in ground.outcome.findings.iter().filter(is_other) {
            let is_real = is_telling(finding.secret.expose());
            // A word in a line that is switched off opens nothing; a real value does.
            if !lines.insert(finding.location.line) || !is_real && is_comment(text, finding.location.line) {
                continue;
            }
            let list = if is_real { &mut real } else { &mut open };
            list.push(at(finding));
        }
    }
    let remedy = "take it from .env (`${NAME:?}`), an env_file, or `secrets:` with a file under /run/secrets.";
    Ok(if !real.is_empty() {
        let says = format!(
            "{} {} real",
            amount(real.len(), "inline value"),
            verb(real.len(), "looks", "look")
        );
        Answer::fail(says, real, remedy)
    } else if !open.is_empty() {
        let says = format!(
            "{} {} written inline, none that looks real",
            amount(open.len(), "secret"),
            verb(open.len(), "is", "are")
        );
        Answer::warn(says, open, remedy)
    } else {
        Answer::ok("it does")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockerignore_is_read_as_docker_reads_it() {
        for text in [
            ".env",
            "*",
            ".env*",
            "**/.env",
            "**/.env*",
            "*.env",
            "/.env\n",
            ".*\n",
            "a\n.env.*\n.env\n",
        ] {
            assert!(ignores_dotenv(text.as_bytes()), "{text}");
        }
        for text in ["", "#.env", ".env.*", "app/.env", "*\n!.env", "node_modules\n"] {
            assert!(!ignores_dotenv(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_whole_folder_is_copied_by_more_than_one_spelling() {
        for text in [
            "FROM x\nCOPY . .\n",
            "ADD ./ /app\n",
            "copy --chown=a:b . /app",
            "COPY --link . .",
            "COPY [\".\", \"/app\"]",
        ] {
            assert!(copies_all(text.as_bytes()).is_some(), "{text}");
        }
        for text in [
            "COPY --from=build . .",
            "COPY ./src /app",
            "# COPY . .",
            "COPY package.json ./",
            "RUN cp . .",
        ] {
            assert_eq!(copies_all(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_literals_under_a_secret_s_name_count_in_compose() {
        let text = "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: otter  # dev\n      - API_TOKEN=x9\n      A_PASSWORD: ${P}\n      \
                    B_PASSWORD_FILE: /run/secrets/b\n      C_PASSWORD:\n    # D_PASSWORD: no\n";
        let found: Vec<(u32, String)> = literals(text.as_bytes())
            .into_iter()
            .map(|(line, name, _)| (line, name.to_string()))
            .collect();
        assert_eq!(
            found,
            [(4, "POSTGRES_PASSWORD".to_owned()), (5, "API_TOKEN".to_owned())]
        );
    }
}
