//! Many globs asked at once, without compiling any before it can match.
//!
//! A set of compiled globs answers fast but takes milliseconds to make, and a hook looks at a handful of paths. Nearly
//! all globs of rules name a file (`**/.npmrc`) or an extension (`**/*.pem`): those are looked up. Each of the others
//! has a piece of plain text that must occur in the path; only where it does is the glob compiled and asked.

use std::collections::HashMap;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use bstr::{BStr, ByteSlice};
use globset::{Candidate, Glob, GlobBuilder, GlobMatcher};

/// Globs by their numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Globs {
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    by_extension: HashMap<Vec<u8>, Vec<usize>>,
    /// Finds the plain pieces; piece `n` belongs to `with_piece[n]`.
    pieces: Option<AhoCorasick>,
    with_piece: Vec<usize>,
    /// Globs without such a piece: asked about every path.
    loose: Vec<usize>,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone)]
struct Pattern {
    glob: String,
    /// `None` when it cannot be read; whoever hands globs in checks them first.
    matcher: OnceLock<Option<GlobMatcher>>,
}

/// Reads a glob.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(glob: &str) -> Result<Glob, String> {
    if matches!(glob, "" | "**/" | "/**" | "**//**") {
        return Err("it is empty".to_owned());
    }
    GlobBuilder::new(glob)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|error| error.kind().to_string())
}

impl Globs {
    pub(super) fn new(globs: Vec<String>) -> Self {
        let mut index = Self::default();
        let mut pieces = Vec::new();
        for (number, glob) in globs.into_iter().enumerate() {
            for choice in choices(&glob) {
                match kind(&choice) {
                    Kind::Name(name) => index.by_name.entry(name).or_default().push(number),
                    Kind::Extension(extension) => index.by_extension.entry(extension).or_default().push(number),
                    Kind::Piece(piece) => {
                        pieces.push(piece);
                        index.with_piece.push(number);
                    }
                    Kind::Loose => index.loose.push(number),
                }
            }
            index.patterns.push(Pattern {
                glob,
                matcher: OnceLock::new(),
            });
        }
        let mut builder = AhoCorasick::builder();
        let built = builder.kind(Some(AhoCorasickKind::ContiguousNFA)).build(&pieces);
        match built {
            Ok(found) if !pieces.is_empty() => index.pieces = Some(found),
            Ok(_) => {}
            // Too many pieces for the automaton: ask every glob, which is slower and as right.
            Err(_) => index.loose.append(&mut index.with_piece),
        }
        index
    }

    /// Returns the numbers of the globs that match, ascending.
    pub(super) fn matches(&self, path: &BStr) -> Vec<usize> {
        let mut found = Vec::new();
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        found.extend(self.by_name.get(name).into_iter().flatten());
        if let Some(dot) = name.rfind_byte(b'.') {
            found.extend(self.by_extension.get(&name[dot + 1..]).into_iter().flatten());
        }
        let mut asked: Vec<usize> = self.loose.clone();
        if let Some(pieces) = &self.pieces {
            let occurs = pieces.find_overlapping_iter(path.as_bytes());
            asked.extend(occurs.map(|piece| self.with_piece[piece.pattern().as_usize()]));
        }
        if !asked.is_empty() {
            let lossy = path.to_path_lossy();
            let candidate = Candidate::new(lossy.as_ref());
            found.extend(
                asked
                    .into_iter()
                    .filter(|&number| self.patterns[number].is_match(&candidate)),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Pattern {
    fn is_match(&self, path: &Candidate<'_>) -> bool {
        let read = || read(&self.glob).ok().map(|glob| glob.compile_matcher());
        let matcher = self.matcher.get_or_init(read).as_ref();
        matcher.is_some_and(|matcher| matcher.is_match_candidate(path))
    }
}

/// How a glob is found.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// `**/name`.
    Name(Vec<u8>),
    /// `**/*.extension`.
    Extension(Vec<u8>),
    /// By plain text that it demands.
    Piece(Vec<u8>),
    Loose,
}

/// Writes out the braces of a glob: `a.{b,c}` is `a.b` and `a.c`. One with too many choices is left as it is.
fn choices(glob: &str) -> Vec<String> {
    const MOST: usize = 64;
    let mut done = Vec::new();
    let mut open = vec![glob.to_owned()];
    while let Some(text) = open.pop() {
        match innermost(&text) {
            _ if text.contains(['\\', '[']) || done.len() + open.len() > MOST => return vec![glob.to_owned()],
            None => done.push(text),
            Some((from, to)) => {
                let write = |choice: &str| format!("{}{choice}{}", &text[..from], &text[to + 1..]);
                open.extend(text[from + 1..to].split(',').map(write));
            }
        }
    }
    done.sort_unstable();
    done.dedup();
    done
}

/// Finds a pair of braces that holds no other.
fn innermost(text: &str) -> Option<(usize, usize)> {
    let to = text.find('}')?;
    let from = text[..to].rfind('{')?;
    Some((from, to))
}

fn kind(glob: &str) -> Kind {
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['*', '?', '[', ']', '{', '}', '\\', '/', '!', ',']);
    if let Some(name) = glob.strip_prefix("**/") {
        match name.strip_prefix("*.") {
            Some(extension) if is_plain(extension) && !extension.contains('.') => {
                return Kind::Extension(extension.into());
            }
            _ if is_plain(name) => return Kind::Name(name.into()),
            _ => {}
        }
    }
    // What stands in braces or brackets is a choice, and a backslash changes what follows: look only before them.
    let certain = glob.split(['{', '[', '\\']).next().unwrap_or_default();
    // The slash beside two stars may match nothing.
    let certain = certain.replace("**/", "*").replace("/**", "*");
    match certain.split(['*', '?']).max_by_key(|piece| piece.len()) {
        Some(piece) if piece.len() >= 2 => Kind::Piece(piece.into()),
        _ => Kind::Loose,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_glob_is_found_by_the_surest_part_of_it() {
        assert_eq!(kind("**/.npmrc"), Kind::Name(b".npmrc".into()));
        assert_eq!(kind("**/*.pem"), Kind::Extension(b"pem".into()));
        assert_eq!(kind("**/*.tar.gz"), Kind::Piece(b".tar.gz".into()));
        assert_eq!(kind("**/.env.*.sample"), Kind::Piece(b".sample".into()));
        assert_eq!(kind("vendor/**"), Kind::Piece(b"vendor".into()));
        assert_eq!(kind("**/id_{rsa,dsa}"), Kind::Piece(b"id_".into()));
        assert_eq!(kind("**/[ab]*"), Kind::Loose);
    }

    #[test]
    fn braces_are_written_out() {
        assert_eq!(choices("*.{a,{b,c}d}.e"), ["*.a.e", "*.bd.e", "*.cd.e"]);
        assert_eq!(choices("a[{]b"), ["a[{]b"]);
    }

    proptest! {
        #[test]
        fn it_matches_what_each_glob_alone_matches(
            globs in proptest::collection::vec("(\\*\\*/)?([ab.]{1,3}|\\*|\\?|\\{a,b\\}|[ab]/){1,4}", 1..8),
            path in "([ab.]{1,4}/){0,2}[ab.]{1,5}",
        ) {
            let (globs, read): (Vec<String>, Vec<Glob>) =
                globs.into_iter().filter_map(|glob| read(&glob).ok().map(|read| (glob, read))).unzip();
            let expected: Vec<usize> = (0..read.len()).filter(|&at| read[at].compile_matcher().is_match(&path)).collect();
            prop_assert_eq!(Globs::new(globs).matches(BStr::new(&path)), expected);
        }
    }
}
