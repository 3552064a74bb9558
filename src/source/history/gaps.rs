//! What of a history is not read, and what to do about it: a history with a hole in it is never clean.

use bstr::BString;

use crate::git::Name;
use crate::git::history::{Gap, NotRead, Why};
use crate::model::SkipReason;
use crate::source::history::History;
use crate::source::{Item, Visitor};

impl History<'_> {
    /// Says what is not here or cannot be read.
    pub(super) fn gap(&self, gap: &Gap, visit: Visitor<'_>) {
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

    /// Says why an object was not read.
    pub(super) fn not_read(&self, path: BString, name: &Name, why: &NotRead) -> Item<'static> {
        match why {
            NotRead::TooLarge => Item::skipped(path, SkipReason::TooLarge),
            NotRead::Missing => self.missing(path, name),
            NotRead::Failed(error) => Item::failed(path, error),
        }
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
