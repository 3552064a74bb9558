//! A whole history, object by object.
//!
//! Each content is shown once however many commits hold it; only where its name makes rules read it another way is it
//! shown under that name, too. What cannot be read is said: a history with a hole in it is never clean.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use bstr::{BStr, BString};

use crate::git::history::{self, Found, Gap, NotRead, Use, UseKind, Why};
use crate::git::{Name, ObjectKind};
use crate::model::{Blob, Kind, Nature, Origin, Scope, SkipReason, Tally};
use crate::source::text::{self, Content};
use crate::source::{Item, Limits, Part, Source, SourceError, Visitor, archive, crew};

/// Says by a number how the rules read a file of this name; two names with the same number read alike.
pub type Profile<'p> = &'p (dyn Fn(&BStr) -> u64 + Sync);

/// Which holes in a history the user accepts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accept {
    /// That a shallow clone ends where it ends.
    pub shallow: bool,
    /// That a partial clone lacks what it did not fetch.
    pub partial: bool,
}

/// A history to read.
pub struct History<'h> {
    history: &'h history::History,
    limits: Limits,
    jobs: usize,
    accept: Accept,
    part: Part,
    profile: Profile<'h>,
    /// The profile of each path once it was asked for, 0 before.
    profiles: Vec<AtomicU64>,
}

impl<'h> History<'h> {
    /// Makes a source of a history, read by `jobs` threads (0: as many as there are cores).
    pub fn new(
        history: &'h history::History,
        limits: Limits,
        jobs: usize,
        accept: Accept,
        profile: Profile<'h>,
    ) -> Self {
        Self {
            history,
            limits,
            jobs,
            accept,
            part: Part::Whole,
            profile,
            profiles: (0..history.census.paths.len()).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Reads only a part of it.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    fn path(&self, used: &Use) -> BString {
        self.history.census.paths.text(used.path)
    }

    fn profile(&self, used: &Use) -> u64 {
        let slot = &self.profiles[used.path as usize];
        match slot.load(Ordering::Relaxed) {
            0 => {
                let profile = (self.profile)(self.path(used).as_ref()).max(1);
                slot.store(profile, Ordering::Relaxed);
                profile
            }
            known => known,
        }
    }

    /// Says what is not here or cannot be read.
    fn gap(&self, gap: &Gap, visit: Visitor<'_>) {
        let path = if gap.from.is_empty() {
            BString::from(gap.name.to_string())
        } else {
            gap.from.clone()
        };
        visit(Item::listed(1));
        visit(match &gap.why {
            Why::Shallow if self.accept.shallow => Item::skipped(path, SkipReason::Shallow),
            Why::Shallow => Item::failed(path, shallow(&gap.name)),
            Why::Missing => self.missing(path, &gap.name),
            Why::Broken(why) => Item::failed(path, broken(&gap.name, why)),
        });
    }

    fn missing(&self, path: BString, name: &Name) -> Item<'static> {
        match (self.history.is_promised(), self.accept.partial) {
            (true, true) => Item::skipped(path, SkipReason::NotFetched),
            (true, false) => Item::failed(path, not_fetched(name)),
            (false, _) => Item::failed(
                path,
                format!("Its object {name} is not in this repository; run `git fsck`."),
            ),
        }
    }
}

impl Source for History<'_> {
    fn visit(&self, visit: Visitor<'_>) -> Result<(), SourceError> {
        let census = &self.history.census;
        if self.part.holds_gaps() {
            for gap in &census.gaps {
                self.gap(gap, visit);
            }
            for &path in &census.submodules {
                visit(Item::listed(1));
                visit(Item::skipped(census.paths.text(path), SkipReason::Submodule));
            }
        }
        let roles = self.roles();
        let commits = roles.is_commit.values().filter(|&&is_commit| is_commit).count();
        visit(Item::Listed(Tally {
            files: (roles.uses.len() + roles.is_commit.len() - commits) as u64,
            bytes: 0,
            commits: commits as u64,
        }));
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(crew::threads(self.jobs))
            .build()
            .map_err(|error| SourceError {
                what: format!("No threads could be started: {error}."),
                hint: "try `--jobs 1`.".to_owned(),
            })?;
        pool.install(|| {
            if self.part.holds_names() {
                self.names(visit);
            }
            let numbers = roles.numbers();
            self.history
                .sweep(&numbers, self.limits.max_file_size, &|number, found| -> Option<()> {
                    self.show(&roles, number, found, visit);
                    None
                });
        });
        Ok(())
    }
}

/// What each object is to a history; one object can be several things.
struct Roles<'c> {
    uses: HashMap<u32, &'c [Use]>,
    is_commit: HashMap<u32, bool>,
}

impl<'c> Roles<'c> {
    fn new(census: &'c history::Census) -> Self {
        let uses = census.uses.chunk_by(|one, next| one.blob == next.blob);
        let commits = census.commits.iter().map(|commit| (commit.object, true));
        let tags = census.tags.iter().map(|&tag| (tag, false));
        Self {
            uses: uses.map(|uses| (uses[0].blob, uses)).collect(),
            is_commit: commits.chain(tags).collect(),
        }
    }

    fn numbers(&self) -> Vec<u32> {
        let messages = self.is_commit.keys().filter(|number| !self.uses.contains_key(number));
        let mut numbers: Vec<u32> = self.uses.keys().chain(messages).copied().collect();
        numbers.sort_unstable();
        numbers
    }
}

impl History<'_> {
    /// Returns the objects that are to be read, and what they are.
    fn roles(&self) -> Roles<'_> {
        let mut roles = Roles::new(&self.history.census);
        if self.part == Part::Whole {
            return roles;
        }
        let uses = roles.uses.clone();
        let holds = |number: u32| {
            let uses = uses.get(&number).copied().unwrap_or_default();
            let name = &self.history.census.names[number as usize];
            self.part.holds(name, uses.iter().map(|used| self.path(used)))
        };
        roles.uses.retain(|&number, _| holds(number));
        roles.is_commit.retain(|&number, _| holds(number));
        roles
    }

    /// Shows an object as everything that it is.
    fn show(&self, roles: &Roles<'_>, number: u32, found: Result<Found<'_, ()>, NotRead>, visit: Visitor<'_>) {
        let name = self.history.census.names[number as usize];
        match &found {
            Ok(found) => {
                if let Some(&is_commit) = roles.is_commit.get(&number) {
                    self.message(&name, is_commit, found.content, visit);
                }
                if let Some(uses) = roles.uses.get(&number) {
                    self.content(&name, uses, found, visit);
                }
            }
            Err(why) => {
                if let Some(&is_commit) = roles.is_commit.get(&number) {
                    let path = message_path(&name, is_commit);
                    visit(Item::listed(usize::from(is_commit)));
                    visit(self.not_read(path, &name, why));
                }
                if let Some(used) = roles.uses.get(&number).and_then(|uses| uses.first()) {
                    visit(self.not_read(self.path(used), &name, why));
                }
            }
        }
    }

    fn not_read(&self, path: BString, name: &Name, why: &NotRead) -> Item<'static> {
        match why {
            NotRead::TooLarge => Item::skipped(path, SkipReason::TooLarge),
            NotRead::Missing => self.missing(path, name),
            NotRead::Failed(error) => Item::failed(path, error),
        }
    }

    /// Shows what a person wrote into a commit or a tag.
    fn message(&self, name: &Name, is_commit: bool, content: &[u8], visit: Visitor<'_>) {
        let words = history::words(content);
        let path = message_path(name, is_commit);
        let blob = Blob {
            origin: Origin::Object(name.to_string().into()),
            path: Cow::Borrowed(path.as_ref()),
            bytes: Cow::Borrowed(&words),
            scope: Scope::Whole,
            kind: if is_commit {
                Kind::CommitMessage
            } else {
                Kind::TagMessage
            },
            nature: Nature::Text,
        };
        visit(Item::Blob(blob, content.len() as u64));
    }

    /// Shows a content once for each way in which its names make it read.
    fn content(&self, name: &Name, uses: &[Use], found: &Found<'_, ()>, visit: Visitor<'_>) {
        let uses = self.ways(uses);
        if uses.is_empty() {
            // All of its names are left out.
            return;
        }
        if let Some((first, others)) = uses.split_first()
            && self.members(name, first, found.content, visit)
        {
            for used in others {
                visit(Item::listed(1));
                self.members(name, used, found.content, visit);
            }
            return;
        }
        let content = match text::classify(found.content) {
            Content::Packed => {
                let path = uses.first().map(|used| self.path(used)).unwrap_or_default();
                return visit(Item::skipped(path, SkipReason::Binary));
            }
            Content::Readable { bytes, nature } => (bytes, nature),
        };
        visit(Item::listed(uses.len() - 1));
        let origin = Origin::Object(name.to_string().into());
        for (number, used) in uses.iter().enumerate() {
            let path = self.path(used);
            if self.limits.excludes(path.as_ref()) {
                visit(Item::skipped(path, SkipReason::Excluded));
                continue;
            }
            let blob = Blob {
                origin: origin.clone(),
                path: Cow::Borrowed(path.as_ref()),
                bytes: Cow::Borrowed(&content.0),
                scope: Scope::Whole,
                kind: kind(used, found.kind),
                nature: content.1,
            };
            // Its bytes were read once, whatever the number of its names.
            let bytes = if number == 0 { found.content.len() as u64 } else { 0 };
            visit(Item::Blob(blob, bytes));
        }
    }

    /// Shows the members of an archive; false when it is none.
    fn members(&self, name: &Name, used: &Use, content: &[u8], visit: Visitor<'_>) -> bool {
        let path = self.path(used);
        let is_file = used.kind == UseKind::File && !self.limits.excludes(path.as_ref());
        let origin = Origin::Object(name.to_string().into());
        is_file && archive::read(path.as_ref(), content, &origin, &self.limits, visit)
    }

    /// Returns one use for each way of reading, those that are not left out first.
    fn ways(&self, uses: &[Use]) -> Vec<Use> {
        if let [used] = uses {
            return vec![*used];
        }
        let is_left_out = |used: &Use| self.limits.exclude.is_some() && self.limits.excludes(self.path(used).as_ref());
        let mut kept: Vec<(u64, UseKind)> = Vec::new();
        let mut ways = Vec::new();
        for used in uses.iter().filter(|used| !is_left_out(used)) {
            let way = (self.profile(used), used.kind);
            if !kept.contains(&way) {
                kept.push(way);
                ways.push(*used);
            }
        }
        if ways.is_empty() {
            ways.extend(uses.first());
        }
        ways
    }

    /// Shows the names of files and folders, in which values can stand as well.
    fn names(&self, visit: Visitor<'_>) {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        let paths = &self.history.census.paths;
        (1..paths.len() as u32).into_par_iter().for_each(|path| {
            let file = paths.file(path);
            if file.len() < SHORTEST_NAME {
                return;
            }
            let text = paths.text(path);
            if self.limits.excludes(text.as_ref()) {
                return;
            }
            visit(Item::Blob(
                Blob {
                    origin: Origin::Object("".into()),
                    path: Cow::Borrowed(text.as_ref()),
                    bytes: Cow::Borrowed(file),
                    scope: Scope::Whole,
                    kind: Kind::Names,
                    nature: Nature::Text,
                },
                0,
            ));
        });
    }
}

/// A shorter name has no room for a value.
const SHORTEST_NAME: usize = 12;

fn kind(used: &Use, is: ObjectKind) -> Kind {
    match (used.kind, is) {
        (UseKind::Note, _) => Kind::Note,
        (UseKind::Symlink, _) => Kind::Symlink,
        (UseKind::File, _) => Kind::File,
    }
}

/// The path under which a message is reported: there is no file, and `commit:` is no folder that anybody has.
fn message_path(name: &Name, is_commit: bool) -> BString {
    let (word, name) = (if is_commit { "commit" } else { "tag" }, name.to_string());
    format!("{word}:{}", &name[..12]).into()
}

fn shallow(name: &Name) -> String {
    format!(
        "Its parent {name} and what came before are not in this shallow clone; fetch them with `git fetch --unshallow`, \
         or accept that with --allow-shallow."
    )
}

fn not_fetched(name: &Name) -> String {
    format!(
        "Its object {name} is not in this partial clone; fetch all of them with `git fetch --refetch --no-filter`, or \
         accept that with --allow-partial."
    )
}

fn broken(name: &Name, why: &str) -> String {
    format!(
        "Its object {name} could not be read ({}); run `git fsck`.",
        why.trim_end_matches('.')
    )
}
