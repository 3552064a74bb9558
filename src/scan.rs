//! Floor 3: a source through an engine into an outcome.
//! The one place where threads meet; everything they bring is sorted, so their number changes nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use bstr::BStr;

use crate::engine::{Engine, Judged, Searched};
use crate::model::{Blob, Copied, Failed, Kind, Outcome, Places, Profile, Suppressed, Tally};
use crate::source::{Item, Source, SourceError, Surveyor, Version};

/// Reads everything that `source` has and returns the whole answer.
///
/// # Errors
/// When the source could not even list what there is to read.
pub fn scan(engine: &Engine, source: &dyn Source) -> Result<Outcome, SourceError> {
    let outcome = Mutex::new(Outcome::default());
    source.visit(&|item| enter(&outcome, engine, item))?;
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.sort();
    Ok(outcome)
}

fn enter(outcome: &Mutex<Outcome>, engine: &Engine, item: Item<'_>) {
    // Searching happens before the lock is taken; what follows is a few additions.
    let searched = match &item {
        Item::Blob(blob, _) => Some(search(|| engine.scan_blob(blob))),
        Item::Version(blob, _, Version { places, profile }) => Some(search(|| engine.scan_at(blob, *profile, places))),
        _ => None,
    };
    let mut outcome = outcome.lock().unwrap_or_else(PoisonError::into_inner);
    let coverage = &mut outcome.coverage;
    match item {
        Item::Listed(tally) => add(&mut coverage.expected, tally),
        Item::Skipped(skipped) => coverage.skipped.push(skipped),
        Item::Failed(failed) => coverage.failed.push(failed),
        Item::Read(tally) => {
            coverage.expected.bytes += tally.bytes;
            add(&mut coverage.scanned, tally);
        }
        Item::Blob(blob, bytes) | Item::Version(blob, bytes, _) => match searched {
            Some(Ok(searched)) if searched.gave_up => {
                coverage.failed.push(Failed {
                    path: blob.path.into_owned(),
                    error: "This content asks for more work than any honest file does; it was not searched to its end."
                        .to_owned(),
                });
                file(&mut outcome, searched.judged);
            }
            Some(Ok(searched)) => {
                // A listing knows no sizes; what was read is what was to be read.
                coverage.expected.bytes += bytes;
                add(&mut coverage.scanned, counted(&blob, bytes));
                file(&mut outcome, searched.judged);
            }
            _ => coverage.failed.push(Failed {
                path: blob.path.into_owned(),
                error: "The engine gave up on this content; this is a bug in keyfence.".to_owned(),
            }),
        },
    }
}

/// Counts a blob as what it is: names belong to files that are counted themselves.
fn counted(blob: &Blob<'_>, bytes: u64) -> Tally {
    let (files, commits) = match blob.kind {
        Kind::CommitMessage => (0, 1),
        Kind::Names => (0, 0),
        Kind::File | Kind::Symlink | Kind::TagMessage | Kind::Note => (1, 0),
    };
    Tally { files, bytes, commits }
}

/// A panic in one blob is that blob's failure, not the end of the scan.
fn search(search: impl FnOnce() -> Searched) -> Result<Searched, ()> {
    catch_unwind(AssertUnwindSafe(search)).map_err(|_| ())
}

impl Surveyor for Engine {
    fn profile(&self, path: &BStr) -> Profile {
        self.profile(path)
    }

    /// After a panic the whole text is searched, so that the failure is said where all of them are.
    fn survey(&self, text: &[u8], base: Option<(&Places, &[Copied])>) -> Option<Places> {
        let survey = || match base {
            Some((base, copies)) => self.survey_again(text, base, copies),
            None => self.survey(text),
        };
        catch_unwind(AssertUnwindSafe(survey)).ok()
    }
}

fn file(outcome: &mut Outcome, judged: Vec<Judged>) {
    for Judged {
        finding,
        suppressed,
        lapsed,
    } in judged
    {
        outcome.lapsed.extend(lapsed);
        match suppressed {
            None => outcome.findings.push(finding),
            Some(reason) => outcome.suppressed.push(Suppressed { finding, reason }),
        }
    }
}

fn add(total: &mut Tally, more: Tally) {
    total.files += more.files;
    total.bytes += more.bytes;
    total.commits += more.commits;
}
