//! A whole history, object by object.
//!
//! Each content is shown once however many commits hold it; only where its name makes rules read it another way is it
//! shown under that name, too. A content that was made of another one is surveyed by what is new in it, and what has no
//! place at which anything could be found is counted as read and not shown at all: in a history that is nearly
//! everything.

mod gaps;
mod roles;
mod tally;

use std::borrow::Cow;
use std::sync::OnceLock;

use bstr::{BStr, BString};

use crate::git::Name;
use crate::git::history::{self, Found, NotRead, Use, UseKind};
use crate::model::{Blob, Copied, Kind, Nature, Origin, Places, Profile, Scope, SkipReason, Tally};
use crate::source::history::roles::{Message, Roles};
use crate::source::history::tally::Read;
use crate::source::text::{self, Content};
use crate::source::{Extent, Item, Limits, Part, Source, SourceError, Version, Visitor, archive, crew};

/// What an engine says of names and of texts before it searches: sources and the engine do not know each other.
pub trait Surveyor: Sync {
    /// Tells how a file is read for its name's sake.
    fn profile(&self, path: &BStr) -> Profile;

    /// Finds the places of a text, from those of the text that it was made of; `None` when that cannot be done.
    fn survey(&self, text: &[u8], base: Option<(&Places, &[Copied])>) -> Option<Places>;
}

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
    surveyor: &'h dyn Surveyor,
    /// The profile of each path once it was asked for.
    profiles: Vec<OnceLock<Profile>>,
    read: Read,
}

impl<'h> History<'h> {
    /// Makes a source of a history, read by `jobs` threads (0: as many as there are cores).
    pub fn new(
        history: &'h history::History,
        limits: Limits,
        jobs: usize,
        accept: Accept,
        surveyor: &'h dyn Surveyor,
    ) -> Self {
        Self {
            history,
            limits,
            jobs,
            accept,
            part: Part::Whole,
            surveyor,
            profiles: (0..history.census.paths.len()).map(|_| OnceLock::new()).collect(),
            read: Read::default(),
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
        visit(Item::Listed(Tally {
            files: (roles.contents() + roles.messages(Message::Tag)) as u64,
            bytes: 0,
            commits: roles.messages(Message::Commit) as u64,
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
            let most = self.limits.max_file_size;
            self.history.sweep(&roles.numbers(), most, &|number, found| {
                let places = self.show(&roles, number, found, visit);
                if let Some(tally) = self.read.take_many() {
                    visit(Item::Read(tally));
                }
                places
            });
        });
        visit(Item::Read(self.read.take()));
        Ok(())
    }

    fn extent(&self) -> Extent {
        Extent::Listed
    }
}

impl History<'_> {
    /// Returns the objects that are to be read, and what they are.
    fn roles(&self) -> Roles<'_> {
        let mut roles = Roles::new(&self.history.census);
        if self.part != Part::Whole {
            roles.retain(|number, uses| {
                let name = &self.history.census.names[number as usize];
                self.part.holds(name, uses.iter().map(|used| self.path(used)))
            });
        }
        roles
    }

    /// Shows an object as everything that it is, and returns the places in its content.
    fn show(
        &self,
        roles: &Roles<'_>,
        number: u32,
        found: Result<Found<'_, Places>, NotRead>,
        visit: Visitor<'_>,
    ) -> Option<Places> {
        let name = &self.history.census.names[number as usize];
        let (message, uses) = (roles.message(number), roles.uses(number));
        match &found {
            Ok(found) => {
                if let Some(message) = message {
                    self.message(name, message, found.content, visit);
                }
                if uses.is_empty() {
                    return None;
                }
                self.content(name, uses, found, visit)
            }
            Err(why) => {
                if let Some(message) = message {
                    visit(Item::listed(usize::from(message == Message::Commit)));
                    visit(self.not_read(message_path(name, message), name, why));
                }
                if let Some(path) = uses.iter().map(|used| self.path(used)).min() {
                    visit(self.not_read(path, name, why));
                }
                None
            }
        }
    }

    /// Shows what a person wrote into a commit or a tag.
    fn message(&self, name: &Name, message: Message, content: &[u8], visit: Visitor<'_>) {
        let words = history::words(content);
        let places = self.survey(&words, None);
        let (files, commits) = match message {
            Message::Commit => (0, 1),
            Message::Tag => (1, 0),
        };
        if places.as_ref().is_some_and(Places::is_empty) {
            return self.read.add(files, commits, content.len());
        }
        let path = message_path(name, message);
        let blob = Blob {
            origin: Origin::Object(name.to_string().into()),
            path: Cow::Borrowed(path.as_ref()),
            bytes: Cow::Borrowed(&words),
            scope: Scope::Whole,
            kind: match message {
                Message::Commit => Kind::CommitMessage,
                Message::Tag => Kind::TagMessage,
            },
            nature: Nature::Text,
        };
        visit(item(blob, content.len(), places.as_ref(), None));
    }

    /// Shows a content once for each way in which its names make it read, and returns the places in it.
    fn content(&self, name: &Name, uses: &[Use], found: &Found<'_, Places>, visit: Visitor<'_>) -> Option<Places> {
        let uses = self.ways(uses);
        if archive::may_be(found.content) && self.open(name, &uses, found.content, visit) {
            return None;
        }
        let (bytes, nature) = match text::classify(found.content) {
            Content::Packed => {
                let path = uses.first().map(|used| self.path(used)).unwrap_or_default();
                visit(Item::skipped(path, SkipReason::Binary));
                return None;
            }
            Content::Readable { bytes, nature } => (bytes, nature),
        };
        // What was decoded has its places elsewhere than the object that others are made of.
        let is_itself =
            nature == Nature::Text && matches!(bytes, Cow::Borrowed(same) if same.len() == found.content.len());
        let base = found.base.as_ref().map(|base| (base.memory, base.copies));
        let places = is_itself.then(|| self.survey(&bytes, base)).flatten();
        let text = Text {
            bytes: &bytes,
            nature,
            places: places.as_ref(),
        };
        visit(Item::listed(uses.len() - 1));
        for (number, used) in uses.iter().enumerate() {
            // Its bytes were read once, whatever the number of its names.
            let size = if number == 0 { found.content.len() } else { 0 };
            self.file(name, used, kind(used), &text, size, visit);
        }
        places
    }

    /// Shows a content under one of its names.
    fn file(&self, name: &Name, used: &Use, kind: Kind, text: &Text<'_>, size: usize, visit: Visitor<'_>) {
        if self.is_excluded(used) {
            return visit(Item::skipped(self.path(used), SkipReason::Excluded));
        }
        let profile = self.profile(used);
        if text.places.is_some_and(Places::is_empty) && !profile.is_whole {
            return self.read.add(1, 0, size);
        }
        let path = self.path(used);
        let blob = Blob {
            origin: Origin::Object(name.to_string().into()),
            path: Cow::Borrowed(path.as_ref()),
            bytes: Cow::Borrowed(text.bytes),
            scope: Scope::Whole,
            kind,
            nature: text.nature,
        };
        visit(item(blob, size, text.places, Some(profile)));
    }

    /// Shows the members of an archive, once for each way in which its names make it read; false when it is none.
    fn open(&self, name: &Name, uses: &[Use], content: &[u8], visit: Visitor<'_>) -> bool {
        let origin = Origin::Object(name.to_string().into());
        let open = |used: &Use| {
            let is_file = used.kind == UseKind::File && !self.is_excluded(used);
            is_file && archive::read(self.path(used).as_ref(), content, &origin, &self.limits, visit)
        };
        let Some((first, others)) = uses.split_first() else {
            return false;
        };
        if !open(first) {
            return false;
        }
        for used in others {
            visit(Item::listed(1));
            open(used);
        }
        true
    }

    /// Returns one use for each way of reading, those that are not left out first.
    fn ways(&self, uses: &[Use]) -> Vec<Use> {
        if let [used] = uses {
            return vec![*used];
        }
        // By name, for their numbers tell only by which way the history was walked through.
        let mut named: Vec<(BString, Use)> = uses.iter().map(|used| (self.path(used), *used)).collect();
        named.sort_unstable();
        let mut kept: Vec<(u64, UseKind)> = Vec::new();
        let mut ways = Vec::new();
        for (_, used) in named.iter().filter(|(_, used)| !self.is_excluded(used)) {
            let way = (self.profile(used).number, used.kind);
            if !kept.contains(&way) {
                kept.push(way);
                ways.push(*used);
            }
        }
        if ways.is_empty() {
            ways.extend(named.first().map(|(_, used)| *used));
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
            let places = self.survey(file, None);
            if places.as_ref().is_some_and(Places::is_empty) {
                return;
            }
            let text = paths.text(path);
            if self.limits.excludes(text.as_ref()) {
                return;
            }
            let blob = Blob {
                origin: Origin::Object("".into()),
                path: Cow::Borrowed(text.as_ref()),
                bytes: Cow::Borrowed(file),
                scope: Scope::Whole,
                kind: Kind::Names,
                nature: Nature::Text,
            };
            visit(item(blob, 0, places.as_ref(), None));
        });
    }

    fn is_excluded(&self, used: &Use) -> bool {
        self.limits.exclude.is_some() && self.limits.excludes(self.path(used).as_ref())
    }

    /// Finds the places of a text, unless everything is to be searched in full.
    fn survey(&self, text: &[u8], base: Option<(&Places, &[Copied])>) -> Option<Places> {
        if self.history.is_plain() {
            return None;
        }
        self.surveyor.survey(text, base)
    }

    /// Asks for the profile of a path, once.
    fn profile(&self, used: &Use) -> Profile {
        let path = || self.path(used);
        *self.profiles[used.path as usize].get_or_init(|| self.surveyor.profile(path().as_ref()))
    }
}

/// A content as the engine gets it.
struct Text<'t> {
    bytes: &'t [u8],
    nature: Nature,
    places: Option<&'t Places>,
}

/// A shorter name has no room for a value.
const SHORTEST_NAME: usize = 12;

fn item<'b>(blob: Blob<'b>, size: usize, places: Option<&'b Places>, profile: Option<Profile>) -> Item<'b> {
    match places {
        Some(places) => Item::Version(blob, size as u64, Version { places, profile }),
        None => Item::Blob(blob, size as u64),
    }
}

fn kind(used: &Use) -> Kind {
    match used.kind {
        UseKind::Note => Kind::Note,
        UseKind::Symlink => Kind::Symlink,
        UseKind::File => Kind::File,
    }
}

/// The path under which a message is reported: there is no file, and `commit:` is no folder that anybody has.
fn message_path(name: &Name, message: Message) -> BString {
    let word = match message {
        Message::Commit => "commit",
        Message::Tag => "tag",
    };
    let name = name.to_string();
    format!("{word}:{}", &name[..12]).into()
}
