//! `keyfence template`: the committed list of names beside a file of values, checked and written.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use bstr::{BStr, BString, ByteSlice};
use serde::Serialize;

use crate::atomic;
use crate::cli::failure::{Exit, Failure};
use crate::cli::options::Options;
use crate::cli::scan::project_root;
use crate::cli::session::{Session, quiet_on_broken_pipe, unreadable};
use crate::cli::terminal;
use crate::engine::opinion::{Promise, promise};
use crate::envfile::{Document, Syntax};
use crate::git::{Repo, special};
use crate::lookup::{Language, Need};
use crate::model::{Redactor, Secret};
use crate::report::escape;
use crate::report::page::Format;
use crate::source::{Source, Worktree};
use crate::survey::{Survey, Surveyor};
use crate::template::{self, Judge, Problem, Role, Sheet, Synced, Wrong, role_of};

/// Keep `.env.example` and its kin free of values, and in step with `.env` and with the code
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  keyfence template check          in a pipeline: values in templates, and names that they lack
  keyfence template sync           what would change in .env.example
  keyfence template sync --write   change it";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Look for values in templates and for names that they lack; exit code 1 when there are any
    Check(CheckArgs),
    /// Write templates: each name of the file of values, and no value of a secret; shows the difference unless --write
    Sync(SyncArgs),
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// The templates that are meant [default: all of the project]
    templates: Vec<PathBuf>,
    /// The answer's format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct SyncArgs {
    /// The templates that are meant [default: all of the project, and a new one for each file of values without]
    templates: Vec<PathBuf>,
    /// Write what is shown otherwise
    #[arg(long)]
    write: bool,
    /// Read this configuration instead of keyfence.toml at the repository's root
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::Check(args) => check(args),
        Command::Sync(args) => sync(args),
    }
}

/// Brings every template in step, or shows what that would change; a project whose code reads secrets gets its first.
pub(super) fn sync_all(write: bool) -> Result<(), Failure> {
    let args = SyncArgs {
        templates: Vec::new(),
        write,
        config: None,
    };
    sync_named(&args, true).map(drop)
}

/// A project that was read.
struct Project {
    root: PathBuf,
    repo: Option<Repo>,
    survey: Survey,
}

impl Project {
    fn read(session: &Session<'_>) -> Result<Self, Failure> {
        let root = project_root(Path::new(".")).unwrap_or_else(|| PathBuf::from("."));
        let repo = Repo::discover(&root).ok();
        let worktree = Worktree::new([&root], session.limits()?);
        let keeps = |path: &BStr| role_of(path).is_some();
        let surveyor = Surveyor::new(&worktree, &keeps);
        surveyor.visit(&|_| {})?;
        let mut survey = surveyor.into_survey();
        if let Some(repo) = &repo {
            survey.add_hidden(repo, template::GLOBS)?;
        }
        Ok(Self { root, repo, survey })
    }

    /// Returns the sheets of the templates that were named, or all; one that is to be written may be new.
    fn sheets(&self, session: &Session<'_>, named: &[PathBuf], may_be_new: bool) -> Result<Vec<Sheet>, Failure> {
        let is_dotenv = |name: &BString| {
            matches!(role_of(name.as_bstr()), Some(Role::Template(_))) && Syntax::of(name.as_bstr()) == Syntax::Dotenv
        };
        let names = named.iter().map(|path| self.name(path));
        let new: Vec<BString> = names.filter(|name| may_be_new && is_dotenv(name)).collect();
        let mut sheets = template::sheets(session.engine(), &self.survey, &new);
        let mut wanted = Vec::new();
        for path in named {
            let name = self.name(path);
            if !sheets.iter().any(|sheet| sheet.template == name) {
                let what = format!("{} is no template of this project.", path.display());
                return Err(Failure::new(
                    what,
                    "name one such as .env.example, or none for all of them.",
                ));
            }
            wanted.push(name);
        }
        sheets.retain(|sheet| wanted.is_empty() || wanted.contains(&sheet.template));
        Ok(sheets)
    }

    /// Tells whether the code reads a secret from the environment, and would go without it.
    fn reads_secrets(&self) -> bool {
        self.survey.lookups().any(|(_, lookup)| {
            let is_needed = matches!(lookup.need, Need::Required | Need::Unchecked);
            is_needed && lookup.language != Language::Streamlit && promise(&lookup.name) == Some(Promise::Secret)
        })
    }

    /// Returns a path as it is called from the root.
    fn name(&self, path: &Path) -> BString {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let full = real(folder).join(path.file_name().unwrap_or_default());
        let inside = full.strip_prefix(real(&self.root)).map(Path::to_owned).unwrap_or(full);
        inside.to_string_lossy().replace('\\', "/").into()
    }

    fn document(&self, path: &BString) -> Option<Document<'_>> {
        let text = self.survey.texts.get(path)?;
        Some(Document::read(text, Syntax::of(path.as_bstr())))
    }

    /// Reads a template again as it stands on disk, byte order mark and all.
    fn text_as_it_is(&self, sheet: &Sheet) -> Result<Option<Vec<u8>>, Failure> {
        if !sheet.is_there {
            return Ok(None);
        }
        let path = self.root.join(sheet.template.to_path_lossy());
        let text = special::read(&path).map_err(|error| unreadable(&path, &error))?;
        if text.contains(&0) {
            let what = format!(
                "{} is written in UTF-16, which no reader of such files reads.",
                path.display()
            );
            return Err(Failure::new(what, "save it as UTF-8."));
        }
        Ok(Some(text))
    }

    /// Returns what keeps every known value out of what is printed.
    fn redactor(&self) -> Redactor {
        let values: Vec<Secret> = self
            .survey
            .texts
            .iter()
            .flat_map(|(path, text)| template::secrets(path.as_bstr(), text))
            .collect();
        Redactor::of(values.iter())
    }
}

fn options(config: &Option<PathBuf>) -> Options {
    Options {
        config: config.clone(),
        ..Options::default()
    }
}

fn check(args: &CheckArgs) -> Result<Exit, Failure> {
    let options = options(&args.config);
    let session = Session::open(&options, project_root(Path::new(".")).as_deref())?;
    let project = Project::read(&session)?;
    let sheets = project.sheets(&session, &args.templates, false)?;
    let shown: Vec<V1Sheet> = sheets.iter().map(V1Sheet::of).collect();
    let redactor = project.redactor();
    let text = match args.format {
        Format::Human => human(&sheets),
        Format::Json => json(&shown),
    };
    print(&redactor.text(text.as_bytes()))?;
    let is_clean = sheets
        .iter()
        .all(|sheet| sheet.is_there && !sheet.problems.iter().any(|problem| problem.wrong.is_grave()));
    Ok(if is_clean { Exit::Clean } else { Exit::Findings })
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    quiet_on_broken_pipe(out.write_all(text.as_bytes()).and_then(|()| out.flush()))?;
    Ok(())
}

fn shown(text: &[u8]) -> String {
    escape::terminal(&text.to_str_lossy()).into_owned()
}

const NONE: &str = "There is no template here, and no file of values that needs one.\n";

fn source(sheet: &Sheet) -> String {
    sheet.source.as_ref().map(|source| shown(source)).unwrap_or_default()
}

fn human(sheets: &[Sheet]) -> String {
    let mut text = String::new();
    for sheet in sheets {
        text += &format!("{}\n", shown(&sheet.template));
        if !sheet.is_there {
            let source = source(sheet);
            text += &format!("  is not there, though {source} is; `keyfence template sync --write` makes it\n");
        }
        let width = sheet
            .problems
            .iter()
            .map(|problem| problem.name.len())
            .max()
            .unwrap_or(0);
        for problem in &sheet.problems {
            text += &format!("  {:width$}  {}\n", shown(&problem.name), what(problem));
        }
        if sheet.is_there && sheet.problems.is_empty() {
            text += "  holds no value, and every name\n";
        }
    }
    if sheets.is_empty() {
        text += NONE;
    }
    text
}

fn what(problem: &Problem) -> String {
    let place = format!("{}:{}", shown(&problem.path), problem.line);
    match problem.wrong {
        Wrong::Real => format!("holds a value that looks real: {place}"),
        Wrong::NotEmpty => format!("is neither empty nor a placeholder: {place}"),
        Wrong::Missing => format!("is missing: {place} sets it"),
        Wrong::Unlisted => format!("is missing: {place} reads it"),
        Wrong::NotSet => "note: it is not set in the file of values here".to_owned(),
    }
}

/// Version 1 of the answer for programs.
#[derive(Serialize)]
struct V1Sheet<'s> {
    template: String,
    exists: bool,
    source: Option<String>,
    problems: Vec<V1Problem<'s>>,
}

#[derive(Serialize)]
struct V1Problem<'s> {
    kind: &'s str,
    name: String,
    path: String,
    line: u32,
}

impl V1Sheet<'_> {
    fn of(sheet: &Sheet) -> Self {
        let problem = |problem: &Problem| V1Problem {
            kind: match problem.wrong {
                Wrong::Real => "real-value",
                Wrong::NotEmpty => "not-empty",
                Wrong::Missing => "missing",
                Wrong::Unlisted => "unlisted",
                Wrong::NotSet => "not-set",
            },
            name: problem.name.to_string(),
            path: problem.path.to_string(),
            line: problem.line,
        };
        Self {
            template: sheet.template.to_string(),
            exists: sheet.is_there,
            source: sheet.source.as_ref().map(ToString::to_string),
            problems: sheet.problems.iter().map(problem).collect(),
        }
    }
}

fn json(sheets: &[V1Sheet<'_>]) -> String {
    let whole = serde_json::json!({ "version": 1, "templates": sheets });
    format!("{whole:#}\n")
}

fn sync(args: &SyncArgs) -> Result<Exit, Failure> {
    let changes = sync_named(args, false)?;
    if changes > 0 && !args.write {
        print("Nothing was written; `keyfence template sync --write` does so.\n")?;
    }
    Ok(Exit::Clean)
}

/// Brings templates in step, or shows what that would change; returns how many are not.
///
/// `starts` makes the first one of a project that has none.
fn sync_named(args: &SyncArgs, starts: bool) -> Result<usize, Failure> {
    let options = options(&args.config);
    let session = Session::open(&options, project_root(Path::new(".")).as_deref())?;
    let project = Project::read(&session)?;
    let redactor = project.redactor();
    let mut changes = 0;
    let mut sheets = project.sheets(&session, &args.templates, true)?;
    if starts && sheets.is_empty() && project.reads_secrets() {
        sheets = project.sheets(&session, &[project.root.join(".env.example")], true)?;
    }
    // A file of values that stands in for its own template is somebody's file: it is checked and never written.
    let is_written = |sheet: &&Sheet| role_of(sheet.template.as_bstr()) != Some(Role::Values);
    for sheet in sheets.iter().filter(is_written) {
        let source = sheet.source.as_ref().and_then(|path| project.document(path));
        let text = project.text_as_it_is(sheet)?;
        let there = text
            .as_ref()
            .map(|text| Document::read(text, Syntax::of(sheet.template.as_bstr())));
        let judge = Judge::new(session.engine(), source.as_ref());
        let synced = template::sync(&judge, there.as_ref(), source.as_ref(), &sheet.wanted);
        let before = there.as_ref().map_or(&b""[..], Document::text);
        if synced.text == before {
            print(&format!("{} is in step.\n", shown(&sheet.template)))?;
            continue;
        }
        changes += 1;
        let lines = template::difference(&judge, before, &synced.text, Syntax::of(sheet.template.as_bstr()));
        let text = report(sheet, &synced, &lines, args.write);
        if args.write {
            write(&project.root, &sheet.template, before, &synced.text)?;
        }
        print(&redactor.text(text.as_bytes()))?;
        warn_of_ignored(&project, &sheet.template)?;
    }
    if sheets.is_empty() {
        print(NONE)?;
    }
    Ok(changes)
}

fn report(sheet: &Sheet, synced: &Synced, lines: &[String], is_written: bool) -> String {
    let verb = match (is_written, sheet.is_there) {
        (false, _) => "would become",
        (true, true) => "was changed",
        (true, false) => "was made",
    };
    let mut text = format!("{} {verb}:\n", shown(&sheet.template));
    for line in lines {
        text += &format!("  {}\n", escape::terminal(line));
    }
    if !synced.left_out.is_empty() {
        let lines: Vec<String> = synced.left_out.iter().map(ToString::to_string).collect();
        text += &format!(
            "  left out, for a value may stand there: {} line {}\n",
            source(sheet),
            lines.join(", ")
        );
    }
    text
}

/// Writes a template, unless it became another one meanwhile.
fn write(root: &Path, template: &BString, before: &[u8], after: &[u8]) -> Result<(), Failure> {
    let path = root.join(template.to_path_lossy());
    let failed = |error: io::Error| {
        let what = format!("{} could not be written: {error}.", path.display());
        Failure::new(what, "what stood there stands there still; check its permissions.")
    };
    let now = match special::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        now => now.map_err(failed)?,
    };
    if now != before {
        let what = format!("{} changed while it was read; nothing was written.", path.display());
        return Err(Failure::new(what, "run the command again."));
    }
    atomic::content(&path, after).map_err(failed)
}

/// A template that git ignores reaches nobody.
fn warn_of_ignored(project: &Project, template: &BString) -> Result<(), Failure> {
    let Some(repo) = &project.repo else { return Ok(()) };
    if let [Some(by)] = repo.ignored_by(&[template])?.as_slice() {
        let place = format!("{}:{}", shown(&by.file), by.line);
        let name = shown(template);
        terminal::warn(&format!("git ignores {name} ({place}), so nobody gets it."));
        terminal::hint(&format!("write `!{name}` below that line."));
    }
    Ok(())
}
