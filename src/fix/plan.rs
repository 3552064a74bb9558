//! What a run would change, worked out before anything is: every file's content before and after.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};

use crate::fix::change::{self, Change, Choice};
use crate::fix::desk::Desk;
use crate::fix::edit::{self, Edit};
use crate::fix::journal::Role;
use crate::fix::ledger::{self, Ledger};
use crate::fix::moved::{self, Left, Moved, left};
use crate::fix::place::span_of;
use crate::fix::reader::Reader;
use crate::fix::slot::Slot;
use crate::fix::write::{self, Before};
use crate::fix::{FixError, Refusal, naming};
use crate::model::{Finding, Lines};

/// What is to be moved.
pub struct Asked<'f> {
    /// The findings, all of them in one repository, by path.
    pub findings: Vec<&'f Finding>,
    /// Every value that is known, so that none is shown.
    pub known: Vec<&'f Finding>,
    /// The variable's name, where there is one finding only.
    pub name: Option<String>,
    /// The environment file, absolute, instead of the one that lies nearest.
    pub env: Option<PathBuf>,
    /// True when whole files are asked for, so that `secrets.py` gives up all its values.
    pub whole_files: bool,
}

/// What a run would change.
#[derive(Default)]
pub struct Plan {
    /// The files in the order in which they are changed.
    pub(super) changes: Vec<Change>,
    /// What leaves its file.
    pub moved: Vec<Moved>,
    /// What stays, and why.
    pub left: Vec<Left>,
    /// How programs come to have what `.env` holds, by language.
    pub loads: Vec<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
}

/// Works out what moving the findings changes.
///
/// # Errors
/// When nothing can be moved at all: a tracked `.env`, a link, a file system that cannot replace files in one step.
pub fn plan(desk: &Desk, asked: &Asked<'_>) -> Result<Plan, FixError> {
    let mut work = Work {
        desk,
        asked,
        ledgers: BTreeMap::new(),
        planned: BTreeMap::new(),
        plan: Plan::default(),
    };
    let mut by_path: BTreeMap<(bool, &BStr), Vec<&Finding>> = BTreeMap::new();
    for finding in &asked.findings {
        // A helper goes into a file that is always built, so those come first: `a.go` before `a_test.go`.
        let is_special = finding
            .path
            .rsplit(|&byte| byte == b'/')
            .next()
            .is_some_and(|name| name.contains(&b'_'));
        by_path
            .entry((is_special, finding.path.as_ref()))
            .or_default()
            .push(finding);
    }
    for ((_, path), findings) in by_path {
        work.file(path, &findings)?;
    }
    work.finish()
}

struct Work<'d, 'f> {
    desk: &'d Desk,
    asked: &'d Asked<'f>,
    /// By the place of the environment file.
    ledgers: BTreeMap<PathBuf, Ledger>,
    planned: BTreeMap<PathBuf, Vec<u8>>,
    plan: Plan,
}

impl<'f> Work<'_, 'f> {
    /// Plans the change of one file.
    fn file(&mut self, path: &BStr, findings: &[&'f Finding]) -> Result<(), FixError> {
        let Some(name) = path.to_str().ok() else {
            self.leave(findings, &Refusal::new("its path is no UTF-8", "rename the file first"));
            return Ok(());
        };
        let place = self.desk.root.join(name);
        if ledger::is_env(name) && !self.desk.is_tracked(name)? {
            return self.ignore(name, place);
        }
        self.desk.refuse_links(&place)?;
        self.desk.check_file_system(&place)?;
        let before = write::read(&place)?.ok_or_else(|| FixError::Changed(name.to_owned()))?;
        let text = before.bytes.clone();
        let reader = match Reader::open(path, &place, &text) {
            Ok(reader) => reader,
            Err(refusal) => {
                self.leave(findings, &refusal);
                return Ok(());
            }
        };
        let home = self.home(&reader, &place);
        if !self.ledgers.contains_key(&home) {
            let ledger = Ledger::open(self.desk, home.clone())?;
            self.ledgers.insert(home.clone(), ledger);
        }
        let untouched = self.ledgers[&home].clone();
        let (choices, kept) = self.choose(&reader, &text, &home, findings);
        self.plan.left.extend(kept);
        match self.change(&reader, path, &place, &before, &choices) {
            Ok(None) => {}
            Ok(Some(change)) => self.accept(&reader, change, choices, &home),
            Err(refusal) => {
                let findings: Vec<&Finding> = choices.iter().filter_map(|choice| choice.finding).collect();
                self.leave(&findings, &refusal);
                self.ledgers.insert(home, untouched);
            }
        }
        Ok(())
    }

    /// An environment file that git does not track is where values belong; git only has to ignore it.
    fn ignore(&mut self, name: &str, place: PathBuf) -> Result<(), FixError> {
        if !self.desk.is_ignored(name)? {
            let mut ledger = match self.ledgers.remove(&place) {
                Some(ledger) => ledger,
                None => Ledger::open(self.desk, place.clone())?,
            };
            ledger.must_be_ignored = true;
            self.ledgers.insert(place, ledger);
            self.plan
                .notes
                .push(format!("{name} is not in git yet, and .gitignore keeps it out."));
        }
        Ok(())
    }

    fn home(&self, reader: &Reader<'_>, place: &Path) -> PathBuf {
        match &self.asked.env {
            Some(env) => env.clone(),
            None if reader.wants_env_beside() => place.with_file_name(".env"),
            None => ledger::home(self.desk, place),
        }
    }

    fn leave(&mut self, findings: &[&Finding], refusal: &Refusal) {
        self.plan
            .left
            .extend(findings.iter().map(|finding| left(finding, refusal.clone())));
    }

    /// Finds the literals, and gives each a name under which its environment file takes the value.
    fn choose(
        &mut self,
        reader: &Reader<'_>,
        text: &[u8],
        home: &Path,
        findings: &[&'f Finding],
    ) -> (Vec<Choice<'f>>, Vec<Left>) {
        let mut choices: Vec<Choice<'f>> = Vec::new();
        let mut kept = Vec::new();
        for &finding in findings {
            let slot = span_of(text, finding).and_then(|span| reader.find(&span));
            let is_taken = |slot: &Slot| choices.iter().any(|choice| choice.slot.body == slot.body);
            match slot {
                Ok(slot) if is_taken(&slot) => {}
                Ok(slot) => match self.choice(reader, home, slot, Some(finding), &choices) {
                    Ok(choice) => choices.push(choice),
                    Err(refusal) => kept.push(left(finding, refusal)),
                },
                Err(refusal) => kept.push(left(finding, refusal)),
            }
        }
        if self.asked.whole_files && !choices.is_empty() && is_secrets_module(findings[0].path.as_ref()) {
            self.choose_all(reader, text, home, &mut choices, &mut kept);
        }
        (choices, kept)
    }

    /// Takes every other value of a module that holds nothing but values.
    fn choose_all(
        &mut self,
        reader: &Reader<'_>,
        text: &[u8],
        home: &Path,
        choices: &mut Vec<Choice<'f>>,
        kept: &mut Vec<Left>,
    ) {
        let lines = Lines::new(text);
        let Some(finding) = choices.iter().find_map(|choice| choice.finding) else {
            return;
        };
        for slot in reader.module_values() {
            let place = lines.locate(&slot.body);
            let is_known = choices.iter().any(|choice| choice.slot.body == slot.body);
            if is_known || kept.iter().any(|left| left.location == place) {
                continue;
            }
            match self.choice(reader, home, slot, None, choices) {
                Ok(choice) => choices.push(choice),
                Err(refusal) => kept.push(Left {
                    location: place,
                    rule: "secrets-file".to_owned(),
                    ..left(finding, refusal)
                }),
            }
        }
    }

    fn choice(
        &mut self,
        reader: &Reader<'_>,
        home: &Path,
        slot: Slot,
        finding: Option<&'f Finding>,
        others: &[Choice<'f>],
    ) -> Result<Choice<'f>, Refusal> {
        if others
            .iter()
            .any(|other| edit::overlap(&other.slot.replaced, &slot.replaced))
        {
            return Err(Refusal::new(
                "another value in the same call goes first",
                "run this again when that one has gone",
            ));
        }
        let name = self.name(&slot, finding)?;
        reader.accepts(&slot, &name)?;
        if let Some(ledger) = self.ledgers.get_mut(home) {
            ledger.add(&name, &slot.value, slot.fixed.is_some())?;
        }
        Ok(Choice { slot, name, finding })
    }

    fn name(&self, slot: &Slot, finding: Option<&Finding>) -> Result<String, Refusal> {
        if let Some(fixed) = &slot.fixed {
            return if naming::is_valid(fixed) {
                Ok(fixed.clone())
            } else {
                Err(Refusal::new(
                    "what the code looks up is no name of a variable",
                    "mend the name first",
                ))
            };
        }
        let rule = finding.map_or("generic-secret", |finding| finding.rule.as_str());
        let proposed = self.asked.name.clone().or_else(|| naming::propose(&slot.names, rule));
        proposed.ok_or_else(|| Refusal::new("nothing near it gives the variable a name", "choose one with --name"))
    }

    /// Makes the change of one file, if there is one.
    fn change(
        &self,
        reader: &Reader<'_>,
        path: &BStr,
        place: &Path,
        before: &Before,
        choices: &[Choice<'f>],
    ) -> Result<Option<Change>, Refusal> {
        if choices.is_empty() {
            return Ok(None);
        }
        let text = &before.bytes;
        let slots: Vec<&Slot> = choices.iter().map(|choice| &choice.slot).collect();
        let mut edits: Vec<Edit> = choices.iter().map(|choice| change::replacement(text, choice)).collect();
        edits.extend(reader.finish(&slots, &self.planned)?);
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let after = edit::apply(text, &edits);
        if !reader.still_reads(path, place, &after) {
            return Err(Refusal::new(
                "the file would not parse any more",
                "move the value by hand",
            ));
        }
        let known = self
            .asked
            .known
            .iter()
            .filter(|finding| finding.path == path && finding.place.holds_secret());
        let mut hidden: Vec<Range<usize>> = known.filter_map(|finding| span_of(text, finding).ok()).collect();
        hidden.extend(slots.iter().map(|slot| slot.body.clone()));
        hidden.extend(reader.promised());
        Ok(Some(Change {
            role: Role::Source,
            name: path.to_str_lossy().into_owned(),
            place: place.to_owned(),
            before: Some(before.clone()),
            after,
            steps: Vec::new(),
            names: Vec::new(),
            edits,
            hidden,
        }))
    }

    /// Takes a file's change into the plan.
    fn accept(&mut self, reader: &Reader<'_>, mut change: Change, choices: Vec<Choice<'f>>, home: &Path) {
        let env = self
            .ledgers
            .get(home)
            .map_or_else(String::new, |ledger| ledger.name.clone());
        change.steps = change::steps(&change, &choices, &env);
        let loads = reader.loads();
        if !self.plan.loads.contains(&loads) {
            self.plan.loads.push(loads);
        }
        for choice in choices {
            if memchr::memmem::find(&change.after, &choice.slot.value).is_some() {
                let note = format!(
                    "{} still holds the value of {} in another place.",
                    change.name, choice.name
                );
                self.plan.notes.push(note);
            }
            let path = BString::from(change.name.as_str());
            let text = change.before.as_ref().map_or(&b""[..], |before| &before.bytes);
            let reach = self.desk.reach(path.as_ref(), &text[choice.slot.body.clone()]);
            self.plan.moved.push(moved::moved(&choice, path, text, &env, reach));
        }
        self.planned.insert(change.place.clone(), change.after.clone());
        self.plan.changes.push(change);
    }

    /// Adds what has to be written before and after the sources.
    fn finish(self) -> Result<Plan, FixError> {
        let Self {
            desk,
            ledgers,
            mut plan,
            ..
        } = self;
        let is_used = |ledger: &Ledger| ledger.must_be_ignored || !ledger.names.is_empty();
        let used: Vec<Ledger> = ledgers.into_values().filter(is_used).collect();
        for ledger in &used {
            let template = change::template_change(desk, ledger)?;
            if let Some(change) = &template
                && desk.is_ignored(&change.name)?
            {
                plan.notes.push(format!(
                    "git ignores {0}, too: `!{0}` in .gitignore takes it in.",
                    change.name
                ));
            }
            plan.changes.extend(template);
            plan.changes.extend(change::env_change(ledger));
        }
        plan.changes.extend(change::ignore_change(desk, &used)?);
        plan.changes.sort_by_key(|change| change.role);
        plan.left
            .sort_by(|a, b| (&a.path, a.location).cmp(&(&b.path, b.location)));
        Ok(plan)
    }
}

fn is_secrets_module(path: &BStr) -> bool {
    path.rsplit(|&byte| byte == b'/').next() == Some(b"secrets.py")
}
