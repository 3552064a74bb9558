//! gitignore-style globs over paths, for rules, allow entries and excludes; or expressions, behind `re:`.
//! All globs of all owners are one automaton: a path is looked at once, however many rules ask for it.

use std::sync::OnceLock;

use bstr::{BStr, ByteSlice};
use regex::bytes::{Regex, RegexBuilder};

use crate::rules::globs::{self, Globs};

/// What stands in front of a regular expression where a glob could stand; it is looked for anywhere in the path.
pub const REGEX_MARK: &str = "re:";

/// One list of globs: it matches what git would ignore if the list were the root's `.gitignore`.
///
/// A glob without a slash matches at any depth, one with a slash from the root; a folder that matches takes all below
/// it along; `!` takes back, and the last glob that matches decides.
#[derive(Debug, Clone, Default)]
pub struct Paths(PathTable);

/// Many lists of globs, asked all at once.
#[derive(Debug, Clone, Default)]
pub struct PathTable {
    globs: Globs,
    /// For each glob its number among all that is written, and likewise for each expression.
    numbers: Vec<usize>,
    regexes: Vec<(usize, Expression)>,
    /// For each of all that is written its list, and whether it takes back.
    owners: Vec<(usize, bool)>,
    /// Lists that only take back, and so match everything else.
    open: Vec<usize>,
}

/// An expression on paths, compiled when a path is first held against it.
#[derive(Debug, Clone)]
struct Expression {
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

/// What a glob's match says about the paths below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A folder that matches takes all below it along: for excludes and exceptions.
    Below,
    /// Only the path itself counts: `**/.env` names a file, and says nothing of a folder of that name.
    File,
}

/// A glob that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the glob `{glob}` cannot be read: {message}")]
pub struct GlobError {
    /// The glob as written.
    pub glob: String,
    /// What is wrong with it.
    pub message: String,
}

impl Paths {
    /// Reads a list of globs.
    ///
    /// # Errors
    /// When a glob is empty or its syntax is broken.
    pub fn new(globs: &[String]) -> Result<Self, GlobError> {
        PathTable::new([globs], Reach::Below).map(Self)
    }

    /// Tells whether the list matches a path, written with `/` and relative to the root.
    pub fn matches(&self, path: &BStr) -> bool {
        !self.is_empty() && !self.0.matches(path).is_empty()
    }

    /// Tells whether there are no globs, so that nothing matches.
    pub fn is_empty(&self) -> bool {
        self.0.owners.is_empty()
    }
}

impl PathTable {
    /// Reads lists of globs; they are known by their number from here on.
    ///
    /// Where only files count, a list that only takes back matches all others; in a .gitignore it matches none.
    ///
    /// # Errors
    /// When a glob is empty or its syntax is broken.
    pub fn new<'a>(lists: impl IntoIterator<Item = &'a [String]>, reach: Reach) -> Result<Self, GlobError> {
        Self::read(lists, reach, globs::read)
    }

    /// Takes lists of globs that were read before; a broken one among them would match nothing.
    ///
    /// # Errors
    /// When an expression among them is broken.
    pub fn of_known<'a>(lists: impl IntoIterator<Item = &'a [String]>, reach: Reach) -> Result<Self, GlobError> {
        Self::read(lists, reach, |_| Ok(()))
    }

    fn read<'a, G>(
        lists: impl IntoIterator<Item = &'a [String]>,
        reach: Reach,
        check: impl Fn(&str) -> Result<G, String>,
    ) -> Result<Self, GlobError> {
        let mut table = Self::default();
        let mut globs = Vec::new();
        for (owner, list) in lists.into_iter().enumerate() {
            if reach == Reach::File && !list.is_empty() && list.iter().all(|glob| glob.starts_with('!')) {
                table.open.push(owner);
            }
            for written in list {
                let (pattern, takes_back) = match written.strip_prefix('!') {
                    Some(rest) => (rest, true),
                    None => (written.as_str(), false),
                };
                if let Some(source) = pattern.strip_prefix(REGEX_MARK) {
                    let regex = Expression::new(source).map_err(|message| broken(written, message))?;
                    table.regexes.push((table.owners.len(), regex));
                    table.owners.push((owner, takes_back));
                    continue;
                }
                for glob in rooted(pattern, reach) {
                    check(&glob).map_err(|message| broken(written, message))?;
                    globs.push(glob);
                    table.numbers.push(table.owners.len());
                    table.owners.push((owner, takes_back));
                }
            }
        }
        table.globs = Globs::new(globs);
        Ok(table)
    }

    /// Returns the numbers of all that matches, in the order in which it is written.
    fn matching(&self, path: &BStr) -> Vec<usize> {
        let globs = self.globs.matches(path);
        let mut numbers: Vec<usize> = globs.into_iter().map(|glob| self.numbers[glob]).collect();
        if !self.regexes.is_empty() {
            let matches = self.regexes.iter().filter(|(_, regex)| regex.is_match(path));
            numbers.extend(matches.map(|(number, _)| number));
            numbers.sort_unstable();
        }
        numbers
    }

    /// Returns the numbers of the lists that match a path, ascending.
    pub fn matches(&self, path: &BStr) -> Vec<usize> {
        let mut lists: Vec<usize> = Vec::new();
        let mut open = self.open.clone();
        // The globs stand in the order of their lists, so the last of a list that matches comes last here, too.
        for number in self.matching(path) {
            let (owner, takes_back) = self.owners[number];
            match (takes_back, lists.last() == Some(&owner)) {
                (false, false) => lists.push(owner),
                (true, true) => drop(lists.pop()),
                (true, false) => open.retain(|&list| list != owner),
                (false, true) => {}
            }
        }
        lists.append(&mut open);
        lists.sort_unstable();
        lists
    }
}

impl Expression {
    /// Reads it; compiling waits.
    fn new(source: &str) -> Result<Self, String> {
        let mut parser = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build();
        // The parser draws a picture of several lines; its last one says what is wrong.
        let said = |drawn: String| drawn.lines().last().unwrap_or_default().replace("error: ", "");
        match parser.parse(source) {
            Ok(_) if source.is_empty() => Err("it is empty".to_owned()),
            Ok(_) => Ok(Self {
                source: source.to_owned(),
                compiled: OnceLock::new(),
            }),
            Err(error) => Err(said(error.to_string())),
        }
    }

    fn is_match(&self, path: &BStr) -> bool {
        let compile = || RegexBuilder::new(&self.source).unicode(false).build().ok();
        let compiled = self.compiled.get_or_init(compile);
        compiled.as_ref().is_some_and(|regex| regex.is_match(path.as_bytes()))
    }
}

/// Writes a gitignore line as globs that are matched against the whole path.
fn rooted(pattern: &str, reach: Reach) -> Vec<String> {
    let (name, is_folder) = match pattern.strip_suffix('/') {
        Some(name) => (name, true),
        None => (pattern, false),
    };
    let whole = match name.strip_prefix('/') {
        Some(from_root) => from_root.to_owned(),
        None if name.contains('/') => name.to_owned(),
        None => format!("**/{name}"),
    };
    let mut globs = Vec::new();
    if !whole.ends_with("/**") && (is_folder || reach == Reach::Below) {
        globs.push(format!("{whole}/**"));
    }
    if !is_folder {
        globs.push(whole);
    }
    globs
}

fn broken(glob: &str, message: String) -> GlobError {
    GlobError {
        glob: glob.to_owned(),
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(globs: &[&str], path: &str) -> bool {
        let globs: Vec<String> = globs.iter().map(|&glob| glob.to_owned()).collect();
        Paths::new(&globs).unwrap().matches(path.into())
    }

    #[test]
    fn a_glob_without_a_slash_matches_at_any_depth() {
        assert!(hits(&["*.pem"], "a.pem") && hits(&["*.pem"], "deep/er/a.pem"));
        assert!(!hits(&["*.pem"], "a.pem.txt") && !hits(&["*.pem"], "A.PEM"));
    }

    #[test]
    fn a_glob_with_a_slash_starts_at_the_root() {
        assert!(hits(&["/only"], "only") && !hits(&["/only"], "sub/only"));
        assert!(hits(&["docs/*.md"], "docs/a.md"));
        assert!(!hits(&["docs/*.md"], "docs/sub/a.md") && !hits(&["docs/*.md"], "sub/docs/a.md"));
    }

    #[test]
    fn two_stars_cross_folders() {
        assert!(hits(&["**/.env"], ".env") && hits(&["**/.env"], "a/b/.env"));
        assert!(hits(&["vendor/**"], "vendor/a/b") && !hits(&["vendor/**"], "my/vendor/a"));
        assert!(hits(&["a/**/z"], "a/z") && hits(&["a/**/z"], "a/b/c/z"));
    }

    #[test]
    fn a_folder_takes_all_below_it_along() {
        assert!(hits(&["vendor/"], "sub/vendor/x/y") && hits(&["vendor"], "vendor/x") && hits(&["/a/b"], "a/b/c"));
        assert!(!hits(&["vendor/"], "vendor"), "a file of that name is no folder");
    }

    #[test]
    fn the_last_glob_that_matches_decides() {
        assert!(!hits(&["*.pem", "!public.pem"], "keys/public.pem"));
        assert!(hits(&["!public.pem", "*.pem"], "keys/public.pem"));
        assert!(!hits(&["!*.pem"], "a.rs"));
    }

    #[test]
    fn a_backslash_takes_a_sign_as_it_is() {
        assert!(hits(&["\\!note"], "!note") && hits(&["a\\*"], "a*") && !hits(&["a\\*"], "ab"));
    }

    #[test]
    fn bytes_that_are_no_utf8_match_too() {
        let paths = Paths::new(&["*.key".to_owned()]).unwrap();
        assert!(paths.matches(BStr::new(b"d\xff/\xfe.key")));
    }

    #[test]
    fn an_empty_or_broken_glob_is_an_error() {
        for glob in ["", "!", "/", "a[b", "{a"] {
            assert!(Paths::new(&[glob.to_owned()]).is_err(), "{glob}");
        }
    }

    #[test]
    fn an_expression_is_looked_for_anywhere_in_the_path() {
        assert!(hits(&["re:(?i)readme"], "docs/README.md") && hits(&["re:^src/.*\\.py$"], "src/a/b.py"));
        assert!(!hits(&["re:^src/.*\\.py$"], "lib/src/a.py"));
        assert!(!hits(&["*.py", "!re:^src/"], "src/a.py") && hits(&["!re:^src/", "*.py"], "src/a.py"));
        assert!(Paths::new(&["re:a(".to_owned()]).is_err() && Paths::new(&["re:".to_owned()]).is_err());
    }

    #[test]
    fn no_globs_match_nothing() {
        assert!(!hits(&[], "a") && Paths::default().is_empty());
    }

    #[test]
    fn a_table_answers_for_all_lists_at_once() {
        let lists = [
            vec![".env".to_owned(), "!/demo/.env".to_owned()],
            vec![],
            vec!["*.env".to_owned(), ".env".to_owned()],
        ];
        let table = PathTable::new(lists.iter().map(Vec::as_slice), Reach::File).unwrap();
        assert_eq!(table.matches("a/.env".into()), [0, 2]);
        assert_eq!(table.matches("demo/.env".into()), [2]);
        assert_eq!(table.matches(".env/lib/python".into()), [0; 0]);
    }

    #[test]
    fn a_list_of_files_that_only_takes_back_matches_all_others() {
        let lists = [vec!["!*.md".to_owned(), "!*.rst".to_owned()], vec!["*.md".to_owned()]];
        let table = PathTable::new(lists.iter().map(Vec::as_slice), Reach::File).unwrap();
        assert_eq!(table.matches("a.py".into()), [0]);
        assert_eq!(table.matches("docs/a.md".into()), [1]);
    }
}
