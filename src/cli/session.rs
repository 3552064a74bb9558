//! What a scanning command needs before it scans and after it has: settings, rules, engine, report, verdict.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::baseline::{Baseline, Scope};
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::{Options, ShowSecrets};
use crate::cli::progress::Progress;
use crate::cli::reports::Report;
use crate::cli::scan::project_root;
use crate::cli::terminal::{self, variable};
use crate::cli::{accepted, clock, write};
use crate::config::Settings;
use crate::engine::{Engine, EngineSettings};
use crate::model::{Date, Finding, Lapsed, Outcome, Redactor};
use crate::report::{Format, Shard, Style, render, render_job_summary};
use crate::rules::RuleSet;
use crate::scan::scan;
use crate::source::{Exclude, Limits, Share, Source};
use crate::weakening::{Watch, make_strict};

/// Where GitHub Actions lets a step write what is shown of its job.
const JOB_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// A scan about to be made.
pub(super) struct Session<'o> {
    began: Instant,
    date: Date,
    options: &'o Options,
    settings: Settings,
    rules: Arc<RuleSet>,
    engine: Engine,
    baseline: Baseline,
}

/// What was scanned, for the report.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// `worktree`, `staged`, `range`, …
    pub(super) mode: &'static str,
    /// The root as the user named it.
    pub(super) root: String,
    /// True when all of a project was read, so that an exception that held nothing back is out of use.
    pub(super) is_everything: bool,
    /// Which shard of a scan it was.
    pub(super) shard: Option<Arc<Shard>>,
}

impl<'o> Session<'o> {
    /// Reads settings and rules. `root` is where a project keeps its configuration, if there is a project.
    pub(super) fn open(options: &'o Options, root: Option<&Path>) -> Result<Self, Failure> {
        let settings = settings(options, root)?;
        let baseline = accepted::on_disk(options, root, &settings)?;
        Self::with_settings(options, settings, baseline)
    }

    /// Reads rules for settings from wherever they were found; flags count over them.
    pub(super) fn with_settings(
        options: &'o Options,
        mut settings: Settings,
        baseline: Baseline,
    ) -> Result<Self, Failure> {
        let began = Instant::now();
        settings.fail_on.override_with(options.fail_on.map(Into::into));
        let least = options.min_confidence.map(Into::into);
        settings.min_confidence.override_with(least);
        let mut rules = RuleSet::builtin();
        for file in &options.rules {
            let text = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            rules.add_toml(&file.to_string_lossy(), &text)?;
        }
        for warning in settings.apply_to(&mut rules)? {
            terminal::warn(&warning);
        }
        let today = clock::now().day();
        for warning in settings.expired_allows(today) {
            terminal::warn(&warning);
        }
        let engine = EngineSettings {
            min_confidence: settings.min_confidence.value,
            allow: settings.allows(),
            today: Some(today),
            reference: options.reference,
        };
        let engine = Engine::new(&rules, &engine)?;
        if !options.rules.is_empty() {
            // The built-in rules were proven by our tests, the configuration's when it was read; these by nobody yet.
            engine.check()?;
        }
        Ok(Self {
            began,
            date: clock::of_report(),
            options,
            engine,
            settings,
            rules: Arc::new(rules),
            baseline,
        })
    }

    /// Returns what the rules are ready to do.
    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Returns what is not to be read.
    pub(super) fn limits(&self) -> Result<Limits, Failure> {
        let globs = &self.settings.exclude.value;
        let exclude = Exclude::new(globs.iter().map(String::as_str))
            .map_err(|error| Failure::new(error.to_string(), "mend `exclude` in the configuration."))?;
        Ok(Limits {
            exclude: (!globs.is_empty()).then_some(exclude),
            max_file_size: self.settings.max_file_size.value,
            archives: self.settings.archives.value,
        })
    }

    /// Prints the settings instead of scanning, if that was asked for.
    pub(super) fn print_settings(&self) -> Result<bool, Failure> {
        if self.options.print_settings {
            io::stdout().lock().write_all(self.settings.describe().as_bytes())?;
        }
        Ok(self.options.print_settings)
    }

    /// Scans, reports and decides.
    pub(super) fn run(&self, source: &dyn Source, subject: &Subject) -> Result<Exit, Failure> {
        let lists = self.settings.wide_allows();
        if !subject.is_everything || lists.iter().all(|paths| paths.is_empty()) {
            return self.conclude(&self.scan(source)?, subject);
        }
        let share = Share::new(source, &lists)
            .map_err(|error| Failure::new(error.to_string(), "write it as in a .gitignore."))?;
        let exit = self.conclude(&self.scan(&share)?, subject)?;
        let (covered, all) = share.counted();
        for warning in self.settings.broad_allows(&covered, all) {
            terminal::warn(&warning);
        }
        Ok(exit)
    }

    /// Reports an outcome and decides.
    pub(super) fn conclude(&self, outcome: &Outcome, subject: &Subject) -> Result<Exit, Failure> {
        self.report(outcome, subject)?;
        if subject.is_everything {
            for warning in self.settings.unused_allows(outcome, clock::now().day()) {
                terminal::warn(&warning);
            }
            self.warn_of_stale(outcome, subject);
        }
        Ok(self.verdict(outcome))
    }

    /// Says which entries of the baseline speak of nothing any more; one of history speaks of what no file has.
    fn warn_of_stale(&self, outcome: &Outcome, subject: &Subject) {
        const NAMED: usize = 10;
        let is_of_history = self.baseline.scope == Scope::History;
        if is_of_history != (subject.mode == "history") || !outcome.coverage.is_complete() {
            return;
        }
        let stale = self.baseline.stale(outcome);
        for (fingerprint, entry) in stale.iter().take(NAMED) {
            let (path, rule) = (&entry.path, &entry.rule);
            terminal::warn(&format!(
                "the baseline's entry {path} {rule} {fingerprint} is out of use."
            ));
        }
        let more = stale.len().saturating_sub(NAMED);
        if more > 0 {
            terminal::warn(&format!("… and {more} more entries of the baseline are out of use."));
        }
        if !stale.is_empty() {
            terminal::hint("`keyfence baseline prune` takes them out.");
        }
    }

    /// Returns how many threads are to be used; 0 for one a core.
    pub(super) fn jobs(&self) -> usize {
        self.options.jobs
    }

    /// Scans and says nothing yet.
    pub(super) fn scan(&self, source: &dyn Source) -> Result<Outcome, Failure> {
        let mut outcome = self.search(source)?;
        self.baseline.apply(&mut outcome);
        Ok(outcome)
    }

    /// Scans without regard to the baseline, for who must put findings together before it can count.
    pub(super) fn search(&self, source: &dyn Source) -> Result<Outcome, Failure> {
        self.search_shown(source, &self.progress())
    }

    /// Searches under a line that shows how far it has come.
    pub(super) fn search_shown(&self, source: &dyn Source, progress: &Progress) -> Result<Outcome, Failure> {
        progress.enter("reading", source.extent());
        Ok(scan(&self.engine, &progress.watch(source))?)
    }

    /// Begins to show how far something has come, unless nobody is to be told.
    pub(super) fn progress(&self) -> Progress {
        Progress::begin(self.shows_progress())
    }

    /// Tells whether there is anybody to show it to.
    pub(super) fn shows_progress(&self) -> bool {
        !self.options.quiet && io::stderr().is_terminal() && terminal::can_erase()
    }

    /// Returns what was accepted.
    pub(super) fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Returns the rules in force.
    pub(super) fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Returns what counts.
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Scans a change, and notes which comments it adds that accept findings.
    pub(super) fn scan_change(&self, source: &dyn Source) -> Result<Outcome, Failure> {
        let watch = Watch::new(source);
        let mut outcome = self.scan(&watch)?;
        outcome.relaxed = watch.into_relaxed();
        outcome.sort();
        Ok(outcome)
    }

    /// Takes what relaxes the guard for findings, if that was asked for.
    pub(super) fn judge_strictly(&self, outcome: &mut Outcome) {
        if self.options.strict {
            make_strict(outcome);
        }
    }

    /// Tells whether a finding is grave enough to block.
    pub(super) fn blocks(&self, finding: &Finding) -> bool {
        finding.severity >= self.settings.fail_on.value
    }

    /// Decides: findings win over failures, failures win over clean.
    pub(super) fn verdict(&self, outcome: &Outcome) -> Exit {
        if outcome.findings.iter().any(|finding| self.blocks(finding)) {
            Exit::Findings
        } else if outcome.coverage.is_complete() {
            Exit::Clean
        } else {
            Exit::Incomplete
        }
    }

    /// Writes each report to where it goes.
    pub(super) fn report(&self, outcome: &Outcome, subject: &Subject) -> Result<(), Failure> {
        warn_of_lapsed(outcome);
        for Report { format, file } in self.options.reports.list() {
            let stdout = io::stdout();
            let mut style = self.style(subject, file.is_none() && stdout.is_terminal())?;
            if format == Format::Html {
                style.project = project_name();
            }
            match file {
                Some(file) => write::whole(&file, |out| render(outcome, format, &style, out))?,
                None => {
                    style.color = self.options.color.decide(&stdout);
                    let mut out = BufWriter::new(stdout.lock());
                    let written = render(outcome, format, &style, &mut out).and_then(|()| out.flush());
                    quiet_on_broken_pipe(written)?;
                }
            }
            if format == Format::Github
                && let Some(page) = variable(JOB_SUMMARY)
            {
                write::append(page.as_ref(), |out| render_job_summary(outcome, &style, out))?;
            }
        }
        Ok(())
    }

    /// Writes the report for people to standard error, where a hook is heard.
    pub(super) fn report_to_stderr(&self, outcome: &Outcome, subject: &Subject) -> Result<(), Failure> {
        warn_of_lapsed(outcome);
        let stderr = io::stderr();
        let mut style = self.style(subject, stderr.is_terminal())?;
        style.color = self.options.color.decide(&stderr);
        let mut out = BufWriter::new(stderr.lock());
        let written = render(outcome, Format::Human, &style, &mut out).and_then(|()| out.flush());
        quiet_on_broken_pipe(written)?;
        Ok(())
    }

    pub(super) fn style(&self, subject: &Subject, is_terminal: bool) -> Result<Style, Failure> {
        let show_secrets = match self.options.show_secrets {
            None => false,
            Some(ShowSecrets::Force) => true,
            Some(ShowSecrets::Terminal) if is_terminal => true,
            Some(ShowSecrets::Terminal) => return Err(no_terminal()),
        };
        Ok(Style {
            color: false,
            show_secrets,
            quiet: self.options.quiet,
            verbose: self.options.verbose,
            fail_on: self.settings.fail_on.value,
            mode: subject.mode,
            root: subject.root.clone(),
            project: None,
            config: self.settings.file.clone(),
            rules: self.rules.len(),
            known: self.rules.clone(),
            began: Some(self.date),
            shard: subject.shard.clone(),
            elapsed: Some(self.began.elapsed()),
        })
    }
}

/// Returns the name of the folder that a project is in.
fn project_name() -> Option<String> {
    let root = project_root(Path::new("."))?.canonicalize().ok()?;
    Some(root.file_name()?.to_string_lossy().into_owned())
}

pub(super) fn settings(options: &Options, root: Option<&Path>) -> Result<Settings, Failure> {
    match (&options.config, root) {
        (Some(file), _) => Ok(Settings::read(file)?),
        (None, Some(root)) => Ok(Settings::load(root)?),
        (None, None) => Ok(Settings::default()),
    }
}

/// Says which comments would have held a finding back and count no longer.
fn warn_of_lapsed(outcome: &Outcome) {
    const NAMED: usize = 20;
    let redactor = Redactor::of_paths(outcome);
    for Lapsed { path, line, until } in outcome.lapsed.iter().take(NAMED) {
        let path = redactor.text(path);
        let why = match until {
            Some(day) => format!("counted until {day} and counts no longer"),
            None => "does not count, for its `until=` is no day like 2027-01-31".to_owned(),
        };
        terminal::warn(&format!(
            "{}:{line}: the comment that allows this {why}.",
            path.escape_debug()
        ));
    }
    let more = outcome.lapsed.len().saturating_sub(NAMED);
    if more > 0 {
        terminal::warn(&format!("{more} more such comments count no longer."));
    }
}

/// Who closed the pipe has read enough; the exit code is what it is.
pub(super) fn quiet_on_broken_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

pub(super) fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("{} could not be read: {error}.", file.display()),
        "check the name, and that the file is readable.",
    )
}

fn no_terminal() -> Failure {
    Failure::new(
        "Values are shown on a terminal only, and this report goes elsewhere.",
        "leave --show-secrets out, or say --show-secrets=force where nobody else can read the report.",
    )
}
