//! The line in `.gitattributes` by which two branches that both add entries merge without a conflict.

use std::fs;
use std::io;
use std::path::Path;

use crate::cli::failure::Failure;
use crate::cli::{terminal, write};

const FILE: &str = ".gitattributes";

/// Adds the line unless something is said about merging the baseline already.
pub(super) fn ensure(root: &Path, baseline: &str) -> Result<(), Failure> {
    let (file, line) = (root.join(FILE), format!("{baseline} merge=union"));
    let text = match fs::symlink_metadata(&file) {
        Ok(data) if !data.is_file() => None,
        Ok(_) => fs::read_to_string(&file).ok(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(String::new()),
        Err(_) => None,
    };
    let Some(text) = text.filter(|_| is_plain(baseline)) else {
        terminal::hint(&format!(
            "put `{line}` into {FILE}, so that two branches may both add entries."
        ));
        return Ok(());
    };
    if says_how_to_merge(&text, baseline) {
        return Ok(());
    }
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    write::project_file(&file, &format!("{text}{end}{line}\n"))?;
    terminal::say(&format!(
        "Added `{line}` to {FILE}, so that two branches may both add entries; commit both files."
    ));
    Ok(())
}

/// Tells whether a path means itself as a pattern of git's.
fn is_plain(path: &str) -> bool {
    let is_inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
    is_inside
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
}

fn says_how_to_merge(text: &str, baseline: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        words
            .next()
            .is_some_and(|pattern| pattern.trim_start_matches('/') == baseline)
            && words.any(|word| word.trim_start_matches(['-', '!']).split('=').next() == Some("merge"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_about_merging_is_known_however_it_is_written() {
        let says = |text: &str| says_how_to_merge(text, ".keyfence-baseline");
        assert!(says("*.py text\n/.keyfence-baseline text merge=union\n"));
        assert!(says(".keyfence-baseline -merge"));
        assert!(!says(".keyfence-baseline text\n# .keyfence-baseline merge=union\n"));
    }

    #[test]
    fn only_a_plain_path_is_a_pattern() {
        assert!(is_plain(".keyfence-baseline") && is_plain("security/baseline"));
        assert!(!is_plain("../other/baseline") && !is_plain("a b") && !is_plain("a*"));
    }
}
